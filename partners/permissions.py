"""
Who may do what: one question, one function, asked by pages, API and commands alike.

Source of the rules: "Who may do what" in the product's rules; the table is partners/data/roles.csv,
and for the portal's own staff partners/data/staff.csv.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from partners.models import Affiliation, ApiClient, Partner, User
from partners.roles import (
    PERMISSIONS_BY_ROLE,
    PERMISSIONS_BY_STAFF_KIND,
    Permission,
    Role,
    StaffPermission,
    roles_with,
    staff_kinds_with,
)
from partners.scopes import permissions_of
from portal.refusals import NextStep, Refusal
from portal.sentences import listed


class NotAuthorized(Refusal):
    """The account is known and lacks the right."""

    code = "not_authorized"
    status = 403


# An account of CSP alone may not touch what the partner holds in MPN, whatever its roles.
NEEDS_MPN = frozenset(
    {
        Permission.ACTIVATE,
        Permission.RENEW_OR_UPGRADE,
        Permission.SEE_LINKED_ACCOUNTS,
        Permission.REVOKE_OR_REPLACE,
        Permission.PARTNER_REQUESTS,
        Permission.API_CLIENTS,
    }
)
# Acting for a customer belongs to CSP: an account of MPN alone may not, whatever its roles.
NEEDS_CSP = frozenset({Permission.CUSTOMER_REQUEST})
# MPN where there is something of MPN to see. A partner in CSP only has its audit trail too.
NEEDS_MPN_WHERE_ENROLLED = frozenset({Permission.AUDIT_TRAIL})
NAMED_AT_MOST = 10


@dataclass(frozen=True)
class Standing:
    """What an account is at one partner: programs that both are in, and roles or grants."""

    in_mpn: bool = False
    in_csp: bool = False
    partner_in_mpn: bool = False
    roles: frozenset[Role] = frozenset()
    # What an API client may do there, by its scopes; people have roles.
    granted: frozenset[Permission] = frozenset()


def has_permission(standing: Standing, permission: Permission) -> bool:
    """Whether the account, standing so at the partner, may do this."""
    if lacks_mpn(standing, permission):
        return False
    if permission in NEEDS_CSP and not standing.in_csp:
        return False
    if permission in standing.granted:
        return True
    return any(permission in PERMISSIONS_BY_ROLE[role] for role in standing.roles)


def lacks_mpn(standing: Standing, permission: Permission) -> bool:
    """Whether the account may not do this for want of MPN, whatever its roles."""
    if standing.in_mpn:
        return False
    return permission in NEEDS_MPN or (
        permission in NEEDS_MPN_WHERE_ENROLLED and standing.partner_in_mpn
    )


def standing_of(user: User, *, partner: Partner) -> Standing:
    """Read what the account is at the partner now, in one statement."""
    if user.kind == User.Kind.CLIENT:
        return _standing_of_client(user, partner=partner)
    rows = list(
        Affiliation.objects.filter(
            user=user, partner=partner, partner__is_active=True, user__is_active=True
        ).values_list("mpn", "csp", "role_assignments__role")
    )
    if not rows:
        return Standing()
    return Standing(
        in_mpn=rows[0][0] and partner.in_mpn,
        in_csp=rows[0][1] and partner.in_csp,
        partner_in_mpn=partner.in_mpn,
        roles=frozenset(Role(role) for _mpn, _csp, role in rows if role is not None),
    )


def _standing_of_client(user: User, *, partner: Partner) -> Standing:
    client = ApiClient.objects.filter(
        user=user,
        user__is_active=True,
        partner=partner,
        partner__is_active=True,
        revoked_at__isnull=True,
    ).first()
    if client is None:
        return Standing()
    return Standing(in_mpn=partner.in_mpn, granted=permissions_of(client.scopes))


def people_with(permission: Permission, *, partner_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """
    Return, for each partner, the names of the active accounts that have the permission.

    They are named as the partner calls them. For what the partner holds in MPN only accounts
    associated with MPN count, for an account of CSP alone may not touch it; for what belongs to CSP
    only those associated with CSP do.
    """
    people_there: Any = Affiliation.objects.of_people()
    rows = (
        people_there.filter(
            partner_id__in=partner_ids,
            user__is_active=True,
            role_assignments__role__in=roles_with(permission),
        )
        .distinct()
        .order_by("shown_folded", "user_id")
        .values_list("partner_id", "shown_name", "shown_folded", "user_id")
    )
    if permission in NEEDS_MPN:
        rows = rows.filter(mpn=True, partner__in_mpn=True)
    elif permission in NEEDS_MPN_WHERE_ENROLLED:
        rows = rows.exclude(mpn=False, partner__in_mpn=True)
    elif permission in NEEDS_CSP:
        rows = rows.filter(csp=True, partner__in_csp=True)
    people: dict[int, tuple[str, ...]] = dict.fromkeys(partner_ids, ())
    for partner_id, name, _folded, _user_id in rows:
        people[partner_id] += (name,)
    return people


def everybody_with(*, partner: Partner) -> dict[Permission, tuple[str, ...]]:
    """Return for each permission who has it at the partner, by name, in one statement."""
    people_there: Any = Affiliation.objects.of_people()
    rows = (
        people_there.filter(partner=partner, user__is_active=True, role_assignments__isnull=False)
        .order_by("shown_folded", "user_id")
        .values_list("user_id", "shown_name", "mpn", "csp", "role_assignments__role")
    )
    names: dict[int, str] = {}
    standings: dict[int, Standing] = {}
    for user_id, name, mpn, csp, role in rows:
        names[user_id] = name
        before = standings.get(user_id, Standing())
        standings[user_id] = Standing(
            in_mpn=mpn and partner.in_mpn,
            in_csp=csp and partner.in_csp,
            partner_in_mpn=partner.in_mpn,
            roles=before.roles | {Role(role)},
        )
    return {
        permission: tuple(
            names[user_id] for user_id, of in standings.items() if has_permission(of, permission)
        )
        for permission in Permission
    }


def require(
    permission: Permission,
    *,
    by: User,
    partner: Partner,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """
    Make sure that `by` may do this for `partner`.

    :raises NotAuthorized: with the names of those who may
    """
    standing = standing_of(by, partner=partner)
    if has_permission(standing, permission):
        return
    if permission in NEEDS_CSP and not standing.in_csp:
        raise refuse_without_csp(partner=partner)
    people = people_with(permission, partner_ids=[partner.pk])[partner.pk]
    raise NotAuthorized(
        _("You are not authorized for this action"),
        facts={"permission": permission.value, **(facts or {})},
        next_step=NextStep(ask_somebody(people), people=people),
    )


def ask_somebody(people: tuple[str, ...]) -> str:
    """Return the sentence that says who can do it."""
    if not people:
        return _("Nobody at your company can do this yet. Ask a Global admin to give out the role.")
    return _("Ask somebody who can do it:")


def staff_may(user: User, permission: StaffPermission) -> bool:
    """Whether the account is of a kind of staff that may do this; nobody else may."""
    if user.staff_kind is None or not user.is_active:
        return False
    return permission in PERMISSIONS_BY_STAFF_KIND[user.staff_kind]


def require_staff(permission: StaffPermission, *, by: User) -> None:
    """
    Make sure that `by` is of a kind of staff that may do this.

    :raises NotAuthorized: with the kinds that may
    """
    if staff_may(by, permission):
        return
    kinds = staff_kinds_named(permission)
    raise NotAuthorized(
        _("You are not authorized for this action"),
        facts={"permission": permission.value},
        next_step=NextStep(_("This is for staff of these kinds: %(kinds)s.") % {"kinds": kinds}),
    )


def staff_kinds_named(permission: StaffPermission) -> str:
    """Return the kinds of staff that have the permission, as a sentence names them."""
    return listed(User.StaffKind(kind).label for kind in staff_kinds_with(permission))


def refuse_staff(by: User, *, instead: str) -> None:
    """
    Make sure that `by` is no staff account: staff use nothing up and hold no links.

    :param instead: what staff do instead, as a sentence
    :raises NotAuthorized: it is one
    """
    if by.is_staff_member:
        raise NotAuthorized(
            _("You are not authorized for this action"),
            facts={"reason": "staff"},
            next_step=NextStep(instead),
        )


def refuse_without_mpn(*, partner: Partner) -> NotAuthorized:
    """
    Return the refusal for an account that is associated with CSP only, or whose company is.

    Source: "Who may do what"; it stands on every page and call about MPN benefits.
    """
    if not partner.in_mpn:
        reason = _("%(partner)s isn't enrolled in MPN.") % {"partner": partner.name}
        people: tuple[str, ...] = ()
    else:
        reason = _(
            "This account is associated with CSP only. You need an account associated with MPN."
        )
        people = people_with(Permission.ACTIVATE, partner_ids=[partner.pk])[partner.pk]
    return NotAuthorized(
        _("You are not authorized for this action"),
        facts={"partner": partner.mpn_id, "reason": "csp_only"},
        next_step=NextStep(reason, people=people),
    )


def refuse_without_csp(*, partner: Partner) -> NotAuthorized:
    """
    Return the refusal for an account that is not associated with CSP, or whose company isn't.

    It stands on every page about the customers of a partner; it names some of those who are.
    """
    people = _people_in_csp(partner) if partner.in_csp else ()
    if not partner.in_csp:
        reason = _("%(partner)s isn't enrolled in CSP.")
    elif people:
        reason = _(
            "This account is not associated with CSP at %(partner)s. You need one that is, such as "
            "that of:"
        )
    else:
        reason = _("No account is associated with CSP at %(partner)s.")
    return NotAuthorized(
        _("You are not authorized for this action"),
        facts={"partner": partner.mpn_id, "reason": "not_in_csp"},
        next_step=NextStep(reason % {"partner": partner.name}, people=people),
    )


def _people_in_csp(partner: Partner) -> tuple[str, ...]:
    at = Affiliation.objects.filter(partner=partner, csp=True, user__is_active=True)
    names = at.order_by("user__name_folded", "user_id").values_list("user__name", flat=True)
    return tuple(names[:NAMED_AT_MOST])


def pair_is_hidden(*, partner: Partner) -> NotAuthorized:
    """Return the refusal to show a contract's pair to anybody outside the owning partner."""
    return NotAuthorized(
        _("You are not authorized for this action"),
        facts={"partner": partner.mpn_id, "reason": "not_owner"},
        next_step=NextStep(
            _("Only users of %(partner)s see the IDs of its contracts.") % {"partner": partner.name}
        ),
    )
