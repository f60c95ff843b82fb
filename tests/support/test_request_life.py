"""The life of a request after it was submitted: notes, states, closing, reopening."""

import pytest

from benefits.models import LedgerEntry
from benefits.services import ledger
from benefits.services.ledger import AlreadyReturned
from partners.permissions import NotAuthorized
from portal.idempotency import IdempotencyKeyReused
from portal.models import AuditRecord
from support.life import (
    REOPEN_WITHIN,
    Action,
    AlreadyClosed,
    NothingToDeduct,
    NotReopenable,
    close_reasons,
    possible,
    reopenable_until,
)
from support.models import Note
from support.verification import differences
from tests.factories import ACTIVATED_AT, USED_AT, UserFactory
from tests.lives import (
    ACTS,
    AFTER_END,
    DAY,
    LATER,
    ONLOOKERS,
    SECOND,
    THEN,
    WHO_WORKS,
    WORKED_ON,
    CloseReason,
    State,
    change,
    close,
    in_state,
    life_of,
    lines_of,
    note,
    onlooker,
    refusal_of,
    reopen,
    submitted_by_outsider,
)
from tests.stories import AZURE, gold_contract, linked_outsider, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    """Return a support agent."""
    return UserFactory(staff=True)


@pytest.fixture
def submitted():
    """Return an open request that used one of twenty incidents, just submitted by an outsider."""
    return submitted_by_outsider()


def record_of(action):
    """Return the one audit record of the action: who, for whom, when, on what, facts."""
    record = AuditRecord.objects.get(action=action)
    return (
        record.actor,
        record.partner_mpn_id,
        record.occurred_at,
        (record.target_kind, record.target_id),
        record.facts,
    )


def recorded(request, *, by, at, **facts):
    """Return what the audit record of a change to the request has to say."""
    mpn_id = request.plan.package.partner.mpn_id
    return (by, mpn_id, at, ("request", request.number), facts)


# --- notes -----------------------------------------------------------------------------------


def test_note_of_the_author_is_stored_and_recorded_without_its_text(submitted):
    author = submitted.author

    written = note(submitted, by=author)

    assert list(Note.objects.values_list("pk", "request", "author", "text", "written_at")) == [
        (written.pk, submitted.pk, author.pk, "It happens on a second machine too.", LATER)
    ]
    assert record_of("support.add_note") == recorded(
        submitted, by=author, at=LATER, stateBefore="OPEN", state="OPEN"
    )


def test_note_of_the_author_ends_the_waiting_for_it(submitted):
    in_state(submitted, State.WAITING_FOR_PARTNER)

    note(submitted, by=submitted.author)

    assert life_of(submitted) == ("IN_PROGRESS", LATER, None, None, None)
    assert record_of("support.add_note")[-1] == {
        "stateBefore": "WAITING_FOR_PARTNER",
        "state": "IN_PROGRESS",
    }


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.RESOLVED])
def test_note_of_the_author_leaves_other_states_alone(submitted, state):
    in_state(submitted, state)

    note(submitted, by=submitted.author)

    assert life_of(submitted) == (state, THEN, None, None, None)


@pytest.mark.parametrize("state", [State.WAITING_FOR_PARTNER, State.RESOLVED])
def test_note_of_staff_leaves_the_state_alone(submitted, agent, state):
    in_state(submitted, state)

    note(submitted, by=agent)

    assert life_of(submitted) == (state, THEN, None, None, None)
    assert Note.objects.get().author == agent


def test_note_of_an_author_who_became_staff_is_one_of_staff(submitted):
    in_state(submitted, State.WAITING_FOR_PARTNER)
    author = submitted.author
    author.staff_kind = "SUPPORT_AGENT"

    note(submitted, by=author)

    assert life_of(submitted) == ("WAITING_FOR_PARTNER", THEN, None, None, None)


def test_note_sent_again_by_the_same_form_is_the_one_that_was_written(submitted):
    author = submitted.author
    written = note(submitted, by=author, key="form")
    close(submitted, by=author, at=LATER)

    again = note(submitted, by=author, key="form")

    assert (again, Note.objects.count()) == (written, 1)
    assert AuditRecord.objects.filter(action="support.add_note").count() == 1


def test_notes_of_two_forms_and_of_two_accounts_are_all_written(submitted, agent):
    for by, key in ((submitted.author, "one"), (submitted.author, "other"), (agent, "one")):
        note(submitted, by=by, key=key)

    assert Note.objects.count() == 3


def test_note_with_another_text_under_the_same_key_is_refused(submitted):
    note(submitted, by=submitted.author, key="form")

    with pytest.raises(IdempotencyKeyReused):
        note(submitted, by=submitted.author, key="form", text="Something else.")

    assert Note.objects.count() == 1


def test_note_that_was_refused_leaves_its_key_free(submitted):
    author = submitted.author
    close(submitted, by=author, at=THEN)
    refusal_of(note, submitted, by=author, key="form")
    reopen(submitted, by=author)

    note(submitted, by=author, key="form")

    assert Note.objects.count() == 1


# --- states ----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [*WORKED_ON, State.RESOLVED])
@pytest.mark.parametrize("before", [*WORKED_ON, State.RESOLVED])
def test_state_is_changed_to_any_other_by_staff(submitted, agent, before, after):
    in_state(submitted, before)

    changed = change(submitted, after, by=agent)

    since = LATER if after != before else (USED_AT if before == State.OPEN else THEN)
    assert life_of(submitted) == (after, since, None, None, None)
    assert changed == submitted
    assert AuditRecord.objects.filter(actor=agent).count() == int(after != before)


def test_changed_state_is_recorded(submitted, agent):
    change(submitted, State.IN_PROGRESS, by=agent)

    assert record_of("support.change_state") == recorded(
        submitted, by=agent, at=LATER, stateBefore="OPEN", state="IN_PROGRESS"
    )


def test_same_state_long_after_resolving_changes_nothing(submitted, agent):
    in_state(submitted, State.RESOLVED)

    change(submitted, State.RESOLVED, by=agent, at=THEN + REOPEN_WITHIN)

    assert life_of(submitted) == ("RESOLVED", THEN, None, None, None)


@pytest.mark.parametrize("state", WORKED_ON)
def test_state_long_after_resolving_is_not_changed_for_that_is_reopening(submitted, agent, state):
    in_state(submitted, State.RESOLVED)

    refusal = refusal_of(change, submitted, state=state, by=agent, at=THEN + REOPEN_WITHIN)

    assert type(refusal) is NotReopenable


def test_closing_by_a_change_of_state_is_a_mistake_of_the_caller(submitted, agent):
    with pytest.raises(AssertionError, match="closing takes a reason"):
        change(submitted, State.CLOSED, by=agent)


# --- closing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [*WORKED_ON, State.RESOLVED])
def test_request_is_closed_as_solved_by_its_author_from_every_state(submitted, state):
    in_state(submitted, state)
    author = submitted.author

    closed = close(submitted, by=author, at=LATER)

    assert (closed, closed.state) == (submitted, "CLOSED")
    assert life_of(submitted) == ("CLOSED", LATER, LATER, author.pk, "SOLVED_BY_PARTNER")
    assert lines_of(submitted) == [("GRANT", 20, 20), ("CONSUME", -1, 19)]
    facts = {"stateBefore": state, "state": "CLOSED", "reason": "SOLVED_BY_PARTNER"}
    assert record_of("support.close_request") == recorded(
        submitted, by=author, at=LATER, **facts, returnsIncident=False
    )


@pytest.mark.parametrize("kind", WHO_WORKS)
@pytest.mark.parametrize("reason", CloseReason)
def test_request_is_closed_by_staff_for_every_reason(submitted, kind, reason):
    staff = UserFactory(staff_kind=kind)

    close(submitted, by=staff, reason=reason)

    assert life_of(submitted) == ("CLOSED", THEN, THEN, staff.pk, reason)


@pytest.mark.parametrize("reason", [CloseReason.SOLVED_BY_PARTNER, CloseReason.ANSWERED])
def test_request_closed_as_solved_or_answered_counts_as_used(submitted, agent, reason):
    close(submitted, by=agent, reason=reason)

    assert lines_of(submitted) == [("GRANT", 20, 20), ("CONSUME", -1, 19)]


@pytest.mark.parametrize("reason", [CloseReason.PRODUCT_DEFECT, CloseReason.DUPLICATE])
def test_request_closed_as_defect_or_duplicate_returns_its_incident(submitted, agent, reason):
    close(submitted, by=agent, reason=reason)

    entry = LedgerEntry.objects.get(kind="RETURN")
    assert (entry.request_number, entry.actor, entry.occurred_at) == (
        submitted.number,
        agent,
        THEN,
    )
    assert lines_of(submitted) == [("GRANT", 20, 20), ("CONSUME", -1, 19), ("RETURN", 1, 20)]
    facts = {"stateBefore": "OPEN", "state": "CLOSED", "reason": reason, "returnsIncident": True}
    assert record_of("support.close_request") == recorded(submitted, by=agent, at=THEN, **facts)
    assert list(differences()) == []


def test_incident_returns_to_the_plan_it_came_from(agent):
    first, second = gold_contract(), gold_contract()
    user = linked_outsider(first)
    second.links.create(user=user, method="PAIR", linked_at=ACTIVATED_AT)
    on_first, on_second = (
        submit(by=user, key=contract.public_id.hex, plan_id=plan.public_id).request
        for contract in (first, second)
        for plan in contract.package.plans.filter(scope="ON_PREMISES")
    )

    close(on_second, by=agent, reason=CloseReason.DUPLICATE)

    assert lines_of(on_first) == [("GRANT", 20, 20), ("CONSUME", -1, 19)]
    assert lines_of(on_second)[2:] == [("RETURN", 1, 20)]


def test_incident_returned_after_the_end_lapses_at_once(submitted, agent):
    close(submitted, by=agent, reason=CloseReason.PRODUCT_DEFECT, at=AFTER_END)

    assert lines_of(submitted)[1:] == [
        ("CONSUME", -1, 19),
        ("EXPIRE", -19, 0),
        ("RETURN", 1, 1),
        ("EXPIRE", -1, 0),
    ]
    assert life_of(submitted)[:2] == ("CLOSED", AFTER_END)
    assert list(differences()) == []


@pytest.mark.parametrize("at", [THEN, AFTER_END])
def test_incident_of_unlimited_plan_is_returned_without_balance(agent, at):
    request = submitted_by_outsider(membership={"competencies": ("Security",)}, product=AZURE)

    close(request, by=agent, reason=CloseReason.DUPLICATE, at=at)

    assert lines_of(request) == [("CONSUME", -1, None), ("RETURN", 1, None)]


def test_request_whose_incident_came_back_already_is_not_closed_as_duplicate(submitted, agent):
    plan, entitlement = ledger.locked(submitted.plan_id, user=None, at=USED_AT)
    number = submitted.number
    ledger.give_back(
        plan=plan, entitlement=entitlement, request_number=number, by=agent, at=USED_AT
    )

    refusal = refusal_of(close, submitted, by=agent, reason=CloseReason.DUPLICATE)

    assert type(refusal) is AlreadyReturned


# --- reopening -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED])
@pytest.mark.parametrize("at", [THEN, THEN + REOPEN_WITHIN - SECOND])
def test_request_is_reopened_by_its_author_within_14_days(submitted, state, at):
    in_state(submitted, state)

    reopened = reopen(submitted, by=submitted.author, at=at)

    assert (reopened, reopened.state) == (submitted, "OPEN")
    assert life_of(submitted) == ("OPEN", at, None, None, None)
    assert lines_of(submitted) == [("GRANT", 20, 20), ("CONSUME", -1, 19)]


@pytest.mark.parametrize("kind", WHO_WORKS)
def test_request_is_reopened_by_staff(submitted, kind):
    in_state(submitted, State.CLOSED)
    staff = UserFactory(staff_kind=kind)

    reopen(submitted, by=staff)

    assert life_of(submitted) == ("OPEN", LATER, None, None, None)
    assert record_of("support.reopen_request") == recorded(
        submitted, by=staff, at=LATER, stateBefore="CLOSED", state="OPEN"
    )


def test_request_reopened_and_closed_again_counts_from_there(submitted):
    author = submitted.author
    in_state(submitted, State.CLOSED)
    reopen(submitted, by=author)
    again = THEN + REOPEN_WITHIN

    close(submitted, by=author, at=again)

    submitted.refresh_from_db()
    assert reopenable_until(submitted) == again + REOPEN_WITHIN


@pytest.mark.parametrize("at", [LATER, THEN + REOPEN_WITHIN + DAY])
def test_request_resolved_and_then_closed_is_reopened_no_longer_than_before(submitted, at):
    author = submitted.author
    in_state(submitted, State.RESOLVED)

    close(submitted, by=author, at=at)

    submitted.refresh_from_db()
    assert reopenable_until(submitted) == THEN + REOPEN_WITHIN
    refusal = refusal_of(reopen, submitted, by=author, at=max(at, THEN + REOPEN_WITHIN))
    assert type(refusal) is NotReopenable


def test_request_reopened_by_a_change_of_state_counts_from_its_next_end(submitted, agent):
    in_state(submitted, State.RESOLVED)
    change(submitted, State.IN_PROGRESS, by=agent, at=LATER)

    close(submitted, by=submitted.author, at=LATER + DAY)

    submitted.refresh_from_db()
    assert reopenable_until(submitted) == LATER + DAY + REOPEN_WITHIN


# --- what is offered -------------------------------------------------------------------------

BY_AUTHOR = {
    State.OPEN: {"add_note", "close"},
    State.IN_PROGRESS: {"add_note", "close"},
    State.WAITING_FOR_PARTNER: {"add_note", "close"},
    State.RESOLVED: {"add_note", "close", "reopen"},
    State.CLOSED: {"reopen"},
}


@pytest.mark.parametrize(("state", "expected"), BY_AUTHOR.items())
def test_what_is_offered_follows_the_state_and_the_side(submitted, agent, state, expected):
    request = in_state(submitted, state)
    of_staff = {"change_state"} if state != State.CLOSED else set()

    assert possible(request, by=request.author, at=LATER) == expected
    assert possible(request, by=agent, at=LATER) == expected | of_staff


@pytest.mark.parametrize(
    ("state", "expected"), [(State.RESOLVED, {"add_note", "close"}), (State.CLOSED, set())]
)
def test_what_is_offered_14_days_later_is_no_reopening(submitted, agent, state, expected):
    request = in_state(submitted, state)

    assert possible(request, by=agent, at=THEN + REOPEN_WITHIN) == expected


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("side", ["author", "agent", "auditor"])
def test_what_is_offered_is_what_the_services_do(submitted, agent, state, side, action):
    request = in_state(submitted, state)
    by = {"author": request.author, "agent": agent, "auditor": UserFactory(staff_kind="AUDITOR")}
    other_state = State.OPEN if state != State.OPEN else State.IN_PROGRESS
    acts = dict(zip(Action, ACTS.values(), strict=True))
    acts[Action.CHANGE_STATE] = lambda request, **who: change(request, other_state, **who)
    offered = action in possible(request, by=by[side], at=LATER)

    try:
        acts[action](request, by=by[side], at=LATER)
    except (NotAuthorized, AlreadyClosed, NotReopenable, NothingToDeduct):
        assert not offered
    else:
        assert offered


def test_reasons_that_are_offered_are_those_of_the_side(submitted, agent):
    assert close_reasons(submitted, by=submitted.author) == (CloseReason.SOLVED_BY_PARTNER,)
    assert close_reasons(submitted, by=agent) == tuple(CloseReason)


@pytest.mark.parametrize("who", ONLOOKERS)
@pytest.mark.parametrize("state", State)
def test_onlookers_are_offered_nothing(submitted, who, state):
    request, by = in_state(submitted, state), onlooker(who, submitted)

    assert (possible(request, by=by, at=LATER), close_reasons(request, by=by)) == (frozenset(), ())
