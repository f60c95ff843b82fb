"""Add contract, wherever a page offers it: the same form, the same answers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benefits import ids
from partnercenter.demo.accounts import ADATUM, EXHAUSTED, EXPIRED, FABRIKAM, TAILSPIN
from portal.models import AuditRecord
from tests.pages.html import digits_in, values_in
from tests.pages.portals import PortalWizard
from tests.pages.visits import (
    account,
    alerts,
    changed_since,
    client_of,
    contract,
    numbers,
    page_of,
    plan,
)
from tests.pages.wizard import CHOSEN, Wizard, errors_in, form_of
from tests.stories import row_counts
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

PAT = "pat@outlook.example"
TO_PLANS = " See the partner support plans."
GOOD_FOR = {
    FABRIKAM: "Fabrikam's contract is linked to your account. 17 of 20 on-premises incidents left "
    "until 13 April 2027. 6 of 10 cloud incidents left until 13 April 2027.",
    TAILSPIN: "Tailspin Toys's contract is linked to your account. 14 of 15 on-premises incidents "
    "left until 21 August 2027. Unlimited cloud incidents until 21 August 2027.",
    ADATUM: "A. Datum's contract is linked to your account. 8 of 10 on-premises incidents left "
    "until 20 September 2027. Action Pack has no cloud support.",
    EXPIRED: "Coho Winery's contract is linked to your account. Partner support Gold 20pack ended "
    "on 10 October 2026. Ask its partner for the IDs of a current contract, or compare plans. "
    "Signature 10-pack ended on 10 October 2026. Ask its partner for the IDs of a current "
    f"contract, or compare plans.{TO_PLANS}",
    EXHAUSTED: "Fourth Coffee's contract is linked to your account. Partner support Gold 20pack is "
    "used up; the contract ends on 14 March 2027. Signature 10-pack is used up; the contract ends "
    f"on 14 March 2027.{TO_PLANS}",
}


def in_wizard(client: Client, access: str, contract_text: str) -> Any:
    """Type the two IDs in step 1."""
    wizard = Wizard(client)
    wizard.product(action="show")
    return wizard.product(action="add", access_id=access, contract_id=contract_text)


def in_plans(client: Client, access: str, contract_text: str) -> Any:
    """Type the two IDs under My plans."""
    typed = {"access_id": access, "contract_id": contract_text, "action": "add"}
    return client.post(reverse("support:plans"), typed)


def in_portal(client: Client, access: str, contract_text: str) -> Any:
    """Type the two IDs under Link support benefits of a cloud portal."""
    typed = {"access_id": access, "contract_id": contract_text, "action": "add"}
    return client.post("/portals/azure/link", typed)


def in_portal_wizard(client: Client, access: str, contract_text: str) -> Any:
    """Type the two IDs in step 2 of a request in a cloud portal."""
    wizard = PortalWizard(client)
    wizard.problem()
    return wizard.details(action="add", access_id=access, contract_id=contract_text)


Place = Callable[[Client, str, str], Any]
PLACES = (in_wizard, in_plans, in_portal, in_portal_wizard)
everywhere = pytest.mark.parametrize("add", PLACES, ids=lambda add: add.__name__)


def pair(mpn_id: str = FABRIKAM) -> tuple[str, str]:
    """Return the pair of the partner's contract."""
    return numbers(contract(mpn_id))


def links_of(email: str) -> int:
    """Return how many contracts the account has linked."""
    return account(email).links.in_force().count()


def well_formed(payload: str) -> str:
    """Return the number that begins so, with its check digit."""
    return payload + str(ids.check_digit(payload))


UNKNOWN = (well_formed("87654321"), well_formed("98765432"))


def swapped_digits(number: str) -> str:
    """Return the number with two different neighbouring digits the other way round."""
    at = next(i for i in range(1, 8) if number[i] != number[i + 1])
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


@everywhere
@pytest.mark.parametrize("mpn_id", GOOD_FOR)
def test_correct_pair_always_links_and_says_what_it_is_good_for(add: Place, mpn_id: str):
    client = client_of(PAT)

    response = add(client, *pair(mpn_id))

    assert response.status_code == 302
    expected = GOOD_FOR[mpn_id]
    if mpn_id == ADATUM and add in (in_portal, in_portal_wizard):
        # In a cloud portal there is nothing of it to use.
        expected += TO_PLANS
    page = page_of(client.get(response.url))
    assert alerts(page) == [expected]
    leads_on = page.one(id="messages").all("a", href="/support/partnersupport")
    assert bool(leads_on) is expected.endswith(TO_PLANS)
    assert links_of(PAT) == 1


@everywhere
def test_pair_linked_already_says_since_when_and_keeps_one_link(add: Place):
    client = client_of("consultant@outlook.example")

    response = add(client, *pair())

    assert alerts(page_of(client.get(response.url)))[0].startswith(
        "This contract is already linked, since 22 August 2026; you can create a request now. 17 of"
    )
    assert links_of("consultant@outlook.example") == 1


@everywhere
@pytest.mark.parametrize("typed", ["both in the first", "swapped", "with words and spaces"])
def test_pair_typed_in_every_forgiving_way_links(add: Place, typed: str):
    access, secret = pair()
    fields = {
        "both in the first": (f"{access} {secret}", ""),
        "swapped": (secret, access),
        "with words and spaces": (
            f"Access ID: {access[:3]} {access[3:]}",
            f"{secret[:3]}-{secret[3:]}",
        ),
    }

    assert add(client_of(PAT), *fields[typed]).status_code == 302
    assert links_of(PAT) == 1


def test_contract_added_in_the_wizard_keeps_everything_typed():
    wizard = Wizard(client_of(PAT))
    access, secret = pair()

    response = wizard.product(
        action="add", access_id=access, contract_id=secret, category="CRASH", severity="B"
    )

    assert (response.status_code, response.url) == (302, wizard.url("product"))
    held = values_in(form_of(wizard.see("product")))
    wanted = {**CHOSEN, "category": "CRASH", "severity": "B"}
    assert {name: held[name] for name in wanted} == wanted
    assert held["plan"] == str(plan(FABRIKAM).public_id)
    assert (held["access_id"], held["contract_id"]) == ("", "")


def test_contract_typed_and_continue_pressed_is_added_first():
    """Enter in the field, or the wrong button: the IDs are not thrown away."""
    wizard = Wizard(client_of(PAT))
    access, secret = pair()

    response = wizard.product(action="continue", access_id=access, contract_id=secret)

    assert response.url == wizard.url("product")
    assert links_of(PAT) == 1


@everywhere
def test_typing_error_is_told_at_its_field_and_counts_nothing(add: Place):
    access, secret = pair()
    before = row_counts()

    response = add(client_of(PAT), swapped_digits(access), secret)

    assert response.status_code == 400
    assert changed_since(before) == {"portal.AuditRecord": 1}
    assert errors_in(page_of(response)) == {
        "access_id": "The Access ID has a typing error: check neighbouring digits, two of them "
        "may be swapped, or one is wrong."
    }
    assert AuditRecord.objects.latest("pk").refusal_code == "malformed_id"


@everywhere
def test_empty_fields_are_told_one_by_one(add: Place):
    response = add(client_of(PAT), "", "")

    assert response.status_code == 400
    assert errors_in(page_of(response)) == {
        "access_id": "Enter the Access ID: nine digits.",
        "contract_id": "Enter the Contract ID: nine digits.",
    }


@everywhere
@pytest.mark.parametrize("wrong", ["both unknown", "other's Contract ID", "Access ID twice"])
def test_pair_that_is_not_found_gets_one_answer_whatever_is_wrong(add: Place, wrong: str):
    access, secret = pair()
    other_secret = pair(TAILSPIN)[1]
    typed = {
        "both unknown": UNKNOWN,
        "other's Contract ID": (access, other_secret),
        "Access ID twice": (access, pair(TAILSPIN)[0]),
    }[wrong]

    response = add(client_of(PAT), *typed)

    page = page_of(response)
    assert response.status_code == 400
    assert page.one(cls="explanation", data_code="pair_not_found").text == (
        "These two IDs don't belong together, or there is no such contract. Compare both numbers "
        "with the ones you were given, or ask for them again."
    )
    assert links_of(PAT) == 0
    assert secret not in digits_in(response.content.decode())


@everywhere
def test_eleventh_guess_is_refused_even_with_the_right_pair(add: Place):
    client = client_of(PAT)
    for _guess in range(10):
        assert add(client, *UNKNOWN).status_code == 400

    response = add(client, *pair())

    said = page_of(response).one(cls="explanation", data_code="too_many_attempts").text
    assert response.status_code == 429
    assert re.match(r"Too many attempts\. You can try again at \d\d:\d\d\.", said)
    assert 0 < int(response["Retry-After"]) <= 15 * 60
    assert links_of(PAT) == 0


@everywhere
@pytest.mark.parametrize("typed", ["", "12345", "Access ID: 1234-567", "none"])
def test_refused_text_that_holds_no_id_is_shown_again_to_be_corrected(add: Place, typed: str):
    page = page_of(add(client_of(PAT), typed, pair()[1]))

    assert page.one("input", name="access_id").attrs.get("value", "") == typed
    assert "value" not in page.one("input", name="contract_id").attrs


@everywhere
def test_refused_access_id_with_a_typing_error_is_shown_again_to_be_corrected(add: Place):
    typed = swapped_digits(pair()[0])

    page = page_of(add(client_of(PAT), typed, pair()[1]))

    assert page.one("input", name="access_id").attrs["value"] == typed


@everywhere
@pytest.mark.parametrize(
    "typed",
    [
        lambda access, secret: (f"{access} {secret} 1", ""),
        lambda access, secret: (f"{access[:-1]} {secret}", ""),
        lambda access, secret: (f"{access}, {secret}, {UNKNOWN[0]}", ""),
        lambda access, secret: (f"Contract ID {secret}", ""),
        lambda access, secret: (f"{' ' * 400}{access} {secret}", ""),
        lambda access, secret: (secret, UNKNOWN[0]),
        lambda access, secret: (secret, pair(TAILSPIN)[0]),
        lambda access, secret: (secret, access[:-1]),
        lambda access, secret: (UNKNOWN[0], secret),
        lambda access, secret: (access[:-1], secret),
    ],
)
def test_refused_text_that_can_hold_the_contract_id_is_not_shown_again(add: Place, typed: Any):
    response = add(client_of(PAT), *typed(*pair()))

    assert response.status_code == 400
    assert pair()[1] not in digits_in(response.content.decode())
    assert "value" not in page_of(response).one("input", name="contract_id").attrs


@everywhere
def test_refused_swapped_pair_of_a_contract_taken_away_is_not_shown_again(add: Place):
    access, secret = pair()
    contract(FABRIKAM).links.create(
        user=account(PAT), method="PAIR", linked_at=NOW, revoked_at=NOW, revoked_by=account(PAT)
    )

    response = add(client_of(PAT), secret, access)

    assert response.status_code == 403
    assert page_of(response).has(cls="explanation", data_code="link_revoked")
    assert secret not in digits_in(response.content.decode())


@everywhere
def test_refused_pair_writes_a_record_without_the_numbers_and_nothing_else(add: Place):
    before = row_counts()
    access, secret = pair()

    add(client_of(PAT), access, well_formed("87654321"))

    record = AuditRecord.objects.latest("pk")
    assert changed_since(before) == {"portal.AuditRecord": 1, "portal.ThrottleBucket": 2}
    assert record.refusal_code == "pair_not_found"
    assert not {access, secret, "876543210"} & digits_in(str(vars(record)))


def test_address_after_adding_a_contract_never_holds_an_id():
    access, secret = pair()

    responses = [add(client_of(PAT), access, secret) for add in PLACES]

    assert not any(re.search(r"\d{9}", re.sub(r"[0-9a-f-]{36}", "", r.url)) for r in responses)
