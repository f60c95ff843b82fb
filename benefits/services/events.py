"""
The change feed: writing events beside the change, giving them positions, reading them in order.

`append_…` belong into the transaction of the change: both are there or neither. Positions are given
after that, by one relay at a time (docs/adr/0011-positions-are-given-after-commit.md). So a reader
that has read up to a position never misses a smaller one, in whatever order writers commit.
Source: `events` among the resources of the API.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from benefits.models import Event, FeedHead, LedgerEntry, Link, Package, Plan
from benefits.models.events import PERCENTS, EventQuerySet
from partners.models import Partner, User

# The allotment of a package is told by ACTIVATED.
_TYPE = {
    LedgerEntry.Kind.CONSUME: Event.Type.CONSUMED,
    LedgerEntry.Kind.RETURN: Event.Type.RETURNED,
    LedgerEntry.Kind.EXPIRE: Event.Type.EXPIRED,
    LedgerEntry.Kind.ADJUST: Event.Type.ADJUSTED,
}
# One statement for a batch of any size; both databases understand it as it stands.
_NUMBER = """
UPDATE benefits_event SET position = %s + waiting.place
FROM (
    SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM benefits_event
    WHERE position IS NULL ORDER BY id LIMIT %s
) AS waiting
WHERE benefits_event.id = waiting.id
"""


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
    (event,) = append_all_linked(links=[link], package=link.contract.package, at=at)
    return event


def append_all_linked(*, links: Iterable[Link], package: Package, at: datetime) -> list[Event]:
    """Append the same of all these links to the package's contract, in one statement."""
    return Event.objects.bulk_create(
        Event(
            type=Event.Type.LINKED,
            partner_id=package.partner_id,
            package=package,
            account_id=link.user_id,
            occurred_at=at,
        )
        for link in links
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


def relay(*, most: int = 5000) -> int:
    """
    Give positions to committed events that have none, in the order of their ids; return how many.

    Four statements whatever the number, and a single one that locks nothing if there is nothing to
    do. It never runs inside another transaction: positions appear by its own commit.

    :param most: how many at once; call again until it returns 0 to do all
    """
    if not Event.objects.filter(position__isnull=True).exists():
        return 0
    with transaction.atomic(durable=True):
        head = _locked_head()
        with connection.cursor() as cursor:
            cursor.execute(_NUMBER, [head.last, most])
            count: int = cursor.rowcount
        # Whoever waited for another relay may find that it has done everything.
        if count:
            head.last += count
            head.save(update_fields=["last"])
    return count


def read_feed(*, user: User, acting_for: Partner | None, after: int, size: int) -> list[Event]:
    """
    Return up to `size` events behind the position `after`, in order, as far as `user` may read.

    The last one's position is where to go on. Staff read all; others what
    `EventQuerySet.readable_by` says. Committed events are published first. Two statements, five
    when there was something to publish.
    """
    relay()
    found: EventQuerySet = Event.objects.after(after)
    if not user.is_staff_member:
        found = found.readable_by(user, acting_for=acting_for)
    return list(found.select_related("partner", "package__contract", "plan", "account")[:size])


def _locked_head() -> FeedHead:
    """Lock the head, which is written by the first to ask."""
    heads = FeedHead.objects.select_for_update(of=("self",), no_key=True)
    head = heads.first()
    if head is None:
        FeedHead.objects.bulk_create([FeedHead()], ignore_conflicts=True)
        head = heads.get()
    return head
