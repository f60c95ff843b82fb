"""What the expanded row shows beside the plan, and to whom it names people."""

import pytest

from benefits.details import (
    LINKS_SHOWN,
    LinkedAccounts,
    last_movements,
    linked_accounts,
    shown_to,
)
from partners.acting import Acting
from partners.permissions import standing_of
from partners.roles import Role
from tests.factories import USED_AT, AffiliationFactory, LinkFactory
from tests.stories import (
    colleague_of,
    entitlement_of,
    gold_contract,
    linked_outsider,
    partner_of,
    plan_of,
    submit,
)

pytestmark = pytest.mark.django_db

SEE_ACCOUNTS = (Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN, Role.ADMIN_AGENT)


def acting_for(user, contract):
    """Return the account as it acts for the contract's partner."""
    partner = partner_of(contract)
    return Acting(partner=partner, standing=standing_of(user, partner=partner))


def accounts_seen_by(user, contract):
    """Return what the account sees of who has linked the contract."""
    return linked_accounts(
        entitlement_of(plan_of(contract), user=user, at=USED_AT),
        acting=acting_for(user, contract),
        user=user,
    )


def with_role(contract, role):
    """Return a user of the partner with this role, or none."""
    return AffiliationFactory(partner=partner_of(contract), roles=[role] if role else []).user


# --- who has linked --------------------------------------------------------------------------


@pytest.mark.parametrize("role", SEE_ACCOUNTS)
def test_linked_accounts_are_listed_for_those_who_may_see_them(role):
    contract = gold_contract()
    first = LinkFactory(contract=contract)
    revoked = LinkFactory(contract=contract, revoked=True, linked_at=USED_AT)
    LinkFactory(contract=contract, dropped=True)
    LinkFactory()

    seen = accounts_seen_by(with_role(contract, role), contract)

    assert seen == LinkedAccounts(listed=[revoked, first], sentence="")


def test_linked_accounts_beyond_the_list_are_counted():
    contract = gold_contract()
    LinkFactory.create_batch(LINKS_SHOWN + 2, contract=contract)

    seen = accounts_seen_by(contract.requested_by, contract)

    assert (len(seen.listed), seen.sentence) == (25, "These are the latest 25 of 27.")


@pytest.mark.parametrize("role", [None, *(role for role in Role if role not in SEE_ACCOUNTS)])
def test_linked_accounts_are_only_counted_for_others(role):
    contract = gold_contract()
    LinkFactory.create_batch(3, contract=contract)
    LinkFactory(contract=contract, revoked=True)
    user = with_role(contract, role)

    assert accounts_seen_by(user, contract) == LinkedAccounts([], "3 accounts.")


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        (0, "Only you have linked this contract."),
        (1, "You and 1 other."),
        (3, "You and 3 others."),
    ],
)
def test_linked_accounts_are_counted_beside_ones_own(others, sentence):
    contract = gold_contract()
    LinkFactory.create_batch(others, contract=contract)
    user = colleague_of(partner_of(contract))
    LinkFactory(contract=contract, user=user)

    assert accounts_seen_by(user, contract) == LinkedAccounts([], sentence)


# --- who has used it -------------------------------------------------------------------------


@pytest.fixture
def used():
    """Return a contract that an outsider has used, and its movements, newest first."""
    contract = gold_contract()
    user = linked_outsider(contract, user__name="Kofi Mensah")
    submit(by=user)
    return contract, last_movements(plan_of(contract).pk)


@pytest.mark.parametrize("role", SEE_ACCOUNTS)
def test_movements_name_everybody_to_those_who_see_linked_accounts(used, role):
    contract, movements = used
    user = with_role(contract, role)

    shown = shown_to(movements, acting=acting_for(user, contract), user=user)

    assert [(m.entry.kind, m.by) for m in shown] == [
        ("CONSUME", "Kofi Mensah"),
        ("GRANT", "Ana Berg"),
    ]


def test_movements_name_only_oneself_and_the_activator_to_others(used):
    contract, _movements = used
    user = colleague_of(partner_of(contract))
    LinkFactory(contract=contract, user=user)
    submit(by=user)
    movements = last_movements(plan_of(contract).pk)

    shown = shown_to(movements, acting=acting_for(user, contract), user=user)

    assert [m.by for m in shown] == [user.name, "another account", "Ana Berg"]


def test_movements_of_nobody_name_nobody():
    contract = gold_contract()
    hours = contract.package.plans.get(unit="HOUR")
    user = contract.requested_by

    shown = shown_to(last_movements(hours.pk), acting=acting_for(user, contract), user=user)

    assert [m.by for m in shown] == [""]


def test_movements_shown_are_the_last_five_of_the_plan():
    contract = gold_contract()
    user = linked_outsider(contract)
    for key in range(7):
        submit(by=user, key=f"key-{key}")

    numbers = [entry.number for entry in last_movements(plan_of(contract).pk)]

    assert numbers == [8, 7, 6, 5, 4]
