"""
For which partner a signed-in account acts, and with which programs and roles.

Read on every request: a role taken away stops working at once, also in a page that is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, F, QuerySet
from django.http import HttpRequest

from partners.models import Affiliation, Partner, User
from partners.permissions import Standing, has_permission
from partners.roles import Permission, Role
from portal.clock import PortalRequest
from portal.prepared import Given, Prepared

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


def acting_of(rows: Sequence[Affiliation], *, mpn_id: str | None) -> Acting:
    """
    Return who is acted for: the chosen partner, else the first by name.

    :param rows: of `affiliations_of`: one for each role of each affiliation
    """
    if not rows:
        return Acting()
    affiliations = list({row.pk: row for row in rows}.values())
    chosen = next((a for a in affiliations if a.partner.mpn_id == mpn_id), affiliations[0])
    roles = [row.__dict__["role"] for row in rows if row.pk == chosen.pk]
    return Acting(
        partner=chosen.partner,
        standing=Standing(
            in_mpn=chosen.mpn and chosen.partner.in_mpn,
            in_csp=chosen.csp and chosen.partner.in_csp,
            partner_in_mpn=chosen.partner.in_mpn,
            roles=frozenset(Role(role) for role in roles if role is not None),
        ),
        others=tuple(a.partner for a in affiliations if a is not chosen),
    )


def affiliations_of(user: User) -> Sequence[Affiliation]:
    """Read the account's affiliations by name, once for each role, in one statement."""
    return _AFFILIATIONS.rows(user=user.pk)


def _affiliations(*, user: Given) -> QuerySet[Affiliation]:
    return (
        Affiliation.objects.filter(user_id=user, partner__is_active=True)
        .select_related("partner")
        .annotate(role=F("role_assignments__role"))
        .order_by("partner__name_folded", "pk")
    )


_AFFILIATIONS = Prepared(_affiliations, user=BigIntegerField())


def load(request: HttpRequest) -> Acting:
    """Read for whom the account acts; nobody signed in, and staff, act for nobody."""
    if not request.user.is_authenticated or request.user.is_staff_member:
        return Acting()
    return acting_of(affiliations_of(request.user), mpn_id=request.session.get(SESSION_KEY))
