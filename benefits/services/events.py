"""
The change feed: writing events beside the change.

`append_…` belong into the transaction of the change: both are there or neither.
Source: `events` among the resources of the API.
"""

from datetime import datetime
from typing import Any

from benefits.models import Event, LedgerEntry, Link, Package, Plan
from benefits.models.events import PERCENTS

# The allotment of a package is told by ACTIVATED.
_TYPE = {
    LedgerEntry.Kind.CONSUME: Event.Type.CONSUMED,
    LedgerEntry.Kind.RETURN: Event.Type.RETURNED,
    LedgerEntry.Kind.EXPIRE: Event.Type.EXPIRED,
    LedgerEntry.Kind.ADJUST: Event.Type.ADJUSTED,
}


def append_activated(*, package: Package, at: datetime) -> Event:
    """Append that the package was activated, in the transaction that issues its contract."""
    return Event.objects.create(
        type=Event.Type.ACTIVATED,
        partner_id=package.partner_id,
        package=package,
        occurred_at=at,
    )


def append_linked(*, link: Link, at: datetime) -> Event:
    """Append that the account may use the contract from now on, in the transaction of the link."""
    package = link.contract.package
    return Event.objects.create(
        type=Event.Type.LINKED,
        partner_id=package.partner_id,
        package=package,
        account_id=link.user_id,
        occurred_at=at,
    )


def append_movement(*, plan: Plan, entry: LedgerEntry, reached_before: list[int]) -> list[Event]:
    """
    Append the movement and every threshold that it crossed, in one statement; a grant gives none.

    :param plan: as it stands after the entry
    :param reached_before: `percents_reached` of the plan before the entry
    """
    if entry.kind not in _TYPE:
        return []
    about: dict[str, Any] = {
        "partner_id": plan.package.partner_id,
        "package_id": plan.package_id,
        "plan": plan,
        "remaining_after": entry.remaining_after,
        "occurred_at": entry.occurred_at,
    }
    movement = Event(
        type=_TYPE[LedgerEntry.Kind(entry.kind)],
        quantity=entry.quantity,
        request_number=entry.request_number,
        **about,
    )
    crossed = [p for p in percents_reached(plan=plan) if p not in reached_before]
    thresholds = [Event(type=Event.Type.THRESHOLD, percent=p, **about) for p in crossed]
    return Event.objects.bulk_create([movement, *thresholds])


def percents_reached(*, plan: Plan) -> list[int]:
    """
    Return which of 80 and 100 per cent of the plan's total are used; none of an unlimited plan.

    The total counts corrections. One that was corrected down to nothing is used up.
    """
    if plan.allotment is None:
        return []
    total = plan.allotment + plan.adjusted
    return [percent for percent in PERCENTS if plan.used * 100 >= total * percent]
