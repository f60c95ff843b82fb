"""Step 1 of the wizard: which plans are offered for a product, which are not, and why."""

import pytest
from django.urls import reverse

from benefits.models import Plan
from benefits.services.links import revoke_link
from partnercenter.demo.accounts import ADATUM, EXHAUSTED, FABRIKAM, NORTHWIND, RENEWAL, WINGTIP
from partners.models import User
from tests.pages.html import Element, values_in
from tests.pages.shown import badges_in, explanation_in
from tests.pages.states import CLOUD
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    client_of,
    contract,
    grouped,
    numbers,
    page_of,
    plan,
)
from tests.pages.wizard import AZURE, SERVER, WINDOWS_10, Wizard, form_of, radios, unavailable
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

PAT = "pat@outlook.example"
FOR_CLOUD_ONLY = (
    "6 incidents remaining, for cloud products only. Use them for a cloud product, such as Azure."
)
NO_CLOUD_SUPPORT = (
    "Action Pack has no cloud support: its incidents are for on-premises products. For cloud "
    "products, compare the partner support plans."
)
NOT_COVERED = (
    "Windows 10 is not covered: its mainstream support ended on 14 October 2025. Covered are "
    "the newest version and the one before it (N-1), while in mainstream support. The guide "
    "of 2021 names it as the product to look remaining incidents up with; today they show "
    "with every product. Covered today: Windows 11. A paid plan covers any version."
)
TAKEN_AWAY = (
    "Margie's Travel took this contract away from your account on 20 November 2026. Ask an "
    "admin of Margie's Travel to give it back."
)
LINKED = (
    "Fabrikam's contract is linked to your account. 17 of 20 on-premises incidents left until"
    " 13 April 2027. 6 of 10 cloud incidents left until 13 April 2027."
)


def shown(who: User | str, **product: str) -> Element:
    """Return step 1 with the plans for the product."""
    return Wizard(client_of(who)).show(**{**SERVER, **product})


def key(of: Plan) -> str:
    """Return what the wizard knows the plan by."""
    return str(of.public_id)


def test_plans_are_not_shown_before_a_product_is_chosen():
    page = page_of(client_of(admin_of(FABRIKAM)).get(reverse("support:create")))

    assert not page.has(name="plan")
    assert "Show support plans" in page.texts("button")


def test_plan_that_can_pay_is_a_card_with_name_access_id_dates_and_number():
    page = shown(admin_of(FABRIKAM))

    access_id, _contract_id = numbers(contract(FABRIKAM))
    card = radios(page)[key(plan(FABRIKAM))]
    assert card.one(cls="plan-card__title").text == (
        f"Partner support Gold 20pack - Access ID: {grouped(access_id)}"
    )
    assert card.one(cls="plan-card__line").text == (
        "Start Date (25 Mar 2026), End Date (13 Apr 2027), 17 incidents remaining"
    )
    assert "Types of support for Windows Server 2025" in page.one("fieldset", id="id_plan").text


def test_plan_with_few_left_carries_the_badge():
    card = radios(shown(admin_of(NORTHWIND)))[key(plan(NORTHWIND))]

    assert badges_in(card) == ("Few left",)


def test_first_of_several_plans_is_the_one_that_ends_first_and_is_chosen():
    page = shown(admin_of(WINGTIP))
    pack, silver = Plan.objects.filter(
        package__membership__partner__mpn_id=WINGTIP, scope="ON_PREMISES"
    ).order_by("package__ends_at")

    assert list(radios(page)) == [key(pack), key(silver)]
    assert values_in(form_of(page))["plan"] == key(pack)


def test_plan_chosen_before_stays_chosen():
    wizard = Wizard(client_of(admin_of(WINGTIP)))
    wizard.show()
    last = list(radios(wizard.see("product")))[-1]

    page = wizard.show(plan=last, category="CRASH")

    assert values_in(form_of(page))["plan"] == last


def test_unavailable_plans_stay_behind_an_expander_while_something_pays():
    page = shown(admin_of(FABRIKAM))

    expander = page.one(id="unavailable")
    assert "open" not in expander.attrs
    assert expander.one("summary").text == "Would you like to see unavailable support plans? (1)"


def test_unavailable_plans_are_open_when_nothing_pays():
    page = shown(admin_of(EXHAUSTED))

    expander = page.one(id="unavailable")
    assert "open" in expander.attrs
    assert expander.one("summary").text == "Would you like to see unavailable support plans? (2)"
    assert "We found no usable support plan for this account. Add a contract below." in page.text
    assert not radios(page)


def test_cloud_plan_for_an_on_premises_product_says_what_is_left_and_for_what():
    card = unavailable(shown(admin_of(FABRIKAM)))[key(plan(FABRIKAM, CLOUD))]

    assert card.one(cls="plan-card__number").text == "6"
    assert explanation_in(card) == ("plan_wrong_scope", FOR_CLOUD_ONLY)


def test_action_pack_for_a_cloud_product_says_that_it_has_no_cloud_support():
    card = unavailable(shown(admin_of(ADATUM), **AZURE))[key(plan(ADATUM))]

    assert card.one(cls="plan-card__number").text == "8"
    assert explanation_in(card) == ("plan_not_included", NO_CLOUD_SUPPORT)


def test_windows_10_is_not_covered_and_the_number_shows_all_the_same():
    card = unavailable(shown(admin_of(FABRIKAM), **WINDOWS_10))[key(plan(FABRIKAM))]

    assert card.one(cls="plan-card__number").text == "17"
    assert explanation_in(card) == ("product_not_supported", NOT_COVERED)


def test_family_without_any_covered_version_says_so():
    card = unavailable(shown(admin_of(FABRIKAM), family="Dynamics CRM", version="2016"))[
        key(plan(FABRIKAM))
    ]

    code, words = explanation_in(card)
    assert code == "product_not_supported"
    assert words.endswith(
        "No version of Dynamics CRM is covered today. A paid plan covers any version: compare the "
        "partner support plans."
    )


def test_account_without_any_plan_is_told_to_add_a_contract():
    page = shown(PAT)

    assert "We found no usable support plan for this account. Add a contract below." in page.text
    assert not page.has(id="unavailable")
    assert page.has("input", name="access_id")
    assert page.one("input", name="contract_id").attrs["type"] == "password"


def unlinked_colleague() -> str:
    """Return an account of Fabrikam that has given its link up."""
    contract(FABRIKAM).links.filter(user__email="user@fabrikam.example").update(dropped_at=NOW)
    return "user@fabrikam.example"


def test_contract_of_the_own_company_is_offered_with_one_click():
    page = shown(unlinked_colleague())

    assert "Fabrikam's contract is not linked to this account" in page.text
    assert page.has("button", name="action", value=f"link:{contract(FABRIKAM).public_id}")
    assert not page.has(id="unavailable")
    assert not radios(page)


def test_one_click_links_and_keeps_what_was_typed():
    wizard = Wizard(client_of(unlinked_colleague()))
    wizard.show(severity="B")

    link = f"link:{contract(FABRIKAM).public_id}"
    response = wizard.product(action=link, category="CRASH", severity="B")

    assert (response.status_code, response.url) == (302, wizard.url("product"))
    page = wizard.see("product")
    assert alerts(page) == [LINKED]
    held = values_in(form_of(page))
    assert (held["category"], held["severity"]) == ("CRASH", "B")
    assert held["plan"] == key(plan(FABRIKAM))


@pytest.mark.parametrize("link", ["link:", "link:x", "link:00000000-0000-0000-0000-000000000000"])
def test_one_click_on_a_contract_that_is_not_the_own_companys_finds_nothing(link: str):
    wizard = Wizard(client_of(PAT))

    assert wizard.product(action=link).status_code == 404
    of_fabrikam = f"link:{contract(FABRIKAM).public_id}"
    assert wizard.product(action=of_fabrikam).status_code == 404
    assert not account(PAT).links.exists()


def test_contract_that_was_taken_away_says_by_whom_and_when():
    user = account("user@renewal.example")
    revoke_link(contract_id=contract(RENEWAL).public_id, user=user, by=admin_of(RENEWAL), at=NOW)

    card = unavailable(shown(user))[key(plan(RENEWAL))]

    assert explanation_in(card) == ("link_revoked", TAKEN_AWAY)
