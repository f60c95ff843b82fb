"""
A plan as it was at a past instant, computed from the entries up to then: they prove the numbers.

Dates of package and contract are those that hold now; what had not happened yet is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from benefits.entitlements import Entitlement, OwnLink
from benefits.models import LedgerEntry

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Moved:
    """What the entries of a plan up to an instant add up to, and its last use until then."""

    entries: int
    balance: int
    used: int
    adjusted: int
    expired: int
    last_at: datetime | None
    last_use: LedgerEntry | None


def moved_until(plan_pk: int, *, at: datetime) -> Moved:
    """Add up the plan's entries up to `at`, in two statements however many there are."""
    return each_moved_until([plan_pk], at=at)[plan_pk]


def each_moved_until(plan_pks: Sequence[int], *, at: datetime) -> dict[int, Moved]:
    """Add up the entries of each plan up to `at`, in two statements however many there are."""
    entries = LedgerEntry.objects.filter(plan_id__in=plan_pks, occurred_at__lte=at)
    rows = entries.values("plan_id").annotate(
        entries=Count("pk"),
        balance=_sum(*Kind),
        used=-_sum(Kind.CONSUME, Kind.RETURN),
        adjusted=_sum(Kind.ADJUST),
        expired=-_sum(Kind.EXPIRE),
        last_at=Max("occurred_at"),
        # Within a plan the keys grow with the numbers: an entry is appended under the plan's lock.
        last_use=Max("pk", filter=Q(kind=Kind.CONSUME)),
    )
    sums = {row.pop("plan_id"): row for row in rows}
    uses = LedgerEntry.objects.in_bulk([row["last_use"] for row in sums.values()])
    nothing = Moved(0, 0, 0, 0, 0, last_at=None, last_use=None)
    return {
        plan_pk: Moved(**{**sums[plan_pk], "last_use": uses.get(sums[plan_pk]["last_use"])})
        if plan_pk in sums
        else nothing
        for plan_pk in plan_pks
    }


def entries_until(plan_pk: int, *, at: datetime) -> QuerySet[LedgerEntry, LedgerEntry]:
    """Return the entries of a plan up to `at`."""
    return LedgerEntry.objects.filter(plan_id=plan_pk, occurred_at__lte=at)


def as_of(e: Entitlement, *, moved: Moved, at: datetime) -> Entitlement:
    """
    Return the entitlement as it stood at a past instant.

    :param moved: what its entries up to `at` add up to
    """
    use = moved.last_use
    had_contract = e.requested_at is not None and e.requested_at <= at
    before = replace(
        e,
        at=at,
        used=moved.used,
        adjusted=moved.adjusted,
        expired=moved.expired,
        balance=None if e.is_unlimited or not moved.entries else moved.balance,
        last_used_at=use.occurred_at if use else None,
        last_request_number=use.request_number if use else None,
        last_moved_at=moved.last_at,
        link=_link(e.link, at=at),
    )
    return before if had_contract or not e.needs_activation else _without_contract(before)


def _link(link: OwnLink | None, *, at: datetime) -> OwnLink | None:
    if link is None or link.linked_at > at:
        return None
    return replace(
        link,
        dropped_at=_if_happened(link.dropped_at, at=at),
        revoked_at=_if_happened(link.revoked_at, at=at),
    )


def _if_happened(moment: datetime | None, *, at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= at else None


def _without_contract(e: Entitlement) -> Entitlement:
    return replace(
        e,
        contract_pk=None,
        contract_id=None,
        contract_starts_at=None,
        requested_at=None,
        requested_by="",
        access_number=None,
        link=None,
        ends_at=e.activate_by,
    )


def _sum(*kinds: LedgerEntry.Kind) -> Coalesce:
    return Coalesce(Sum("quantity", filter=Q(kind__in=kinds)), 0)
