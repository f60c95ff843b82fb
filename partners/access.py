"""What an account may do for the partner it acts for, and who can do the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.acting import Acting
from partners.models import Partner, User
from partners.permissions import NEEDS_CSP, everybody_with, lacks_mpn, staff_may
from partners.roles import Permission, Role, StaffPermission
from partners.wording import PERMISSIONS, STAFF_PERMISSIONS, allowed_by
from portal.sentences import listed

NAMES_SHOWN = 5


@dataclass(frozen=True)
class Right:
    """One permission in words: whether the account has it, else why not and who has."""

    label: str
    is_granted: bool
    reason: str = ""
    who: str = ""


@dataclass(frozen=True)
class HeldRole:
    """A role of the account, and what it allows."""

    label: str
    allows: Sequence[str]


def rights(acting: Acting) -> list[Right]:
    """Return every permission as it is for the account, in one statement at most."""
    assert acting.partner is not None, "who acts for nobody has no rights there"
    having = everybody_with(partner=acting.partner)
    return [_right(acting, permission, having[permission]) for permission in Permission]


def rights_of_staff(user: User) -> list[Right]:
    """Return every permission of staff as it is for the account."""
    return [
        Right(str(STAFF_PERMISSIONS[permission]), is_granted=staff_may(user, permission))
        for permission in StaffPermission
    ]


def roles(acting: Acting) -> list[HeldRole]:
    """Return the account's roles in the order of the table."""
    held = acting.standing.roles
    return [HeldRole(str(role.label), allowed_by(role)) for role in Role if role in held]


def names(people: Sequence[str]) -> str:
    """Return who can do it; of many the first, and how many more there are."""
    shown, more = list(people[:NAMES_SHOWN]), len(people) - NAMES_SHOWN
    if more > 0:
        shown.append(ngettext("%(count)d more", "%(count)d more", more) % {"count": more})
    return listed(shown)


def _right(acting: Acting, permission: Permission, people: tuple[str, ...]) -> Right:
    label = str(PERMISSIONS[permission])
    if acting.may(permission):
        return Right(label, is_granted=True)
    return Right(
        label,
        is_granted=False,
        reason=_reason(acting, permission),
        who=names(people) or _nobody(acting, permission),
    )


def _nobody(acting: Acting, permission: Permission) -> str:
    if permission in NEEDS_CSP and not _partner(acting).in_csp:
        return _("Nobody: it belongs to CSP.")
    return _("Nobody yet. A Global admin can give out the role.")


def _reason(acting: Acting, permission: Permission) -> str:
    partner = {"partner": _partner(acting).name}
    if lacks_mpn(acting.standing, permission):
        if acting.standing.partner_in_mpn:
            return _("This account is associated with CSP only.")
        return _("%(partner)s isn't enrolled in MPN.") % partner
    if permission in NEEDS_CSP and not acting.standing.in_csp:
        if _partner(acting).in_csp:
            return _("This account is not associated with CSP.")
        return _("%(partner)s isn't enrolled in CSP.") % partner
    return _("Your roles don't allow it.")


def _partner(acting: Acting) -> Partner:
    assert acting.partner is not None, "who acts for nobody has no reasons either"
    return acting.partner
