"""Corrections of a plan's total: by whom, of which plans, never below zero, once for each form."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from benefits.allotments import Scope
from benefits.models import LedgerEntry, Plan
from benefits.services.activation import activate_package
from benefits.services.adjustments import BelowZero, PlanNotAdjustable, adjust_plan
from partners.models import User
from partners.permissions import NotAuthorized
from portal.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused
from portal.models import AuditRecord
from tests.factories import ACTIVATED_AT, ENDS_AT, USED_AT, YEAR_START, UserFactory
from tests.stories import (
    admin_of,
    entitlement_of,
    gold_contract,
    linked_outsider,
    member,
    plan_of,
    row_counts,
    submit,
    use_up,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MAY = ["BENEFITS_MANAGER", "ADMINISTRATOR"]
MAY_NOT = ["SUPPORT_AGENT", "AUDITOR", None]


def manager(kind: str | None = "BENEFITS_MANAGER") -> User:
    """Return a new account of this kind of staff."""
    return UserFactory(staff_kind=kind)


def adjust(plan: Plan, quantity: int, **changes: Any) -> Any:
    """Correct the plan as a benefits manager does."""
    call: dict[str, Any] = {"by": None, "at": USED_AT, "key": "a-key", "reason": "Counted twice."}
    call |= changes
    call["by"] = call["by"] or manager()
    return adjust_plan(plan_id=plan.public_id, quantity=quantity, **call)


def numbers_of(plan: Plan) -> tuple[Any, ...]:
    """Return what the plan caches: adjusted, used, expired, remaining."""
    columns = ("adjusted", "used", "expired", "remaining")
    return Plan.objects.values_list(*columns).get(pk=plan.pk)


@pytest.mark.parametrize(("quantity", "expected"), [(5, (5, 0, 0, 25)), (-20, (-20, 0, 0, 0))])
def test_correction_moves_the_total_and_what_is_left(quantity, expected):
    plan = plan_of(gold_contract())

    adjusted = adjust(plan, quantity)

    assert numbers_of(plan) == expected
    assert (adjusted.entry.kind, adjusted.entry.quantity, adjusted.entry.remaining_after) == (
        "ADJUST",
        quantity,
        expected[-1],
    )
    assert (adjusted.entry.number, adjusted.entry.reason) == (2, "Counted twice.")


@pytest.mark.parametrize("kind", MAY)
def test_correction_is_recorded_with_who_why_and_what_is_left(kind):
    plan, by = plan_of(gold_contract()), manager(kind)

    adjust(plan, 3, by=by)

    record = AuditRecord.objects.get(action="benefits.adjust_plan")
    assert (record.actor_id, record.partner_mpn_id, record.target_id, record.refusal_code) == (
        by.pk,
        plan.package.partner.mpn_id,
        str(plan.public_id),
        "",
    )
    assert record.facts == {"quantity": 3, "reason": "Counted twice.", "remainingAfter": 23}


@pytest.mark.parametrize("kind", MAY_NOT)
def test_correction_by_others_is_refused_with_the_kinds_that_may(kind):
    plan = plan_of(gold_contract())
    before = row_counts() | {"partners.User": None}

    with pytest.raises(NotAuthorized) as refused:
        adjust(plan, 3, by=manager(kind))

    assert refused.value.explanation.next_step is not None
    assert refused.value.explanation.next_step.text == (
        "This is for staff of these kinds: Benefits manager, Administrator."
    )
    assert row_counts() | {"partners.User": None} == before


def test_correction_by_the_partners_own_admin_is_refused():
    contract = gold_contract()

    with pytest.raises(NotAuthorized):
        adjust(plan_of(contract), 3, by=admin_of(contract.package.partner))


def test_correction_below_zero_is_refused_with_what_is_left():
    contract = gold_contract()
    submit(by=linked_outsider(contract))
    plan = plan_of(contract)

    with pytest.raises(BelowZero) as refused:
        adjust(plan, -20)

    assert refused.value.message == "Only 19 are left: no more than that can be taken away."
    assert refused.value.explanation.facts == {"plan": str(plan.public_id), "remaining": 19}
    assert numbers_of(plan) == (0, 1, 0, 19)


def test_used_up_plan_is_given_more_and_can_be_used_again():
    contract = gold_contract()
    user, plan = linked_outsider(contract), plan_of(contract)
    use_up(plan, by=user)

    with pytest.raises(BelowZero, match="Nothing is left on this plan"):
        adjust(plan, -1)
    adjust(plan, 2)

    assert submit(by=user, key="after").remaining_after == 1
    assert entitlement_of(plan, at=USED_AT).total == 22


def scheduled() -> tuple[Plan, Any]:
    plan = member().package.plans.get(scope=Scope.ON_PREMISES)
    return plan, ACTIVATED_AT.replace(year=YEAR_START.year, month=12, day=14)


def not_activated() -> tuple[Plan, Any]:
    return member().package.plans.get(scope=Scope.ON_PREMISES), USED_AT


def pending() -> tuple[Plan, Any]:
    membership = member()
    activate_package(
        package_id=membership.package.public_id,
        by=admin_of(membership.partner),
        at=USED_AT,
        delay=timedelta(days=3),
    )
    return membership.package.plans.get(scope=Scope.ON_PREMISES), USED_AT + timedelta(days=2)


def ended() -> tuple[Plan, Any]:
    return plan_of(gold_contract()), ENDS_AT


def unlimited() -> tuple[Plan, Any]:
    return plan_of(gold_contract(competencies=("Security",)), Scope.CLOUD), USED_AT


@pytest.mark.parametrize(
    ("story", "message"),
    [
        (scheduled, "This benefit starts on 15 December 2025."),
        (not_activated, " has not activated this benefit yet."),
        (pending, "Activation was requested on 2 March 2026 by "),
        (ended, "This plan ended on 13 January 2027."),
        (unlimited, "This plan is unlimited: there is no number to correct."),
    ],
)
def test_only_limited_plans_between_start_and_end_are_corrected(story, message):
    plan, at = story()
    before = numbers_of(plan)

    with pytest.raises(PlanNotAdjustable) as refused:
        adjust(plan, 3, at=at)

    assert message in refused.value.message
    assert numbers_of(plan) == before


def test_correction_in_the_first_and_in_the_last_second_is_booked():
    contract = gold_contract()
    plan = plan_of(contract)

    adjust(plan, 1, at=contract.starts_at, key="first")
    adjust(plan, 1, at=ENDS_AT - SECOND, key="last")

    assert numbers_of(plan) == (2, 0, 0, 22)


def test_hours_of_advice_are_corrected_without_activation():
    plan = member().package.plans.get(unit="HOUR")

    adjust(plan, -10)

    assert numbers_of(plan) == (-10, 0, 0, 40)


def test_same_form_sent_again_books_once():
    plan, by = plan_of(gold_contract()), manager()

    first = adjust(plan, 3, by=by)
    second = adjust(plan, 3, by=by)

    assert (first.is_replay, second.is_replay) == (False, True)
    assert second.entry == first.entry
    assert LedgerEntry.objects.filter(kind="ADJUST").count() == 1


def test_same_key_for_another_correction_is_refused():
    plan, by = plan_of(gold_contract()), manager()
    adjust(plan, 3, by=by)

    with pytest.raises(IdempotencyKeyReused):
        adjust(plan, 4, by=by)
    with pytest.raises(IdempotencyKeyInvalid):
        adjust(plan, 4, by=by, key="")

    assert numbers_of(plan) == (3, 0, 0, 23)


def test_key_of_refused_correction_is_free_again():
    plan, by = plan_of(gold_contract()), manager()
    with pytest.raises(BelowZero):
        adjust(plan, -21, by=by)

    adjust(plan, -1, by=by)

    assert numbers_of(plan) == (-1, 0, 0, 19)


def test_plan_that_is_not_there_does_not_exist():
    with pytest.raises(Plan.DoesNotExist):
        adjust_plan(
            plan_id=uuid.uuid4(), quantity=1, reason="Why.", by=manager(), at=USED_AT, key="k"
        )
