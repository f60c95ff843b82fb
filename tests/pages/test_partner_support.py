"""Partner support plans: the comparison, buying one, and its contract where it is used."""

from typing import Any

import pytest
from django.urls import reverse

from benefits.models import IssuedId, Plan, Purchase
from benefits.support_plans import Offer
from partnercenter.demo.accounts import EXHAUSTED, FABRIKAM, LITWARE
from partners.models import User
from partners.roles import Role
from portal.models import AuditRecord
from support.models import SupportRequest
from tests.api.calls import session_caller
from tests.api.resources import answered
from tests.factories import (
    AffiliationFactory,
    ContractFactory,
    IssuedIdFactory,
    PackageFactory,
    PlanFactory,
    PurchaseFactory,
)
from tests.pages.html import Element, digits_in
from tests.pages.shown import explanation_in, on_benefits_page, on_staff_card
from tests.pages.test_statements import opening, statements
from tests.pages.visits import (
    STAFF,
    TECHNICAL,
    account,
    admin_of,
    alerts,
    changed_since,
    client_of,
    grouped,
    main_of,
    numbers,
    page_of,
    partner,
    visit,
)
from tests.pages.wizard import Wizard, radios, unavailable
from tests.stories import admin_of as new_admin_of
from tests.stories import buy, row_counts
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

COMPARE = "/support/partnersupport"
ADVANCED = "/support/advanced-cloud-support"
PREMIER = "/support/microsoft-services-premier-support"
ADMIN, NO_ROLE, PAT = "admin@fabrikam.example", "user@fabrikam.example", "pat@outlook.example"
LUC = "admin@litware.example"
SCOPES = {
    "Microsoft Product Support": ["On-premises products", "By membership"],
    "Signature Cloud Support": ["Cloud products", "By membership"],
    "Advanced Support for Partners": ["Cloud products", "Unlimited"],
    "Premier Support for Partners": ["All products", "Unlimited"],
    "Cloud Solution Provider": ["Cloud products, Azure only", "Not counted"],
}
# Fails N-1 on the day of the tests: only a plan that was bought pays for it.
OLD = {"family": "Windows Server", "version": "2016"}


def csp_only(*roles: Role) -> User:
    """Return a user of Fabrikam who is associated with CSP only."""
    return AffiliationFactory(partner=partner(FABRIKAM), csp_only=True, roles=list(roles)).user


def table(who: User | str) -> dict[str, list[str]]:
    """Return the rows of the comparison, by the plan's name."""
    rows = main_of(visit(who, COMPARE)).one("table").one("tbody").all("tr")
    names = [row.one("th").text for row in rows]
    cells = [row.texts("td") for row in rows]
    return {
        next(known for known in SCOPES if name.startswith(known)): found
        for name, found in zip(names, cells, strict=True)
    }


def bought_for(mpn_id: str, offer: Offer = Offer.PREMIER) -> Plan:
    """Let the partner's admin buy a plan now."""
    return buy(partner=partner(mpn_id), offer=offer, by=admin_of(mpn_id), at=NOW).plan


def press(client: Any, url: str, *, page: Element | None = None) -> Any:
    """Press the button of the confirmation, or of a fresh one."""
    shown = page or page_of(client.get(f"{url}/buy"))
    key = main_of(shown).one("input", name="key").attrs["value"]
    return client.post(f"{url}/buy", {"key": key})


# --- comparing -------------------------------------------------------------------------------


def test_comparison_shows_all_five_plans_and_what_the_partner_has():
    rows = table(ADMIN)

    assert {name: cells[:2] for name, cells in rows.items()} == SCOPES
    assert [cells[2:4] for cells in rows.values()] == [
        ["Membership year and 30 days", "Action Pack, Silver and Gold"],
        ["Membership year and 30 days", "Silver and Gold"],
        ["1 year", "Any partner"],
        ["1 year", "Any partner"],
        ["While enrolled in CSP", "CSP partners, for their customers"],
    ]
    assert [cells[4] for cells in rows.values()] == [
        "17 of 20 left · ends 13 Apr 2027, in 144 days Active",
        "6 of 10 left · ends 13 Apr 2027, in 144 days Active",
        "None now",
        "None now",
        "Not enrolled in CSP",
    ]


def test_comparison_outside_mpn_shows_nothing_of_the_membership_but_what_was_bought():
    bought_for(FABRIKAM)
    agent = csp_only(Role.ADMIN_AGENT)

    assert [cells[4] for cells in table(agent).values()] == [
        "Not shown to accounts of CSP only",
        "Not shown to accounts of CSP only",
        "None now",
        "Unlimited 0 used since 20 Nov 2026 · ends 20 Nov 2027, in 365 days Active",
        "Not enrolled in CSP",
    ]


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (PAT, "A plan is bought for a partner, and this account works for none."),
        (STAFF, "Staff accounts buy no plans."),
        (NO_ROLE, "Ask somebody who can do it: Fritz Baum or Mia Torres"),
    ],
)
def test_plans_tell_whoever_cannot_buy_why(who: str, words: str):
    explained = ("not_authorized", f"You are not authorized for this action {words}")

    assert explanation_in(main_of(visit(who, COMPARE))) == explained
    for url in (ADVANCED, PREMIER):
        main = main_of(visit(who, url))
        assert explanation_in(main) == explained
        assert main.one("button").attrs["aria-disabled"] == "true"
        assert not main.has("a", href=f"{url}/buy")
        assert explanation_in(main_of(visit(who, f"{url}/buy", status=403))) == explained


def test_plans_that_are_sold_offer_the_admin_to_buy_them():
    for url in (ADVANCED, PREMIER):
        assert main_of(visit(ADMIN, url)).has("a", href=f"{url}/buy")


@pytest.mark.parametrize("url", [COMPARE, PREMIER])
def test_navigation_marks_partner_support_plans(url: str):
    navigation = visit(PAT, url).one("nav", id="navigation")

    assert navigation.one("a", aria_current="page").text == "Partner support plans"


# --- buying ----------------------------------------------------------------------------------


def test_confirmation_says_that_it_is_simulated_and_does_nothing():
    rows = row_counts()

    main = main_of(visit(ADMIN, f"{PREMIER}/buy"))

    assert main.one(cls="alert").text == (
        "Simulated purchase Nothing is charged and nothing is ordered. What you get works in this "
        "portal."
    )
    assert main.one("dl").texts("dd") == [
        "Fabrikam · MPN ID 5234567",
        "All products",
        "Unlimited",
        "At once",
        "20 Nov 2027, 09:00",
        "Nothing is charged",
    ]
    assert changed_since(rows) == {}


def test_plan_that_was_bought_shows_its_contract_with_the_contract_id_hidden():
    client = client_of(ADMIN)

    response = press(client, PREMIER)

    plan = Plan.objects.get(benefit="PARTNER_SUPPORT")
    assert response.url == f"{COMPARE}#plan-{plan.public_id}"
    page = page_of(client.get(COMPARE))
    access, secret = numbers(plan.package.contract)
    shown = page.one("section", id=f"plan-{plan.public_id}")
    assert alerts(page) == [
        (
            "Premier Support for Partners is bought and runs until 20 November 2027; nothing was "
            "charged. Its IDs are on this page: link it to your account to use it."
        )
    ]
    assert (shown.one(cls="number-large").text, shown.texts(cls="badge")) == (
        "Unlimited",
        ["Active"],
    )
    assert grouped(access) in shown.text
    assert secret not in digits_in(shown.text)


def test_confirmation_pressed_twice_buys_once():
    client = client_of(ADMIN)
    page = page_of(client.get(f"{PREMIER}/buy"))
    press(client, PREMIER, page=page)
    rows = row_counts()

    press(client, PREMIER, page=page)

    assert alerts(page_of(client.get(COMPARE)))[-1] == (
        "This form was sent before: the plan was bought then, and nothing more was bought."
    )
    assert changed_since(rows) == {}


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_confirmation_without_a_good_key_comes_again_with_one(key: str):
    response = client_of(ADMIN).post(f"{PREMIER}/buy", {"key": key})

    main = main_of(page_of(response))
    assert response.status_code == 400
    assert explanation_in(main)[0] == "idempotency_key_invalid"
    assert len(main.one("input", name="key").attrs["value"]) == 36
    assert not Purchase.objects.exists()


def test_plan_that_runs_says_from_when_its_next_year_can_be_bought():
    bought_for(FABRIKAM)
    said = (
        "renewal_not_open",
        (
            "Fabrikam has Premier Support for Partners until 20 November 2027. The next year can "
            "be bought from 21 October 2027 on; it follows on from this one."
        ),
    )

    assert explanation_in(main_of(visit(ADMIN, PREMIER))) == said
    main = main_of(visit(ADMIN, f"{PREMIER}/buy", status=409))
    assert explanation_in(main) == said
    assert not main.has("form")


def test_purchase_that_was_refused_is_recorded_as_an_attempt():
    client_of(NO_ROLE).post(f"{PREMIER}/buy", {"key": "a-form"})

    record = AuditRecord.objects.get(action="benefits.buy_plan")
    assert (record.refusal_code, record.target_kind, record.target_id, record.partner_mpn_id) == (
        "not_authorized",
        "offer",
        "PREMIER",
        FABRIKAM,
    )


# --- using it --------------------------------------------------------------------------------


def test_partner_in_csp_only_buys_links_and_uses_a_plan():
    client = client_of(LUC)
    press(client, PREMIER)
    plan = Plan.objects.get(benefit="PARTNER_SUPPORT")

    shown = page_of(client.post(reverse("benefits:show-bought-ids", args=[plan.public_id])))
    (link,) = [f for f in main_of(shown).all("form") if "link" in f.attrs["action"]]
    linked = client.post(link.attrs["action"])
    wizard = Wizard(client).at_review(plan, **OLD)
    wizard.review(contact_email="luc@litware.example")

    _access, secret = numbers(plan.package.contract)
    assert secret in digits_in(main_of(shown).text)
    assert AuditRecord.objects.filter(action="benefits.show_pair", actor=account(LUC)).count() == 1
    assert linked.url == reverse("support:plans")
    assert SupportRequest.objects.get(plan=plan).author == account(LUC)
    assert main_of(visit(LUC, "/dashboard/")).one(cls="number-large").text == "Unlimited"
    assert client.get(TECHNICAL).status_code == 403


def test_account_of_elsewhere_links_the_pair_in_a_cloud_portal_and_uses_it_by_its_scope():
    plan = bought_for(LITWARE, Offer.ADVANCED)
    access, secret = numbers(plan.package.contract)
    client = client_of(PAT)

    client.post("/portals/azure/link", {"access_id": access, "contract_id": secret})

    page = page_of(client.get("/portals/azure/plans"))
    assert alerts(page) == [
        (
            "Litware's contract is linked to your account. Unlimited cloud incidents until "
            "20 November 2027."
        )
    ]
    assert main_of(page).one(cls="number-large").text == "Unlimited"
    (card,) = unavailable(Wizard(client).show()).values()
    assert explanation_in(card)[0] == "plan_wrong_scope"


def test_contract_id_is_copied_without_a_page():
    plan = bought_for(LITWARE)
    url = reverse("benefits:show-bought-ids", args=[plan.public_id])

    response = client_of(LUC).post(url, headers={"Accept": "application/json"})

    access, secret = numbers(plan.package.contract)
    assert response.json() == {"accessId": access, "contractId": secret}
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("who", [ADMIN, PAT, "csponly@contoso.example"])
def test_bought_contract_of_another_partner_is_not_there(who: str):
    plan = bought_for(LITWARE)
    rows = row_counts()
    client, caller = client_of(who), session_caller(account(who))

    answers = [
        client.post(reverse("benefits:show-bought-ids", args=[plan.public_id])),
        client.post(reverse("support:link-own", args=[plan.package.contract.public_id])),
        caller.get(f"entitlements/{plan.public_id}"),
        caller.get(f"contracts/{plan.package.contract.public_id}"),
        caller.get(f"contracts/{plan.package.contract.public_id}/ids"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert "benefits.Link" not in changed_since(rows)


def test_plan_of_a_membership_does_not_show_its_ids_at_the_address_of_bought_ones():
    plan = Plan.objects.get(package__partner__mpn_id=FABRIKAM, scope="CLOUD")

    response = client_of(ADMIN).post(reverse("benefits:show-bought-ids", args=[plan.public_id]))

    assert response.status_code == 404


def test_next_years_ids_are_hidden_until_it_starts():
    year = PackageFactory(bought=True, starts_at=NOW, purchase__partner=partner(LITWARE))
    plan = PlanFactory(bought=True, package=year)
    ContractFactory(package=year, starts_at=year.ends_at, ends_at=year.ends_at)

    response = client_of(LUC).post(reverse("benefits:show-bought-ids", args=[plan.public_id]))

    assert response.status_code == 404


def test_bought_plan_is_the_same_on_page_staff_card_wizard_and_api():
    plan = bought_for(FABRIKAM, Offer.ADVANCED)

    page = visit(ADMIN, reverse("benefits:plan", args=[plan.public_id]))
    card = visit(STAFF, reverse("support:staff-partner", args=[FABRIKAM]))
    found = answered(session_caller(account(ADMIN)).get(f"entitlements/{plan.public_id}"))

    on_page = on_benefits_page(page, plan)
    assert on_page == on_staff_card(card, plan)
    assert (on_page.number, on_page.badges) == ("Unlimited", ("Active",))
    assert on_page.line == "0 used since 20 Nov 2026 · ends 20 Nov 2027, in 365 days"
    assert page.one("tr", id=f"plan-{plan.public_id}").one("th").text == (
        "Cloud support incidents Bought · Advanced Support for Partners"
    )
    assert page.one(id="ids").has("a", href=reverse("benefits:replace-ids", args=[plan.public_id]))
    assert card.one(id="say").text == (
        "Gold: 17 of 20 on-premises incidents left until 13 April. 6 of 10 cloud incidents left "
        "until 13 April. Advanced Support for Partners: Cloud is unlimited until 20 November 2027."
    )
    assert {name: found[name] for name in ("benefit", "scope", "level", "status", "unlimited")} == {
        "benefit": "PARTNER_SUPPORT",
        "scope": "CLOUD",
        "level": None,
        "status": "ACTIVE",
        "unlimited": True,
    }
    assert (found["remaining"], found["allotment"], found["explanation"]) == (None, None, None)
    assert found["endsAt"] == found["activateBy"] == "2027-11-20T09:00:00Z"


# --- what is used up leads there -------------------------------------------------------------


def test_used_up_plans_lead_to_the_comparison_wherever_they_are_shown():
    who = admin_of(EXHAUSTED)
    cloud = Plan.objects.get(package__partner__mpn_id=EXHAUSTED, scope="CLOUD")
    step = Wizard(client_of(who)).show(family="Azure", version="App Service")

    places = {
        "notice": visit(who, TECHNICAL).one(id="benefits").one(cls="alert"),
        "home": main_of(visit(who, "/dashboard/")).one(cls="alert"),
        "row": visit(who, reverse("benefits:plan", args=[cloud.public_id])).one(id="details"),
        "card": visit(STAFF, reverse("support:staff-partner", args=[EXHAUSTED])).one(
            "li", data_plan=str(cloud.public_id)
        ),
        "wizard": unavailable(step)[str(cloud.public_id)],
    }

    assert {name: place.has("a", href=COMPARE) for name, place in places.items()} == dict.fromkeys(
        places, True
    )


def test_expander_of_the_wizard_leads_to_the_comparison():
    step = Wizard(client_of(PAT)).show()

    (expander,) = [
        found
        for found in step.all("details")
        if found.one("summary").text == "Do you need to purchase or add more support plans?"
    ]
    assert expander.one("a", href=COMPARE).text == "Compare the partner support plans."
    assert radios(step) == {}


# --- how much it takes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "most"), [(COMPARE, 8), (PREMIER, 9), (f"{ADVANCED}/buy", 9)], ids=str
)
def test_page_takes_few_statements_and_no_more_for_many_years(url: str, most: int):
    few, many = (statements(opening(years(count), url)) for count in (1, 30))

    assert len(few) == len(many) <= most, "\n".join(many)


def years(count: int) -> User:
    """Return the admin of a new partner that has bought so many years."""
    admin = new_admin_of(PurchaseFactory(offer=Offer.ADVANCED, number=count + 1).partner)
    of = admin.affiliations.get().partner
    for number in range(1, count + 1):
        package = PackageFactory(
            bought=True, purchase__partner=of, purchase__number=number, partner=of
        )
        contract = ContractFactory(package=package)
        PlanFactory(bought=True, package=package)
        for kind in IssuedId.Kind:
            IssuedIdFactory(contract=contract, kind=kind)
    return admin
