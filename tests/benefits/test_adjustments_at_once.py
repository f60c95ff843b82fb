"""A correction and a use at once: the plan is locked first and read after that."""

import pytest

from benefits.models import Plan
from benefits.reasons import NoIncidentsRemaining
from benefits.services.adjustments import BelowZero, adjust_plan
from tests.at_once import act_meanwhile
from tests.factories import USED_AT, UserFactory
from tests.stories import gold_contract, linked_outsider, plan_of, submit, use_up

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene():
    """Return a plan with one incident left, who may use it, and who may take it away."""
    contract = gold_contract()
    user, plan = linked_outsider(contract), plan_of(contract)
    use_up(plan, by=user, leave=1)
    return plan, user, UserFactory(staff_kind="BENEFITS_MANAGER")


def take_away(plan, manager):
    """Take the last incident away."""
    return adjust_plan(
        plan_id=plan.public_id,
        quantity=-1,
        reason="Granted twice.",
        by=manager,
        at=USED_AT,
        key="k",
    )


def locked(plan):
    """Lock the plan as the ledger does."""
    return Plan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)


def test_incident_used_while_it_is_taken_away_is_used_and_stays(scene):
    plan, user, manager = scene

    taking = act_meanwhile(
        lambda: take_away(plan, manager),
        lock=lambda: locked(plan),
        meanwhile=lambda: submit(by=user, key="the-last-one"),
    )

    assert type(taking.exception()) is BelowZero
    assert Plan.objects.values_list("used", "adjusted", "remaining").get(pk=plan.pk) == (20, 0, 0)


def test_incident_taken_away_while_it_is_used_is_gone_for_the_request(scene):
    plan, user, manager = scene

    using = act_meanwhile(
        lambda: submit(by=user, key="the-last-one"),
        lock=lambda: locked(plan),
        meanwhile=lambda: take_away(plan, manager),
    )

    assert type(using.exception()) is NoIncidentsRemaining
    assert Plan.objects.values_list("used", "adjusted", "remaining").get(pk=plan.pk) == (19, -1, 0)
