"""The life of a support request through the API: notes, closing, reopening, returned incidents."""

from datetime import timedelta

import pytest

from partnercenter.demo.accounts import EXPIRED, FABRIKAM, TAILSPIN
from partners.scopes import ClientScope
from portal.models import AuditRecord
from support.models import Note, SupportRequest
from support.services.request_life import change_state
from tests.api.asking import AZURE, PATH, asked
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    everything,
    refused,
    staff_client,
    user_of,
)
from tests.pages.states import CLOUD
from tests.pages.visits import account, plan
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LATER = NOW + timedelta(hours=2)
LATER_TEXT = "2026-11-20T11:00:00Z"
SECOND = timedelta(seconds=1)


def act(caller, created, what, body=None):
    """Do something with the request."""
    return caller.post(f"{PATH}/{created['number']}/{what}", body)


def note(caller, created, text="Any news?"):
    """Add a note."""
    return act(caller, created, "notes", {"text": text})


def close(caller, created, reason="SOLVED_BY_PARTNER"):
    """Close the request."""
    return act(caller, created, "close", {"reason": reason})


def reopen(caller, created):
    """Reopen the request."""
    return act(caller, created, "reopen")


def read(caller, created):
    """Read the request."""
    return answered(caller.get(f"{PATH}/{created['number']}"))


def put_into(created, state):
    """Put the request into a state of work, as staff do."""
    staff = account("staff@portal.example")
    change_state(number=created["number"], state=SupportRequest.State(state), by=staff, at=NOW)


@pytest.fixture(params=["staff client", "staff session"])
def staff(request):
    """Return a caller of the staff: a client, and a browser."""
    if request.param == "staff client":
        return staff_client()
    return browser_of("staff@portal.example")


# --- notes -----------------------------------------------------------------------------------


def test_notes_of_author_and_staff_are_answered_and_read_in_their_order(staff, settings):
    author = client_at(FABRIKAM)
    created = asked(author)

    first = note(author, created, "  It began on Monday. ")
    settings.PORTAL_NOW = LATER
    second = note(staff, created, "Since which update?")

    written = [answered(first, 201), answered(second, 201)]
    assert written[0] == {
        "author": user_of(author).name,
        "text": "It began on Monday.",
        "writtenAt": "2026-11-20T09:00:00Z",
    }
    assert written[1]["writtenAt"] == LATER_TEXT
    noted = created | {"noteCount": 2, "notes": written}
    assert read(author, created) == read(staff, created) == noted


def test_note_of_the_author_puts_a_waiting_request_back_to_work_and_that_of_staff_does_not(staff):
    author = client_at(FABRIKAM)
    created = asked(author)
    put_into(created, "WAITING_FOR_PARTNER")

    note(staff, created)
    still = read(author, created)["status"]
    note(author, created)

    assert (still, read(author, created)["status"]) == ("WAITING_FOR_PARTNER", "IN_PROGRESS")


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001, 7, None])
def test_note_that_is_none_is_refused(text):
    author = client_at(FABRIKAM)
    created = asked(author)

    assert refused(note(author, created, text)) == (400, "validation_error")
    assert not Note.objects.filter(request__number=created["number"]).exists()


# --- closing ---------------------------------------------------------------------------------


def test_close_by_the_author_keeps_the_incident_used(settings):
    author = client_at(FABRIKAM)
    created = asked(author)
    settings.PORTAL_NOW = LATER

    closed = answered(close(author, created))

    changed = {"status": "CLOSED", "closedAt": LATER_TEXT, "closeReason": "SOLVED_BY_PARTNER"}
    assert closed == read(author, created) == created | changed
    assert plan(FABRIKAM).remaining == 16


@pytest.mark.parametrize("reason", ["ANSWERED", "PRODUCT_DEFECT", "DUPLICATE"])
def test_close_by_the_author_for_a_reason_of_the_staff_is_refused(reason):
    author = client_at(FABRIKAM)
    created = asked(author)

    response = close(author, created, reason)

    assert refused(response) == (403, "not_authorized")
    assert response.json()["facts"] == {"reason": "staff_only", "closeReason": reason}
    assert read(author, created) == created


@pytest.mark.parametrize(
    ("reason", "left"),
    [("SOLVED_BY_PARTNER", 16), ("ANSWERED", 16), ("PRODUCT_DEFECT", 17), ("DUPLICATE", 17)],
)
def test_close_by_staff_returns_the_incident_for_what_was_not_the_partners(staff, reason, left):
    author = client_at(FABRIKAM)
    created = asked(author)

    closed = answered(close(staff, created, reason))

    assert (closed["consumed"], closed["closeReason"]) == (left == 16, reason)
    assert closed["remainingAfter"] == 16
    assert answered(author.get(f"entitlements/{created['entitlementId']}"))["remaining"] == left
    listed = everything(author, PATH)[0]
    assert (listed["number"], listed["consumed"]) == (created["number"], left == 16)


def test_close_that_returns_stands_in_the_ledger_of_the_plan_that_had_paid(staff):
    author = client_at(FABRIKAM)
    created = asked(author)
    close(staff, created, "DUPLICATE")

    entries = everything(author, f"entitlements/{created['entitlementId']}/ledger")

    moved = [(e["kind"], e["quantity"], e["remainingAfter"], e["requestNumber"]) for e in entries]
    assert moved[-2:] == [
        ("CONSUME", -1, 16, created["number"]),
        ("RETURN", 1, 17, created["number"]),
    ]


def test_close_that_returns_to_an_unlimited_plan_counts_one_use_less(staff):
    author = client_at(TAILSPIN)
    created = asked(author, **AZURE)
    used = plan(TAILSPIN, CLOUD).used

    closed = answered(close(staff, created, "PRODUCT_DEFECT"))

    assert (closed["consumed"], closed["remainingAfter"]) == (False, None)
    assert plan(TAILSPIN, CLOUD).used == used - 1


def test_close_that_returns_after_the_plans_end_lapses_at_once(staff):
    created = {"number": SupportRequest.objects.filter(plan=plan(EXPIRED)).latest("pk").number}
    SupportRequest.objects.filter(number=created["number"]).update(
        state="OPEN", closed_at=None, ended_at=None, closed_by=None, close_reason=None
    )

    closed = answered(close(staff, created, "DUPLICATE"))

    found = answered(client_at(EXPIRED).get(f"entitlements/{closed['entitlementId']}"))
    assert closed["consumed"] is False
    assert (found["used"], found["expired"], found["remaining"]) == (15, 5, 0)


def test_close_of_a_closed_request_is_refused_and_says_until_when_it_can_be_reopened(staff):
    author = client_at(FABRIKAM)
    created = asked(author)
    answered(close(author, created))

    for response in (close(author, created), close(staff, created, "DUPLICATE")):
        assert refused(response) == (409, "already_closed")
        assert response.json()["facts"] == {
            "requestNumber": created["number"],
            "closedAt": "2026-11-20T09:00:00+00:00",
            "closeReason": "SOLVED_BY_PARTNER",
            "reopenableUntil": "2026-12-04T09:00:00+00:00",
        }
    assert refused(note(author, created)) == (409, "already_closed")
    assert plan(FABRIKAM).remaining == 16


@pytest.mark.parametrize("body", [{}, {"reason": "BORED"}, {"reason": None}])
def test_close_without_a_known_reason_is_refused(body):
    author = client_at(FABRIKAM)
    created = asked(author)

    response = act(author, created, "close", body)

    assert refused(response) == (400, "validation_error")
    assert [p["name"] for p in response.json()["invalidParameters"]] == ["reason"]


# --- reopening -------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["author", "staff"])
def test_reopen_within_fourteen_days_uses_no_new_incident(who, settings):
    author = client_at(FABRIKAM)
    created = asked(author)
    answered(close(author, created))
    settings.PORTAL_NOW = NOW + timedelta(days=14) - SECOND

    opened = answered(reopen(author if who == "author" else staff_client(), created))

    assert opened == read(author, created) == created
    assert plan(FABRIKAM).remaining == 16


def test_reopen_after_fourteen_days_is_refused(settings):
    author = client_at(FABRIKAM)
    created = asked(author)
    close(author, created)
    settings.PORTAL_NOW = NOW + timedelta(days=14)

    response = reopen(author, created)

    assert refused(response) == (409, "not_reopenable")
    assert response.json()["facts"]["reopenableUntil"] == "2026-12-04T09:00:00+00:00"
    assert response.json()["nextStep"]["text"] == "Open a new request instead."


def test_reopen_of_a_request_whose_incident_was_returned_is_refused(staff):
    author = client_at(FABRIKAM)
    created = asked(author)
    answered(close(staff, created, "DUPLICATE"))

    for caller in (author, staff):
        response = reopen(caller, created)
        assert refused(response) == (409, "not_reopenable")
        assert response.json()["facts"]["returnedAt"] == "2026-11-20T09:00:00+00:00"
    assert plan(FABRIKAM).remaining == 17


@pytest.mark.parametrize("state", ["OPEN", "IN_PROGRESS", "WAITING_FOR_PARTNER"])
def test_reopen_of_a_request_that_is_worked_on_is_refused(state):
    author = client_at(FABRIKAM)
    created = asked(author)
    put_into(created, state)

    response = reopen(author, created)

    assert refused(response) == (409, "not_reopenable")
    assert response.json()["facts"] == {"requestNumber": created["number"], "state": state}


def test_reopen_of_a_resolved_request_opens_it():
    author = client_at(FABRIKAM)
    created = asked(author)
    put_into(created, "RESOLVED")

    assert answered(reopen(author, created)) == created


def test_reopened_request_that_is_closed_as_a_duplicate_returns_its_incident_once(staff):
    author = client_at(FABRIKAM)
    created = asked(author)
    close(author, created)
    reopen(author, created)

    closed = answered(close(staff, created, "DUPLICATE"))

    assert closed["consumed"] is False
    assert refused(close(staff, created, "DUPLICATE")) == (409, "already_closed")
    assert plan(FABRIKAM).remaining == 17


# --- who -------------------------------------------------------------------------------------

DEEDS = {
    "notes": ("support.add_note", {"text": "Any news?"}),
    "close": ("support.close_request", {"reason": "SOLVED_BY_PARTNER"}),
    "reopen": ("support.reopen_request", None),
}


@pytest.mark.parametrize("what", DEEDS)
@pytest.mark.parametrize("who", ["partner's admin", "another client", "auditor"])
def test_request_is_not_worked_on_by_those_who_only_see_it(who, what):
    author = client_at(FABRIKAM)
    created = asked(author)
    callers = {
        "partner's admin": lambda: browser_of("admin@fabrikam.example"),
        "another client": lambda: client_at(FABRIKAM),
        "auditor": lambda: browser_of("auditor@portal.example"),
    }

    response = act(callers[who](), created, what, DEEDS[what][1])

    assert refused(response) == (403, "not_authorized")
    assert response.json()["nextStep"]["people"] == [user_of(author).name]
    assert read(author, created) == created


@pytest.mark.parametrize("what", DEEDS)
@pytest.mark.parametrize("who", ["colleague", "stranger", "another partner's client"])
def test_request_is_not_found_by_those_who_do_not_see_it(who, what):
    created = asked(client_at(FABRIKAM))
    callers = {
        "colleague": lambda: browser_of("user@fabrikam.example"),
        "stranger": lambda: browser_of("pat@outlook.example"),
        "another partner's client": lambda: client_at(TAILSPIN),
    }
    absent = {"number": "261120999999999"}

    caller, body = callers[who](), DEEDS[what][1]

    for number in (created, absent):
        assert refused(act(caller, number, what, body)) == (404, "not_found")


@pytest.mark.parametrize("what", DEEDS)
def test_request_is_not_worked_on_by_a_token_that_may_only_read(what):
    created = asked(client_at(FABRIKAM))

    response = act(client_at(FABRIKAM, ClientScope.REQUESTS_READ), created, what, DEEDS[what][1])

    assert refused(response) == (403, "insufficient_scope")


@pytest.mark.parametrize("what", DEEDS)
def test_request_that_was_worked_on_is_recorded_with_the_channel(what, staff):
    author = client_at(FABRIKAM)
    created = asked(author)
    if what == "reopen":
        close(author, created)

    assert act(staff, created, what, DEEDS[what][1]).status_code in (200, 201)

    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.channel, record.target_id, record.refusal_code) == (
        DEEDS[what][0],
        "API",
        created["number"],
        "",
    )
