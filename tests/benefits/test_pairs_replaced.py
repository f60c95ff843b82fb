"""Replacing the pair: by whom, when, once for each form, and what stays as it was."""

from datetime import timedelta

import pytest

from benefits.models import Contract, IssuedId, Link
from benefits.reasons import ActivationPending, ContractExpired
from benefits.services.links import PairNotFound, link_contract
from benefits.services.pairs import Pair, replace_pair, require_replaceable, show_pair
from partners.permissions import NotAuthorized
from partners.roles import Role
from portal.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from portal.models import AuditRecord
from tests.at_once import act_meanwhile
from tests.factories import (
    ACTIVATED_AT,
    ENDS_AT,
    USED_AT,
    AffiliationFactory,
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
    row_counts,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
ADMINS = (Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN)


def replace(contract, *, by=None, at=USED_AT, key="a-form"):
    """Replace the contract's pair, by a new Global admin unless somebody is named."""
    by = by or admin_of(partner_of(contract))
    return replace_pair(contract_id=contract.public_id, by=by, at=at, key=key)


def with_role(contract, role):
    """Return a user of the partner with this role, or none."""
    return AffiliationFactory(partner=partner_of(contract), roles=[role] if role else []).user


def issued_of(contract):
    """Return what was ever issued for the contract, the oldest first."""
    issued = contract.issued_ids.order_by("pk")
    return list(issued.values_list("kind", "issued_at", "replaced_at"))


def link(numbers, *, at=USED_AT):
    """Link with these two numbers, by a new account of no partner."""
    access, number = numbers
    user = UserFactory(personal=True)
    return link_contract(access_text=access, contract_text=number, by=user, at=at)


# --- what it does ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", ADMINS)
def test_replacing_by_either_admin_ends_the_current_pair_and_issues_another(role):
    contract = gold_contract()
    old = numbers_of(contract)

    replacement = replace(contract, by=with_role(contract, role))

    assert (replacement.contract, replacement.is_new) == (contract, True)
    assert issued_of(contract) == [
        ("ACCESS", ACTIVATED_AT, USED_AT),
        ("CONTRACT", ACTIVATED_AT, USED_AT),
        ("ACCESS", USED_AT, None),
        ("CONTRACT", USED_AT, None),
    ]
    assert set(old).isdisjoint(numbers_of(contract))


def test_replaced_pair_no_longer_links_and_the_new_one_does():
    contract = gold_contract()
    old = numbers_of(contract)
    replace(contract)

    with pytest.raises(PairNotFound):
        link(old)

    assert link(numbers_of(contract)).contract == contract


def test_replaced_number_beside_a_new_one_does_not_link():
    contract = gold_contract()
    old_access, old_number = numbers_of(contract)
    replace(contract)
    access, number = numbers_of(contract)

    for mixed in ((old_access, number), (access, old_number)):
        with pytest.raises(PairNotFound):
            link(mixed)


def test_replacing_leaves_every_link_as_it_was():
    contract = gold_contract()
    for state in ({}, {"dropped": True}, {"revoked": True}):
        linked_outsider(contract, **state)
    before = list(Link.objects.order_by("pk").values())

    replace(contract)

    assert list(Link.objects.order_by("pk").values()) == before


def test_replacing_leaves_the_pairs_of_other_contracts_alone():
    contract, other = gold_contract(), gold_contract()
    before = issued_of(other)

    replace(contract)

    assert issued_of(other) == before


def test_pair_shown_after_replacing_is_the_new_one():
    contract = gold_contract()
    replace(contract)

    pair = show_pair(
        contract_id=contract.public_id, by=colleague_of(partner_of(contract)), at=USED_AT
    )

    access, number = numbers_of(contract)
    assert pair == Pair(access=int(access), contract=int(number))


def test_replacing_is_recorded_without_any_number():
    contract = gold_contract()
    admin = admin_of(partner_of(contract))

    replace(contract, by=admin)

    record = AuditRecord.objects.get(action="benefits.replace_pair")
    assert (record.actor, record.partner_mpn_id, record.occurred_at, record.facts) == (
        admin,
        partner_of(contract).mpn_id,
        USED_AT,
        {},
    )
    assert (record.target_kind, record.target_id) == ("contract", str(contract.public_id))


# --- again -----------------------------------------------------------------------------------


def test_replacing_twice_by_one_form_is_done_once():
    contract = gold_contract()
    admin = admin_of(partner_of(contract))
    replace(contract, by=admin)
    rows, numbers = row_counts(), numbers_of(contract)

    again = replace(contract, by=admin, at=USED_AT + SECOND)

    assert (again.contract, again.is_new) == (contract, False)
    assert (row_counts(), numbers_of(contract)) == (rows, numbers)


def test_replacing_by_two_forms_keeps_every_number_and_one_pair_current():
    contract = gold_contract()
    admin = admin_of(partner_of(contract))

    for key in ("one", "two"):
        replace(contract, by=admin, key=key)

    assert [replaced for _kind, _at, replaced in issued_of(contract)] == [USED_AT] * 4 + [None] * 2
    assert contract.issued_ids.values("number").distinct().count() == 6


def test_replacing_another_contract_by_the_same_form_is_refused():
    partner = PartnerFactory()
    gold = gold_contract(partner=partner)
    pack = activate(member(partner=partner, level=None))
    admin = admin_of(partner)
    replace(gold, by=admin)
    before = issued_of(pack)

    with pytest.raises(IdempotencyKeyReused):
        replace(pack, by=admin)

    assert issued_of(pack) == before


def test_replacing_without_a_key_is_refused():
    contract = gold_contract()
    before = issued_of(contract)

    with pytest.raises(IdempotencyKeyInvalid):
        replace(contract, key="")

    assert issued_of(contract) == before


# --- by whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [replace, lambda of, by: require_replaceable(**ask(of, by))])
@pytest.mark.parametrize("role", [None, *(role for role in Role if role not in ADMINS)])
def test_replacing_by_others_of_the_partner_is_refused_with_who_can(act, role):
    contract = gold_contract()
    other = with_role(contract, role)
    rows = row_counts()

    with pytest.raises(NotAuthorized) as refused:
        act(contract, by=other)

    assert refused.value.explanation.facts == {"permission": "revoke_or_replace"}
    assert refused.value.explanation.as_dict()["nextStep"]["people"] == ["Ana Berg"]
    assert row_counts() == rows


def ask(contract, by, *, at=USED_AT):
    """Return the question whether the account could replace the contract's pair."""
    return {"contract_id": contract.public_id, "by": by, "at": at}


@pytest.mark.parametrize(
    "outsider",
    [
        linked_outsider,
        lambda contract: admin_of(PartnerFactory()),
        lambda contract: UserFactory(staff=True),
        lambda contract: (
            AffiliationFactory(
                partner=partner_of(contract), csp_only=True, roles=[Role.GLOBAL_ADMIN]
            ).user
        ),
    ],
    ids=["linked consultant", "admin elsewhere", "staff", "csp only"],
)
def test_replacing_from_outside_is_refused(outsider):
    contract = gold_contract()
    by = outsider(contract)
    before = issued_of(contract)

    with pytest.raises(NotAuthorized):
        replace(contract, by=by)

    assert issued_of(contract) == before


# --- when ------------------------------------------------------------------------------------


def test_replacing_before_the_contracts_start_is_refused(now):
    contract = activate(member(), at=now, delay=timedelta(days=3))
    admin = contract.requested_by
    before = issued_of(contract)

    for act in (require_replaceable, lambda **asked: replace_pair(**asked, key="a-form")):
        with pytest.raises(ActivationPending):
            act(**ask(contract, admin, at=contract.starts_at - SECOND))

    assert issued_of(contract) == before


def test_replacing_from_the_contracts_end_on_is_refused():
    contract = gold_contract()
    admin = admin_of(partner_of(contract))
    before = issued_of(contract)

    for act in (require_replaceable, lambda **asked: replace_pair(**asked, key="a-form")):
        with pytest.raises(ContractExpired):
            act(**ask(contract, admin, at=ENDS_AT))

    assert issued_of(contract) == before


@pytest.mark.parametrize("at", [ACTIVATED_AT, ENDS_AT - SECOND])
def test_replacing_in_the_first_and_last_second_is_done(at):
    contract = gold_contract()

    require_replaceable(**ask(contract, contract.requested_by, at=at))

    assert replace(contract, at=at).is_new is True


def test_replacing_after_the_end_by_a_form_that_was_done_gives_its_answer():
    contract = gold_contract()
    admin = admin_of(partner_of(contract))
    replace(contract, by=admin)

    assert replace(contract, by=admin, at=ENDS_AT).is_new is False


# --- at once ---------------------------------------------------------------------------------


def replace_meanwhile(contract, *, first, second):
    """Replace in a second connection while the first holds the contract and replaces too."""
    rows = Contract.objects.select_for_update(of=("self",), no_key=True)
    return act_meanwhile(second, lock=lambda: rows.get(pk=contract.pk), meanwhile=first)


@pytest.mark.django_db(transaction=True)
def test_replacing_by_two_admins_at_once_leaves_one_current_pair():
    contract = gold_contract()
    one, other = (admin_of(partner_of(contract)) for _ in range(2))

    replacing = replace_meanwhile(
        contract,
        first=lambda: replace(contract, by=one, at=USED_AT),
        second=lambda: replace(contract, by=other, at=USED_AT + SECOND),
    )

    assert replacing.result().is_new is True
    assert issued_of(contract) == [
        (kind, issued, replaced)
        for issued, replaced in (
            (ACTIVATED_AT, USED_AT),
            (USED_AT, USED_AT + SECOND),
            (USED_AT + SECOND, None),
        )
        for kind in (IssuedId.Kind.ACCESS, IssuedId.Kind.CONTRACT)
    ]


@pytest.mark.django_db(transaction=True)
def test_replacing_by_one_form_twice_at_once_is_done_once():
    contract = gold_contract()
    admin = admin_of(partner_of(contract))

    replacing = replace_meanwhile(
        contract,
        first=lambda: replace(contract, by=admin),
        second=lambda: replace(contract, by=admin, at=USED_AT + SECOND),
    )

    assert replacing.result().is_new is False
    assert len(issued_of(contract)) == 4
    assert AuditRecord.objects.filter(action="benefits.replace_pair").count() == 1
