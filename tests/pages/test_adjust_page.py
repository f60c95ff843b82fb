"""Correcting a plan from the staff card: the form, what it says no to, and the ledger after it."""

from typing import Any

import pytest
from django.urls import reverse

from benefits.allotments import Scope
from benefits.models import LedgerEntry
from partnercenter.demo.accounts import EXHAUSTED, EXPIRED, FABRIKAM, TAILSPIN
from tests.pages.visits import (
    STAFF,
    alerts,
    client_of,
    contract,
    main_of,
    page_of,
    plan,
    visit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

MANAGER = "manager@portal.example"
CORRECTION = {"direction": "add", "number": "2", "reason": "Promised on the phone."}


def address(mpn_id: str = FABRIKAM, scope: Scope | None = Scope.ON_PREMISES) -> str:
    """Return the address of the form."""
    return reverse("support:staff-adjust", args=[plan(mpn_id, scope).public_id])


def send(data: dict[str, str], *, url: str = "", client: Any = None) -> Any:
    """Open the form as a benefits manager, fill it in, send it."""
    client, url = client or client_of(MANAGER), url or address()
    key = main_of(page_of(client.get(url))).one("input", name="key").attrs["value"]
    return client.post(url, {"key": key, **data})


@pytest.mark.parametrize("who", [MANAGER, "root@portal.example"])
def test_card_offers_the_correction_of_limited_running_plans_to_those_who_may(who):
    card = visit(who, reverse("support:staff-partner", args=[FABRIKAM]))

    links = [a.attrs["href"] for a in card.all("a") if "/adjust" in a.attrs.get("href", "")]
    assert links == [address(FABRIKAM, s) for s in (Scope.ON_PREMISES, Scope.CLOUD, None)]


@pytest.mark.parametrize(
    ("who", "mpn_id"), [(STAFF, FABRIKAM), ("auditor@portal.example", FABRIKAM), (MANAGER, EXPIRED)]
)
def test_card_offers_no_correction_to_others_or_of_ended_plans(who, mpn_id):
    card = visit(who, reverse("support:staff-partner", args=[mpn_id]))

    assert [a for a in card.all("a") if "/adjust" in a.attrs.get("href", "")] == []


def test_correction_leads_back_to_the_card_that_says_what_is_left():
    client = client_of(MANAGER)

    response = send(CORRECTION, client=client)

    assert response.url == reverse("support:staff-contract", args=[contract(FABRIKAM).public_id])
    card = page_of(client.get(response.url))
    assert alerts(card) == ["+2 on Partner support Gold 20pack: 19 are left."]
    assert "Promised on the phone." in main_of(card).text
    assert "19 of 22 on-premises incidents left" in card.one(id="say").text


def test_correction_stands_in_the_partners_ledger_with_its_reason():
    send({**CORRECTION, "direction": "take"})

    ledger = visit(
        "admin@fabrikam.example", reverse("benefits:ledger", args=[plan(FABRIKAM).public_id])
    )

    first = main_of(ledger).one("tbody").all("tr")[0].text
    assert "Adjusted" in first
    assert "Promised on the phone." in first
    assert "−2" in first


def test_hours_are_corrected_and_lead_back_to_the_partners_card():
    response = send(CORRECTION, url=address(FABRIKAM, None))

    assert response.url == reverse("support:staff-partner", args=[FABRIKAM])


def test_correction_below_zero_says_what_is_left_and_keeps_what_was_typed():
    response = send({"direction": "take", "number": "18", "reason": "Too many."})

    main = main_of(page_of(response))
    assert response.status_code == 409
    assert "Only 17 are left: no more than that can be taken away." in main.text
    assert main.one("input", name="number").attrs["value"] == "18"
    assert main.one("input", name="reason").attrs["value"] == "Too many."
    assert not LedgerEntry.objects.filter(kind="ADJUST").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"direction": ""}, "Choose one of the two."),
        ({"direction": "both"}, "Select a valid choice. both is not one of the available choices."),
        ({"number": ""}, "Enter a whole number from 1 on."),
        ({"number": "1.5"}, "Enter a whole number from 1 on."),
        ({"number": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"number": "9" * 40}, "Ensure this value is less than or equal to 1000."),
        ({"reason": "  "}, "Say why."),
        ({"reason": "x" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
    ],
)
def test_form_with_something_wrong_says_it_and_books_nothing(changes, sentence):
    response = send({**CORRECTION, **changes})

    assert response.status_code == 400
    assert sentence in main_of(page_of(response)).text
    assert not LedgerEntry.objects.filter(kind="ADJUST").exists()


@pytest.mark.parametrize(
    ("mpn_id", "scope", "sentence"),
    [
        (EXPIRED, Scope.ON_PREMISES, "This plan ended on "),
        (TAILSPIN, Scope.CLOUD, "Only limited plans are corrected, between their start and end."),
    ],
)
def test_plan_that_cannot_be_corrected_has_no_form_and_refuses_one(mpn_id, scope, sentence):
    client, url = client_of(MANAGER), address(mpn_id, scope)

    page = main_of(page_of(client.get(url)))
    posted = client.post(url, {**CORRECTION, "key": "a-key"})

    assert sentence in page.text
    assert not page.has("input", name="number")
    assert posted.status_code == 409


def test_used_up_plan_is_corrected_too():
    assert send(CORRECTION, url=address(EXHAUSTED)).status_code == 302


def test_form_sent_twice_books_once_and_says_so():
    client = client_of(MANAGER)
    first = send({**CORRECTION, "key": "the-same"}, client=client)

    second = client.post(address(), {**CORRECTION, "key": "the-same"})

    assert (first.status_code, second.status_code) == (302, 302)
    assert LedgerEntry.objects.filter(kind="ADJUST").count() == 1
    assert "nothing more changed" in alerts(page_of(client.get(second.url)))[-1]


def test_agent_who_tries_anyway_is_told_who_may():
    response = client_of(STAFF).post(address(), {**CORRECTION, "key": "a-key"})

    assert response.status_code == 403
    assert (
        "This is for staff of these kinds: Benefits manager, Administrator."
        in main_of(page_of(response)).text
    )
