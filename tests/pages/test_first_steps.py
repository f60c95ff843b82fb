"""What the page on which somebody lands offers as the next step, to each kind of newcomer."""

from datetime import datetime

import pytest
from django.urls import reverse

from benefits.allotments import Scope
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, TAILSPIN
from partners.models import User
from support.models import SupportRequest
from tests.factories import AffiliationFactory, LinkFactory
from tests.pages.html import Element
from tests.pages.visits import (
    STAFF,
    admin_of,
    client_of,
    contract,
    main_of,
    page_of,
    partner,
    plan,
    visit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

DASHBOARD = "/dashboard/"
OVERVIEW = ("Open Technical benefits", "/dashboard/mpn/membership/benefits/technical")


def actions(main: Element) -> list[tuple[str, str]]:
    """Return the main actions of the page, and where each leads."""
    return [(a.text, a.attrs["href"]) for a in main.all("a", cls="button--primary")]


def details(mpn_id: str, scope: Scope = Scope.ON_PREMISES) -> str:
    """Return the address of the partner's plan, opened."""
    return f"{reverse('benefits:plan', args=[plan(mpn_id, scope).public_id])}#details"


def newcomer(mpn_id: str) -> User:
    """Return somebody who was added to the partner today, without a role."""
    return AffiliationFactory(partner=partner(mpn_id), user__with_password=True).user


def test_admin_of_a_partner_with_benefits_not_activated_is_led_to_activate():
    main = main_of(visit("admin@contoso.example", DASHBOARD))

    assert actions(main) == [("Activate the benefits", details(CONTOSO))]


def test_account_that_may_not_activate_reads_who_can():
    main = main_of(visit("user@contoso.example", DASHBOARD))

    assert actions(main) == [OVERVIEW]
    assert main.one(cls="next-step").text == ("Ask somebody who can do it: Ana Berg or Li Wei")


@pytest.mark.parametrize("mpn_id", [FABRIKAM, TAILSPIN])
def test_newcomer_whose_partner_has_activated_is_led_to_the_link(mpn_id: str):
    main = main_of(visit(newcomer(mpn_id), DASHBOARD))

    assert actions(main) == [("Link it to my account", details(mpn_id))]


def test_newcomer_who_has_linked_is_led_to_the_first_request():
    user = newcomer(FABRIKAM)
    LinkFactory(contract=contract(FABRIKAM), user=user)

    main = main_of(visit(user, DASHBOARD))

    assert actions(main) == [("Create a request", reverse("support:create"))]


def test_account_that_has_asked_before_is_offered_no_first_step(world: datetime):
    user = admin_of(FABRIKAM)
    SupportRequest.objects.written_by(user).not_ended().update(
        state="RESOLVED", state_changed_at=world, ended_at=world
    )

    main = main_of(visit(user, DASHBOARD))

    assert actions(main) == [OVERVIEW]
    assert not main.has(cls="next-step")


@pytest.mark.parametrize("who", ["admin@pending.example", "admin@scheduled.example"])
def test_account_that_can_only_wait_is_led_to_the_benefits(who: str):
    assert actions(main_of(visit(who, DASHBOARD))) == [OVERVIEW]


def test_partner_without_a_membership_is_led_on_to_the_plans_that_are_sold():
    main = main_of(visit("admin@proseware.example", DASHBOARD))

    assert actions(main) == [OVERVIEW]
    assert main.has("a", href=reverse("benefits:partner-support"))


@pytest.mark.parametrize("who", ["csponly@contoso.example", "admin@litware.example"])
def test_account_of_csp_only_is_led_to_its_plans_and_customers(who: str):
    main = main_of(visit(who, DASHBOARD))

    assert actions(main) == [("Open my plans", reverse("support:plans"))]
    assert main.has("a", href=reverse("partners:customers"))


def test_account_without_partner_and_plans_is_led_to_add_a_contract():
    main = main_of(page_of(client_of("pat@outlook.example").get("/", follow=True)))

    assert main.one(cls="empty-state__title").text == "No support plans yet"
    assert "Add a contract with the Access ID and the Contract ID" in main.text
    assert main.one("button", value="add").text == "Add contract"


def test_staff_read_what_can_be_put_into_the_box():
    main = main_of(page_of(client_of(STAFF).get("/", follow=True)))

    assert main.one(id="id_query_hint").text.startswith(
        "Access ID, MPN ID, request number, e-mail, or the beginning of a partner's name"
    )
