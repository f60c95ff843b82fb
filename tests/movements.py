"""Moving a plan's balance through the ledger alone, and what the feed is told of it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from benefits.models import Event, Plan
from benefits.services import ledger
from tests.factories import USED_AT, UserFactory


def under_lock(plan: Plan, *, at: datetime = USED_AT) -> dict[str, Any]:
    """Lock the plan; return what the ledger's functions are called with."""
    locked, entitlement = ledger.locked(plan.pk, user=None, at=at)
    return {"plan": locked, "entitlement": entitlement, "by": UserFactory(), "at": at}


def consume(plan: Plan, *numbers: int) -> None:
    """Use an incident for each request of these numbers."""
    for number in numbers:
        with transaction.atomic():
            ledger.consume(**under_lock(plan), request_number=f"260302{number:09d}")


def give_back(plan: Plan, number: int, *, at: datetime = USED_AT) -> None:
    """Return the incident of the request of this number."""
    with transaction.atomic():
        ledger.give_back(**under_lock(plan, at=at), request_number=f"260302{number:09d}")


def adjust(plan: Plan, quantity: int) -> None:
    """Correct the plan's total by so much."""
    with transaction.atomic():
        locked = under_lock(plan)
        del locked["entitlement"]
        ledger.adjust(**locked, quantity=quantity, reason="Counted twice.")


def told(plan: Plan) -> list[tuple[str, int | None, int | None, int | None]]:
    """Return what the feed was told about a plan, in the order in which it was written."""
    events = Event.objects.filter(plan=plan).order_by("pk")
    return list(events.values_list("type", "quantity", "remaining_after", "percent"))
