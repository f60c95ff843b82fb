"""
The ledger: the only code that moves a plan's balance.

The plan is locked first (`locked`), read after, checked, and then the entry and the cached numbers
are written together, in the caller's transaction. The constraints on both tables would refuse a
double spend even if nothing locked.
Source: "Support requests and incidents" and the table of incident events.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from benefits import reasons
from benefits.entitlements import Entitlement, of_plan
from benefits.models import LedgerEntry, Plan
from benefits.services import events
from partners.models import User
from portal.refusals import Refusal

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
    """The request's incident was returned before; it is returned once."""

    code = "already_returned"
    status = 409


def locked(plan_pk: int, *, user: User | None, at: datetime) -> tuple[Plan, Entitlement]:
    """Lock the plan until the transaction ends, then read it as an entitlement of `user`."""
    # Two statements: in one, contract, link and last use would be as old as the wait was long.
    Plan.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=plan_pk)
    plan = Plan.objects.as_entitlements(user=user).get(pk=plan_pk)
    return plan, of_plan(plan, at=at)


def grant(*, plan: Plan, by: User | None, at: datetime) -> LedgerEntry | None:
    """Book the allotment on a plan that the caller holds locked; unlimited plans get no entry."""
    if plan.allotment is None:
        return None
    return _append(plan, Kind.GRANT, quantity=plan.allotment, by=by, at=at)


def consume(
    *, plan: Plan, entitlement: Entitlement, request_number: str, by: User, at: datetime
) -> LedgerEntry:
    """
    Use one incident of a plan that the caller holds `locked`; unlimited plans write it too.

    :raises Refusal: the plan cannot be used at `at`, or nothing is left; the refusal says why
    """
    refusal = reasons.reason(entitlement)
    if refusal is not None:
        raise refusal
    return _append(plan, Kind.CONSUME, quantity=-1, by=by, at=at, request_number=request_number)


def give_back(
    *, plan: Plan, entitlement: Entitlement, request_number: str, by: User, at: datetime
) -> LedgerEntry:
    """
    Return the incident of a request to the plan it came from, once.

    After the plan's end the pending EXPIRE is booked first and what came back lapses at once, so
    that all of it can be seen.

    :raises AlreadyReturned: it was returned before
    """
    entries = LedgerEntry.objects.filter(plan=plan, request_number=request_number)
    kinds = set(entries.values_list("kind", flat=True))
    assert Kind.CONSUME in kinds, "only what was used can be returned"
    if Kind.RETURN in kinds:
        raise AlreadyReturned(
            _("The incident of this request was returned before."),
            facts={"requestNumber": request_number},
        )
    if entitlement.is_expired:
        expire(plan=plan, entitlement=entitlement, by=by, at=at)
    entry = _append(plan, Kind.RETURN, quantity=1, by=by, at=at, request_number=request_number)
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
