"""Which plans an account is offered for a product, in which order, and which stay listed."""

from datetime import date

import pytest

from benefits.allotments import Level, Scope
from benefits.models import Contract
from partners.models import Partner
from support.coverage import choice, plans_of
from tests.factories import ENDS_AT, USED_AT, AffiliationFactory, LinkFactory, PartnerFactory
from tests.stories import (
    AZURE,
    WINDOWS_SERVER,
    activate,
    admin_of,
    colleague_of,
    gold_contract,
    linked_colleague,
    linked_outsider,
    member,
    partner_of,
    plan_of,
    use_up,
)

pytestmark = pytest.mark.django_db


def sorted_out(user, *, partner=None, about=WINDOWS_SERVER, at=USED_AT):
    """Return the ids of the usable plans, and ids and codes of the others."""
    found = choice(user=user, partner=partner, product=about, at=at)
    return (
        [e.id for e in found.usable],
        [(row.entitlement.id, row.refusal.code) for row in found.unavailable],
    )


def ids_of(contract):
    """Return the public ids of the on-premises and the cloud plan."""
    return plan_of(contract).public_id, plan_of(contract, Scope.CLOUD).public_id


# --- which -----------------------------------------------------------------------------------


def test_outsider_is_offered_the_plans_of_the_contract_it_linked():
    contract = gold_contract()
    gold_contract()
    on_premises, cloud = ids_of(contract)

    assert sorted_out(linked_outsider(contract)) == ([on_premises], [(cloud, "plan_wrong_scope")])


def test_colleague_is_offered_what_one_click_would_link():
    contract = gold_contract()
    user, partner = colleague_of(partner_of(contract)), partner_of(contract)
    on_premises, cloud = ids_of(contract)

    assert sorted_out(user, partner=partner) == (
        [],
        [(on_premises, "contract_not_linked"), (cloud, "contract_not_linked")],
    )
    to_link = choice(user=user, partner=partner, product=WINDOWS_SERVER, at=USED_AT).to_link
    assert [e.contract_id for e in to_link] == [contract.public_id]


def test_colleague_who_linked_is_offered_each_plan_once():
    contract = gold_contract()
    on_premises, cloud = ids_of(contract)

    assert sorted_out(linked_colleague(contract), partner=partner_of(contract)) == (
        [on_premises],
        [(cloud, "plan_wrong_scope")],
    )


def test_colleague_is_offered_own_and_foreign_contracts_together():
    own, foreign = gold_contract(), gold_contract()
    user = linked_colleague(own)
    LinkFactory(user=user, contract=foreign)

    usable, _unavailable = sorted_out(user, partner=partner_of(own))

    assert usable == [ids_of(own)[0], ids_of(foreign)[0]]


def test_package_that_is_not_activated_stays_listed():
    membership = member()
    on_premises, cloud = (plan.public_id for plan in membership.package.plans.order_by("pk")[:2])

    assert sorted_out(colleague_of(membership.partner), partner=membership.partner) == (
        [],
        [(on_premises, "benefit_not_activated"), (cloud, "benefit_not_activated")],
    )


def test_ended_and_used_up_plans_stay_listed():
    contract = gold_contract()
    user = linked_outsider(contract)
    use_up(plan_of(contract), by=user)
    on_premises, cloud = ids_of(contract)

    assert sorted_out(user) == (
        [],
        [(on_premises, "no_incidents_remaining"), (cloud, "plan_wrong_scope")],
    )
    assert sorted_out(user, at=ENDS_AT) == (
        [],
        [(on_premises, "contract_expired"), (cloud, "contract_expired")],
    )


def test_revoked_contract_stays_listed_and_dropped_one_does_not():
    revoked, dropped = gold_contract(), gold_contract()
    user = linked_outsider(revoked, revoked=True)
    LinkFactory(user=user, contract=dropped, dropped=True)
    on_premises, cloud = ids_of(revoked)

    assert sorted_out(user) == ([], [(on_premises, "link_revoked"), (cloud, "link_revoked")])


def test_csp_only_account_is_offered_no_plans_of_its_partner():
    contract = gold_contract()
    user = AffiliationFactory(partner=partner_of(contract), csp_only=True).user

    assert plans_of(user=user, partner=partner_of(contract), at=USED_AT) == []


def test_partner_that_left_mpn_brings_no_plans():
    contract = gold_contract()
    user = colleague_of(partner_of(contract))
    Partner.objects.update(in_mpn=False, in_csp=True)

    assert plans_of(user=user, partner=partner_of(contract), at=USED_AT) == []


def test_partner_the_account_does_not_work_for_brings_no_plans():
    contract = gold_contract()
    stranger = admin_of(PartnerFactory())

    assert plans_of(user=stranger, partner=partner_of(contract), at=USED_AT) == []


def test_advisory_hours_are_never_offered():
    contract = gold_contract()

    found = plans_of(user=linked_colleague(contract), partner=partner_of(contract), at=USED_AT)

    assert [e.unit for e in found] == ["INCIDENT", "INCIDENT"]


# --- in which order --------------------------------------------------------------------------


def test_plans_are_offered_by_end():
    partner = PartnerFactory()
    later = activate(member(partner=partner, starts_on=date(2026, 1, 15)), at=USED_AT)
    sooner = activate(member(partner=partner, level=None))
    user = linked_outsider(later)
    LinkFactory(user=user, contract=sooner)

    usable, _unavailable = sorted_out(user)

    assert usable == [plan_of(sooner).public_id, plan_of(later).public_id]


def test_plans_that_end_together_are_offered_limited_first_then_by_the_older_contract():
    unlimited = gold_contract(competencies=("Security",))
    limited, newer = gold_contract(), gold_contract(level=Level.SILVER)
    user = linked_outsider(unlimited)
    for contract in (newer, limited):
        LinkFactory(user=user, contract=contract)

    usable, _unavailable = sorted_out(user, about=AZURE)

    assert usable == [ids_of(limited)[1], ids_of(newer)[1], ids_of(unlimited)[1]]


# --- in how many statements ------------------------------------------------------------------


@pytest.mark.parametrize("contracts", [1, 10])
def test_choice_takes_two_statements_whatever_the_number_of_plans(
    contracts, django_assert_num_queries
):
    user = linked_colleague(gold_contract())
    for _number in range(contracts):
        LinkFactory(user=user, contract=gold_contract())
    waiting = member()
    AffiliationFactory(user=user, partner=waiting.partner)

    with django_assert_num_queries(2):
        found = choice(user=user, partner=waiting.partner, product=WINDOWS_SERVER, at=USED_AT)

    assert len(found.usable) == contracts + 1
    assert Contract.objects.count() == contracts + 1
