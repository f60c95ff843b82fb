"""
The ledger: the only code that moves a plan's balance.

The plan is locked first (`locked`), read after, checked, and then the entry and the cached numbers
are written together, in the caller's transaction. The constraints on both tables would refuse a
double spend even if nothing locked.
Source: "Support requests and incidents" and the table of incident events.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits import reading, reasons
from benefits.allotments import PlanTerms
from benefits.entitlements import Entitlement, of_plan
from benefits.models import LedgerEntry, Plan
from benefits.services import events
from partners.models import User
from portal import bulk
from portal.refusals import NextStep, Refusal

Kind = LedgerEntry.Kind
# Which cached number an entry moves, and in which direction; `remaining` follows by itself.
_COUNTER = {
    Kind.GRANT: ("", 0),
    Kind.CONSUME: ("used", -1),
    Kind.RETURN: ("used", -1),
    Kind.EXPIRE: ("expired", -1),
    Kind.ADJUST: ("adjusted", 1),
}


class AlreadyReturned(Refusal):
    """What the request used was returned before; it is returned once."""

    code = "already_returned"
    status = 409


class NotEnoughLeft(Refusal):
    """More than is left was to be used; a balance is never below zero."""

    code = "below_zero"
    status = 409


def locked(plan_pk: int, *, user: User | None, at: datetime) -> tuple[Plan, Entitlement]:
    """Lock the plan until the transaction ends, then read it as an entitlement of `user`."""
    # Two statements: in one, contract, link and last use would be as old as the wait was long.
    Plan.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=plan_pk)
    plan = reading.row_of(plan_pk, user=user)
    return plan, of_plan(plan, at=at)


def grant(*, plan: Plan, by: User | None, at: datetime) -> LedgerEntry | None:
    """Book the allotment on a plan that the caller holds locked; unlimited plans get no entry."""
    if plan.allotment is None:
        return None
    return _append(plan, Kind.GRANT, quantity=plan.allotment, by=by, at=at)


def opening(*, terms: PlanTerms) -> tuple[int | None, int]:
    """Return `remaining` and `last_number` of a plan as it is written along with its grant."""
    is_granted = not terms.needs_activation and terms.allotment is not None
    return (terms.allotment, 1) if is_granted else (None, 0)


def book_openings(*, granted: Iterable[tuple[int, int]], by: User | None, at: datetime) -> None:
    """
    Book the grants of plans that are being written with their `opening`, in one statement.

    :param granted: key and allotment of each plan that has one
    """
    actor_id = by.pk if by is not None else None
    bulk.insert(
        model=LedgerEntry,
        fields=(
            *("plan_id", "number", "kind", "quantity", "remaining_after"),
            *("request_number", "reason", "actor_id", "occurred_at"),
        ),
        rows=[
            (plan_pk, 1, Kind.GRANT.value, allotment, allotment, None, "", actor_id, at)
            for plan_pk, allotment in granted
        ],
    )


def consume(
    *,
    plan: Plan,
    entitlement: Entitlement,
    request_number: str,
    by: User,
    at: datetime,
    quantity: int = 1,
) -> LedgerEntry:
    """
    Use one incident of a plan that the caller holds `locked`; unlimited plans write it too.

    :param quantity: whole hours, of a plan that counts hours; an incident is always one
    :raises NotEnoughLeft: more hours than are left
    :raises Refusal: the plan cannot be used at `at`, or nothing is left; the refusal says why
    """
    assert quantity == 1 or (quantity > 1 and entitlement.counts_hours), "one incident, or hours"
    refusal = reasons.reason(entitlement)
    if refusal is not None:
        raise refusal
    left = entitlement.remaining
    if left is not None and quantity > left:
        raise _not_enough(quantity, left=left)
    return _append(
        plan, Kind.CONSUME, quantity=-quantity, by=by, at=at, request_number=request_number
    )


def give_back(
    *, plan: Plan, entitlement: Entitlement, request_number: str, by: User, at: datetime
) -> LedgerEntry:
    """
    Return what a request used, its incident or hours, to the plan it came from, once.

    After the plan's end the pending EXPIRE is booked first and what came back lapses at once, so
    that all of it can be seen.

    :raises AlreadyReturned: it was returned before
    """
    entries = LedgerEntry.objects.filter(plan=plan, request_number=request_number)
    moved = dict(entries.values_list("kind", "quantity"))
    assert Kind.CONSUME in moved, "only what was used can be returned"
    if Kind.RETURN in moved:
        raise AlreadyReturned(
            _("The hours of this request were returned before.")
            if entitlement.counts_hours
            else _("The incident of this request was returned before."),
            facts={"requestNumber": request_number},
        )
    if entitlement.is_expired:
        expire(plan=plan, entitlement=entitlement, by=by, at=at)
    entry = _append(
        plan,
        Kind.RETURN,
        quantity=-moved[Kind.CONSUME],
        by=by,
        at=at,
        request_number=request_number,
    )
    if entitlement.is_expired:
        expire(plan=plan, entitlement=entitlement, by=by, at=at)
    return entry


def expire(
    *, plan: Plan, entitlement: Entitlement, by: User | None, at: datetime
) -> LedgerEntry | None:
    """Book what lapsed at the end of a limited plan that the caller holds locked, if anything."""
    if not entitlement.is_expired or not plan.remaining:
        return None
    return _append(plan, Kind.EXPIRE, quantity=-plan.remaining, by=by, at=at)


def adjust(*, plan: Plan, quantity: int, reason: str, by: User, at: datetime) -> LedgerEntry:
    """Book a correction, up or down, on a limited plan that the caller holds locked."""
    return _append(plan, Kind.ADJUST, quantity=quantity, by=by, at=at, reason=reason)


def _not_enough(quantity: int, *, left: int) -> NotEnoughLeft:
    return NotEnoughLeft(
        ngettext(
            "Only %(left)d hour is left, so %(quantity)d can't be deducted.",
            "Only %(left)d hours are left, so %(quantity)d can't be deducted.",
            left,
        )
        % {"left": left, "quantity": quantity},
        facts={"remaining": left, "quantity": quantity},
        next_step=NextStep(_("Deduct what is left at most.")),
    )


def _append(
    plan: Plan,
    kind: LedgerEntry.Kind,
    *,
    quantity: int,
    by: User | None,
    at: datetime,
    request_number: str | None = None,
    reason: str = "",
) -> LedgerEntry:
    """Write the next entry, the cached numbers and the events; the caller has locked the plan."""
    reached_before = events.percents_reached(plan=plan)
    counter, direction = _COUNTER[kind]
    if counter:
        setattr(plan, counter, getattr(plan, counter) + direction * quantity)
    if plan.allotment is not None:
        plan.remaining = (plan.remaining or 0) + quantity
    plan.last_number += 1
    plan.save(update_fields=["used", "adjusted", "expired", "remaining", "last_number"])
    entry = LedgerEntry.objects.create(
        plan=plan,
        number=plan.last_number,
        kind=kind,
        quantity=quantity,
        remaining_after=plan.remaining,
        request_number=request_number,
        reason=reason,
        actor=by,
        occurred_at=at,
    )
    events.append_movement(plan=plan, entry=entry, reached_before=reached_before)
    return entry
