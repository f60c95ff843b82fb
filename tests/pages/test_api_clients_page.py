"""API clients: the list, registering one and its secret, and what can be done with one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import AccessToken

from partnercenter.demo.accounts import CONTOSO, FABRIKAM, NORTHWIND
from partners.models import ApiClient
from partners.roles import Role
from partners.scopes import PARTNER_SCOPES
from partners.services.clients import MOST_CLIENTS
from portal import clock
from portal.models import AuditRecord
from tests.factories import AffiliationFactory, ApiClientFactory, token_of
from tests.pages.html import Element, values_in
from tests.pages.test_statements import statements
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    client_of,
    main_of,
    page_of,
    partner,
    visit,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

CLIENTS = "/dashboard/account/api-clients"
OWNER = "admin@fabrikam.example"
DEMO = f"{CLIENTS}/demo-fabrikam"


def form_of(page: Element, url: str) -> Element:
    """Return the form that is sent to this address."""
    return main_of(page).one("form", action=url)


def filled(who: str = OWNER, **fields: Any) -> dict[str, Any]:
    """Return the register form of a page just opened, filled in."""
    form = form_of(visit(who, CLIENTS), CLIENTS)
    return {**values_in(form), "name": "Monitor", "scopes": ["entitlements.read"], **fields}


def register(form: dict[str, Any], who: str = OWNER) -> Any:
    """Send the register form."""
    return client_of(who).post(CLIENTS, form)


def secret_in(page: Element) -> str:
    """Return the secret that the page shows; nothing when it shows none."""
    found = page.all(id="client-secret")
    return found[0].text if found else ""


def newest() -> ApiClient:
    """Return the client that was registered last."""
    return ApiClient.objects.order_by("-pk")[0]


def rows_of(table: Element) -> list[list[str]]:
    """Return the words of a table's cells, row by row."""
    return [
        [cell.text for cell in row if cell.tag in ("th", "td")]
        for row in table.one("tbody").all("tr")
    ]


# --- the list --------------------------------------------------------------------------------


def northwinds_clients() -> None:
    """Register one client that works and one that was revoked, and some of others."""
    of, admin = partner(NORTHWIND), admin_of(NORTHWIND)
    common = {"partner": of, "registered_at": NOW}
    ApiClientFactory(client_id="old", name="Old", revoked=True, revoked_by=admin, **common)
    ApiClientFactory(
        client_id="monitor",
        name="Monitor",
        scopes=["entitlements.read", "events.read"],
        registered_by=admin,
        last_token_at=clock.real_now() - timedelta(days=1),
        **common,
    )
    ApiClientFactory(partner=partner(FABRIKAM), name="Elsewhere")
    ApiClientFactory(staff=True, name="Of staff")


def test_list_names_each_client_with_its_rights_and_its_last_token():
    northwinds_clients()

    active, revoked = main_of(visit("admin@northwind.example", CLIENTS)).all("table")

    rights = "Read entitlements, benefits, contracts, products"
    both = f"{rights} Read the change feed"
    registered = "20 Nov 2026 by Nils Ek"
    assert rows_of(active) == [["Monitor monitor", both, registered, "1 day ago", "Active"]]
    state = "Revoked 2 Mar 2026 by Nils Ek"
    assert rows_of(revoked) == [["Old old", rights, "20 Nov 2026", "never", state]]


def test_list_without_clients_says_what_one_is_and_what_to_do():
    main = main_of(visit("admin@northwind.example", CLIENTS))

    assert not main.has("table")
    assert main.one(cls="empty-state").one("h2").text == "No API clients yet"
    assert main.one(cls="empty-state").text.endswith("which you can take away at any time.")


def test_list_shows_how_to_get_a_token():
    main = main_of(visit(OWNER, CLIENTS))

    example = main.one("pre", id="token-example").text
    assert '--user "CLIENT_ID" --data grant_type=client_credentials' in example
    assert "http://testserver/oauth/token" in example
    assert main.has("a", href=reverse("api:docs"))


def test_list_offers_every_scope_of_partners_with_what_it_means():
    form = form_of(visit(OWNER, CLIENTS), CLIENTS)

    offered = [box.attrs["value"] for box in form.all("input", type="checkbox")]
    assert offered == [scope.value for scope in PARTNER_SCOPES]
    assert all(len(text) > 20 for text in form.texts("span", cls="choice__meaning"))
    assert values_in(form)["scopes"] == "entitlements.read"


def test_list_of_many_revoked_clients_goes_on_by_key():
    of = partner(NORTHWIND)
    for number in range(27):
        ApiClientFactory(partner=of, name=f"Old {number}", revoked=True)

    first = main_of(visit("admin@northwind.example", CLIENTS))
    (older,) = [a.attrs["href"] for a in first.all("a") if a.text == "Older"]
    second = main_of(visit("admin@northwind.example", f"{CLIENTS}{older}"))

    assert [row.one("a").text for row in second.one("tbody").all("tr")] == ["Old 1", "Old 0"]


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "²", ""])
def test_list_from_a_key_that_is_none_begins_at_the_top(key: str):
    assert main_of(visit(OWNER, f"{CLIENTS}?before={key}")).has("table")


def test_navigation_leads_global_admins_there_and_nobody_else():
    def account_section(who: str) -> list[str]:
        links = visit(who, "/dashboard/").one("nav", id="navigation").all("a")
        return [a.text for a in links if a.attrs["href"] == CLIENTS]

    assert account_section(OWNER) == ["API clients"]
    others = ("user@fabrikam.example", "mpnadmin@contoso.example", "admin@litware.example")
    assert [account_section(who) for who in others] == [[], [], []]


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [CLIENTS, f"{CLIENTS}/demo-contoso"])
@pytest.mark.parametrize("who", ["mpnadmin", "agent", "user"])
def test_page_to_another_role_names_who_may(who: str, url: str):
    main = main_of(visit(f"{who}@contoso.example", url, status=403))

    assert main.one("h1").text == "You are not authorized for this action"
    assert main.one(cls="next-step").text == "Ask somebody who can do it: Ana Berg"


@pytest.mark.parametrize("who", ["csponly@contoso.example", "admin@litware.example"])
def test_page_to_csp_only_says_the_same_as_the_benefits(who: str):
    of_clients, of_benefits = (
        main_of(visit(who, url, status=403)).text
        for url in (CLIENTS, reverse("benefits:technical"))
    )

    assert of_clients == of_benefits


def test_page_to_a_global_admin_of_csp_only_is_closed():
    at = AffiliationFactory(partner=partner(CONTOSO), csp_only=True, roles=[Role.GLOBAL_ADMIN])

    for response in (client_of(at.user).get(CLIENTS), client_of(at.user).post(CLIENTS, {})):
        assert response.status_code == 403


# --- registering -----------------------------------------------------------------------------


def test_register_answers_the_secret_on_the_page_itself():
    response = register(filled(scopes=["events.read", "entitlements.read"]))

    page, client = page_of(response), newest()
    secret = secret_in(page)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert check_password(secret, client.client_secret)
    assert (client.name, client.scopes) == ("Monitor", ["entitlements.read", "events.read"])
    assert (client.partner, client.registered_by) == (partner(FABRIKAM), account(OWNER))
    assert client.registered_at == NOW
    assert page.one("button", data_copy_from="#client-secret").text == "Copy secret"
    assert f'--user "{client.client_id}"' in page.one("pre").text


def test_secret_stands_nowhere_but_in_that_answer():
    browser = client_of(OWNER)
    form = filled()
    response = browser.post(CLIENTS, form)

    secret = secret_in(page_of(response))
    assert response.content.decode().count(secret) == 1
    assert not any(secret in str(value) for value in response.headers.values())
    assert secret not in str(dict(browser.session)) + str(list(Session.objects.values()))
    assert secret not in str(list(AuditRecord.objects.values()))
    for url in (CLIENTS, f"{CLIENTS}/{newest().client_id}"):
        assert secret not in browser.get(url).content.decode()


def test_secret_of_the_page_gets_a_token():
    secret = secret_in(page_of(register(filled())))

    response = Client().post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_id": newest().client_id,
            "client_secret": secret,
        },
    )

    assert (response.status_code, response.json()["scope"]) == (200, "entitlements.read")


def test_form_sent_again_registers_nothing_and_offers_a_new_secret():
    form = filled()
    first = register(form)
    count = ApiClient.objects.count()

    again = register(form)

    page = page_of(again)
    assert (again.status_code, ApiClient.objects.count()) == (200, count)
    assert (secret_in(page_of(first)) != "", secret_in(page)) == (True, "")
    assert "the secret was shown once" in page.one(cls="alert--info").text
    assert main_of(page).has("form", action=f"{CLIENTS}/{newest().client_id}/secret")


def test_form_sent_again_with_another_name_is_refused_and_can_be_sent_anew():
    form = filled()
    register(form)

    response = register({**form, "name": "Report"})

    anew = form_of(page_of(response), CLIENTS)
    assert response.status_code == 422
    assert values_in(anew)["name"] == "Report"
    assert values_in(anew)["key"] != form["key"]
    assert secret_in(page_of(register({**values_in(anew)}))) != ""


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": ""}, "Name This field is required."),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"scopes": []}, "Choose at least one thing that the client may do."),
        ({"scopes": ["staff"]}, "staff is not one of the available choices"),
    ],
)
def test_form_with_an_error_says_it_and_keeps_the_rest(fields: dict[str, Any], error: str):
    form = filled(**{"name": "Monitor", "scopes": ["events.read"], **fields})
    count = ApiClient.objects.count()

    response = register(form)

    page = page_of(response)
    held = values_in(form_of(page, CLIENTS))
    assert (response.status_code, ApiClient.objects.count()) == (400, count)
    assert error in page.one(cls="error-summary").text
    assert (held["name"], held["key"]) == (form["name"], form["key"])
    assert held.get("scopes", "") == ("events.read" if form["scopes"] == ["events.read"] else "")


def test_form_for_one_too_many_says_so_and_keeps_what_was_typed():
    ApiClientFactory.create_batch(MOST_CLIENTS - 1, partner=partner(FABRIKAM))

    response = register(filled(name="One more"))

    page = page_of(response)
    assert response.status_code == 400
    assert page.one(cls="explanation").text == (
        "Fabrikam has 20 API clients already, and more are not allowed. "
        "Revoke one that is no longer used."
    )
    assert values_in(form_of(page, CLIENTS))["name"] == "One more"
    record = AuditRecord.objects.order_by("-pk")[0]
    assert (record.action, record.refusal_code) == ("partners.register_client", "validation_error")


# --- one client ------------------------------------------------------------------------------


def test_page_of_a_client_shows_its_facts_and_its_rights():
    page = visit(OWNER, DEMO)

    main = main_of(page)
    assert main.one("h1").text == "API clients | Fabrikam's demo client"
    assert main.one(id="client-id").text == "demo-fabrikam"
    boxes = form_of(page, f"{DEMO}/scopes").all("input", type="checkbox")
    assert [box.attrs["value"] for box in boxes if "checked" in box.attrs] == list(PARTNER_SCOPES)
    assert secret_in(main) == ""


def test_new_secret_is_shown_once_and_stops_the_old_one():
    client = ApiClient.objects.get(client_id="demo-fabrikam")
    token_of(client)
    form = values_in(form_of(visit(OWNER, DEMO), f"{DEMO}/secret"))

    first, again = (client_of(OWNER).post(f"{DEMO}/secret", form) for _time in range(2))

    secret = secret_in(page_of(first))
    client.refresh_from_db()
    assert re.fullmatch(r"[A-Za-z0-9]{43}", secret)
    assert check_password(secret, client.client_secret)
    assert AccessToken.objects.count() == 0
    assert "no-store" in first["Cache-Control"]
    assert secret_in(page_of(again)) == ""
    assert "the secret was shown once" in page_of(again).one(cls="alert--info").text


def test_rights_are_changed_and_said():
    browser = client_of(OWNER)

    response = browser.post(f"{DEMO}/scopes", {"scopes": ["events.read"]}, follow=True)

    assert response.redirect_chain == [(DEMO, 302)]
    assert alerts(page_of(response)) == ["The rights of Fabrikam's demo client are changed."]
    assert ApiClient.objects.get(client_id="demo-fabrikam").scopes == ["events.read"]


def test_rights_that_are_none_are_refused_on_the_page():
    response = client_of(OWNER).post(f"{DEMO}/scopes", {})

    assert response.status_code == 400
    assert "Choose at least one" in page_of(response).one(cls="error-summary").text
    assert len(ApiClient.objects.get(client_id="demo-fabrikam").scopes) == len(PARTNER_SCOPES)


def test_revoked_client_is_listed_below_and_offers_nothing_more():
    browser = client_of(OWNER)

    response = browser.post(f"{DEMO}/revoke", follow=True)

    page = page_of(response)
    assert response.redirect_chain == [(CLIENTS, 302)]
    assert alerts(page) == [
        "Fabrikam's demo client is revoked: its secret and its tokens have stopped working."
    ]
    assert main_of(page).texts("h2")[-1] == "Revoked clients"
    assert main_of(page).one("table").texts("a") == ["Fabrikam's demo client"]
    own = main_of(visit(OWNER, DEMO))
    assert (own.all("form"), own.one(cls="badge").text) == ([], "Revoked")


def test_revoked_client_takes_no_new_secret():
    browser = client_of(OWNER)
    form = values_in(form_of(visit(OWNER, DEMO), f"{DEMO}/secret"))
    browser.post(f"{DEMO}/revoke")

    response = browser.post(f"{DEMO}/secret", form)

    assert response.status_code == 400
    assert main_of(page_of(response)).one("h1").text == (
        "Fabrikam's demo client was revoked, and that cannot be undone."
    )


def test_client_of_the_partner_one_does_not_act_for_is_not_found():
    other = AffiliationFactory(
        user=account(OWNER), partner=partner(NORTHWIND), roles=[Role.GLOBAL_ADMIN]
    )
    client = ApiClientFactory(partner=other.partner)

    visit(OWNER, f"{CLIENTS}/{client.client_id}", status=404)


# --- statements ------------------------------------------------------------------------------


def test_page_takes_as_many_statements_for_twenty_clients_as_for_one():
    def opening(mpn_id: str, clients: int) -> list[str]:
        at = partner(mpn_id)
        admin = admin_of(mpn_id)
        for revoked in (True, False):
            traits = {"revoked": revoked, "registered_by": admin}
            ApiClientFactory.create_batch(clients, partner=at, **traits)
        browser = client_of(admin)
        return statements(lambda: browser.get(CLIENTS))

    few, many = opening(NORTHWIND, 1), opening(CONTOSO, MOST_CLIENTS - 1)

    assert len(few) == len(many) <= 8, "\n".join(many)
