"""Showing the pair: to the house only, from the start on, and recorded each time."""

from datetime import timedelta

import pytest

from benefits.models import Contract, IssuedId
from benefits.services.pairs import Pair, show_pair
from partners.roles import Role
from portal.models import AuditRecord
from tests.factories import (
    ENDS_AT,
    USED_AT,
    AffiliationFactory,
    IssuedIdFactory,
    PartnerFactory,
    UserFactory,
)
from tests.stories import (
    activate,
    admin_of,
    colleague_of,
    gold_contract,
    linked_outsider,
    member,
    numbers_of,
    partner_of,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def current_pair(contract):
    """Return the pair as it is stored."""
    access, number = numbers_of(contract)
    return Pair(access=int(access), contract=int(number))


@pytest.mark.parametrize("role", [None, *Role])
def test_pair_is_shown_to_every_mpn_user_of_the_partner(role):
    contract = gold_contract()
    user = AffiliationFactory(partner=partner_of(contract), roles=[role] if role else []).user

    pair = show_pair(contract_id=contract.public_id, by=user, at=USED_AT)

    assert pair == current_pair(contract)


def test_showing_the_pair_is_recorded_each_time_without_it():
    contract = gold_contract()
    user = colleague_of(partner_of(contract))

    for moment in (USED_AT, USED_AT + SECOND):
        show_pair(contract_id=contract.public_id, by=user, at=moment)

    shown = AuditRecord.objects.filter(action="benefits.show_pair").order_by("pk")
    assert [
        (r.actor, r.partner_mpn_id, r.target_kind, r.target_id, r.facts, r.occurred_at)
        for r in shown
    ] == [
        (user, partner_of(contract).mpn_id, "contract", str(contract.public_id), {}, moment)
        for moment in (USED_AT, USED_AT + SECOND)
    ]


def test_pair_to_paste_says_which_is_which_and_its_form_in_logs_holds_no_contract_id():
    pair = Pair(access=123456786, contract=987654329)

    assert pair.both == "Access ID: 123456786, Contract ID: 987654329"
    assert repr(pair) == "Pair(access=123456786)"


def test_replaced_pair_is_not_shown():
    contract = gold_contract()
    IssuedIdFactory(contract=contract, replaced=True)
    IssuedIdFactory(contract=contract, replaced=True, kind=IssuedId.Kind.CONTRACT)
    user = colleague_of(partner_of(contract))

    pair = show_pair(contract_id=contract.public_id, by=user, at=USED_AT)

    assert pair == current_pair(contract)


@pytest.mark.parametrize("at", [ENDS_AT, ENDS_AT + timedelta(days=400)])
def test_pair_of_ended_contract_is_still_shown(at):
    contract = gold_contract()
    user = colleague_of(partner_of(contract))

    assert show_pair(contract_id=contract.public_id, by=user, at=at) == current_pair(contract)


def test_pair_asked_for_before_the_contracts_start_does_not_exist(now):
    contract = activate(member(), at=now, delay=timedelta(days=3))
    admin = contract.requested_by

    with pytest.raises(Contract.DoesNotExist):
        show_pair(contract_id=contract.public_id, by=admin, at=contract.starts_at - SECOND)


def test_pair_asked_for_at_the_contracts_start_is_shown(now):
    contract = activate(member(), at=now, delay=timedelta(days=3))

    pair = show_pair(
        contract_id=contract.public_id, by=contract.requested_by, at=contract.starts_at
    )

    assert pair == current_pair(contract)


@pytest.mark.parametrize(
    "outsider",
    [
        lambda contract: UserFactory(personal=True),
        lambda contract: UserFactory(staff=True),
        linked_outsider,
        lambda contract: admin_of(PartnerFactory()),
        lambda contract: (
            AffiliationFactory(
                partner=partner_of(contract), csp_only=True, roles=[Role.GLOBAL_ADMIN]
            ).user
        ),
    ],
    ids=["personal", "staff", "linked consultant", "admin elsewhere", "csp only"],
)
def test_pair_asked_for_from_outside_the_house_does_not_exist_and_leaves_no_record(outsider):
    contract = gold_contract()
    user = outsider(contract)
    records = AuditRecord.objects.count()

    with pytest.raises(Contract.DoesNotExist):
        show_pair(contract_id=contract.public_id, by=user, at=USED_AT)

    assert AuditRecord.objects.count() == records
