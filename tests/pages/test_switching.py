"""Which partner an account acts for: said in the menu, switched by a form, read every time."""

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import CONTOSO, FABRIKAM, NORTHWIND, RENEWAL
from partners.models import Affiliation, Customer
from tests.factories import AffiliationFactory, PartnerFactory
from tests.pages.html import Element
from tests.pages.visits import (
    TECHNICAL,
    account,
    alerts,
    client_of,
    main_of,
    page_of,
    plan,
    visit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

MIA = "multi@contoso.example"
DASHBOARD = "/dashboard/"
SWITCH = "/account/switch"


def menu(page: Element) -> Element:
    """Return the account menu."""
    return page.one("details", cls="account-menu")


def test_menu_says_who_one_is_and_for_whom_one_acts():
    said = menu(visit("admin@fabrikam.example", DASHBOARD)).text

    for words in ("Fritz Baum", "admin@fabrikam.example", "Fabrikam", f"MPN ID {FABRIKAM}"):
        assert words in said
    assert "Switch to" not in said


def test_menu_of_an_account_of_no_partner_names_none():
    said = menu(visit("pat@outlook.example", "/supportforbusiness/plans")).text

    assert "Pat Moore" in said
    assert "Acting for" not in said


def test_account_of_two_partners_begins_with_the_first_by_name():
    page = visit(MIA, DASHBOARD)

    buttons = menu(page).all("button", name="mpn_id")
    assert menu(page).one(cls="account-menu__acting").text == f"Contoso MPN ID {CONTOSO}"
    assert [button.attrs["value"] for button in buttons] == [FABRIKAM]


def test_switch_changes_the_partner_and_says_so():
    client = client_of(MIA)

    page = page_of(client.post(SWITCH, {"mpn_id": FABRIKAM}, follow=True))

    assert alerts(page) == ["You now act for Fabrikam."]
    assert menu(page).one(cls="account-menu__acting").text == f"Fabrikam MPN ID {FABRIKAM}"
    assert f"Fabrikam · MPN ID {FABRIKAM}" in main_of(page).text


def test_switch_changes_what_one_sees_and_may():
    client = client_of(MIA)
    of_fabrikam = reverse("benefits:plan", args=[plan(FABRIKAM).public_id])
    of_contoso = reverse("benefits:plan", args=[plan(CONTOSO).public_id])
    assert [client.get(url).status_code for url in (of_fabrikam, of_contoso)] == [404, 200]

    client.post(SWITCH, {"mpn_id": FABRIKAM})

    assert [client.get(url).status_code for url in (of_fabrikam, of_contoso)] == [200, 404]
    assert "Kofi Mensah" in page_of(client.get(of_fabrikam)).text


def test_switch_stays_for_the_session_and_no_longer():
    client = client_of(MIA)
    client.post(SWITCH, {"mpn_id": FABRIKAM})

    again = visit(MIA, TECHNICAL)

    assert f"MPN ID {FABRIKAM}" in main_of(page_of(client.get(TECHNICAL))).text
    assert f"MPN ID {CONTOSO}" in main_of(again).text


def test_switch_to_the_partner_one_acts_for_changes_nothing():
    client = client_of(MIA)

    page = page_of(client.post(SWITCH, {"mpn_id": CONTOSO}, follow=True))

    assert alerts(page) == []
    assert menu(page).one(cls="account-menu__acting").text == f"Contoso MPN ID {CONTOSO}"


@pytest.mark.parametrize("mpn_id", [NORTHWIND, "9999999", "", "x", "' OR 1=1"])
def test_switch_to_a_partner_that_is_not_ones_own_finds_nothing(mpn_id: str):
    client = client_of(MIA)

    response = client.post(SWITCH, {"mpn_id": mpn_id})

    assert response.status_code == 404
    assert "acting_for" not in client.session


def test_switch_to_a_partner_that_was_left_meanwhile_falls_back():
    client = client_of(MIA)
    client.post(SWITCH, {"mpn_id": FABRIKAM})
    Affiliation.objects.filter(user__email=MIA, partner__mpn_id=FABRIKAM).update(partner=spare())

    assert f"MPN ID {FABRIKAM}" not in page_of(client.get(DASHBOARD)).text


def spare() -> object:
    """Return a partner that comes last by name."""
    return PartnerFactory(name="Zzz")


def test_switch_does_not_offer_a_partner_that_is_inactive():
    AffiliationFactory(user=account(MIA), partner=PartnerFactory(name="Asleep", is_active=False))

    assert "Asleep" not in menu(visit(MIA, DASHBOARD)).text


def test_linked_contracts_stay_in_my_plans_whoever_one_acts_for():
    page = visit(MIA, "/supportforbusiness/plans")

    assert main_of(page).texts("h2") == [
        "Linked to this account",
        "Of Contoso, not linked to this account",
        "Add contract",
    ]
    assert page.texts(cls="number-large") == ["17", "6", "20", "Unlimited"]


def test_sign_in_with_another_account_signs_out_first():
    client = client_of(MIA)

    response = client.post("/account/sign-in-other")

    assert (response.status_code, response.url) == (302, reverse("account_login"))
    assert client.get(DASHBOARD).url.startswith(reverse("account_login"))


NAVIGATION = {
    "agent@contoso.example": "Home · Offers · Competencies · Technical benefits · Customers · "
    "{support} · {portals} · My access",
    "admin@contoso.example": "Home · Offers · Competencies · Technical benefits · Customers · "
    "{support} · {portals} · My access · Users and roles · API clients · Audit trail",
    "admin@fabrikam.example": "Home · Offers · Competencies · Technical benefits · "
    "{support} · {portals} · My access · Users and roles · API clients · Audit trail",
    "mpnadmin@contoso.example": "Home · Offers · Competencies · Technical benefits · "
    "{support} · {portals} · My access · Audit trail",
    "pat@outlook.example": "{support} · {portals} · My access",
    "staff@portal.example": "Staff desk · Requests · Partners · Reports",
}


@pytest.mark.parametrize("email", list(NAVIGATION))
def test_navigation_lists_what_there_is_for_the_account(email: str):
    expected = NAVIGATION[email].format(
        support="My requests · My plans · Create a request · Partner support plans",
        portals="Azure · Microsoft 365 · Dynamics 365 · Lifecycle Services",
    )

    page = visit(email, "/dashboard/account/my-access")

    assert " · ".join(page.one("nav", id="navigation").texts("a")) == expected


@pytest.mark.parametrize(
    ("url", "label"),
    [
        (DASHBOARD, "Home"),
        ("/dashboard/mpn/membership/offers", "Offers"),
        ("/dashboard/mpn/membership/competencies", "Competencies"),
        (f"{TECHNICAL}/createadvisoryhours-servicerequest", "Technical benefits"),
        ("/commerce/customers/list", "Customers"),
        ("a customer", "Customers"),
        ("a customer's new request", "Customers"),
        ("/support/partnersupport", "Partner support plans"),
        ("/support/advanced-cloud-support/buy", "Partner support plans"),
        ("/dashboard/account/my-access", "My access"),
        ("/dashboard/account/usermanagement/add", "Users and roles"),
        ("/dashboard/account/api-clients", "API clients"),
        ("/dashboard/account/audit", "Audit trail"),
    ],
)
def test_navigation_marks_the_page_and_what_is_below_it(url: str, label: str):
    customer = Customer.objects.filter(partner__mpn_id=CONTOSO).first()
    assert customer is not None
    routes = {
        "a customer": "support:customer",
        "a customer's new request": "support:customer-new-request",
    }
    if url in routes:
        url = reverse(routes[url], args=[customer.public_id])
    email = "agent@contoso.example" if label == "Customers" else "admin@contoso.example"

    current = visit(email, url).one("nav", id="navigation").all("a", aria_current="page")

    assert [a.text for a in current] == [label]


def test_navigation_marks_the_offers_while_one_is_renewed_or_upgraded():
    renewing = plan(RENEWAL).package.public_id
    upgrading = plan(NORTHWIND).package.public_id
    pages = (
        visit("admin@renewal.example", reverse("memberships:renew", args=[renewing])),
        visit("admin@northwind.example", reverse("memberships:upgrade", args=[upgrading])),
    )

    for page in pages:
        current = page.one("nav", id="navigation").all("a", aria_current="page")
        assert [a.text for a in current] == ["Offers"]


def test_navigation_marks_the_page_and_knows_no_partner_without_one():
    page = visit("admin@fabrikam.example", TECHNICAL)
    without = visit("pat@outlook.example", "/supportforbusiness/plans")

    current = page.one("nav", id="navigation").all("a", aria_current="page")
    assert [a.text for a in current] == ["Technical benefits"]
    assert TECHNICAL not in [a.attrs["href"] for a in without.all("a")]
