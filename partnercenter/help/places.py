"""The pages that help points to, and which of them the reader's account can open."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import cast

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from partners.acting import ActingRequest
from partners.roles import Permission


@dataclass(frozen=True)
class Place:
    """A page that help points to; without an address the reader's account can't open it."""

    label: str
    url: str
    needs_sign_in: bool

    def link(self) -> str:
        """Return the page's name, linked where it can be opened: for within a sentence."""
        return render_to_string("help/place.html", {"place": self})


class Needs(Enum):
    """What an account has to be, or may do, for a page to be there for it."""

    ACCOUNT = auto()
    OWN_REQUESTS = auto()
    MPN = auto()
    CSP = auto()
    MANAGE_ROLES = auto()
    API_CLIENTS = auto()


def places(request: HttpRequest) -> dict[str, Place]:
    """Return the pages that help points to, as far as the reader can open them."""
    is_signed_in = request.user.is_authenticated
    # Signed out nobody knows better: the sign-in comes first, and is said to.
    met = set(_met_by(cast(ActingRequest, request))) if is_signed_in else set(Needs)
    return {
        name: Place(label, reverse(route) if needs in met else "", needs_sign_in=not is_signed_in)
        for name, label, route, needs in _listed()
    }


def _met_by(request: ActingRequest) -> Iterator[Needs]:
    acting = request.acting
    yield Needs.ACCOUNT
    if not request.user.is_staff_member:
        yield Needs.OWN_REQUESTS
    if acting.standing.in_mpn:
        yield Needs.MPN
    if acting.standing.in_csp:
        yield Needs.CSP
    if acting.may(Permission.MANAGE_ROLES):
        yield Needs.MANAGE_ROLES
    if acting.may(Permission.API_CLIENTS):
        yield Needs.API_CLIENTS


def _listed() -> tuple[tuple[str, str, str, Needs], ...]:
    return (
        ("technical", _("Technical benefits"), "benefits:technical", Needs.MPN),
        ("offers", _("Membership offers"), "memberships:offers", Needs.MPN),
        ("competencies", _("Competencies"), "memberships:competencies", Needs.MPN),
        ("consultation", _("Ask for presales or advice"), "support:consultation", Needs.MPN),
        ("customers", _("Customers"), "partners:customers", Needs.CSP),
        ("plans", _("My plans"), "support:plans", Needs.OWN_REQUESTS),
        ("requests", _("My requests"), "support:requests", Needs.OWN_REQUESTS),
        ("create", _("Create a request"), "support:create", Needs.OWN_REQUESTS),
        ("support", _("Partner support plans"), "benefits:partner-support", Needs.ACCOUNT),
        ("bell", _("Notifications"), "notifications", Needs.OWN_REQUESTS),
        ("access", _("My access"), "partners:my-access", Needs.ACCOUNT),
        ("users", _("Users and roles"), "partners:users", Needs.MANAGE_ROLES),
        ("clients", _("API clients"), "partners:api-clients", Needs.API_CLIENTS),
    )
