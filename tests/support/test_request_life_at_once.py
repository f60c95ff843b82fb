"""Two who work on one request at once: it is locked first and read after that."""

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from benefits.models import Plan
from benefits.services import ledger
from support.life import AlreadyClosed, NotReopenable
from support.models import Note, SupportRequest
from support.verification import differences
from tests.at_once import act_meanwhile
from tests.factories import UserFactory
from tests.lives import (
    LATER,
    THEN,
    CloseReason,
    State,
    change,
    close,
    in_state,
    life_of,
    lines_of,
    note,
    reopen,
    submitted_by_outsider,
)
from tests.stories import linked_outsider, submit, use_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def first():
    """Return the support agent who comes first."""
    return UserFactory(staff=True)


@pytest.fixture
def second():
    """Return the support agent who comes second."""
    return UserFactory(staff=True)


@pytest.fixture
def submitted():
    """Return an open request that used one of twenty incidents."""
    return submitted_by_outsider()


def act_on(
    request: SupportRequest, act: Callable[[], object], *, meanwhile: Callable[[], object]
) -> Future[object]:
    """Act in a second connection while this one holds the request locked and does something."""
    rows = SupportRequest.objects.select_for_update(of=("self",), no_key=True)
    return act_meanwhile(act, lock=lambda: rows.get(pk=request.pk), meanwhile=meanwhile)


@pytest.mark.parametrize("reason", [CloseReason.DUPLICATE, CloseReason.PRODUCT_DEFECT])
def test_request_closed_by_two_at_once_returns_its_incident_once(submitted, first, second, reason):
    closing = act_on(
        submitted,
        lambda: close(submitted, by=second, reason=reason, at=LATER),
        meanwhile=lambda: close(submitted, by=first, reason=CloseReason.DUPLICATE),
    )

    refusal = closing.exception()
    assert type(refusal) is AlreadyClosed
    assert refusal.explanation.facts["closeReason"] == "DUPLICATE"
    assert life_of(submitted) == ("CLOSED", THEN, THEN, first.pk, "DUPLICATE")
    assert lines_of(submitted) == [("GRANT", 20, 20), ("CONSUME", -1, 19), ("RETURN", 1, 20)]


def test_note_written_while_the_request_is_closed_is_refused(submitted, first):
    writing = act_on(
        submitted,
        lambda: note(submitted, by=submitted.author),
        meanwhile=lambda: close(submitted, by=first),
    )

    assert type(writing.exception()) is AlreadyClosed
    assert Note.objects.count() == 0


def test_note_sent_twice_at_once_by_one_form_is_written_once(submitted):
    author = submitted.author

    second_press = act_on(
        submitted,
        lambda: note(submitted, by=author, key="form"),
        meanwhile=lambda: note(submitted, by=author, key="form"),
    )

    assert second_press.result() == Note.objects.get()


def test_state_changed_while_the_request_is_closed_leaves_it_closed(submitted, first, second):
    changing = act_on(
        submitted,
        lambda: change(submitted, State.IN_PROGRESS, by=second),
        meanwhile=lambda: close(submitted, by=first),
    )

    assert type(changing.exception()) is AlreadyClosed
    assert life_of(submitted) == ("CLOSED", THEN, THEN, first.pk, "SOLVED_BY_PARTNER")


def test_request_reopened_by_two_at_once_is_reopened_once(submitted, first):
    in_state(submitted, State.CLOSED)

    reopening = act_on(
        submitted,
        lambda: reopen(submitted, by=submitted.author),
        meanwhile=lambda: reopen(submitted, by=first),
    )

    assert type(reopening.exception()) is NotReopenable
    assert life_of(submitted) == ("OPEN", LATER, None, None, None)


def test_incident_returned_while_the_last_one_is_used_loses_neither(submitted, first):
    plan, other = submitted.plan, linked_outsider(submitted.plan.package.contract)
    use_up(plan, by=other, leave=1)

    closing = act_meanwhile(
        lambda: close(submitted, by=first, reason=CloseReason.DUPLICATE),
        lock=lambda: ledger.locked(plan.pk, user=None, at=THEN),
        meanwhile=lambda: submit(by=other, plan_id=plan.public_id, at=THEN, key="last"),
    )

    assert closing.exception() is None
    assert lines_of(submitted)[-2:] == [("CONSUME", -1, 0), ("RETURN", 1, 1)]
    assert Plan.objects.get(pk=plan.pk).remaining == 1
    assert list(differences()) == []
