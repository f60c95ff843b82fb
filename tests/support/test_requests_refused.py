"""Requests that are refused: with the first reason, and without a trace in any table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from benefits.allotments import Level, Scope
from benefits.models import Plan
from benefits.reasons import (
    ActivationPending,
    BenefitNotActivated,
    ContractExpired,
    ContractNotLinked,
    LinkRevoked,
    NoIncidentsRemaining,
)
from benefits.services.links import drop_link, restore_link, revoke_link
from partners.permissions import NotAuthorized
from portal.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from support.coverage import NoUsablePlan, PlanNotIncluded, PlanWrongScope
from support.products import ProductNotSupported
from support.severities import Severity
from tests.factories import ACTIVATED_AT, ENDS_AT, USED_AT, AffiliationFactory, UserFactory
from tests.stories import (
    AZURE,
    activate,
    admin_of,
    colleague_of,
    gold_contract,
    linked_colleague,
    linked_outsider,
    member,
    partner_of,
    plan_of,
    product,
    row_counts,
    submit,
    text,
    use_up,
)

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2025, 1, 2, tzinfo=UTC)


def refusal_of(**request):
    """Submit, and return the refusal that comes instead; nothing may be written."""
    rows = row_counts()
    plans = list(Plan.objects.order_by("pk").values())
    with pytest.raises(Exception) as refused:  # noqa: PT011 - which one, each test says
        submit(**request)
    assert row_counts() == rows
    assert list(Plan.objects.order_by("pk").values()) == plans
    return refused.value


# --- by whom ---------------------------------------------------------------------------------


def test_request_by_staff_is_refused():
    contract = gold_contract()
    staff = linked_outsider(contract, user=UserFactory(staff=True))

    refusal = refusal_of(by=staff)

    assert type(refusal) is NotAuthorized
    assert refusal.explanation.facts == {"reason": "staff"}


def test_request_by_account_without_any_plan_is_refused():
    gold_contract()

    refusal = refusal_of(by=UserFactory(personal=True))

    assert type(refusal) is NoUsablePlan
    assert refusal.explanation.as_dict() == {
        "code": "plan_not_included",
        "message": "We found no usable support plan for this account.",
        "facts": {},
        "nextStep": {
            "text": "Add a contract with its Access ID and Contract ID.",
            "url": None,
            "people": [],
        },
    }


def test_request_on_plan_of_a_stranger_is_refused_as_if_there_were_none():
    contract = gold_contract()
    stranger = linked_outsider(gold_contract())

    refusal = refusal_of(by=stranger, plan_id=plan_of(contract).public_id)

    assert refusal.explanation.as_dict() == {
        "code": "plan_not_included",
        "message": "The chosen plan is not among those that this account may use.",
        "facts": {"entitlementId": str(plan_of(contract).public_id)},
        "nextStep": {
            "text": "Choose another one, or add its contract with its Access ID and Contract ID.",
            "url": None,
            "people": [],
        },
    }


def test_request_on_plan_of_partner_acted_for_in_name_only_is_refused():
    contract = gold_contract()
    stranger = admin_of(member().partner)

    refusal = refusal_of(
        by=stranger, partner=partner_of(contract), plan_id=plan_of(contract).public_id
    )

    assert type(refusal) is NoUsablePlan


def test_request_by_csp_only_account_on_its_partners_plan_is_refused():
    contract = gold_contract()
    agent = AffiliationFactory(partner=partner_of(contract), csp_only=True).user

    assert type(refusal_of(by=agent, partner=partner_of(contract))) is NoUsablePlan


def test_request_on_advisory_hours_is_refused():
    contract = gold_contract()
    hours = contract.package.plans.get(unit="HOUR")

    refusal = refusal_of(
        by=linked_colleague(contract), partner=partner_of(contract), plan_id=hours.public_id
    )

    assert type(refusal) is NoUsablePlan


# --- link ------------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", [True, False])
def test_request_by_colleague_who_has_not_linked_is_refused(chosen):
    contract = gold_contract()
    plan_id = plan_of(contract).public_id if chosen else None

    refusal = refusal_of(
        by=colleague_of(partner_of(contract)), partner=partner_of(contract), plan_id=plan_id
    )

    assert type(refusal) is ContractNotLinked
    assert refusal.explanation.facts == {"contractId": str(contract.public_id)}


@pytest.mark.parametrize("chosen", [True, False])
def test_request_after_revocation_is_refused(chosen):
    contract = gold_contract()
    consultant, admin = linked_outsider(contract), admin_of(partner_of(contract))
    revoke_link(contract_id=contract.public_id, user=consultant, by=admin, at=USED_AT)
    plan_id = plan_of(contract).public_id if chosen else None

    assert type(refusal_of(by=consultant, plan_id=plan_id)) is LinkRevoked


def test_request_after_restoring_is_submitted():
    contract = gold_contract()
    consultant, admin = linked_outsider(contract), admin_of(partner_of(contract))
    revoke_link(contract_id=contract.public_id, user=consultant, by=admin, at=USED_AT)
    restore_link(contract_id=contract.public_id, user=consultant, by=admin, at=USED_AT)

    assert submit(by=consultant).is_replay is False


def test_request_after_dropping_ones_link_finds_no_plan():
    contract = gold_contract()
    consultant = linked_outsider(contract)
    drop_link(contract_id=contract.public_id, by=consultant, at=USED_AT)

    assert type(refusal_of(by=consultant)) is NoUsablePlan


# --- dates, product, balance -----------------------------------------------------------------


@pytest.mark.parametrize("at", [ENDS_AT, ENDS_AT + timedelta(days=1)])
def test_request_from_the_end_on_is_refused(at):
    newest = product("Windows Server", "2025")

    assert type(refusal_of(by=linked_outsider(gold_contract()), at=at, product=newest)) is (
        ContractExpired
    )


def test_request_before_the_contracts_start_is_refused():
    contract = activate(member(), at=USED_AT, delay=timedelta(days=3))

    assert type(refusal_of(by=linked_outsider(contract))) is ActivationPending


def test_request_before_activation_is_refused_with_who_can():
    partner = member().partner
    admin_of(partner, name="Ana Berg")

    refusal = refusal_of(by=colleague_of(partner), partner=partner)

    assert type(refusal) is BenefitNotActivated
    assert refusal.explanation.facts["people"] == ["Ana Berg"]
    assert refusal.explanation.as_dict()["nextStep"]["people"] == ["Ana Berg"]


@pytest.mark.parametrize(
    ("level", "about", "refusal"),
    [
        (Level.GOLD, product("Windows Server", "2016"), ProductNotSupported),
        (None, AZURE, PlanNotIncluded),
    ],
)
def test_request_about_product_that_is_not_covered_is_refused(level, about, refusal):
    contract = activate(member(level=level))

    found = refusal_of(
        by=linked_outsider(contract), product=about, plan_id=plan_of(contract).public_id
    )

    assert type(found) is refusal


def test_request_about_cloud_service_on_chosen_on_premises_plan_is_refused():
    contract = gold_contract(competencies=("Security",))
    plan_id = plan_of(contract).public_id

    refusal = refusal_of(by=linked_outsider(contract), product=AZURE, plan_id=plan_id)

    assert type(refusal) is PlanWrongScope


def test_request_on_used_up_plan_is_refused():
    contract = gold_contract()
    user = linked_outsider(contract)
    use_up(plan_of(contract), by=user)

    refusal = refusal_of(by=user)

    assert type(refusal) is NoIncidentsRemaining
    assert refusal.explanation.facts["total"] == 20


def test_request_about_cloud_service_tells_of_the_used_up_cloud_plan():
    contract = gold_contract()
    user = linked_outsider(contract)
    use_up(plan_of(contract, Scope.CLOUD), by=user)

    refusal = refusal_of(by=user, product=AZURE)

    assert type(refusal) is NoIncidentsRemaining
    assert refusal.explanation.facts["total"] == 10


def test_request_tells_of_the_current_contract_rather_than_of_the_ended_one():
    ended = activate(member(level=None, starts_on=date(2024, 12, 15)), at=LONG_AGO)
    current = gold_contract()
    user = linked_outsider(ended)
    current.links.create(user=user, method="PAIR", linked_at=ACTIVATED_AT)
    use_up(plan_of(current), by=user)

    assert type(refusal_of(by=user)) is NoIncidentsRemaining


# --- falling through -------------------------------------------------------------------------


def test_chosen_plan_that_is_used_up_never_falls_through():
    spent, full = gold_contract(), gold_contract()
    user = linked_outsider(spent)
    full.links.create(user=user, method="PAIR", linked_at=ACTIVATED_AT)
    use_up(plan_of(spent), by=user)

    refusal = refusal_of(by=user, plan_id=plan_of(spent).public_id)

    assert type(refusal) is NoIncidentsRemaining


def test_default_plan_that_is_used_up_falls_to_the_next():
    spent, full = gold_contract(), gold_contract()
    user = linked_outsider(spent)
    full.links.create(user=user, method="PAIR", linked_at=ACTIVATED_AT)
    use_up(plan_of(spent), by=user)

    assert submit(by=user).request.plan == plan_of(full)


# --- keys ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"text": replace(text(), title="Another title")},
        {"text": replace(text(), description="Another description")},
        {"text": replace(text(), severity=Severity.B)},
        {"text": replace(text(), contact_email="li@contoso.example")},
        {"product": product("Windows", "11")},
        {"plan_id": "chosen"},
    ],
)
def test_same_key_with_other_content_is_refused_and_nothing_changes(changes):
    contract = gold_contract()
    user = linked_outsider(contract)
    submit(by=user)
    if "plan_id" in changes:
        changes = {"plan_id": plan_of(contract).public_id}

    refusal = refusal_of(by=user, **changes)

    assert type(refusal) is IdempotencyKeyReused
    assert (refusal.code, refusal.status) == ("idempotency_key_reused", 422)


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256, "a\n"])
def test_key_that_is_not_printable_is_refused(key):
    refusal = refusal_of(by=linked_outsider(gold_contract()), key=key)

    assert type(refusal) is IdempotencyKeyInvalid


def test_key_of_refused_request_is_free_again():
    contract = gold_contract()
    user = linked_outsider(contract)
    refusal_of(by=user, product=product("Windows Server", "2016"))

    assert submit(by=user).is_replay is False
