"""The accounts that have linked a contract: who sees them, who takes a contract away, what then."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from benefits.models import Link
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, NORTHWIND, PENDING
from partners.models import User
from partners.roles import Role
from portal.models import AuditRecord
from tests.factories import AffiliationFactory, LinkFactory, PartnerFactory, UserFactory
from tests.pages.html import Element
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    client_of,
    contract,
    main_of,
    page_of,
    partner,
    plan,
    visit,
)
from tests.pages.wizard import SERVER, Wizard
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ADMIN = "admin@fabrikam.example"
COLLEAGUE = "user@fabrikam.example"
CONSULTANT = "consultant@outlook.example"
IN_DEMO = ["Kofi Mensah", "Mia Torres", "Uta Lang", "Fritz Baum"]
TAKEN_AWAY = (
    "link_revoked",
    (
        "Fabrikam took this contract away from your account on 20 November 2026. "
        "Ask an admin of Fabrikam to give it back."
    ),
)


def address(name: str = "accounts", email: str = "", *, mpn_id: str = FABRIKAM) -> str:
    """Return the address of the list, or of what is done to one account on it."""
    of = [account(email).public_id] if email else []
    return reverse(f"benefits:{name}", args=[plan(mpn_id).public_id, *of])


def accounts_on(page: Element) -> list[str]:
    """Return the names on the list."""
    rows = page.all("th", scope="row")
    return [str(row.children[0]).strip() for row in rows]


def row_of(page: Element, email: str) -> Element:
    """Return the row of an account."""
    return page.one("tr", id=f"account-{account(email).public_id}")


def found(typed: str, **query: str) -> Element:
    """Return the list after something was typed into the box."""
    return page_of(client_of(ADMIN).get(address(), {"account": typed, **query}))


def with_role(role: Role) -> User:
    """Return a user of Fabrikam with this role."""
    return AffiliationFactory(partner=partner(FABRIKAM), roles=[role]).user


def do(name: str, email: str = CONSULTANT, *, who: User | str = ADMIN, **form: str) -> Any:
    """Press Revoke or Restore on an account's row; return the browser and the answer."""
    client = client_of(who)
    return client, client.post(address(f"{name}-account", email), form)


def said(client: Any, response: Any) -> list[str]:
    """Return what the page that follows says."""
    return alerts(page_of(client.get(response.url)))


# --- who sees it -----------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN, Role.ADMIN_AGENT])
def test_list_is_shown_to_those_who_may_see_linked_accounts(role: Role):
    page = visit(with_role(role), address())

    assert accounts_on(page) == IN_DEMO


@pytest.mark.parametrize("role", [Role.HELPDESK_AGENT, Role.ACCOUNT_ADMIN, Role.REPORT_VIEWER])
def test_list_for_others_is_refused_with_who_may(role: Role):
    main = main_of(visit(with_role(role), address(), status=403))

    assert main.one("h1").text == "You are not authorized for this action"
    assert main.one(cls="next-step__people").text == "Fritz Baum or Mia Torres"
    assert not any(name in main.text for name in ("Kofi Mensah", "Uta Lang"))


@pytest.mark.parametrize("mpn_id", [CONTOSO, PENDING])
def test_list_before_the_contract_starts_is_not_there(mpn_id: str):
    visit(admin_of(mpn_id), address(mpn_id=mpn_id), status=404)


def test_row_leads_those_who_may_see_the_accounts_to_the_list():
    url = reverse("benefits:plan", args=[plan(FABRIKAM).public_id])

    assert visit(ADMIN, url).has("a", href=address())
    assert not visit(COLLEAGUE, url).has("a", href=address())


# --- what it says ----------------------------------------------------------------------------


def test_row_of_each_account_says_who_since_when_by_which_way_and_in_which_state():
    row = row_of(visit(ADMIN, address()), CONSULTANT)

    assert row.one("th").text == f"Kofi Mensah {CONSULTANT}"
    assert row.texts("td")[:3] == ["no company", "22 Aug 2026 with both IDs", "In force"]


def test_row_of_an_account_names_every_company_it_works_for():
    page = visit(ADMIN, address())

    assert row_of(page, "multi@contoso.example").texts("td")[0] == "Contoso, Fabrikam"
    assert row_of(page, ADMIN).one("th").text == f"Fritz Baum (you) {ADMIN}"


def test_row_of_a_dropped_link_stays_with_its_day():
    Link.objects.filter(user=account(CONSULTANT)).update(dropped_at=NOW)

    row = row_of(visit(ADMIN, address()), CONSULTANT)

    assert row.texts("td")[2] == "Dropped 20 Nov 2026 by the account itself"


def test_row_of_a_program_says_that_it_is_one():
    LinkFactory(contract=contract(FABRIKAM), user__client=True, user__name="Night job")

    page = visit(ADMIN, address())

    assert "Night job API client" in page.texts("th", scope="row")


def test_list_of_another_contract_holds_only_its_own_accounts():
    page = visit(admin_of(NORTHWIND), address(mpn_id=NORTHWIND))

    assert "Kofi Mensah" not in accounts_on(page)


# --- finding ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("kofi", ["Kofi Mensah"]),
        (" KOFI M", ["Kofi Mensah"]),
        ("Consultant@", ["Kofi Mensah"]),
        ("СЕВЕР", ["Северин Ветров"]),
        ("mensah", []),
        ("%", []),
        ("_", []),
    ],
)
def test_search_finds_the_beginning_of_a_name_or_an_address(typed: str, names: list[str]):
    LinkFactory(contract=contract(FABRIKAM), user__name="Северин Ветров")
    LinkFactory(user__name="Kofi Elsewhere")

    page = found(typed)

    assert accounts_on(page) == names
    assert page.one("input", id="id_account").attrs["value"] == typed
    assert ("No linked account begins with" in page.text) is (names == [])


def test_list_beyond_25_goes_on_by_key_and_keeps_the_search():
    for number in range(30):
        at = NOW - timedelta(minutes=number // 2)
        LinkFactory(contract=contract(FABRIKAM), user__name=f"Many {number:02}", linked_at=at)
    client = client_of(ADMIN)
    first = page_of(client.get(address(), {"account": "many"}))
    (older,) = [a for a in main_of(first).all("a") if a.text == "Older"]

    second = page_of(client.get(f"{address()}{older.attrs['href']}"))

    assert (len(accounts_on(first)), len(accounts_on(second))) == (25, 5)
    names = accounts_on(first) + accounts_on(second)
    assert sorted(names) == [f"Many {number:02}" for number in range(30)]
    (newest,) = [a for a in main_of(second).all("a") if a.text == "Newest"]
    assert newest.attrs["href"] == f"{address()}?account=many"


@pytest.mark.parametrize("key", ["x", "²", "9" * 40, "-1", "999999999"])
def test_list_from_a_key_that_is_none_begins_at_the_latest(key: str):
    assert accounts_on(found("", before=key)) == IN_DEMO


# --- taking away and giving back -------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN])
def test_revoke_by_either_admin_says_and_shows_it(role: Role):
    admin = with_role(role)

    client, response = do("revoke", who=admin)

    assert response.url == address()
    page = page_of(client.get(response.url))
    assert alerts(page) == [
        "The contract is taken away from Kofi Mensah until an admin restores it."
    ]
    assert row_of(page, CONSULTANT).texts("td")[2] == f"Revoked 20 Nov 2026 by {admin.name}"
    record = AuditRecord.objects.get(action="benefits.revoke_link", refusal_code="")
    assert (record.actor, record.target_id) == (admin, str(contract(FABRIKAM).public_id))


def test_revoke_is_confirmed_in_place():
    row = row_of(visit(ADMIN, address()), CONSULTANT)

    confirmation = row.one("details")
    assert confirmation.one("summary").text == "Revoke"
    assert "can't use or link this contract" in confirmation.one("p").text
    assert confirmation.one("form").attrs["action"] == address("revoke-account", CONSULTANT)
    assert confirmation.one("button").text == "Revoke Kofi Mensah"


def test_revoke_twice_keeps_who_did_it_first():
    do("revoke")

    client, response = do("revoke", who=with_role(Role.MPN_PARTNER_ADMIN))

    row = row_of(page_of(client.get(response.url)), CONSULTANT)
    assert row.texts("td")[2] == "Revoked 20 Nov 2026 by Fritz Baum"
    assert AuditRecord.objects.filter(action="benefits.revoke_link").count() == 1


def test_revoke_returns_to_the_search_and_page_where_it_was_pressed():
    _client, response = do("revoke", account="kofi & co", before="12")

    assert response.url == f"{address()}?account=kofi+%26+co&before=12"


def test_restore_gives_the_contract_back_and_says_so():
    do("revoke")

    client, response = do("restore")

    assert said(client, response) == ["The contract is linked to the account of Kofi Mensah again."]
    assert account(CONSULTANT).links.in_force().filter(contract=contract(FABRIKAM)).exists()
    assert AuditRecord.objects.filter(action="benefits.restore_link").count() == 1


def test_restore_of_a_dropped_link_says_that_it_may_be_linked_again():
    Link.objects.filter(user=account(CONSULTANT)).update(dropped_at=NOW)
    do("revoke")

    client, response = do("restore")

    assert said(client, response) == [
        "Kofi Mensah, who had dropped the contract, may link it again."
    ]


@pytest.mark.parametrize("name", ["revoke", "restore"])
def test_account_that_never_linked_the_contract_is_not_there(name: str):
    stranger = LinkFactory(user=UserFactory()).user

    _client, response = do(name, str(stranger.email))

    assert response.status_code == 404
    assert stranger.links.get().is_revoked is False


# --- those who only see ----------------------------------------------------------------------


def test_admin_agent_sees_the_list_without_buttons_and_who_can():
    main = main_of(visit(with_role(Role.ADMIN_AGENT), address()))

    assert main.texts("button") == ["Filter"]
    assert main.one(cls="next-step__people").text == "Fritz Baum or Mia Torres"


@pytest.mark.parametrize("name", ["revoke", "restore"])
def test_admin_agent_who_presses_anyway_is_refused_and_recorded(name: str):
    agent = with_role(Role.ADMIN_AGENT)

    _client, response = do(name, who=agent)

    assert response.status_code == 403
    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.actor, record.refusal_code) == (
        f"benefits.{name}_link",
        agent,
        "not_authorized",
    )


def test_colleague_without_a_role_does_not_learn_who_has_linked():
    stranger = UserFactory(email="stranger@elsewhere.example")

    answers = [do("revoke", str(email), who=COLLEAGUE)[1] for email in (CONSULTANT, stranger.email)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert main_of(page_of(answers[0])).text == main_of(page_of(answers[1])).text


def test_admin_of_another_partner_finds_no_account():
    other = AffiliationFactory(partner=PartnerFactory(), roles=[Role.GLOBAL_ADMIN]).user

    assert do("revoke", who=other)[1].status_code == 404
    assert client_of(other).get(address()).status_code == 404


# --- what the account sees then --------------------------------------------------------------


def test_revoked_account_sees_it_in_my_plans_and_in_the_wizard():
    do("revoke")
    client = client_of(CONSULTANT)

    plans = page_of(client.get("/supportforbusiness/plans"))
    wizard = Wizard(client)
    wizard.product(action="show", **SERVER)

    shown = [row for row in plans.all("tr") if row.has(cls="number-large")]
    assert {explained(row) for row in shown} == {TAKEN_AWAY}
    assert TAKEN_AWAY in [explained(item) for item in unavailable_in(wizard.see("product"))]


def explained(element: Element) -> tuple[str, str]:
    """Return code and words of the explanation inside."""
    shown = element.one(cls="explanation")
    return shown.attrs["data-code"], shown.text


def unavailable_in(page: Element) -> list[Element]:
    """Return the plans that the wizard lists as unavailable."""
    return [item for item in page.all(cls="plan-card--unavailable") if item.has(cls="explanation")]


def test_revoked_colleague_sees_it_on_technical_benefits_and_can_not_link_again():
    do("revoke", COLLEAGUE)
    url = reverse("benefits:plan", args=[plan(FABRIKAM).public_id])

    ids = visit(COLLEAGUE, url).one(id="ids")

    assert explained(ids) == TAKEN_AWAY
    assert not ids.has("form", action=reverse("benefits:link", args=[plan(FABRIKAM).public_id]))
    assert not ids.has("a", href=reverse("support:create"))
