"""After the IDs of a contract were replaced, the API gives and takes the new ones only."""

import pytest

from benefits.services.pairs import replace_pair
from partnercenter.demo.accounts import FABRIKAM
from tests.api.calls import client_caller
from tests.pages.visits import admin_of, contract, numbers, partner
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture
def old() -> dict[str, str]:
    """Replace Fabrikam's pair, and return the old one as a body to link with."""
    access, number = numbers(contract(FABRIKAM))
    replace_pair(
        contract_id=contract(FABRIKAM).public_id, by=admin_of(FABRIKAM), at=NOW, key="a-form"
    )
    return {"accessId": access, "contractId": number}


def current() -> dict[str, str]:
    """Return Fabrikam's pair as a body to link with."""
    access, number = numbers(contract(FABRIKAM))
    return {"accessId": access, "contractId": number}


def test_ids_of_the_contract_are_the_new_pair(old: dict[str, str]):
    owner = client_caller(partner(FABRIKAM))

    answer = owner.get(f"contracts/{contract(FABRIKAM).public_id}/ids")

    assert (answer.status_code, answer.json()) == (200, current())
    assert set(old.values()).isdisjoint(answer.json().values())


def test_linking_with_the_old_pair_finds_none_and_with_the_new_one_links(old: dict[str, str]):
    caller = client_caller(None)

    refused = caller.post("contracts/link", old)
    linked = caller.post("contracts/link", current())

    assert (refused.status_code, refused.json()["code"]) == (400, "pair_not_found")
    assert (linked.status_code, linked.json()["alreadyLinked"]) == (201, False)


def test_link_by_the_old_pair_stays_when_it_is_replaced():
    caller = client_caller(None)
    caller.post("contracts/link", current())

    replace_pair(
        contract_id=contract(FABRIKAM).public_id, by=admin_of(FABRIKAM), at=NOW, key="a-form"
    )

    of_caller = caller.get("contracts").json()["items"]
    assert [(c["id"], c["linked"]) for c in of_caller] == [
        (str(contract(FABRIKAM).public_id), True)
    ]
