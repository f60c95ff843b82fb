"""Booking what lapsed. Balances are zero from the end instant on, booked or not."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from benefits.models import Plan
from benefits.services import ledger
from partners.models import User
from portal import audit


def book_expiries(*, by: User | None, at: datetime) -> int:
    """
    Book EXPIRE on every ended plan with something left; return how many were booked.

    Each plan is its own transaction, so it may be stopped and run again at any time.
    """
    due = Plan.objects.filter(remaining__gt=0).filter(
        Q(unit="INCIDENT", package__contract__ends_at__lte=at)
        | Q(unit="HOUR", package__ends_at__lte=at)
    )
    keys = list(due.order_by("pk").values_list("pk", flat=True))
    return sum(book_one(plan_pk=plan_pk, by=by, at=at) for plan_pk in keys)


@transaction.atomic
def book_one(*, plan_pk: int, by: User | None, at: datetime) -> int:
    """Book EXPIRE on this plan if it has ended with something left; return how many entries."""
    plan, entitlement = ledger.locked(plan_pk, user=by, at=at)
    entry = ledger.expire(plan=plan, entitlement=entitlement, by=by, at=at)
    if entry is None:
        return 0
    audit.record(
        "benefits.book_expiry",
        by=by,
        at=at,
        partner=entitlement.mpn_id,
        target=("plan", plan.public_id),
        facts={"lapsed": -entry.quantity},
    )
    return 1
