"""
For which partner a signed-in account acts, and with which programs and roles.

Read on every request: a role taken away stops working at once, also in a page that is open.
"""

from dataclasses import dataclass, field

from django.http import HttpRequest

from partners.models import Affiliation, Partner, User
from partners.permissions import Standing, has_permission
from partners.roles import Permission, Role
from portal.clock import PortalRequest

SESSION_KEY = "acting_for"


@dataclass(frozen=True)
class Acting:
    """The account, the partner it acts for, and the others it could act for."""

    partner: Partner | None = None
    standing: Standing = field(default_factory=Standing)
    others: tuple[Partner, ...] = ()

    @property
    def mpn_id(self) -> str:
        """The MPN ID of the partner acted for, or nothing."""
        return self.partner.mpn_id if self.partner else ""

    def may(self, permission: Permission) -> bool:
        """Whether the account may do this for the partner it acts for."""
        return has_permission(self.standing, permission)


class ActingRequest(PortalRequest):
    """A request as the middleware of this app leaves it."""

    user: User
    acting: Acting


def acting_of(affiliations: list[Affiliation], *, mpn_id: str | None) -> Acting:
    """Return who is acted for: the chosen partner, else the first by name."""
    if not affiliations:
        return Acting()
    chosen = next((a for a in affiliations if a.partner.mpn_id == mpn_id), affiliations[0])
    return Acting(
        partner=chosen.partner,
        standing=Standing(
            in_mpn=chosen.mpn and chosen.partner.in_mpn,
            in_csp=chosen.csp and chosen.partner.in_csp,
            partner_in_mpn=chosen.partner.in_mpn,
            roles=frozenset(Role(row.role) for row in chosen.role_assignments.all()),
        ),
        others=tuple(a.partner for a in affiliations if a is not chosen),
    )


def load(request: HttpRequest) -> Acting:
    """Read the account's affiliations in two statements; nobody signed in acts for nobody."""
    if not request.user.is_authenticated or request.user.is_staff_member:
        return Acting()
    affiliations = (
        Affiliation.objects.filter(user_id=request.user.pk, partner__is_active=True)
        .select_related("partner")
        .prefetch_related("role_assignments")
        .order_by("partner__name_folded", "pk")
    )
    return acting_of(list(affiliations), mpn_id=request.session.get(SESSION_KEY))
