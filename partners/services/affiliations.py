"""
Who works for a partner, in which programs and with which roles: added, changed, removed.

The last Global admin is protected. That rule spans rows, so every change first locks the partner,
and reads after the lock. Rows of affiliations and roles are deleted: they say what is so now, and
what was so is in the audit. Accounts stay for ever.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from partners import permissions
from partners.models import Affiliation, Partner, RoleAssignment, User
from partners.naming import LONGEST_NAME, acceptable_email, acceptable_name
from partners.roles import Permission, Role
from partners.services import invitations
from portal import audit, throttle
from portal.refusals import NextStep, Refusal
from portal.sentences import all_of, listed

PROGRAMS = ("MPN", "CSP")
# Each added user is mailed: nobody is mailed without limit.
ADDITIONS = throttle.Limit(scope="add-user", hits=100, window=timedelta(minutes=60))
MAILS = throttle.Limit(scope="add-user-mail", hits=5, window=timedelta(minutes=60))


class UserInvalid(Refusal):
    """What was asked for is no user that may be: address, name, programs or roles."""

    code = "validation_error"
    status = 400


class LastGlobalAdmin(Refusal):
    """Nobody would be left who can manage users and roles."""

    code = "last_global_admin"
    status = 409


class TooManyAdded(throttle.TooManyAttempts):
    """Each added user is mailed, and there were many within the hour."""

    def __init__(self, *, until: datetime) -> None:
        super().__init__(until=until)
        step = NextStep(_("Nobody was added. Add the user after that time."))
        self.explanation = replace(self.explanation, next_step=step)


class LossOfAdmins(StrEnum):
    """What a change would leave a partner without."""

    ALL = "ALL"
    IN_MPN = "IN_MPN"


@dataclass(frozen=True)
class Newcomer:
    """A user to be added, as the form described the person."""

    email: str
    name: str
    programs: Collection[str]
    roles: Collection[str]


@audit.attempt("partners.add_user")
@transaction.atomic
def add_user(*, mpn_id: str, newcomer: Newcomer, by: User, at: datetime) -> Affiliation:
    """
    Let an account work for the partner, and mail its owner; one that does not exist is made.

    The answer is the same for both: whether there was an account, where it works and what it is
    called there is not the partner's to learn.

    :raises NotAuthorized: `by` may not
    :raises UserInvalid: address, name, programs or roles; it works there already, or may nowhere
    :raises TooManyAttempts: too many were added within the hour
    """
    partner = _locked(mpn_id, by=by)
    email, name = _checked_email(newcomer.email), _checked_name(newcomer.name)
    programs = _checked_programs(newcomer.programs, partner=partner)
    roles = _checked_roles(newcomer.roles)
    _count_mail(email, by=by)
    user, is_new = _account(email, name=name, partner=partner)
    affiliation = Affiliation.objects.create(
        user=user,
        partner=partner,
        mpn="MPN" in programs,
        csp="CSP" in programs,
        known_as="" if is_new else name,
    )
    _give(affiliation, roles, by=by, at=at)
    _record("partners.add_user", affiliation, by=by, at=at, given=[*programs, *roles])
    transaction.on_commit(
        lambda: invitations.send_invitation(user_id=user.pk, mpn_id=mpn_id),
        # The account is there; who gets no mail asks for a new password.
        robust=True,
    )
    return affiliation


@audit.attempt("partners.set_roles", target_kind="account", target_from="account_id")
@transaction.atomic
def set_roles(
    *, mpn_id: str, account_id: uuid.UUID, roles: Collection[str], by: User, at: datetime
) -> Affiliation:
    """
    Give the user exactly these roles; what is taken away stops working at once.

    :raises NotAuthorized: `by` may not
    :raises Affiliation.DoesNotExist: nobody of the partner
    :raises UserInvalid: an unknown role
    :raises LastGlobalAdmin: the last one would lose the role
    """
    affiliation = _locked_affiliation(mpn_id, account_id, by=by)
    before, after = _roles_of(affiliation), _checked_roles(roles)
    given = [role for role in after if role not in before]
    taken = [role for role in before if role not in after]
    if not given and not taken:
        return affiliation
    if Role.GLOBAL_ADMIN in taken:
        _refuse_without_admin(affiliation, stays=False)
    affiliation.role_assignments.filter(role__in=taken).delete()
    _give(affiliation, given, by=by, at=at)
    _record("partners.set_roles", affiliation, by=by, at=at, given=given, taken=taken)
    return affiliation


@audit.attempt("partners.set_programs", target_kind="account", target_from="account_id")
@transaction.atomic
def set_programs(
    *, mpn_id: str, account_id: uuid.UUID, programs: Collection[str], by: User, at: datetime
) -> Affiliation:
    """
    Associate the user with exactly these programs of the partner.

    :raises NotAuthorized: `by` may not
    :raises Affiliation.DoesNotExist: nobody of the partner
    :raises UserInvalid: none, or one that the partner is not enrolled in
    :raises LastGlobalAdmin: the last one in MPN would leave it
    """
    affiliation = _locked_affiliation(mpn_id, account_id, by=by)
    before = _programs_of(affiliation)
    after = _checked_programs(programs, partner=affiliation.partner)
    given = [program for program in after if program not in before]
    taken = [program for program in before if program not in after]
    if not given and not taken:
        return affiliation
    if "MPN" in taken and Role.GLOBAL_ADMIN in _roles_of(affiliation):
        _refuse_without_admin(affiliation, stays=True)
    affiliation.mpn, affiliation.csp = "MPN" in after, "CSP" in after
    affiliation.save(update_fields=["mpn", "csp"])
    _record("partners.set_programs", affiliation, by=by, at=at, given=given, taken=taken)
    return affiliation


@audit.attempt("partners.remove_user", target_kind="account", target_from="account_id")
@transaction.atomic
def remove_user(*, mpn_id: str, account_id: uuid.UUID, by: User, at: datetime) -> User:
    """
    End the user's work for the partner; the account, its links and requests stay.

    :raises NotAuthorized: `by` may not
    :raises Affiliation.DoesNotExist: nobody of the partner
    :raises LastGlobalAdmin: it is the last one
    """
    affiliation = _locked_affiliation(mpn_id, account_id, by=by)
    roles = _roles_of(affiliation)
    if Role.GLOBAL_ADMIN in roles:
        _refuse_without_admin(affiliation, stays=False)
    taken = [*_programs_of(affiliation), *roles]
    _record("partners.remove_user", affiliation, by=by, at=at, taken=taken)
    affiliation.role_assignments.all().delete()
    Affiliation.objects.filter(pk=affiliation.pk).delete()
    return affiliation.user


def refuse_last_admin(*, account: User) -> None:
    """
    Make sure that each partner keeps a Global admin without this account; it locks its partners.

    :raises LastGlobalAdmin: one would be left without
    """
    held = Affiliation.objects.of_people().filter(
        user=account, role_assignments__role=Role.GLOBAL_ADMIN
    )
    for affiliation in held.select_related("user", "partner").order_by("partner_id", "pk"):
        partners = Partner.objects.select_for_update(of=("self",), no_key=True)
        affiliation.partner = partners.get(pk=affiliation.partner_id)
        _refuse_without_admin(affiliation, stays=False)


def enrolled_in(*, partner: Partner) -> list[str]:
    """Return the programs that a user of the partner may be associated with."""
    enrolled = (partner.in_mpn, partner.in_csp)
    return [program for program, is_in in zip(PROGRAMS, enrolled, strict=True) if is_in]


def loss_of_admins(
    *, partner: Partner, before: Sequence[bool], after: Sequence[bool]
) -> LossOfAdmins | None:
    """
    Return whether a change takes the partner's last Global admin, or the last one in MPN.

    :param before, after: for each active Global admin whether the account is associated with MPN
    """
    if before and not after:
        return LossOfAdmins.ALL
    if partner.in_mpn and any(before) and not any(after):
        return LossOfAdmins.IN_MPN
    return None


# --- what may be asked for -------------------------------------------------------------------


def _checked_email(text: str) -> str:
    email = acceptable_email(text=text)
    if email is None:
        raise _invalid("email", _("Enter an e-mail address, such as name@company.com."))
    return email


def _checked_name(text: str) -> str:
    name = acceptable_name(text=text)
    if not name:
        if name is None:
            limit = {"limit": LONGEST_NAME}
            raise _invalid("name", _("A name has at most %(limit)d characters.") % limit)
        raise _invalid("name", _("Enter the person's name."))
    return name


def _checked_programs(programs: Collection[str], *, partner: Partner) -> list[str]:
    """Return the programs once each, in their order."""
    allowed = enrolled_in(partner=partner)
    if not programs:
        raise _invalid("programs", _("Choose at least one program."))
    refused = sorted(set(programs) - set(allowed))
    if refused:
        raise _invalid(
            "programs",
            _("%(partner)s isn't enrolled in %(programs)s.")
            % {"partner": partner.name, "programs": all_of(refused)},
        )
    return [program for program in allowed if program in programs]


def _checked_roles(roles: Collection[str]) -> list[str]:
    """Return the roles once each, in the order of the table."""
    unknown = sorted(set(roles) - set(Role.values))
    if unknown:
        raise _invalid("roles", _("There is no role %(roles)s.") % {"roles": listed(unknown)})
    return [role for role in Role.values if role in roles]


def _invalid(field: str, sentence: str, *, next_step: NextStep | None = None) -> UserInvalid:
    return UserInvalid(sentence, facts={"field": field}, next_step=next_step)


def _account(email: str, *, name: str, partner: Partner) -> tuple[User, bool]:
    """Return the account of that address, and whether it was made now."""
    user = User.objects.filter(email=email).first()
    if user is None:
        return User.objects.create_user(email, name=name), True
    if user.is_staff_member or not user.is_active:
        # One sentence for whatever it is that keeps the account away.
        raise _invalid(
            "email",
            _("This address can't be added."),
            next_step=NextStep(_("Check it, or ask the person for another one.")),
        )
    if Affiliation.objects.filter(user=user, partner=partner).exists():
        raise _invalid(
            "email",
            _("This address works for %(partner)s already.") % {"partner": partner.name},
            next_step=NextStep(
                _("Change its roles there."), url=reverse("partners:user", args=[user.public_id])
            ),
        )
    return user, False


def _count_mail(email: str, *, by: User) -> None:
    """Count the mail; whoever adds the same address elsewhere waits here until this is done."""
    try:
        throttle.count_all([(ADDITIONS, f"account:{by.pk}"), (MAILS, f"address:{email[:90]}")])
    except throttle.TooManyAttempts as refusal:
        raise TooManyAdded(until=refusal.until) from refusal


def _refuse_without_admin(affiliation: Affiliation, *, stays: bool) -> None:
    """
    Make sure that a Global admin is left, and in an MPN partner one who is associated with MPN.

    :param stays: it keeps the role and leaves MPN only
    """
    partner, user = affiliation.partner, affiliation.user
    if not user.is_active:
        return
    others = Affiliation.objects.of_people().exclude(pk=affiliation.pk)
    others = others.filter(
        partner=partner, user__is_active=True, role_assignments__role=Role.GLOBAL_ADMIN
    )
    in_mpn = list(others.values_list("mpn", flat=True))
    loss = loss_of_admins(
        partner=partner,
        before=[*in_mpn, affiliation.mpn],
        after=[*in_mpn, False] if stays else in_mpn,
    )
    if loss is None:
        return
    is_last = loss == LossOfAdmins.ALL
    what = {"name": affiliation.known_as or user.name, "partner": partner.name}
    if is_last:
        sentence = _("%(name)s is the last Global admin of %(partner)s.") % what
    else:
        sentence = _("%(name)s is the last Global admin of %(partner)s in MPN.") % what
    raise LastGlobalAdmin(
        sentence,
        facts={"account": str(user.public_id), "partner": partner.mpn_id, "inMpn": not is_last},
        next_step=NextStep(
            _("Make somebody else a Global admin first."), url=reverse("partners:users")
        ),
    )


# --- reading and writing ---------------------------------------------------------------------


def _locked(mpn_id: str, *, by: User) -> Partner:
    """Lock the partner until the transaction ends; then see whether `by` may manage its users."""
    partners = Partner.objects.select_for_update(of=("self",), no_key=True)
    partner = partners.get(mpn_id=mpn_id)
    permissions.require(Permission.MANAGE_ROLES, by=by, partner=partner)
    return partner


def _locked_affiliation(mpn_id: str, account_id: uuid.UUID, *, by: User) -> Affiliation:
    partner = _locked(mpn_id, by=by)
    people = Affiliation.objects.of_people().select_related("user", "partner")
    return people.get(partner=partner, user__public_id=account_id)


def _roles_of(affiliation: Affiliation) -> list[str]:
    held = set(affiliation.role_assignments.values_list("role", flat=True))
    return [role for role in Role.values if role in held]


def _programs_of(affiliation: Affiliation) -> list[str]:
    held = (affiliation.mpn, affiliation.csp)
    return [program for program, is_held in zip(PROGRAMS, held, strict=True) if is_held]


def _give(affiliation: Affiliation, roles: Iterable[str], *, by: User, at: datetime) -> None:
    RoleAssignment.objects.bulk_create(
        RoleAssignment(affiliation=affiliation, role=role, assigned_at=at, assigned_by=by)
        for role in roles
    )


def _record(
    action: str,
    affiliation: Affiliation,
    *,
    by: User,
    at: datetime,
    given: Sequence[str] = (),
    taken: Sequence[str] = (),
) -> None:
    audit.record(
        action,
        by=by,
        at=at,
        partner=affiliation.partner.mpn_id,
        target=("account", affiliation.user.public_id),
        facts={"given": list(given), "taken": list(taken)},
    )
