"""What is refused in the life of a request: in which state, when, and to whom."""

from datetime import timedelta

import pytest

from partners.permissions import NotAuthorized
from portal.refusals import Attempt
from support.life import REOPEN_WITHIN, AlreadyClosed, NotReopenable
from support.models import SupportRequest
from tests.factories import SupportRequestFactory, UserFactory
from tests.lives import (
    ACTS,
    DAY,
    LATER,
    ONLOOKERS,
    THEN,
    WORKED_ON,
    CloseReason,
    State,
    change,
    close,
    in_state,
    lines_of,
    note,
    onlooker,
    refusal_of,
    reopen,
    submitted_by_outsider,
)

pytestmark = pytest.mark.django_db

REOPEN_IT = "Reopen it to go on with it: this is possible until 17 Mar 2026, 09:00."


@pytest.fixture
def agent():
    """Return a support agent."""
    return UserFactory(staff=True)


@pytest.fixture
def submitted():
    """Return an open request that used one of twenty incidents, just submitted by an outsider."""
    return submitted_by_outsider()


# --- reopening -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", WORKED_ON)
def test_request_still_worked_on_is_not_reopened(submitted, agent, state):
    in_state(submitted, state)

    refusal = refusal_of(reopen, submitted, by=agent)

    assert (type(refusal), refusal.status) == (NotReopenable, 409)
    assert refusal.explanation.as_dict() == {
        "code": "not_reopenable",
        "message": "This request is still being worked on; only a resolved or closed one can "
        "be reopened.",
        "facts": {"requestNumber": submitted.number, "state": state},
        "nextStep": {"text": "Add a note to it instead.", "url": None, "people": []},
    }


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED])
@pytest.mark.parametrize("later", [timedelta(0), 100 * DAY])
def test_request_is_not_reopened_from_the_14th_day_on(submitted, state, later):
    in_state(submitted, state)

    refusal = refusal_of(reopen, submitted, by=submitted.author, at=THEN + REOPEN_WITHIN + later)

    assert refusal.explanation.as_dict() == {
        "code": "not_reopenable",
        "message": "This request could be reopened until 17 Mar 2026, 09:00.",
        "facts": {
            "requestNumber": submitted.number,
            "state": state,
            "reopenableUntil": "2026-03-17T09:00:00+00:00",
        },
        "nextStep": {"text": "Open a new request instead.", "url": None, "people": []},
    }


@pytest.mark.parametrize("reason", [CloseReason.PRODUCT_DEFECT, CloseReason.DUPLICATE])
def test_request_whose_incident_was_returned_is_not_reopened(submitted, agent, reason):
    close(submitted, by=agent, reason=reason)

    refusal = refusal_of(reopen, submitted, by=submitted.author)

    assert refusal.explanation.as_dict() == {
        "code": "not_reopenable",
        "message": "The incident of this request was returned on 3 March 2026.",
        "facts": {
            "requestNumber": submitted.number,
            "state": "CLOSED",
            "returnedAt": "2026-03-03T09:00:00+00:00",
        },
        "nextStep": {"text": "Open a new request instead.", "url": None, "people": []},
    }


# --- what a closed request refuses -----------------------------------------------------------


@pytest.mark.parametrize("action", [name for name in ACTS if name != "support.reopen_request"])
def test_closed_request_refuses_the_rest_and_says_until_when_it_can_be_reopened(
    submitted, agent, action
):
    in_state(submitted, State.CLOSED)

    refusal = refusal_of(ACTS[action], submitted, by=agent, at=LATER)

    assert (type(refusal), refusal.status) == (AlreadyClosed, 409)
    assert refusal.attempt == Attempt(action, ("request", submitted.number))
    assert refusal.explanation.as_dict() == {
        "code": "already_closed",
        "message": "This request was closed on 3 March 2026.",
        "facts": {
            "requestNumber": submitted.number,
            "closedAt": "2026-03-03T09:00:00+00:00",
            "closeReason": "SOLVED_BY_PARTNER",
            "reopenableUntil": "2026-03-17T09:00:00+00:00",
        },
        "nextStep": {"text": REOPEN_IT, "url": None, "people": []},
    }


@pytest.mark.parametrize(
    ("reason", "at"),
    [(CloseReason.ANSWERED, THEN + REOPEN_WITHIN), (CloseReason.DUPLICATE, LATER)],
)
def test_closed_request_that_cannot_be_reopened_points_to_a_new_one(submitted, agent, reason, at):
    close(submitted, by=agent, reason=reason)

    refusal = refusal_of(note, submitted, by=submitted.author, at=at)

    assert (refusal.code, refusal.explanation.facts["reopenableUntil"]) == ("already_closed", None)
    assert refusal.explanation.as_dict()["nextStep"]["text"] == "Open a new request instead."


def test_incident_is_returned_once_even_when_the_request_is_closed_again(submitted, agent):
    close(submitted, by=agent, reason=CloseReason.DUPLICATE)

    refusal = refusal_of(close, submitted, by=agent, reason=CloseReason.PRODUCT_DEFECT)

    assert refusal.code == "already_closed"
    assert lines_of(submitted)[2:] == [("RETURN", 1, 20)]


# --- by whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ONLOOKERS)
@pytest.mark.parametrize("action", ACTS)
def test_onlookers_may_do_nothing_and_are_told_who_can(submitted, who, action):
    refusal = refusal_of(ACTS[action], submitted, by=onlooker(who, submitted), at=LATER)

    assert (type(refusal), refusal.status) == (NotAuthorized, 403)
    assert refusal.attempt == Attempt(action, ("request", submitted.number))
    assert refusal.explanation.as_dict() == {
        "code": "not_authorized",
        "message": "You are not authorized for this action",
        "facts": {"reason": "not_involved"},
        "nextStep": {
            "text": "Only support and its author can do this:",
            "url": None,
            "people": [submitted.author.name],
        },
    }


def test_author_who_became_an_auditor_changes_nothing_any_more(submitted):
    author = submitted.author
    author.staff_kind = "AUDITOR"

    refusal = refusal_of(close, submitted, by=author)

    assert refusal.explanation.facts == {"reason": "not_involved"}


@pytest.mark.parametrize("state", [*WORKED_ON, State.RESOLVED])
def test_state_is_not_changed_by_the_author(submitted, state):
    refusal = refusal_of(change, submitted, state=state, by=submitted.author)

    assert refusal.explanation.as_dict() == {
        "code": "not_authorized",
        "message": "You are not authorized for this action",
        "facts": {"reason": "staff_only"},
        "nextStep": {
            "text": "Support sets the state. Write a note, or close the request.",
            "url": None,
            "people": [],
        },
    }


def test_state_of_a_closed_request_is_not_changed_by_the_author_who_can_do_nothing_else(submitted):
    in_state(submitted, State.CLOSED)

    refusal = refusal_of(change, submitted, state=State.OPEN, by=submitted.author)

    assert refusal.explanation.as_dict()["nextStep"]["text"] == "Support sets the state."


@pytest.mark.parametrize("state", [State.OPEN, State.CLOSED])
@pytest.mark.parametrize(
    "reason", [CloseReason.ANSWERED, CloseReason.PRODUCT_DEFECT, CloseReason.DUPLICATE]
)
def test_request_is_not_closed_by_its_author_for_the_reasons_of_staff(submitted, state, reason):
    in_state(submitted, state)

    refusal = refusal_of(close, submitted, by=submitted.author, reason=reason)

    assert refusal.explanation.as_dict() == {
        "code": "not_authorized",
        "message": "You are not authorized for this action",
        "facts": {"reason": "staff_only", "closeReason": reason},
        "nextStep": {
            "text": "Only support closes a request for this reason. Close it as solved, or ask "
            "for it in a note.",
            "url": None,
            "people": [],
        },
    }


@pytest.mark.parametrize("action", ACTS)
def test_number_of_no_request_is_told_as_such(agent, action):
    with pytest.raises(SupportRequest.DoesNotExist):
        ACTS[action](SupportRequestFactory.build(author=agent), by=agent, at=LATER)
