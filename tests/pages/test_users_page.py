"""Users and roles: the list, one user, and what becomes of them at once."""

from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from benefits.models import Contract
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, LITWARE
from partners.models import Affiliation, User
from partners.roles import Role
from portal.models import AuditRecord
from tests.factories import AffiliationFactory, PartnerFactory
from tests.pages.html import Element
from tests.pages.test_statements import statements
from tests.pages.visits import (
    TECHNICAL,
    account,
    alerts,
    client_of,
    contract,
    main_of,
    page_of,
    partner,
    plan,
    visit,
)
from tests.stories import admin_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

USERS = "/dashboard/account/usermanagement"
ADD = f"{USERS}/add"
ANA, LI, INGRID = "admin@contoso.example", "mpnadmin@contoso.example", "user@contoso.example"


def url_of(email: str, change: str = "") -> str:
    """Return the address of a user, or of one of the changes."""
    page = f"{USERS}/{account(email).public_id}"
    return f"{page}/{change}" if change else page


def change(email: str, what: str, *, by: str = ANA, **fields: Any) -> Any:
    """Send one of the forms on a user's page."""
    return client_of(by).post(url_of(email, what), fields)


def add(*, by: str = ANA, **fields: Any) -> Any:
    """Send the form that adds a user."""
    form = {"email": "new@contoso.example", "name": "Nia New", "programs": ["MPN"], **fields}
    return client_of(by).post(ADD, form)


def rows_of(page: Element) -> list[list[str]]:
    """Return the words of the table's cells, row by row."""
    body = main_of(page).one("tbody")
    return [[c.text for c in row if c.tag in ("th", "td")] for row in body.all("tr")]


def names_on(page: Element) -> list[str]:
    """Return the names on a page of the list."""
    body = main_of(page).one("tbody")
    return [row.one("th").one("a").text for row in body.all("tr")]


def checked(page: Element, name: str) -> list[str]:
    """Return which boxes of that name are checked."""
    boxes = main_of(page).all("input", name=name)
    return [box.attrs["value"] for box in boxes if "checked" in box.attrs]


def last_record() -> tuple[str, str, str]:
    """Return action, target and refusal of the newest record."""
    record = AuditRecord.objects.order_by("-pk")[0]
    return record.action, record.target_id, record.refusal_code


# --- the list --------------------------------------------------------------------------------


def test_list_names_the_people_of_the_partner_and_nobody_else():
    AffiliationFactory(partner=partner(CONTOSO), user__staff=True, user__name="Of Staff")

    assert rows_of(visit(ANA, USERS)) == [
        ["Ana Berg (you) admin@contoso.example", "MPN, CSP", "Global admin", "Active"],
        ["Chris Poe csponly@contoso.example", "CSP", "Admin agent", "Active"],
        ["Ingrid Holm user@contoso.example", "MPN", "no role", "Active"],
        ["Li Wei mpnadmin@contoso.example", "MPN", "MPN partner admin", "Active"],
        ["Mia Torres multi@contoso.example", "MPN", "no role", "Active"],
        ["Omar Said agent@contoso.example", "MPN, CSP", "Admin agent", "Active"],
    ]


@pytest.mark.parametrize(
    ("begins", "found"),
    [
        ("IN", ["Ingrid Holm"]),
        ("csponly@", ["Chris Poe"]),
        (" li ", ["Li Wei"]),
        ("", ["Ana Berg", "Chris Poe", "Ingrid Holm", "Li Wei", "Mia Torres", "Omar Said"]),
    ],
)
def test_list_is_searched_by_the_beginning_of_name_or_address(begins: str, found: list[str]):
    assert names_on(visit(ANA, f"{USERS}?name={begins}")) == found


def test_list_without_anybody_found_says_so():
    main = main_of(visit(ANA, f"{USERS}?name=<Zoe>"))

    assert "No user begins with “<Zoe>”." in main.text
    assert not main.has("table")


def test_list_by_pages_shows_everybody_once():
    for number in range(60):
        AffiliationFactory(partner=partner(CONTOSO), user__name=f"Same {number % 30:02}")
    client, url, pages = client_of(ANA), f"{USERS}?name=same", []
    while url:
        page = page_of(client.get(url))
        pages.append(names_on(page))
        more = [a.attrs["href"] for a in main_of(page).all("a") if a.text == "More users"]
        url = f"{USERS}{more[0]}" if more else ""

    assert [len(names) for names in pages] == [25, 25, 10]
    assert [name for names in pages for name in names] == sorted(
        f"Same {number % 30:02}" for number in range(60)
    )


@pytest.mark.parametrize("key", ["x", "1", "00000000-0000-0000-0000-000000000000"])
def test_list_from_a_key_that_is_none_begins_at_the_top(key: str):
    assert names_on(visit(ANA, f"{USERS}?after={key}"))[0] == "Ana Berg"


@pytest.mark.parametrize("who", [LI, "agent@contoso.example", INGRID])
def test_page_to_another_role_names_who_may(who: str):
    assert "Ana Berg" in main_of(visit(who, USERS, status=403)).text


def test_list_takes_few_statements_and_no_more_for_a_hundred_users():
    taken = []
    for rows in (1, 100):
        of = PartnerFactory()
        admin = admin_of(of)
        for _row in range(rows):
            AffiliationFactory(partner=of, roles=[Role.ADMIN_AGENT, Role.SALES_AGENT])
        client = client_of(admin)
        opened = [USERS, f"{USERS}/{admin.public_id}", "/dashboard/account/my-access"]
        taken.append([len(statements(partial(client.get, url))) for url in opened])

    few, many = taken
    assert few == many
    assert max(many) <= 8


# --- adding ----------------------------------------------------------------------------------


def test_added_user_stands_in_the_list_with_programs_and_roles():
    response = add(roles=["ADMIN_AGENT"], programs=["MPN", "CSP"])

    assert response.url == url_of("new@contoso.example")
    row = rows_of(visit(ANA, f"{USERS}?name=nia"))
    assert row == [["Nia New new@contoso.example", "MPN, CSP", "Admin agent", "Active"]]


def test_account_of_another_company_is_added_and_nothing_of_it_is_told():
    email = "admin@northwind.example"
    client = client_of(ANA)

    response = client.post(ADD, {"email": email, "name": "Nia New", "programs": ["MPN"]})

    pages = [client.get(url) for url in (response.url, f"{USERS}?name=n", f"{USERS}?name=nils")]
    assert alerts(page_of(pages[0])) == [
        f"{email} can act for Contoso now. A mail that says how to begin is on its way."
    ]
    assert names_on(page_of(pages[1])) == ["Nia New"]
    assert [text for text in ("Nils", "Northwind T") if text in "".join(map(body, pages))] == []


def body(response: Any) -> str:
    """Return the page, without what was searched for."""
    return str(response.content.decode()).replace("nils", "")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "nobody"}, "Enter a valid email address."),
        ({"email": "staff@portal.example"}, "This address can't be added."),
        ({"email": INGRID}, "This address works for Contoso already."),
        ({"email": f"{'x' * 300}@contoso.example"}, "at most 254 characters"),
        ({"programs": []}, "Choose at least one program."),
        ({"programs": ["XYZ"]}, "Select a valid choice."),
        ({"roles": ["KING"]}, "Select a valid choice."),
        ({"name": "x" * 121}, "at most 120 characters"),
    ],
)
def test_user_that_may_not_be_added_is_told_why_and_typing_is_kept(
    fields: dict[str, Any], sentence: str
):
    response = add(**fields)

    page = page_of(response)
    assert response.status_code == 400
    assert sentence in main_of(page).text
    sent = {"email": "new@contoso.example", "name": "Nia New", **fields}
    kept = {
        name: main_of(page).one("input", name=name).attrs["value"] for name in ("email", "name")
    }
    assert kept == {"email": sent["email"], "name": sent["name"]}


def test_refused_addition_of_a_staff_account_is_recorded_without_the_address():
    add(email="staff@portal.example")

    assert last_record() == ("partners.add_user", "", "validation_error")
    assert AuditRecord.objects.order_by("-pk")[0].facts == {"field": "email"}


def test_form_offers_the_programs_that_the_partner_is_enrolled_in():
    litware = visit("admin@litware.example", ADD)

    assert [box.attrs["value"] for box in litware.all("input", name="programs")] == ["CSP"]
    assert checked(litware, "programs") == ["CSP"]
    assert add(by="admin@litware.example", programs=["CSP"]).status_code == 302
    assert Affiliation.objects.get(user__name="Nia New").partner == partner(LITWARE)


# --- one user --------------------------------------------------------------------------------


def test_user_page_shows_what_is_held():
    page = visit(ANA, url_of("csponly@contoso.example"))

    assert (checked(page, "programs"), checked(page, "roles")) == (["CSP"], ["ADMIN_AGENT"])
    assert "Admin agent since 20 Nov 2026" in main_of(page).one("dl").text


def test_roles_are_changed_and_the_page_says_so():
    client = client_of(ANA)

    response = client.post(url_of(INGRID, "roles"), {"roles": ["MPN_PARTNER_ADMIN"]})

    assert response.url == url_of(INGRID)
    page = page_of(client.get(response.url))
    assert alerts(page) == ["The rights of Ingrid Holm are changed."]
    assert checked(page, "roles") == ["MPN_PARTNER_ADMIN"]
    assert last_record() == ("partners.set_roles", str(account(INGRID).public_id), "")


@pytest.mark.parametrize(
    ("what", "fields", "status"),
    [
        ("roles", {"roles": ["ADMIN_AGENT"]}, 409),
        ("programs", {"programs": ["CSP"]}, 409),
        ("remove", {}, 409),
        ("roles", {"roles": ["KING"]}, 400),
        ("programs", {}, 400),
    ],
)
def test_refused_change_shows_the_form_as_it_was_sent(
    what: str, fields: dict[str, Any], status: int
):
    response = change(ANA, what, **fields)

    page = page_of(response)
    assert response.status_code == status
    if status == 409:
        shown = main_of(page).one(data_code="last_global_admin")
        assert "Ana Berg is the last Global admin of Contoso" in shown.text
        assert shown.one("a").attrs["href"] == USERS
        assert last_record()[1:] == (str(account(ANA).public_id), "last_global_admin")
    sent = {"programs": ["MPN", "CSP"], "roles": ["GLOBAL_ADMIN"], **fields}
    known = {name: [v for v in values if v != "KING"] for name, values in sent.items()}
    if what == "programs" and not fields:
        known["programs"] = []
    assert {name: checked(page, name) for name in ("programs", "roles")} == known


def test_removed_user_is_gone_from_the_list_and_nothing_of_theirs_is():
    before = User.objects.count()
    client = client_of(ANA)

    response = client.post(url_of(INGRID, "remove"))

    page = page_of(client.get(response.url))
    assert alerts(page) == ["Ingrid Holm no longer works for Contoso."]
    assert "Ingrid Holm" not in names_on(page)
    assert client.get(url_of(INGRID)).status_code == 404
    assert User.objects.count() == before


def test_who_gives_up_the_own_role_sees_what_is_left_of_it():
    change(LI, "roles", roles=["GLOBAL_ADMIN"])

    response = change(ANA, "roles", roles=[])

    assert response.url == "/dashboard/account/my-access"
    assert client_of(ANA).get(USERS).status_code == 403


@pytest.mark.parametrize("email", ["admin@fabrikam.example", "staff@portal.example"])
def test_user_of_nobody_here_is_not_there(email: str):
    answers = [client_of(ANA).get(url_of(email)).status_code]
    answers += [change(email, what).status_code for what in ("roles", "programs", "remove")]

    assert answers == [404] * 4


# --- at once ---------------------------------------------------------------------------------


def opened(email: str) -> Client:
    """Return the browser of an account that has Technical benefits open."""
    client: Client = client_of(email)
    assert client.get(TECHNICAL).status_code == 200
    return client


@pytest.mark.parametrize(
    ("what", "fields"), [("roles", {}), ("programs", {"programs": ["CSP"]}), ("remove", {})]
)
def test_right_taken_away_ends_at_once_in_an_open_page(what: str, fields: dict[str, Any]):
    client = opened(LI)

    change(LI, what, **fields)

    url = reverse("benefits:activate", args=[plan(CONTOSO).public_id])
    assert client.post(url).status_code == 403
    assert not Contract.objects.filter(package__membership__partner__mpn_id=CONTOSO).exists()
    assert client.get("/dashboard/account/audit").status_code == 403


def test_right_given_begins_at_once_in_an_open_page():
    client = opened(INGRID)
    url = reverse("benefits:activate", args=[plan(CONTOSO).public_id])
    assert client.post(url).status_code == 403

    change(INGRID, "roles", roles=["MPN_PARTNER_ADMIN"])

    assert client.post(url).status_code == 302
    assert contract(CONTOSO).package.partner == partner(CONTOSO)


def test_right_taken_away_ends_at_once_for_a_session_that_calls_the_api():
    email, api = "user@fabrikam.example", "/api/v1/entitlements"
    client = client_of(email)
    before = client.get(api).json()["totalCount"]

    change(email, "remove", by="admin@fabrikam.example")

    # It linked Fabrikam's contract: what a link lets it use stays, as for any account.
    listed = client.get(api).json()
    assert before > 0
    assert client.get(f"/api/v1/partners/{FABRIKAM}").status_code == 404
    assert {item["linked"] for item in listed["items"]} == {True}


def test_wizard_opened_before_does_not_link_what_is_the_companys():
    email = "user@fabrikam.example"
    client = client_of(email)
    of = contract(FABRIKAM)
    client.post(reverse("support:unlink", args=[of.public_id]))
    assert "Link it now" in client.get("/supportforbusiness/plans").content.decode()

    change(email, "remove", by="admin@fabrikam.example")

    assert client.post(reverse("support:link-own", args=[of.public_id])).status_code == 404
    assert not of.links.in_force().filter(user__email=email).exists()
