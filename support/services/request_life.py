"""
Working on a support request: notes, states, closing and reopening.

The request is locked first and read after; support/life.py says what can be done with it and why
not. Closing it as a product defect or a duplicate returns what it used, if anything, in the same
transaction.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from benefits.services import ledger
from partners.models import User
from portal import audit, idempotency
from portal.refusals import Refusal
from support import life
from support.life import Action
from support.models import Note, SupportRequest

State = SupportRequest.State
ADD_NOTE = "add_note"


@audit.attempt("support.add_note", target_kind="request", target_from="number")
@transaction.atomic
def add_note(*, number: str, text: str, by: User, at: datetime, key: str | None = None) -> Note:
    """
    Add a note of the author or of staff; support goes on where it waited for the author's.

    :param text: validated by a form or serializer
    :param key: of the form it was written in; the same form writes one note, however often sent
    :raises NotAuthorized: `by` is neither its author nor staff who work on requests
    :raises AlreadyClosed: the request has to be reopened first
    :raises IdempotencyKeyReused: the form was sent before with another text
    """
    request = locked(number=number)
    _stop(life.lacking_right(Action.ADD_NOTE, request, by=by))
    claim = _claim(request, text=text, by=by, key=key)
    if claim is not None and claim.is_replay:
        # Written before the request was closed, if it is.
        return Note.objects.select_related("request").get(pk=claim.answer["note"])
    _stop(life.refusal_for(Action.ADD_NOTE, request, by=by, at=at))
    before = request.state
    note = Note.objects.create(request=request, author=by, text=text, written_at=at)
    if before == State.WAITING_FOR_PARTNER and life.is_author(request, by=by):
        _move(request, to=State.IN_PROGRESS, at=at)
    _record("support.add_note", request, before, by=by, at=at)
    if claim is not None:
        claim.store({"note": note.pk})
    return note


@audit.attempt("support.change_state", target_kind="request", target_from="number")
@transaction.atomic
def change_state(
    *, number: str, state: SupportRequest.State, by: User, at: datetime
) -> SupportRequest:
    """
    Put the request into another state of work; the state it is in already changes nothing.

    :param state: any but CLOSED, which takes a reason: `close_request`
    :raises NotAuthorized: only staff who work on requests set the state
    :raises AlreadyClosed: the request has to be reopened first
    :raises NotReopenable: it was resolved, and may no longer be reopened
    """
    assert state != State.CLOSED, "closing takes a reason"
    request = locked(number=number)
    _stop(life.lacking_right(Action.CHANGE_STATE, request, by=by))
    before = request.state
    if state != before:
        _stop(life.refusal_for(Action.CHANGE_STATE, request, by=by, at=at))
        _move(request, to=state, at=at)
        _record("support.change_state", request, before, by=by, at=at)
    return request


@audit.attempt("support.close_request", target_kind="request", target_from="number")
@transaction.atomic
def close_request(
    *, number: str, reason: SupportRequest.CloseReason, by: User, at: datetime
) -> SupportRequest:
    """
    Close the request; as a product defect or a duplicate it gives what it used back to its plan:
    its incident, or the hours that were deducted. Nobody works on it any more: its claim ends.

    :raises NotAuthorized: `by` may not close it, or not for this reason
    :raises AlreadyClosed: it is closed
    :raises AlreadyReturned: what it used was returned before, and cannot be again
    """
    request = locked(number=number)
    _stop(life.refusal_to_close(request, reason=reason, by=by, at=at))
    before = request.state
    returns = life.returns_something(request, reason=reason)
    if request.plan_id is not None and returns:
        plan, entitlement = ledger.locked(request.plan_id, user=None, at=at)
        ledger.give_back(plan=plan, entitlement=entitlement, request_number=number, by=by, at=at)
    request.closed_at, request.closed_by, request.close_reason = at, by, reason
    request.claimed_at = request.claimed_by = None
    _move(request, to=State.CLOSED, at=at)
    unit = "returnsHours" if request.asks_for_hours else "returnsIncident"
    facts = {"reason": reason.value, unit: returns}
    _record("support.close_request", request, before, by=by, at=at, **facts)
    return request


@audit.attempt("support.reopen_request", target_kind="request", target_from="number")
@transaction.atomic
def reopen_request(*, number: str, by: User, at: datetime) -> SupportRequest:
    """
    Open a resolved or closed request again, within 14 days and without a new incident.

    :raises NotAuthorized: `by` is neither its author nor staff who work on requests
    :raises NotReopenable: it is still worked on, the time is over, or its incident was returned
    """
    request = locked(number=number)
    _stop(life.refusal_for(Action.REOPEN, request, by=by, at=at))
    before = request.state
    request.closed_at = request.closed_by = request.close_reason = None
    _move(request, to=State.OPEN, at=at)
    _record("support.reopen_request", request, before, by=by, at=at)
    return request


def locked(*, number: str) -> SupportRequest:
    """Lock the request until the transaction ends, then read it with what the audit names."""
    requests = SupportRequest.objects
    requests.select_for_update(of=("self",), no_key=True).only("pk").get(number=number)
    named = ("author", "claimed_by", "partner", "plan__package__partner")
    return requests.select_related(*named).get(number=number)


def _claim(
    request: SupportRequest, *, text: str, by: User, key: str | None
) -> idempotency.Claim | None:
    if key is None:
        return None
    content = {"request": request.number, "text": text}
    return idempotency.claim(by=by, operation=ADD_NOTE, key=key, content=content)


def _stop(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refusal


def _move(request: SupportRequest, *, to: SupportRequest.State, at: datetime) -> None:
    request.state, request.state_changed_at = to, at
    # Closing what was resolved keeps the instant: the time to reopen it is given once.
    request.ended_at = (request.ended_at or at) if to in (State.RESOLVED, State.CLOSED) else None
    closing = ["closed_at", "closed_by", "close_reason", "claimed_at", "claimed_by"]
    request.save(update_fields=["state", "state_changed_at", "ended_at", *closing])


def _record(
    action: str, request: SupportRequest, before: str, *, by: User, at: datetime, **facts: Any
) -> None:
    audit.record(
        action,
        by=by,
        at=at,
        partner=request.mpn_id(),
        target=("request", request.number),
        facts={"stateBefore": before, "state": request.state, **facts},
    )
