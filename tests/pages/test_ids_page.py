"""Show and Copy: the one answer that holds a Contract ID, who gets it, and its trace."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from benefits.models import Contract
from partnercenter.demo.accounts import CONTOSO, EXPIRED, FABRIKAM, PENDING, WINGTIP
from partners.models import User
from portal.models import AuditRecord
from tests.factories import AffiliationFactory
from tests.pages.html import digits_in
from tests.pages.visits import (
    admin_of,
    client_of,
    contract,
    grouped,
    numbers,
    page_of,
    partner,
    plan,
    visit,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def show(who: User | str, mpn_id: str = FABRIKAM, **headers: str) -> Any:
    """Press Show on the row of the partner's on-premises plan."""
    url = reverse("benefits:show-ids", args=[plan(mpn_id).public_id])
    return client_of(who).post(url, headers=headers)


def shown_records() -> list[tuple[str | None, str]]:
    """Return who was shown a pair, and of which contract."""
    records = AuditRecord.objects.filter(action="benefits.show_pair", occurred_at=NOW)
    return list(records.order_by("pk").values_list("actor__email", "target_id"))


@pytest.mark.parametrize("who", ["admin@fabrikam.example", "user@fabrikam.example"])
def test_show_gives_every_mpn_user_of_the_partner_the_contract_id(who: str):
    response = show(who)

    ids = page_of(response).one(id="ids")
    access_id, contract_id = numbers(contract(FABRIKAM))
    assert ids.texts(cls="id-number") == [grouped(access_id), grouped(contract_id)]
    assert "no-store" in response["Cache-Control"]


def test_show_is_recorded_each_time_and_for_everybody():
    show("admin@fabrikam.example")
    show("user@fabrikam.example", accept="application/json")
    show("admin@fabrikam.example")

    public_id = str(contract(FABRIKAM).public_id)
    assert shown_records() == [
        ("admin@fabrikam.example", public_id),
        ("user@fabrikam.example", public_id),
        ("admin@fabrikam.example", public_id),
    ]


def test_show_for_the_copy_button_answers_json_that_nobody_keeps():
    response = show("admin@fabrikam.example", accept="application/json")

    access_id, contract_id = numbers(contract(FABRIKAM))
    assert response.json() == {"accessId": access_id, "contractId": contract_id}
    assert response["Content-Type"] == "application/json"
    assert "no-store" in response["Cache-Control"]


def test_show_leaves_no_number_in_its_audit_records():
    show("admin@fabrikam.example")

    records = AuditRecord.objects.filter(action="benefits.show_pair")
    assert not any(
        number in f"{record.facts} {record.target_id}"
        for record in records
        for number in numbers(contract(FABRIKAM))
    )


def test_page_hides_the_contract_id_until_show_is_pressed():
    page = visit(
        "admin@fabrikam.example", reverse("benefits:plan", args=[plan(FABRIKAM).public_id])
    )

    access_id, _contract_id = numbers(contract(FABRIKAM))
    assert page.one(id="ids").texts(cls="id-number") == [grouped(access_id), "••• ••• •••"]


@pytest.mark.parametrize("mpn_id", [PENDING, CONTOSO])
def test_show_before_the_contract_starts_finds_nothing(mpn_id: str):
    response = show(admin_of(mpn_id), mpn_id)

    assert response.status_code == 404
    assert shown_records() == []


def test_show_from_the_very_start_of_the_contract_gives_the_pair(settings: Any):
    start = contract(PENDING).starts_at
    settings.PORTAL_NOW = start - timedelta(microseconds=1)
    assert show(admin_of(PENDING), PENDING).status_code == 404

    settings.PORTAL_NOW = start

    assert numbers(contract(PENDING))[1] in digits_in(page_text(show(admin_of(PENDING), PENDING)))


def page_text(response: Any) -> str:
    """Return the page as it came."""
    assert response.status_code == 200
    return str(response.content.decode())


def test_show_of_an_ended_contract_still_gives_its_users_the_pair():
    found = digits_in(page_text(show(admin_of(EXPIRED), EXPIRED)))

    assert set(numbers(contract(EXPIRED))) <= found


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("consultant@outlook.example", 403),
        ("admin@northwind.example", 404),
        ("staff@portal.example", 403),
        ("root@portal.example", 403),
    ],
)
def test_show_to_anybody_outside_the_partner_is_refused(who: str, status: int):
    response = show(who)

    assert response.status_code == status
    assert not digits_in(response.content.decode()) & set(numbers(contract(FABRIKAM)))
    assert shown_records() == []


def test_show_to_an_account_of_csp_only_is_refused_although_it_has_linked_the_contract():
    at = AffiliationFactory(partner=partner(FABRIKAM), csp_only=True)
    contract(FABRIKAM).links.create(user=at.user, method="PAIR", linked_at=NOW)

    assert show(at.user).status_code == 403
    assert shown_records() == []


def test_show_of_two_packages_gives_each_its_own_pair():
    pack, silver = Contract.objects.filter(package__membership__partner__mpn_id=WINGTIP)
    client = client_of(admin_of(WINGTIP))
    plans = [of.package.plans.get(scope="ON_PREMISES") for of in (pack, silver)]

    of_pack, of_silver = [
        digits_in(page_text(client.post(reverse("benefits:show-ids", args=[p.public_id]))))
        for p in plans
    ]

    assert numbers(pack)[1] in of_pack - of_silver
    assert numbers(silver)[1] in of_silver - of_pack
