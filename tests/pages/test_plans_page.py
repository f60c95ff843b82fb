"""My plans: every contract that the account may use, linked or one click away; nothing vanishes."""

import pytest
from django.urls import reverse

from benefits.models import Link, Plan
from benefits.services.links import revoke_link
from partnercenter.demo.accounts import EXHAUSTED, EXPIRED, FABRIKAM, NORTHWIND, PENDING
from partners.models import User
from portal.models import AuditRecord
from tests.factories import AffiliationFactory
from tests.pages.html import Element
from tests.pages.shown import badges_in, explanation_in
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    client_of,
    contract,
    grouped,
    main_of,
    numbers,
    page_of,
    partner,
    visit,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

PLANS = "/supportforbusiness/plans"
COLLEAGUE = "user@fabrikam.example"
CONSULTANT = "consultant@outlook.example"
PAT = "pat@outlook.example"


def rows_of(who: User | str) -> list[Element]:
    """Return the rows of the account's plans."""
    return [row for row in visit(who, PLANS).all("tr") if row.has(cls="number-large")]


def link_url(mpn_id: str) -> str:
    """Return where one click links the partner's contract."""
    return reverse("support:link-own", args=[contract(mpn_id).public_id])


def unlink_url(mpn_id: str) -> str:
    """Return where the partner's contract is given up."""
    return reverse("support:unlink", args=[contract(mpn_id).public_id])


def unlinked(email: str = COLLEAGUE) -> str:
    """Return the account after it gave its link to Fabrikam's contract up."""
    Link.objects.filter(user__email=email).update(dropped_at=NOW)
    return email


def test_account_without_plans_is_told_how_to_get_one():
    main = main_of(visit(PAT, PLANS))

    assert main.texts("h2") == ["No support plans yet", "Add contract"]
    assert main.has("input", name="access_id")
    assert not main.has("table")


def test_account_of_no_partner_sees_whose_contract_it_has_linked():
    access_id, _contract_id = numbers(contract(FABRIKAM))

    on_premises, cloud = rows_of(CONSULTANT)

    assert on_premises.one("th").text == (
        "On-premises support incidents Fabrikam · Partner support Gold 20pack "
        f"Access ID {grouped(access_id)}"
    )
    assert on_premises.one(cls="number-large").text == "17"
    assert cloud.one(cls="number-large").text == "6"
    assert on_premises.has("form", action=unlink_url(FABRIKAM))


@pytest.mark.parametrize(
    ("mpn_id", "badge", "code"),
    [
        (EXPIRED, "Ended", "contract_expired"),
        (EXHAUSTED, "Used up", "no_incidents_remaining"),
        (PENDING, "Pending", "activation_pending"),
    ],
)
def test_plans_that_cannot_be_used_stay_listed_with_the_reason(mpn_id: str, badge: str, code: str):
    rows = rows_of(admin_of(mpn_id))

    assert [badges_in(row) for row in rows] == [(badge,), (badge,)]
    assert {explanation_in(row)[0] for row in rows} == {code}


def test_pending_contract_hides_its_access_id():
    access_id, _contract_id = numbers(contract(PENDING))

    page = visit(admin_of(PENDING), PLANS)

    assert grouped(access_id) not in page.text


def test_contract_of_the_own_company_is_linked_with_one_click():
    client = client_of(unlinked())
    assert main_of(page_of(client.get(PLANS))).texts("h2") == [
        "Of Fabrikam, not linked to this account",
        "Add contract",
    ]

    response = client.post(link_url(FABRIKAM))

    page = page_of(client.get(response.url))
    assert response.url == PLANS
    assert alerts(page)[0].startswith("Fabrikam's contract is linked to your account.")
    assert main_of(page).texts("h2") == ["Linked to this account", "Add contract"]


def test_link_given_up_can_be_taken_again_by_the_colleague():
    client = client_of(COLLEAGUE)

    response = client.post(unlink_url(FABRIKAM))

    assert alerts(page_of(client.get(response.url))) == [
        "The contract is no longer linked to your account."
    ]
    assert account(COLLEAGUE).links.get().dropped_at == NOW
    client.post(link_url(FABRIKAM))
    assert account(COLLEAGUE).links.in_force().count() == 1


def test_link_given_up_by_an_outsider_leaves_the_list():
    client = client_of(CONSULTANT)

    client.post(unlink_url(FABRIKAM))

    assert not page_of(client.get(PLANS)).has(cls="number-large")


def test_link_taken_away_is_explained_and_cannot_be_taken_back():
    user = account(COLLEAGUE)
    revoke_link(contract_id=contract(FABRIKAM).public_id, user=user, by=admin_of(FABRIKAM), at=NOW)
    client = client_of(user)

    rows = [row for row in page_of(client.get(PLANS)).all("tr") if row.has(cls="number-large")]
    response = client.post(link_url(FABRIKAM))

    assert [explanation_in(row)[0] for row in rows] == ["link_revoked"] * 2
    assert not any(row.has("form") for row in rows)
    assert response.status_code == 403
    assert AuditRecord.objects.latest("pk").refusal_code == "link_revoked"


def test_one_click_on_another_partners_contract_finds_nothing():
    client = client_of(admin_of(NORTHWIND))

    response = client.post(link_url(FABRIKAM))

    assert response.status_code == 404
    assert not admin_of(NORTHWIND).links.filter(contract=contract(FABRIKAM)).exists()


def test_one_click_before_the_contract_starts_finds_nothing():
    assert client_of(admin_of(PENDING)).post(link_url(PENDING)).status_code == 404


def test_account_of_csp_only_sees_none_of_the_companys_contracts():
    user = AffiliationFactory(partner=partner(FABRIKAM), csp_only=True).user

    assert rows_of(user) == []
    assert client_of(user).post(link_url(FABRIKAM)).status_code == 404


def test_plans_of_two_contracts_are_listed_by_their_end():
    client = client_of(CONSULTANT)
    access_id, contract_id = numbers(contract(NORTHWIND))
    client.post(PLANS, {"access_id": access_id, "contract_id": contract_id})

    numbers_shown = [row.one(cls="number-large").text for row in rows_of(CONSULTANT)]

    assert numbers_shown == ["3", "1", "17", "6"]
    assert Plan.objects.linked_to(account(CONSULTANT)).that_count_incidents().count() == 4
