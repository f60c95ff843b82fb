"""Benefits page, My plans, wizard and staff card say the same of every plan of the demo world."""

import pytest
from django.urls import reverse

from benefits.models import Plan
from partnercenter.demo.accounts import CONTOSO, WINGTIP
from partners.models import User
from tests.pages.html import Element
from tests.pages.shown import (
    badges_in,
    expected,
    explanation_in,
    on_benefits_page,
    on_staff_card,
)
from tests.pages.states import CLOUD, ON_PREMISES, SAY, STATES
from tests.pages.visits import STAFF, TECHNICAL, account, admin_of, client_of, visit
from tests.pages.wizard import AZURE, SERVER, Wizard, radios, unavailable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

PARTNERS = sorted({state.mpn_id for state in STATES.values()})


def plans(mpn_id: str, **narrowed: object) -> list[Plan]:
    """Return the partner's plans."""
    held = Plan.objects.filter(package__membership__partner__mpn_id=mpn_id, **narrowed)
    return list(held.order_by("pk"))


def reader_at(mpn_id: str) -> User:
    """Return an account of the partner; at Contoso one that may not activate and is told why."""
    return account("user@contoso.example") if mpn_id == CONTOSO else admin_of(mpn_id)


def staff_card(mpn_id: str) -> Element:
    """Return the staff card of the partner."""
    return visit(STAFF, reverse("support:staff-partner", args=[mpn_id]))


def product_step(mpn_id: str, scope: object) -> Element:
    """Return step 1 of the wizard with a product that plans of the scope are for."""
    product = AZURE if scope == CLOUD else SERVER
    return Wizard(client_of(reader_at(mpn_id))).show(**product)


def tile(card: Element, plan: Plan) -> Element:
    """Return the plan's tile on the staff card."""
    return card.one("li", data_plan=str(plan.public_id))


def test_table_of_states_names_every_incident_plan_of_the_world():
    counted = Plan.objects.that_count_incidents()
    held = counted.values_list("package__membership__partner__mpn_id", "name")

    assert sorted(held) == sorted((s.mpn_id, s.plan_name) for s in STATES.values())


@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_staff_card_and_benefits_page_show_the_same_of_each_plan(mpn_id: str):
    page, card = visit(reader_at(mpn_id), TECHNICAL), staff_card(mpn_id)
    held = plans(mpn_id)

    assert [on_benefits_page(page, p) for p in held] == [on_staff_card(card, p) for p in held]


@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_staff_card_and_expanded_row_explain_each_plan_in_the_same_words(mpn_id: str):
    card = staff_card(mpn_id)

    for plan in plans(mpn_id):
        page = visit(reader_at(mpn_id), reverse("benefits:plan", args=[plan.public_id]))
        assert explanation_in(page.one(id="details")) == explanation_in(tile(card, plan))


@pytest.mark.parametrize("scope", [ON_PREMISES, CLOUD])
@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_wizard_offers_what_the_staff_card_shows_as_usable(mpn_id: str, scope: object):
    card, step = staff_card(mpn_id), product_step(mpn_id, scope)
    fitting = plans(mpn_id, scope=scope)
    usable = {str(p.public_id): p for p in fitting if explanation_in(tile(card, p)) == ("", "")}

    offered = radios(step)

    assert offered.keys() == usable.keys()
    for key, plan in usable.items():
        staff = on_staff_card(card, plan)
        assert offered[key].one(cls="plan-card__number").text == staff.number
        assert badges_in(offered[key]) == staff.badges


@pytest.mark.parametrize("scope", [ON_PREMISES, CLOUD])
@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_wizard_explains_what_the_staff_card_shows_as_unusable(mpn_id: str, scope: object):
    card, step = staff_card(mpn_id), product_step(mpn_id, scope)
    fitting = plans(mpn_id, scope=scope)
    unusable = [p for p in fitting if explanation_in(tile(card, p)) != ("", "")]

    for plan in unusable:
        shown, staff = unavailable(step)[str(plan.public_id)], on_staff_card(card, plan)
        assert shown.one(cls="plan-card__number").text == staff.number
        assert shown.one(cls="plan-card__line").text.endswith(f" · {staff.number} {staff.line}")
        assert explanation_in(shown) == explanation_in(tile(card, plan))


@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_my_plans_and_staff_card_show_the_same_of_each_incident_plan(mpn_id: str):
    page, card = visit(reader_at(mpn_id), reverse("support:plans")), staff_card(mpn_id)
    rows = [row for row in page.all("tr") if row.has(cls="number-large")]
    held = [(on_staff_card(card, p), tile(card, p)) for p in plans(mpn_id, unit="INCIDENT")]

    shown = [(words(row), badges_in(row), explanation_in(row)) for row in rows]

    assert sorted(shown) == sorted(
        (f"{staff.number} {staff.line}", staff.badges, explanation_in(on_card))
        for staff, on_card in held
    )


def words(row: Element) -> str:
    """Return number and line of a row of My plans."""
    return row.one("td", data_label="Remaining").all("p")[0].text


@pytest.mark.parametrize("name", STATES)
def test_staff_card_and_wizard_say_what_the_table_says(name: str):
    state = STATES[name]
    plan = Plan.objects.get(name=state.plan_name, package__membership__partner__mpn_id=state.mpn_id)

    card, step = staff_card(state.mpn_id), product_step(state.mpn_id, state.scope)

    assert on_staff_card(card, plan) == expected(state, plan)
    assert explanation_in(tile(card, plan)) == state.reason
    where = unavailable(step) if state.reason[0] else radios(step)
    assert where[str(plan.public_id)].one(cls="plan-card__number").text == state.number


@pytest.mark.parametrize("mpn_id", SAY)
def test_say_line_of_each_partner_is_ready_to_read_aloud(mpn_id: str):
    card = staff_card(mpn_id)

    assert card.one(id="say").text == SAY[mpn_id]
    assert card.has("button", data_copy=SAY[mpn_id])


def test_say_line_of_one_contract_speaks_of_its_plans_only():
    pack, silver = plans(WINGTIP, scope=ON_PREMISES)

    card = visit(STAFF, reverse("support:staff-contract", args=[pack.package.contract.public_id]))

    assert card.one(id="say").text == "10 of 10 on-premises incidents left until 2 June."
    assert "tile--found" in tile(card, pack).classes
    assert "tile--found" not in tile(card, silver).classes
