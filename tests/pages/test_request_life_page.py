"""The page of a request's life: what each reader is offered, does, and is told instead."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benefits.models import LedgerEntry
from partnercenter.demo.accounts import FABRIKAM
from partners.models import User
from partners.roles import Role
from portal.models import AuditRecord
from support.models import Note, SupportRequest
from tests.factories import AffiliationFactory, UserFactory
from tests.lives import CloseReason, State, change, close
from tests.pages.html import Element
from tests.pages.life_pages import (
    ACTIONS,
    AUTHOR,
    address,
    open_request,
    press,
    reasons_not_to,
)
from tests.pages.validity import problems_of
from tests.pages.visits import (
    STAFF,
    account,
    alerts,
    client_of,
    main_of,
    page_of,
    partner,
    plan,
    visit,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ADMIN, COLLEAGUE = "admin@fabrikam.example", "user@fabrikam.example"
STRANGER, AUDITOR = "pat@outlook.example", "auditor@portal.example"
AGENT = "an Admin agent of the partner"


@pytest.fixture
def request_():
    """Return an open request of an outsider, who used one of Fabrikam's incidents."""
    return open_request()


def reader(who: str) -> User:
    """Return the account; an Admin agent, of whom the demo has none there, is new."""
    if who == AGENT:
        return AffiliationFactory(partner=partner(FABRIKAM), roles=[Role.ADMIN_AGENT]).user
    return account(who)


def offered(main: Element) -> list[str]:
    """Return the actions that the page has a form for, by the last word of their address."""
    return [f.attrs["action"].rsplit("/", 1)[1] for f in main.all("form") if "action" in f.attrs]


# --- what is offered -------------------------------------------------------------------------

BY_STATE = [
    (State.OPEN, ["note", "close"]),
    (State.IN_PROGRESS, ["note", "close"]),
    (State.WAITING_FOR_PARTNER, ["note", "close"]),
    (State.RESOLVED, ["note", "close", "reopen"]),
]


@pytest.mark.parametrize(("state", "actions"), BY_STATE)
def test_open_request_offers_what_its_state_allows(request_, state, actions):
    change(request_, state, by=account(STAFF), at=NOW)

    assert offered(main_of(visit(AUTHOR, address(request_)))) == actions
    of_staff = ["claim", "note", "state", *actions[1:]]
    assert offered(main_of(visit(STAFF, address(request_)))) == of_staff


def test_closed_request_offers_to_be_reopened_and_says_until_when(request_):
    close(request_, by=request_.author, at=NOW)

    main = main_of(visit(AUTHOR, address(request_)))

    assert offered(main) == ["reopen"]
    assert "Possible until 4 Dec 2026, 09:00; it uses no new incident." in main.text
    assert reasons_not_to(main) == [
        (
            "Add a note · Close the request This request was closed on 20 November 2026. Reopen "
            "it to go on with it: this is possible until 4 Dec 2026, 09:00."
        ),
        "Change the state You are not authorized for this action Support sets the state.",
    ]


def test_open_request_says_why_the_rest_is_not_possible(request_):
    assert reasons_not_to(main_of(visit(AUTHOR, address(request_)))) == [
        (
            "Change the state You are not authorized for this action Support sets the state. "
            "Write a note, or close the request."
        ),
        (
            "Reopen the request This request is still being worked on; only a resolved or closed "
            "one can be reopened. Add a note to it instead."
        ),
    ]


def test_state_is_a_badge_with_since_when(request_):
    change(request_, State.WAITING_FOR_PARTNER, by=account(STAFF), at=NOW)

    main = main_of(visit(AUTHOR, address(request_)))

    badge = main.one(cls="badge")
    assert (badge.text, badge.has("svg")) == ("Waiting for partner", True)
    facts = dict(zip(main.texts("dt"), main.texts("dd"), strict=True))
    assert facts["State"] == "Waiting for partner since 20 Nov 2026, 09:00"
    assert facts["First answer due by"] == "20 Nov 2026, 09:00"


def test_reasons_to_close_are_offered_to_staff_with_what_each_means(request_):
    main = main_of(visit(STAFF, address(request_)))

    returned = "The incident is returned; the request cannot be reopened."
    assert main.one("form", action=address(request_, "close")).texts("label") == [
        "Solved by the partner The partner found the solution. The incident stays used.",
        "Answered Support gave the answer. The incident stays used.",
        f"Product defect The product itself is at fault. {returned}",
        f"Duplicate The same problem is worked on in another request. {returned}",
    ]


# --- state -----------------------------------------------------------------------------------


def test_state_is_set_by_staff_and_said(request_):
    page = press(STAFF, request_, "state", state="RESOLVED")

    number = request_.number
    assert alerts(page) == [f"The state of request {number} is now: Resolved."]
    assert main_of(page).one("select").one("option", selected="").text == "Resolved"


@pytest.mark.parametrize("state", ["", "CLOSED", "GONE"])
def test_state_that_is_none_to_set_is_told_so(request_, state):
    page = press(STAFF, request_, "state", state=state, status=400)

    assert main_of(page).one(cls="error-summary").has("a", href="#id_state")
    assert SupportRequest.objects.get(pk=request_.pk).state == "OPEN"


# --- closing and reopening -------------------------------------------------------------------


def test_request_is_closed_as_solved_by_its_author(request_):
    page = press(AUTHOR, request_, "close", reason="SOLVED_BY_PARTNER")

    number = request_.number
    assert alerts(page) == [
        f"Request {number} is closed. It can be reopened until 4 Dec 2026, 09:00."
    ]
    facts = dict(zip(main_of(page).texts("dt"), main_of(page).texts("dd"), strict=True))
    assert facts["State"] == (
        "Closed since 20 Nov 2026, 09:00 · Kofi Mensah · Solved by the partner"
    )


@pytest.mark.parametrize(
    ("days_ago", "until"),
    [
        (10, "It can be reopened until 24 Nov 2026, 09:00"),
        (14, "It could be reopened until 20 Nov 2026, 09:00"),
    ],
)
def test_resolved_request_says_how_long_it_can_be_reopened_when_it_is_closed(
    request_, days_ago, until
):
    change(request_, State.RESOLVED, by=account(STAFF), at=NOW - timedelta(days=days_ago))
    before = main_of(visit(AUTHOR, address(request_))).text

    page = press(AUTHOR, request_, "close", reason="SOLVED_BY_PARTNER")

    assert "for 14 days" not in before
    assert (f"{until}, without a new incident." in before) == (days_ago < 14)
    assert alerts(page) == [f"Request {request_.number} is closed. {until}."]


@pytest.mark.parametrize("reason", ["PRODUCT_DEFECT", "DUPLICATE"])
def test_request_closed_by_staff_says_that_its_incident_came_back(request_, reason):
    page = press(STAFF, request_, "close", reason=reason)

    number = request_.number
    said = f"Request {number} is closed; its incident was returned: 17 of 20 left."
    assert alerts(page) == [said]
    assert "The incident was returned on 20 November 2026." in main_of(page).text
    entry = LedgerEntry.objects.get(kind="RETURN", request_number=number)
    assert (entry.plan, entry.remaining_after) == (plan(FABRIKAM), 17)
    ledger = reverse("benefits:ledger", args=[plan(FABRIKAM).public_id])
    first = main_of(visit(ADMIN, ledger)).one("tbody").all("tr")[0]
    assert first.text.startswith("20 Nov 2026, 09:00 Returned +1 17 " + number)


@pytest.mark.parametrize("who", [AUTHOR, STAFF])
def test_page_of_a_closed_request_reads_once_whether_its_incident_was_returned(request_, who):
    close(request_, by=account(STAFF), at=NOW, reason=CloseReason.DUPLICATE)
    visitor = client_of(who)

    with CaptureQueriesContext(connection) as read:
        visitor.get(address(request_))

    returns = [q["sql"] for q in read if "'RETURN'" in q["sql"] and "ORDER BY" in q["sql"]]
    assert len(returns) == 1


def test_request_closed_without_a_reason_asks_for_one(request_):
    page = press(STAFF, request_, "close", status=400)

    assert main_of(page).one(cls="error-summary").text.endswith("Choose a reason.")
    assert SupportRequest.objects.get(pk=request_.pk).state == "OPEN"


def test_request_closed_by_two_tells_the_second_what_the_first_did(request_):
    press(STAFF, request_, "close", reason="DUPLICATE")

    page = press("manager@portal.example", request_, "close", reason="DUPLICATE", status=409)

    refusal = main_of(page).one(cls="explanation", role="alert")
    assert refusal.attrs["data-code"] == "already_closed"
    assert LedgerEntry.objects.filter(kind="RETURN", request_number=request_.number).count() == 1


def test_reasons_of_staff_are_refused_to_the_author_with_what_to_do(request_):
    page = press(AUTHOR, request_, "close", reason="DUPLICATE", status=403)

    assert main_of(page).one(cls="explanation", role="alert").text == (
        "You are not authorized for this action Only support closes a request for this reason. "
        "Close it as solved, or ask for it in a note."
    )
    assert SupportRequest.objects.get(pk=request_.pk).state == "OPEN"


@pytest.mark.parametrize("who", [AUTHOR, STAFF])
def test_request_is_reopened_and_said_to_cost_nothing(request_, who):
    close(request_, by=request_.author, at=NOW)

    page = press(who, request_, "reopen")

    number = request_.number
    assert alerts(page) == [f"Request {number} is open again. It used no new incident."]
    assert main_of(page).one(cls="badge").text == "Open"


def test_request_still_open_is_not_reopened(request_):
    page = press(AUTHOR, request_, "reopen", status=409)

    refusal = main_of(page).one(cls="explanation", role="alert")
    assert refusal.attrs["data-code"] == "not_reopenable"


# --- by whom ---------------------------------------------------------------------------------

MAY_NOT = {
    **dict.fromkeys((ADMIN, AGENT, AUDITOR), 403),
    **dict.fromkeys((COLLEAGUE, STRANGER, "admin@northwind.example"), 404),
}


@pytest.mark.parametrize(("who", "status"), MAY_NOT.items())
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("is_filled", [True, False])
def test_action_of_others_is_refused_and_changes_nothing(request_, who, status, action, is_filled):
    before = SupportRequest.objects.values().get(pk=request_.pk)
    fields = ACTIONS[action] if is_filled else {}

    response = client_of(reader(who)).post(address(request_, action), fields)

    assert response.status_code == status
    assert SupportRequest.objects.values().get(pk=request_.pk) == before
    assert Note.objects.count() == 0


@pytest.mark.parametrize("action", ACTIONS)
def test_action_of_nobody_leads_to_the_sign_in(request_, action):
    response = client_of(None).post(address(request_, action), ACTIONS[action])

    assert response.url.startswith(reverse("account_login"))


def test_action_of_an_onlooker_is_told_who_can_and_recorded(request_):
    page = press(ADMIN, request_, "close", reason="SOLVED_BY_PARTNER", status=403)

    words = "You are not authorized for this action Only support and its author can do this: "
    assert main_of(page).one(cls="explanation", role="alert").text == f"{words}Kofi Mensah"
    record = AuditRecord.objects.get(refusal_code="not_authorized")
    assert (record.action, record.target_id) == ("support.close_request", request_.number)


@pytest.mark.parametrize("who", [ADMIN, AGENT, AUDITOR])
def test_onlooker_is_offered_nothing_and_told_why(request_, who):
    main = main_of(visit(reader(who), address(request_)))

    assert offered(main) == []
    assert reasons_not_to(main) == [
        (
            "Add a note · Change the state · Close the request · Reopen the request You are not "
            "authorized for this action Only support and its author can do this: Kofi Mensah"
        )
    ]


def test_staff_who_left_meanwhile_may_do_nothing(request_):
    agent = UserFactory(staff=True)
    client: Any = client_of(agent)
    type(agent).objects.filter(pk=agent.pk).update(staff_kind="AUDITOR")

    response = client.post(address(request_, "state"), ACTIONS["state"])

    assert response.status_code == 403
    assert page_of(response).has(cls="explanation", role="alert")


# --- the markup ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "action", "status"),
    [(AUTHOR, "note", 400), (STAFF, "close", 400), (STAFF, "state", 400), (ADMIN, "note", 403)],
)
def test_page_with_what_went_wrong_is_sound(request_, who, action, status):
    press(AUTHOR, request_, "note", text="It happens again.")
    press(STAFF, request_, "note", text="Try this.")

    page = press(who, request_, action, status=status, **{"text": ""} if action == "note" else {})

    assert list(problems_of(page)) == []
