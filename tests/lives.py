"""
How the life of a request is told: each step is one call of the service that pages use.

Requests are submitted at USED_AT of factories.py; the first thing happens THEN, the next LATER.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from benefits.models import LedgerEntry, Plan
from benefits.services.ledger import AlreadyReturned
from partners.models import User
from partners.permissions import NotAuthorized
from portal.refusals import Refusal
from support.life import AlreadyClosed, NothingToDeduct, NotReopenable
from support.models import Note, SupportRequest
from support.services import consultations, request_life
from tests.factories import ENDS_AT, USED_AT, UserFactory
from tests.stories import admin_of, gold_contract, linked_outsider, partner_of, row_counts, submit

State = SupportRequest.State
CloseReason = SupportRequest.CloseReason
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
THEN = USED_AT + DAY
LATER = THEN + DAY
AFTER_END = ENDS_AT + 3 * DAY
WORKED_ON = (State.OPEN, State.IN_PROGRESS, State.WAITING_FOR_PARTNER)
WHO_WORKS = ("SUPPORT_AGENT", "BENEFITS_MANAGER", "ADMINISTRATOR")
ONLOOKERS = ("admin of the partner", "auditor", "stranger", "agent who has left")


def submitted_by_outsider(
    *, membership: Mapping[str, Any] | None = None, **changes: Any
) -> SupportRequest:
    """Return a request of an account of no partner that has linked a Gold contract."""
    return submit(by=linked_outsider(gold_contract(**(membership or {}))), **changes).request


def in_state(request: SupportRequest, state: SupportRequest.State) -> SupportRequest:
    """Put the request into the state, as of THEN: by staff, or when it is closed by its author."""
    if state == State.CLOSED:
        return close(request, by=request.author)
    return change(request, state, by=UserFactory(staff=True), at=THEN)


def note(
    request: SupportRequest,
    *,
    by: User,
    at: datetime = LATER,
    text: str = "It happens on a second machine too.",
    key: str | None = None,
) -> Note:
    """Add a note."""
    return request_life.add_note(number=request.number, text=text, by=by, at=at, key=key)


def change(
    request: SupportRequest, state: SupportRequest.State, *, by: User, at: datetime = LATER
) -> SupportRequest:
    """Change the state."""
    return request_life.change_state(number=request.number, state=state, by=by, at=at)


def close(
    request: SupportRequest,
    *,
    by: User,
    at: datetime = THEN,
    reason: SupportRequest.CloseReason = CloseReason.SOLVED_BY_PARTNER,
) -> SupportRequest:
    """Close the request, as solved unless another reason is given."""
    return request_life.close_request(number=request.number, reason=reason, by=by, at=at)


def reopen(request: SupportRequest, *, by: User, at: datetime = LATER) -> SupportRequest:
    """Reopen the request."""
    return request_life.reopen_request(number=request.number, by=by, at=at)


# What each service is called with, when a test is about who and when.
ACTS: dict[str, Callable[..., object]] = {
    "support.add_note": note,
    "support.change_state": lambda request, **who: change(request, State.IN_PROGRESS, **who),
    "support.close_request": close,
    "support.reopen_request": reopen,
    "support.deduct_hours": lambda request, **who: consultations.deduct_hours(
        number=request.number, hours=1, **who
    ),
}


def life_of(request: SupportRequest) -> tuple[Any, ...]:
    """Return what is stored of the request's life: state, since when, when, by whom, why closed."""
    return SupportRequest.objects.values_list(
        "state", "state_changed_at", "closed_at", "closed_by", "close_reason"
    ).get(pk=request.pk)


def lines_of(request: SupportRequest) -> list[tuple[str, int, int | None]]:
    """Return the entries of the plan that paid the request: kind, quantity, remaining after."""
    entries = LedgerEntry.objects.filter(plan=request.plan).order_by("number")
    return list(entries.values_list("kind", "quantity", "remaining_after"))


def refusal_of(act: Callable[..., object], request: SupportRequest, **what: Any) -> Refusal:
    """Act, and return the refusal that comes instead; nothing may be written."""
    before = _everything(request)
    anticipated = (NotAuthorized, AlreadyClosed, NotReopenable, AlreadyReturned, NothingToDeduct)
    with pytest.raises(anticipated) as refused:
        act(request, **what)
    assert _everything(request) == before
    return refused.value


def onlooker(who: str, request: SupportRequest) -> User:
    """Return an account that sees the request, or knows its number, and has no part in it."""
    if who == "admin of the partner":
        assert request.plan is not None
        return admin_of(partner_of(request.plan.package.contract))
    kinds: dict[str, dict[str, Any]] = {
        "auditor": {"staff_kind": User.StaffKind.AUDITOR},
        "stranger": {},
        "agent who has left": {"staff": True, "inactive": True},
    }
    return UserFactory(**kinds[who])


def _everything(request: SupportRequest) -> tuple[Any, ...]:
    return row_counts(), life_of(request), list(Plan.objects.order_by("pk").values())
