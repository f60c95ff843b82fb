"""What the frame around every page needs: partner, account, navigation."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from partnercenter import navigation
from partnercenter.demo import accounts
from partnercenter.demo.accounts import AccountGroup
from partnercenter.help.topics import topic_of_page
from partnercenter.navigation import Item, Section
from partnercenter.notifications import Bell, bell_of
from partners.acting import Acting
from partners.models import Partner
from partners.pages import return_address
from portal import languages
from portal.sentences import listed


@dataclass(frozen=True)
class Frame:
    """What the templates in templates/frames/ read."""

    home_url: str
    is_signed_in: bool = False
    user_name: str = ""
    user_email: str = ""
    user_initials: str = ""
    partner: Partner | None = None
    other_partners: tuple[Partner, ...] = ()
    navigation: list[Section] = field(default_factory=list)
    is_navigation_closed: bool = False
    tabs: list[Item] = field(default_factory=list)
    portals: list[Item] = field(default_factory=list)
    breadcrumbs: list[tuple[str, str]] = field(default_factory=list)
    staff_search_url: str = ""
    bell: Bell | None = None
    notifications_url: str = ""
    help_url: str = ""
    language_url: str = ""
    # Where the switch of the language leads back to: this page, with its query.
    page_url: str = ""
    languages: dict[str, str] = field(default_factory=lambda: languages.NAMES)
    switch_url: str = ""
    sign_in_other_url: str = ""
    my_access_url: str = ""
    sign_out_url: str = ""
    clock_fixed_at: Any = None
    demo: bool = False
    demo_accounts: list[AccountGroup] = field(default_factory=list)
    demo_password: str = ""
    demo_clients: str = ""


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: build the frame for who asks; signed out, little is known."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": _signed_out(request)}
    acting: Acting = request.acting  # type: ignore[attr-defined]
    staff_url = reverse("support:staff-desk")
    return {
        "frame": Frame(
            home_url=reverse("home"),
            is_signed_in=True,
            user_name=user.name,
            user_email=user.email or "",
            user_initials=initials(user.name),
            partner=acting.partner,
            other_partners=acting.others,
            navigation=navigation.navigation(request, acting),
            is_navigation_closed=navigation.is_closed(request),
            tabs=navigation.tabs(request),
            portals=navigation.portals(request),
            staff_search_url=staff_url if user.is_staff_member else "",
            bell=bell_of(request),
            notifications_url=reverse("notifications"),
            help_url=_help_url(request),
            language_url=reverse("partners:language"),
            page_url=return_address(request),
            switch_url=reverse("partners:switch"),
            sign_in_other_url=reverse("partners:sign-in-other"),
            my_access_url=reverse("partners:my-access"),
            sign_out_url=reverse("account_logout"),
            clock_fixed_at=settings.PORTAL_NOW,
            demo=settings.DEMO,
        )
    }


def _signed_out(request: HttpRequest) -> Frame:
    return Frame(
        home_url=reverse("home"),
        help_url=_help_url(request),
        language_url=reverse("partners:language"),
        page_url=return_address(request),
        clock_fixed_at=settings.PORTAL_NOW,
        demo=settings.DEMO,
        demo_accounts=accounts.account_groups() if settings.DEMO else [],
        demo_password=accounts.PASSWORD if settings.DEMO else "",
        demo_clients=listed(c.client_id for c in accounts.CLIENTS) if settings.DEMO else "",
    )


def _help_url(request: HttpRequest) -> str:
    """Return the help page about what this page does, or the list of all."""
    match = request.resolver_match
    topic = topic_of_page(match.view_name) if match is not None else None
    return reverse("help-topic", args=[topic]) if topic else reverse("help")


def initials(name: str) -> str:
    """Return the first letters of the first and the last part of a name."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper()
