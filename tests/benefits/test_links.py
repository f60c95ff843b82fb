"""Linking a contract with its pair, in whatever way it is typed."""

from datetime import timedelta

import pytest

from benefits.models import Link
from benefits.reasons import LinkRevoked
from benefits.services.links import PairNotFound, drop_link, link_contract
from partners.permissions import NotAuthorized
from portal.models import AuditRecord
from tests.factories import (
    ACTIVATED_AT,
    ENDS_AT,
    USED_AT,
    IssuedIdFactory,
    UserFactory,
    well_formed,
)
from tests.stories import (
    activate,
    colleague_of,
    gold_contract,
    linked_outsider,
    member,
    numbers_of,
    partner_of,
    plan_of,
    row_counts,
    use_up,
)

pytestmark = pytest.mark.django_db


def link(access_text, contract_text, *, by=None, at=USED_AT):
    """Link by a new account of no partner unless somebody is named."""
    by = by or UserFactory(personal=True)
    return link_contract(access_text=access_text, contract_text=contract_text, by=by, at=at)


def rows_of(user):
    """Return the account's links as they are stored."""
    return list(Link.objects.filter(user=user).values_list("contract_id", "method", "linked_at"))


# --- a correct pair always links -------------------------------------------------------------


@pytest.mark.parametrize("account", [{}, {"personal": True}, {"client": True}])
def test_pair_typed_by_any_account_links_the_contract(account):
    contract = gold_contract()
    user = UserFactory(**account)

    linked = link(*numbers_of(contract), by=user)

    assert (linked.contract, linked.linked_at, linked.is_new) == (contract, USED_AT, True)
    assert rows_of(user) == [(contract.pk, "PAIR", USED_AT)]
    assert [(e.scope, e.remaining, e.is_linked) for e in linked.plans] == [
        ("ON_PREMISES", 20, True),
        ("CLOUD", 10, True),
    ]


def test_pair_typed_by_user_of_another_partner_links_the_contract():
    contract = gold_contract()
    user = colleague_of(member().partner)

    assert link(*numbers_of(contract), by=user).is_new is True


@pytest.mark.parametrize(
    "typed",
    [
        lambda access, contract: (f" {access[:3]} {access[3:6]} {access[6:]} ", contract),
        lambda access, contract: (access, f"{contract[:3]}-{contract[3:6]}-{contract[6:]}"),
        lambda access, contract: (f"Access ID: {access}", f"Contract ID: {contract}"),
        lambda access, contract: (f"{access} {contract}", ""),
        lambda access, contract: ("", f"Access ID: {access}\nContract ID: {contract}"),
        lambda access, contract: (f"{access} {contract}", f"{access} {contract}"),
        lambda access, contract: (contract, access),
        lambda access, contract: (f"{contract} {access}", ""),
    ],
)
def test_pair_typed_in_any_way_links_the_contract(typed):
    contract = gold_contract()

    assert link(*typed(*numbers_of(contract))).contract == contract


def test_linking_is_recorded_without_the_ids():
    contract = gold_contract()
    user = UserFactory()

    link(*numbers_of(contract), by=user)

    record = AuditRecord.objects.get(action="benefits.link_contract")
    assert (record.actor, record.partner_mpn_id) == (user, partner_of(contract).mpn_id)
    assert (record.target_kind, record.target_id) == ("contract", str(contract.public_id))
    assert record.facts == {"account": str(user.public_id), "method": "PAIR"}


# --- again -----------------------------------------------------------------------------------


def test_pair_typed_again_keeps_the_first_day_and_records_nothing():
    contract = gold_contract()
    user = linked_outsider(contract)
    records = AuditRecord.objects.count()

    again = link(*numbers_of(contract), by=user)

    assert (again.linked_at, again.is_new) == (ACTIVATED_AT, False)
    assert rows_of(user) == [(contract.pk, "PAIR", ACTIVATED_AT)]
    assert AuditRecord.objects.count() == records


def test_pair_typed_after_dropping_links_from_now_on():
    contract = gold_contract()
    user = linked_outsider(contract, method=Link.Method.ONE_CLICK)
    drop_link(contract_id=contract.public_id, by=user, at=ACTIVATED_AT + timedelta(days=1))

    again = link(*numbers_of(contract), by=user)

    assert (again.linked_at, again.is_new) == (USED_AT, True)
    assert rows_of(user) == [(contract.pk, "PAIR", USED_AT)]
    assert [e.is_linked for e in again.plans] == [True, True]


@pytest.mark.parametrize("traits", [{"revoked": True}, {"revoked": True, "dropped": True}])
def test_pair_typed_after_revocation_is_refused(traits):
    contract = gold_contract()
    user = linked_outsider(contract, **traits)
    rows = row_counts()
    partner = partner_of(contract)

    with pytest.raises(LinkRevoked) as refused:
        link(*numbers_of(contract), by=user)

    assert refused.value.explanation.as_dict() == {
        "code": "link_revoked",
        "message": f"{partner.name} took this contract away from your account on 2 March 2026.",
        "facts": {"partner": partner.mpn_id, "revokedAt": "2026-03-02T09:00:00+00:00"},
        "nextStep": {
            "text": f"Ask an admin of {partner.name} to give it back.",
            "url": None,
            "people": [],
        },
    }
    assert row_counts() == rows


# --- good or not, it links -------------------------------------------------------------------


def test_pair_of_ended_contract_links_and_says_it_ended():
    contract = gold_contract()

    linked = link(*numbers_of(contract), at=ENDS_AT)

    assert [(e.is_expired, e.remaining) for e in linked.plans] == [(True, 0), (True, 0)]


def test_pair_of_used_up_contract_links_and_says_so():
    contract = gold_contract()
    use_up(plan_of(contract), by=linked_outsider(contract))

    linked = link(*numbers_of(contract))

    assert [(e.is_exhausted, e.remaining) for e in linked.plans] == [(True, 0), (False, 10)]


def test_pair_of_pending_contract_links_and_says_so(now):
    contract = activate(member(), at=now, delay=timedelta(days=3))

    linked = link(*numbers_of(contract), at=now)

    assert [e.is_pending for e in linked.plans] == [True, True]


def test_pair_of_action_pack_links_its_only_plan():
    contract = activate(member(level=None))

    linked = link(*numbers_of(contract))

    assert [(e.scope, e.remaining) for e in linked.plans] == [("ON_PREMISES", 10)]


# --- not found -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        lambda own, other: (str(well_formed(70_000_000)), str(well_formed(70_000_001))),
        lambda own, other: (own[0], str(well_formed(70_000_001))),
        lambda own, other: (str(well_formed(70_000_000)), own[1]),
        lambda own, other: (own[0], other[1]),
        lambda own, other: (own[0], other[0]),
        lambda own, other: (own[1], other[1]),
        lambda own, other: (own[0], own[0]),
        lambda own, other: (own[1], own[1]),
    ],
)
def test_wrong_pair_is_not_found_whichever_number_is_wrong(typed):
    own, other = gold_contract(), gold_contract()

    with pytest.raises(PairNotFound) as refused:
        link(*typed(numbers_of(own), numbers_of(other)))

    explanation = refused.value.explanation
    assert (explanation.code, explanation.message, explanation.facts) == (
        "pair_not_found",
        "These two IDs don't belong together, or there is no such contract.",
        {},
    )
    assert Link.objects.count() == 0


@pytest.mark.parametrize("kind", ["ACCESS", "CONTRACT"])
def test_replaced_number_is_not_found(kind):
    contract = gold_contract()
    numbers = dict(contract.issued_ids.values_list("kind", "number"))
    replaced = IssuedIdFactory(contract=contract, kind=kind, replaced=True)
    typed = {**numbers, kind: replaced.number}

    with pytest.raises(PairNotFound):
        link(str(typed["ACCESS"]), str(typed["CONTRACT"]))


def test_replaced_pair_leaves_existing_links_alone():
    contract = gold_contract()
    user = linked_outsider(contract)
    contract.issued_ids.update(replaced_at=USED_AT)

    assert rows_of(user) == [(contract.pk, "PAIR", ACTIVATED_AT)]


# --- staff -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["SUPPORT_AGENT", "BENEFITS_MANAGER", "AUDITOR", "ADMINISTRATOR"])
def test_pair_typed_by_staff_is_refused(kind):
    contract = gold_contract()

    with pytest.raises(NotAuthorized) as refused:
        link(*numbers_of(contract), by=UserFactory(staff_kind=kind))

    assert refused.value.explanation.facts == {"reason": "staff"}
    assert Link.objects.count() == 0
