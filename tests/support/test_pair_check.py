"""Comparing the pair that a caller reads out: what comes of it, what is recorded, what is not."""

import json
from datetime import UTC, datetime

import pytest

from benefits.ids import MalformedId
from benefits.models import IssuedId
from benefits.services.pairs import replace_pair
from partners.models import User
from partners.permissions import NotAuthorized
from portal.models import AuditRecord
from portal.throttle import TooManyAttempts
from support.services.pair_check import MISSES, Outcome, check_pair
from tests.factories import UserFactory, well_formed
from tests.stories import admin_of, gold_contract, numbers_of, partner_of

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def check(access: str, contract: str, *, by: User | None = None):
    """Compare a pair, as a support agent unless somebody is named."""
    by = by or UserFactory(staff=True)
    return check_pair(access_text=access, contract_text=contract, by=by, at=NOW)


def unissued() -> str:
    """Return a well-formed number that nobody was given."""
    taken = set(IssuedId.objects.values_list("number", flat=True))
    return str(next(n for n in map(well_formed, range(5000, 6000)) if n not in taken))


@pytest.mark.parametrize(
    "typed",
    [
        lambda a, c: (a, c),
        lambda a, c: (c, a),
        lambda a, c: (f"Access ID: {a[:3]} {a[3:6]} {a[6:]}", f"{c[:3]}-{c[3:]}"),
        lambda a, c: (f"{a} {c}", ""),
    ],
)
def test_pair_that_was_issued_matches_however_it_is_typed(typed):
    contract = gold_contract()

    checked = check(*typed(*numbers_of(contract)))

    assert (checked.outcome, checked.contract) == (Outcome.MATCHES, contract)


def test_pair_of_two_contracts_is_told_apart_from_one_of_none():
    contract, other = gold_contract(), gold_contract()
    access, own = numbers_of(contract)
    others_access, others_own = numbers_of(other)
    nobodys = unissued()

    found = {
        pair: (checked.outcome, checked.contract)
        for pair in (
            (access, others_own),
            (access, nobodys),
            (access, others_access),
            (nobodys, own),
            (own, others_own),
        )
        for checked in [check(*pair)]
    }

    assert list(found.values()) == [
        (Outcome.CONTRACT_ID_DIFFERS, contract),
        (Outcome.CONTRACT_ID_DIFFERS, contract),
        (Outcome.CONTRACT_ID_DIFFERS, contract),
        (Outcome.ACCESS_ID_UNKNOWN, None),
        (Outcome.ACCESS_ID_UNKNOWN, None),
    ]


def test_pair_that_was_replaced_says_since_when_and_its_contract_id_never_matches_again():
    contract = gold_contract()
    old_access, old_own = numbers_of(contract)
    admin = admin_of(partner_of(contract))
    replace_pair(contract_id=contract.public_id, by=admin, at=NOW, key="a-form")
    new_access, _new_own = numbers_of(contract)

    replaced, mixed = check(old_access, old_own), check(new_access, old_own)

    assert (replaced.outcome, replaced.replaced_at) == (Outcome.ACCESS_ID_REPLACED, NOW)
    assert mixed.outcome == Outcome.CONTRACT_ID_DIFFERS


def test_check_is_recorded_with_contract_and_outcome_and_without_any_number():
    contract = gold_contract()
    access, own = numbers_of(contract)
    agent = UserFactory(staff=True)

    check(access, own, by=agent)

    record = AuditRecord.objects.get(action="support.check_pair")
    assert (record.actor_id, record.partner_mpn_id, record.facts) == (
        agent.pk,
        partner_of(contract).mpn_id,
        {"outcome": "MATCHES"},
    )
    assert (record.target_kind, record.target_id) == ("contract", str(contract.public_id))
    written = json.dumps(list(AuditRecord.objects.values()), default=str)
    assert access not in written
    assert own not in written


def test_typing_error_is_told_and_not_counted():
    contract = gold_contract()
    access, own = numbers_of(contract)
    wrong = own[:-1] + str((int(own[-1]) + 1) % 10)
    agent = UserFactory(staff=True)

    for _try in range(MISSES.hits + 1):
        with pytest.raises(MalformedId) as refused:
            check(access, wrong, by=agent)

    assert list(refused.value.problems) == ["contract_id"]


def test_tenth_miss_is_the_last_and_a_match_is_none():
    access, own = numbers_of(gold_contract())
    nobodys, agent = unissued(), UserFactory(staff=True)
    for _try in range(MISSES.hits):
        check(access, nobodys, by=agent)
        if _try < MISSES.hits - 1:
            check(access, own, by=agent)

    with pytest.raises(TooManyAttempts):
        check(access, own, by=agent)
    assert check(access, own).outcome == Outcome.MATCHES


@pytest.mark.parametrize("kind", [None, *User.StaffKind])
def test_check_is_for_every_kind_of_staff_and_nobody_else(kind):
    access, own = numbers_of(gold_contract())
    somebody = UserFactory(staff_kind=kind)

    if kind is None:
        with pytest.raises(NotAuthorized):
            check(access, own, by=somebody)
    else:
        assert check(access, own, by=somebody).outcome == Outcome.MATCHES
