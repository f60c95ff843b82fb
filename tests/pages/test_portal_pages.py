"""Cloud portals: Help + support and Support plans; what remains, and why not; nothing vanishes."""

import pytest
from django.urls import reverse

from benefits.allotments import Scope
from partnercenter.demo.accounts import ADATUM, CONTOSO, EXHAUSTED, EXPIRED, FABRIKAM, PENDING
from support.portals import CLOUD_PORTALS, CloudPortal
from tests.pages.html import Element
from tests.pages.portals import NAMES, PORTALS
from tests.pages.shown import badges_in, explanation_in
from tests.pages.states import ENDED, USED_UP, WAITING
from tests.pages.visits import TECHNICAL, admin_of, main_of, plan, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

PAT = "pat@outlook.example"
IN_EACH = pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.slug)
ELSEWHERE = (
    "17 incidents remaining, for on-premises products only. "
    "Use them in Support for Business, for an on-premises product."
)
NO_CLOUD = (
    "Action Pack has no cloud support: its incidents are for on-premises products. "
    "For cloud products, compare the partner support plans."
)


def at(portal: CloudPortal, page: str = "") -> str:
    """Return the address of a page of the portal."""
    return f"/portals/{portal.slug}/{page}"


def rows_in(main: Element) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Return each plan of the tables: title, large number, badges, code of the explanation."""
    return [
        (
            row.one("strong").text,
            row.one(cls="number-large").text,
            badges_in(row),
            explanation_in(row)[0],
        )
        for row in main.all("tr")
        if row.has(cls="number-large")
    ]


@IN_EACH
def test_portal_has_its_name_its_pages_and_a_way_back(portal: CloudPortal):
    page = visit(admin_of(FABRIKAM), at(portal))

    name = NAMES[portal.slug]
    assert page.one("header").one(cls="brand").text == f"{name} Simulation"
    assert main_of(page).one("h1").text == f"{name} | Help + support"
    links = [(a.text, a.attrs["href"]) for a in page.one("nav", id="navigation").all("a")]
    assert links == [
        ("Help + support", at(portal)),
        ("Support plans", at(portal, "plans")),
        ("Link support benefits", at(portal, "link")),
        ("+ New support request", at(portal, "create")),
        *((NAMES[other.slug], at(other)) for other in PORTALS if other != portal),
        ("Support for Business", "/supportforbusiness/manage"),
        ("Back to Partner Center", "/dashboard/"),
    ]


@IN_EACH
@pytest.mark.parametrize("page", ["", "plans", "link", "create"])
def test_portal_marks_the_page_one_is_at(portal: CloudPortal, page: str):
    navigation = visit(PAT, at(portal, page)).one("nav", id="navigation")

    current = [a.attrs["href"] for a in navigation.all("a", aria_current="page")]
    assert current == [at(portal, page)]


@IN_EACH
def test_start_page_shows_what_remains_at_a_glance(portal: CloudPortal):
    main = main_of(visit(admin_of(FABRIKAM), at(portal)))

    cloud, on_premises = main.all("li", cls="tile")
    assert (cloud.one("h3").text, cloud.one(cls="number-large").text) == (
        "Cloud support incidents",
        "6",
    )
    assert explanation_in(cloud) == ("", "")
    assert on_premises.one(cls="number-large").text == "17"
    assert explanation_in(on_premises) == ("plan_wrong_scope", ELSEWHERE)


def test_start_page_of_an_account_without_plans_says_what_needs_none():
    main = main_of(visit(PAT, "/portals/azure/"))

    assert main.texts(cls="alert") == [
        (
            "This account has no plan that it can use here. "
            "Billing and subscription requests need none."
        )
    ]
    assert not main.has(cls="tile")


@IN_EACH
def test_plans_lists_what_pays_here_and_on_premises_with_the_way_to_use_it(portal: CloudPortal):
    main = main_of(visit(admin_of(FABRIKAM), at(portal, "plans")))

    assert rows_in(main) == [
        ("Cloud support incidents", "6", ("Active",), ""),
        ("On-premises support incidents", "17", ("Active",), "plan_wrong_scope"),
    ]
    (reason,) = main.all(cls="explanation")
    assert reason.text == ELSEWHERE
    assert reason.one("a").attrs["href"] == reverse("support:create")
    assert main.texts("h2") == [
        f"You can use these in {NAMES[portal.slug]}",
        f"Not usable in {NAMES[portal.slug]} now",
    ]


@IN_EACH
@pytest.mark.parametrize(
    ("mpn_id", "badge", "code"),
    [
        (EXHAUSTED, "Used up", ["no_incidents_remaining", "plan_wrong_scope"]),
        (EXPIRED, "Ended", ["contract_expired", "contract_expired"]),
        (PENDING, "Pending", ["activation_pending", "activation_pending"]),
        (CONTOSO, "Not activated", ["benefit_not_activated", "benefit_not_activated"]),
        (ADATUM, "Active", ["plan_not_included"]),
    ],
)
def test_plans_that_do_not_pay_stay_listed_with_the_reason(
    portal: CloudPortal, mpn_id: str, badge: str, code: list[str]
):
    main = main_of(visit(admin_of(mpn_id), at(portal, "plans")))

    rows = rows_in(main)
    assert {badges for _title, _number, badges, _code in rows} == {(badge,)}
    assert sorted(code for _title, _number, _badges, code in rows) == code
    assert main.texts(cls="alert") == [
        f"You cannot use any of your plans in {NAMES[portal.slug]} now; each says why."
    ]


@pytest.mark.parametrize(
    ("mpn_id", "sentence"), [(EXPIRED, ENDED), (PENDING, WAITING), (ADATUM, NO_CLOUD)]
)
def test_reason_of_a_plan_tells_date_and_next_step(mpn_id: str, sentence: str):
    main = main_of(visit(admin_of(mpn_id), "/portals/azure/plans"))

    assert {reason.text for reason in main.all(cls="explanation")} == {sentence}


def test_plan_used_up_tells_since_when():
    main = main_of(visit(admin_of(EXHAUSTED), "/portals/azure/plans"))

    used_up = [r.text for r in main.all(cls="explanation", data_code="no_incidents_remaining")]
    since = USED_UP.partition("since ")[2].partition(".")[0]
    assert len(used_up) == 1
    assert since in used_up[0]


def test_plans_of_an_account_without_any_says_how_to_get_one():
    main = main_of(visit(PAT, "/portals/azure/plans"))

    assert main.texts("h2") == ["No support plans yet"]
    assert main.has("a", href="/portals/azure/link")


def test_portal_of_another_name_is_not_there():
    visit(PAT, "/portals/power-platform/", status=404)


def test_navigation_of_partner_center_leads_to_each_portal():
    navigation = visit(admin_of(FABRIKAM), "/dashboard/").one("nav", id="navigation")

    addresses = [a.attrs["href"] for a in navigation.all("a")]
    assert [a for a in addresses if a.startswith("/portals/")] == [at(p) for p in PORTALS]


@pytest.mark.parametrize(
    ("scope", "portals"), [(Scope.ON_PREMISES, []), (Scope.CLOUD, [at(p) for p in PORTALS])]
)
def test_benefit_says_where_to_use_it(scope: Scope, portals: list[str]):
    url = f"{TECHNICAL}/{plan(FABRIKAM, scope).public_id}"

    main = main_of(visit(admin_of(FABRIKAM), url))

    addresses = [a.attrs["href"] for a in main.all("a")]
    assert [a for a in addresses if a.startswith("/portals/")] == portals


def test_my_plans_leads_to_the_portals():
    main = main_of(visit(admin_of(FABRIKAM), "/supportforbusiness/plans"))

    addresses = {a.attrs["href"] for a in main.all("a")}
    assert {at(p) for p in CLOUD_PORTALS.values()} <= addresses
