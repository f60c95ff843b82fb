"""The page of a request that used no incident: the same life, without a word of one."""

import pytest

from benefits.models import LedgerEntry
from support.models import SupportRequest
from tests.factories import SupportRequestFactory
from tests.pages.life_pages import address
from tests.pages.visits import STAFF, account, client_of, main_of, page_of, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

AUTHOR = "admin@fabrikam.example"


@pytest.fixture
def bill():
    """Return an open request about a bill."""
    return SupportRequestFactory(billing=True, author=account(AUTHOR))


@pytest.mark.parametrize("who", [AUTHOR, STAFF])
def test_request_without_an_incident_speaks_of_none(bill, who):
    text = main_of(visit(who, address(bill))).text

    assert "It used no incident: Billing." in text
    assert "incident" not in text.replace("It used no incident", "").replace(
        "without a new incident", ""
    )


@pytest.mark.parametrize("reason", SupportRequest.CloseReason.values)
def test_request_without_an_incident_is_closed_for_every_reason_and_returns_none(bill, reason):
    entries = LedgerEntry.objects.count()

    response = client_of(STAFF).post(address(bill, "close"), {"reason": reason}, follow=True)

    bill.refresh_from_db()
    assert (bill.state, bill.close_reason) == ("CLOSED", reason)
    assert LedgerEntry.objects.count() == entries
    assert f"Request {bill.number} is closed. It can be reopened until" in page_of(response).text


def test_request_without_an_incident_is_reopened_whatever_it_was_closed_for(bill):
    client_of(STAFF).post(address(bill, "close"), {"reason": "DUPLICATE"})

    client_of(AUTHOR).post(address(bill, "reopen"))

    bill.refresh_from_db()
    assert bill.state == "OPEN"
