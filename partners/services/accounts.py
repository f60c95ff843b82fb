"""
Accounts as administrators keep them: staff accounts are created, get another role, are stopped.

Staff hold no links and work for no partner, so an account of a partner never becomes one of staff.
Nobody changes their own account, so that an administrator is always left. Any account may be
deactivated and activated again; nothing is ever deleted.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from partners import permissions
from partners.models import User
from partners.naming import LONGEST_NAME, acceptable_email
from partners.roles import StaffPermission
from partners.services.affiliations import refuse_last_admin
from portal import audit
from portal.refusals import NextStep, Refusal


class AccountInvalid(Refusal):
    """What was asked for is no account that may be: address, name or role."""

    code = "validation_error"
    status = 400


@dataclass(frozen=True)
class Account:
    """The account, and whether this call changed anything of it."""

    user: User
    is_changed: bool


@audit.attempt("partners.create_account")
@transaction.atomic
def create_account(
    *, email: str, name: str, staff_kind: User.StaffKind, by: User, at: datetime
) -> Account:
    """
    Create a staff account without a password: its owner asks for a link to set one.

    :raises NotAuthorized: `by` may not
    :raises AccountInvalid: address or name; another account has the address
    """
    permissions.require_staff(StaffPermission.DJANGO_ADMIN, by=by)
    email, name = _checked_email(email), " ".join(name.split())
    if not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise _invalid("name", _("Enter the person's name."))
    if User.objects.filter(email=email).exists():
        raise _invalid("email", _("Another account has this e-mail address."))
    user = User.objects.create_user(email, name=name, staff_kind=staff_kind)
    _record("partners.create_account", user, by=by, at=at)
    return Account(user, is_changed=True)


@audit.attempt("partners.change_account", target_kind="account", target_from="account_id")
@transaction.atomic
def change_account(
    *,
    account_id: uuid.UUID,
    staff_kind: User.StaffKind | None,
    is_active: bool,
    by: User,
    at: datetime,
) -> Account:
    """
    Give the account this role among staff (None: no staff), and let it sign in, or not.

    What is taken away stops working at once, in an open session too.

    :raises User.DoesNotExist: no such account
    :raises NotAuthorized: `by` may not, or not any more
    :raises AccountInvalid: one's own account, or an API client's; one of a partner, or that uses
        contracts, as staff
    :raises LastGlobalAdmin: a partner would be left without
    """
    target_pk = User.objects.only("pk").get(public_id=account_id).pk
    locked = User.objects.select_for_update(of=("self",), no_key=True)
    both = {u.pk: u for u in locked.filter(pk__in=[by.pk, target_pk]).order_by("pk")}
    # After the lock: two administrators who stop each other stop one of them.
    permissions.require_staff(StaffPermission.DJANGO_ADMIN, by=both[by.pk])
    user = both[target_pk]
    if (user.staff_kind, user.is_active) == (staff_kind, is_active):
        return Account(user, is_changed=False)
    _refuse_unless_possible(user, staff_kind=staff_kind, is_active=is_active, by=by)
    before = {"staffKind": user.staff_kind, "isActive": user.is_active}
    user.staff_kind, user.is_active = staff_kind, is_active
    user.save(update_fields=["staff_kind", "is_active"])
    _record("partners.change_account", user, by=by, at=at, before=before)
    return Account(user, is_changed=True)


def _refuse_unless_possible(
    user: User, *, staff_kind: User.StaffKind | None, is_active: bool, by: User
) -> None:
    if user.pk == by.pk:
        raise _invalid(
            "staff_kind",
            _("Nobody changes their own account."),
            next_step=NextStep(_("Ask another administrator.")),
        )
    if user.kind == User.Kind.CLIENT:
        raise _invalid(
            "staff_kind",
            _("This is the account of an API client."),
            next_step=NextStep(_("A client is revoked where it was registered.")),
        )
    if staff_kind is not None and user.staff_kind is None:
        if user.kind != User.Kind.WORK:
            raise _invalid("staff_kind", _("Only a work account can be one of staff."))
        if user.affiliations.exists() or user.links.filter(dropped_at__isnull=True).exists():
            raise _invalid(
                "staff_kind",
                _("This account works for a partner or uses a contract; staff do neither."),
                next_step=NextStep(_("Create another account for the person.")),
            )
    if user.is_active and not is_active:
        refuse_last_admin(account=user)


def _checked_email(text: str) -> str:
    email = acceptable_email(text=text)
    if email is None:
        raise _invalid("email", _("Enter an e-mail address, such as name@company.com."))
    return email


def _invalid(field: str, sentence: str, *, next_step: NextStep | None = None) -> AccountInvalid:
    return AccountInvalid(sentence, facts={"field": field}, next_step=next_step)


def _record(
    action: str, user: User, *, by: User, at: datetime, before: Mapping[str, object] | None = None
) -> None:
    facts: dict[str, object] = {"staffKind": user.staff_kind, "isActive": user.is_active}
    audit.record(
        action,
        by=by,
        at=at,
        target=("account", user.public_id),
        facts={**facts, "before": before} if before else facts,
    )
