"""Replacing the IDs: a page that says what happens, a press that does it, and the truth after."""

from typing import Any

import pytest
from django.urls import reverse

from benefits import outcomes
from partnercenter.demo.accounts import CONTOSO, EXPIRED, FABRIKAM, PENDING
from partners.models import User
from partners.roles import Role
from portal.models import AuditRecord
from tests.factories import AffiliationFactory
from tests.pages.html import Element, digits_in
from tests.pages.shown import explanation_in
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    changed_since,
    client_of,
    contract,
    grouped,
    main_of,
    numbers,
    page_of,
    partner,
    plan,
    visit,
)
from tests.stories import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ADMIN = "admin@fabrikam.example"
NO_ROLE = "user@fabrikam.example"
PLANS = "/supportforbusiness/plans"


def address(mpn_id: str = FABRIKAM) -> str:
    """Return the address of the confirmation."""
    return reverse("benefits:replace-ids", args=[plan(mpn_id).public_id])


def details(who: User | str, mpn_id: str = FABRIKAM) -> Element:
    """Return the open row of the partner's on-premises plan."""
    url = reverse("benefits:plan", args=[plan(mpn_id).public_id])
    return visit(who, url).one(id="details")


def press(client: Any, *, page: Element | None = None) -> Any:
    """Press the button of the page, or of a fresh one."""
    shown = page or page_of(client.get(address()))
    key = main_of(shown).one("input", name="key").attrs["value"]
    return client.post(address(), {"key": key})


def mpn_admin() -> User:
    """Return an MPN partner admin of Fabrikam."""
    roles = [Role.MPN_PARTNER_ADMIN]
    return AffiliationFactory(partner=partner(FABRIKAM), roles=roles).user


def admin_agent() -> User:
    """Return an Admin agent of Fabrikam in MPN."""
    return AffiliationFactory(partner=partner(FABRIKAM), roles=[Role.ADMIN_AGENT]).user


# --- who is offered it -----------------------------------------------------------------------


@pytest.mark.parametrize("who", [lambda: ADMIN, mpn_admin], ids=["global admin", "mpn admin"])
def test_row_offers_the_two_admins_to_replace_the_ids(who: Any):
    assert details(who()).one(id="ids").has("a", href=address())


@pytest.mark.parametrize("who", [lambda: NO_ROLE, admin_agent], ids=["no role", "admin agent"])
def test_row_does_not_offer_others_to_replace_the_ids(who: Any):
    assert not details(who()).has("a", href=address())


def test_row_of_an_ended_contract_does_not_offer_to_replace_the_ids():
    shown = details(admin_of(EXPIRED), EXPIRED)

    assert shown.has(id="ids")
    assert not shown.has("a", href=address(EXPIRED))


# --- the confirmation ------------------------------------------------------------------------


def test_confirmation_says_what_happens_and_does_nothing():
    rows, shown = row_counts(), numbers(contract(FABRIKAM))

    main = main_of(visit(ADMIN, address()))

    assert main.texts("h2") == ["What happens"]
    assert [text.split(".")[0] for text in main.texts("li")] == [
        "A new Access ID and a new Contract ID are issued at once",
        "The old ones stop linking, for good",
        "Existing links stay: 4 accounts go on using the contract",
        "Tell your team: whoever has not linked the contract yet needs the new IDs",
    ]
    assert main.texts("dd")[:2] == ["Fabrikam · Gold competency", grouped(shown[0])]
    assert main.one("form").one("button").text == "Replace the IDs"
    assert (changed_since(rows), numbers(contract(FABRIKAM))) == ({}, shown)


@pytest.mark.parametrize("who", [lambda: NO_ROLE, admin_agent], ids=["no role", "admin agent"])
def test_confirmation_for_others_says_who_can(who: Any):
    main = main_of(visit(who(), address(), status=403))

    assert explanation_in(main)[0] == "not_authorized"
    assert main.one(cls="next-step__people").text == "Fritz Baum or Mia Torres"
    assert not main.has("form")


@pytest.mark.parametrize(
    ("mpn_id", "code"), [(PENDING, "activation_pending"), (EXPIRED, "contract_expired")]
)
def test_confirmation_outside_the_contracts_time_says_why_not(mpn_id: str, code: str):
    for method in ("get", "post"):
        response = getattr(client_of(admin_of(mpn_id)), method)(address(mpn_id), {"key": "a-form"})
        main = main_of(page_of(response))

        assert response.status_code == 409
        assert explanation_in(main)[0] == code
        assert not main.has("form")
        assert not digits_in(main.text) & {numbers(contract(PENDING))[0]}


def test_confirmation_for_a_package_not_activated_is_not_there():
    visit(admin_of(CONTOSO), address(CONTOSO), status=404)


# --- the press -------------------------------------------------------------------------------


def test_press_leads_to_the_new_pair_and_says_what_is_true_now():
    client, old = client_of(ADMIN), numbers(contract(FABRIKAM))

    response = press(client)

    plan_url = reverse("benefits:plan", args=[plan(FABRIKAM).public_id])
    assert response.url == f"{plan_url}#ids"
    page = page_of(client.get(response.url))
    new = numbers(contract(FABRIKAM))
    assert alerts(page) == [outcomes.replaced(is_new=True)]
    assert page.one(id="access-id").text == grouped(new[0])
    assert set(old).isdisjoint(new)


def test_press_twice_on_one_page_replaces_once_and_says_so():
    client = client_of(ADMIN)
    page = page_of(client.get(address()))
    press(client, page=page)
    client.get(PLANS)
    new = numbers(contract(FABRIKAM))

    again = press(client, page=page)

    assert alerts(page_of(client.get(again.url))) == [
        "This form was sent before: the IDs were replaced then, and nothing more changed."
    ]
    assert numbers(contract(FABRIKAM)) == new


def test_press_without_the_forms_key_changes_nothing_and_shows_the_form_again():
    client, old = client_of(ADMIN), numbers(contract(FABRIKAM))

    response = client.post(address())

    main = main_of(page_of(response))
    assert (response.status_code, explanation_in(main)[0]) == (400, "idempotency_key_invalid")
    assert main.has("form")
    assert numbers(contract(FABRIKAM)) == old


def test_press_is_recorded_with_the_contract_and_without_a_number():
    client, old = client_of(ADMIN), numbers(contract(FABRIKAM))

    press(client)

    record = AuditRecord.objects.get(action="benefits.replace_pair")
    assert (record.actor, record.target_id, record.refusal_code, record.facts) == (
        account(ADMIN),
        str(contract(FABRIKAM).public_id),
        "",
        {},
    )
    written = " ".join(f"{row.facts} {row.target_id}" for row in AuditRecord.objects.all())
    assert not any(number in written for number in (*old, *numbers(contract(FABRIKAM))))


def test_press_by_an_admin_agent_is_refused_and_recorded():
    agent, old = admin_agent(), numbers(contract(FABRIKAM))

    response = client_of(agent).post(address(), {"key": "a-form"})

    assert response.status_code == 403
    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.actor, record.refusal_code, record.target_id) == (
        "benefits.replace_pair",
        agent,
        "not_authorized",
        str(contract(FABRIKAM).public_id),
    )
    assert numbers(contract(FABRIKAM)) == old


# --- what is true after ----------------------------------------------------------------------


def test_accounts_that_are_linked_see_the_new_access_id_and_go_on():
    press(client_of(ADMIN))

    rows = visit("consultant@outlook.example", PLANS)

    new, _contract_id = numbers(contract(FABRIKAM))
    assert rows.texts(cls="id-number") == [grouped(new)] * 2
    assert rows.texts(cls="number-large") == ["17", "6"]


def test_old_pair_is_not_found_in_my_plans_and_the_new_one_links():
    old = numbers(contract(FABRIKAM))
    press(client_of(ADMIN))
    pat = client_of("pat@outlook.example")

    refused = pat.post(PLANS, {"access_id": old[0], "contract_id": old[1]})

    assert refused.status_code == 400
    assert "These two IDs don't belong together" in page_of(refused).text
    access, number = numbers(contract(FABRIKAM))
    assert pat.post(PLANS, {"access_id": access, "contract_id": number}).status_code == 302
