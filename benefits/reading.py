"""
The entitlements that pages and calls read again and again, by queries that are prepared.

What is read by these is what `entitlements.read` makes of the same plans; a test holds them
together.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, QuerySet, UUIDField

from benefits import entitlements
from benefits.entitlements import Entitlement
from benefits.models import Package, Plan
from benefits.models.plans import PlanQuerySet
from partners.models import Partner, User
from portal.prepared import Given, Prepared

# What of an account shapes a query: its kind and its kind of staff; None for nobody.
Shape = tuple[str, str | None] | None


def shape_of(user: User | None) -> Shape:
    """Return what a query is shaped by, of who reads."""
    return None if user is None else (user.kind, user.staff_kind)


def reader(shape: Shape, key: Given) -> User | None:
    """Return an account of that shape whose key is given later."""
    if shape is None:
        return None
    kind, staff_kind = shape
    return User(pk=key, kind=kind, staff_kind=staff_kind)


def somebody(shape: Shape, key: Given) -> User:
    """Return the same, of somebody."""
    found = reader(shape, key)
    assert found is not None, "somebody reads"
    return found


def partner_of(key: Given, *, is_any: object) -> Partner | None:
    """Return the partner whose key is given later, if there is one at all."""
    return Partner(pk=key) if is_any else None


# --- what is read ----------------------------------------------------------------------------


def held(
    partner: Partner, *, user: User | None, at: datetime, names_people: bool = True
) -> list[Entitlement]:
    """Read all plans of the partner."""
    rows = _HELD.rows(shape_of(user), partner=partner.pk, user=_key(user))
    return entitlements.of_rows(rows, at=at, names_people=names_people)


def seen(partner: Partner, *, user: User, at: datetime) -> list[Entitlement]:
    """Read the incident plans that the account sees at the partner: outside MPN, what it bought."""
    rows = _SEEN.rows(shape_of(user), partner=partner.pk, user=user.pk)
    return entitlements.of_rows(rows, at=at)


def used(
    user: User, *, partner: Partner | None, at: datetime, names_people: bool = True
) -> list[Entitlement]:
    """Read the incident plans that the account has linked or sees at the partner it acts for."""
    rows = _USED.rows(shape_of(user), partner is not None, partner=_key(partner), user=user.pk)
    return entitlements.of_rows(rows, at=at, names_people=names_people)


def readable(
    plan_id: uuid.UUID, *, user: User, acting_for: Partner | None, at: datetime
) -> Entitlement | None:
    """Read one plan, if the account may read it."""
    rows = _READABLE.rows(
        shape_of(user),
        acting_for is not None,
        plan_id=plan_id,
        partner=_key(acting_for),
        user=user.pk,
    )
    found = entitlements.of_rows(rows, at=at)
    return found[0] if found else None


def all_readable(user: User, *, acting_for: Partner | None) -> PlanQuerySet:
    """Return the plans that the account may read, to go on with: `readable_by`, prepared."""
    if user.is_staff_member:
        return Plan.objects.all()
    who, at_partner = shape_of(user), acting_for is not None
    given = {"partner": _key(acting_for), "user": user.pk}
    used = _USED_PACKAGES.within(who, at_partner, **given)
    own = _OWN_PACKAGES.within(who, **given) if at_partner else Package.objects.none()
    return Plan.objects.in_packages(own=own, used=used)


def row_of(plan_pk: int, *, user: User | None) -> Plan:
    """Return one plan that is there, as the rows of `as_entitlements`."""
    (row,) = _ONE.rows(shape_of(user), plan=plan_pk, user=_key(user))
    return row


def one(plan_pk: int, *, user: User | None, at: datetime) -> Entitlement:
    """Read one plan that is there."""
    (found,) = entitlements.of_rows([row_of(plan_pk, user=user)], at=at)
    return found


# --- the queries -----------------------------------------------------------------------------


def _held(who: Shape, *, partner: Given, user: Given) -> PlanQuerySet:
    plans = Plan.objects.filter(package__partner_id=partner)
    return entitlements.rows_of(plans, user=reader(who, user))


def _seen(who: Shape, *, partner: Given, user: Given) -> PlanQuerySet:
    account = somebody(who, user)
    mine = Plan.objects.visible_to(account).held_by(Partner(pk=partner))
    return entitlements.rows_of(mine.that_count_incidents(), user=account)


def _used(who: Shape, at_partner: bool, *, partner: Given, user: Given) -> PlanQuerySet:  # noqa: FBT001 - a shape
    account = somebody(who, user)
    # By keys of packages: an OR over the joins would scan all plans.
    packages = Package.objects.used_by(account, acting_for=partner_of(partner, is_any=at_partner))
    plans = Plan.objects.filter(package__in_keys_of=packages)
    return entitlements.rows_of(plans.that_count_incidents(), user=account)


def _readable(
    who: Shape,
    at_partner: bool,  # noqa: FBT001 - a shape
    *,
    plan_id: Given,
    partner: Given,
    user: Given,
) -> PlanQuerySet:
    account = somebody(who, user)
    acting_for = partner_of(partner, is_any=at_partner)
    plans = Plan.objects.readable_by(account, acting_for=acting_for).filter(public_id=plan_id)
    return entitlements.rows_of(plans, user=account)


def _used_packages(
    who: Shape,
    at_partner: bool,  # noqa: FBT001 - a shape
    *,
    partner: Given,
    user: Given,
) -> QuerySet[Any, Any]:
    acting_for = partner_of(partner, is_any=at_partner)
    return Package.objects.used_by(somebody(who, user), acting_for=acting_for)


def _own_packages(who: Shape, *, partner: Given, user: Given) -> QuerySet[Any, Any]:
    own = Package.objects.visible_at(partner_of(partner, is_any=True), user=somebody(who, user))
    return own.values("pk")


def _one(who: Shape, *, plan: Given, user: Given) -> PlanQuerySet:
    return entitlements.rows_of(Plan.objects.filter(pk=plan), user=reader(who, user))


def _key(of: User | Partner | None) -> int | None:
    return of.pk if of is not None else None


KEY: "BigIntegerField[int, int]" = BigIntegerField()
_HELD = Prepared(_held, partner=KEY, user=KEY)
_SEEN = Prepared(_seen, partner=KEY, user=KEY)
_USED = Prepared(_used, partner=KEY, user=KEY)
_READABLE = Prepared(_readable, plan_id=UUIDField(), partner=KEY, user=KEY)
_ONE = Prepared(_one, plan=KEY, user=KEY)
_USED_PACKAGES: Prepared[Any] = Prepared(_used_packages, partner=KEY, user=KEY)
_OWN_PACKAGES: Prepared[Any] = Prepared(_own_packages, partner=KEY, user=KEY)
