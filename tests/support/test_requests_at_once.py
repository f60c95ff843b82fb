"""What changes in the very moment of submitting: the plan is locked first and read after that."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta

import pytest

from benefits.models import Contract, Plan
from benefits.reasons import ContractExpired, LinkRevoked, NoIncidentsRemaining
from benefits.services import ledger
from benefits.services.links import revoke_link
from support.services.requests import Submitted
from tests.at_once import act_meanwhile
from tests.factories import ACTIVATED_AT, USED_AT
from tests.stories import (
    admin_of,
    gold_contract,
    linked_outsider,
    partner_of,
    plan_of,
    submit,
    use_up,
)

pytestmark = pytest.mark.django_db(transaction=True)

THEN = USED_AT + timedelta(hours=1)


def submit_meanwhile(plan: Plan, meanwhile: Callable[[], object], **request) -> Future[Submitted]:
    """Submit in a second connection while this one holds the plan locked and does something."""
    return act_meanwhile(
        lambda: submit(at=THEN, **request),
        lock=lambda: ledger.locked(plan.pk, user=None, at=USED_AT),
        meanwhile=meanwhile,
    )


@pytest.fixture
def last_of_first():
    """Return an account with two contracts, and one incident left on the first one's plan."""
    first, second = gold_contract(), gold_contract()
    user = linked_outsider(first)
    second.links.create(user=user, method="PAIR", linked_at=ACTIVATED_AT)
    use_up(plan_of(first), by=user, leave=1)
    return user, plan_of(first), plan_of(second)


def test_default_plan_spent_in_the_very_moment_falls_to_the_next(last_of_first):
    user, first, second = last_of_first
    other = linked_outsider(first.package.contract)

    submission = submit_meanwhile(
        first, lambda: submit(by=other, plan_id=first.public_id, at=THEN, key="other"), by=user
    )

    assert submission.result().request.plan == second
    assert Plan.objects.get(pk=first.pk).remaining == 0
    assert Plan.objects.get(pk=second.pk).remaining == 19


def test_chosen_plan_spent_in_the_very_moment_is_refused_with_who_spent_it(last_of_first):
    user, first, second = last_of_first
    other = linked_outsider(first.package.contract)
    spent_by = []

    submission = submit_meanwhile(
        first,
        lambda: spent_by.append(submit(by=other, plan_id=first.public_id, at=THEN, key="other")),
        by=user,
        plan_id=first.public_id,
    )

    refusal = submission.exception()
    assert type(refusal) is NoIncidentsRemaining
    assert refusal.explanation.facts["lastRequest"] == spent_by[0].request.number
    assert refusal.explanation.facts["since"] == THEN.isoformat()
    assert Plan.objects.get(pk=second.pk).remaining == 20


def test_link_revoked_in_the_very_moment_is_refused():
    contract = gold_contract()
    user, admin = linked_outsider(contract), admin_of(partner_of(contract))
    plan = plan_of(contract)

    submission = submit_meanwhile(
        plan,
        lambda: revoke_link(contract_id=contract.public_id, user=user, by=admin, at=USED_AT),
        by=user,
    )

    assert type(submission.exception()) is LinkRevoked
    assert Plan.objects.get(pk=plan.pk).remaining == 20


def test_contract_ended_in_the_very_moment_is_refused():
    contract = gold_contract()
    plan = plan_of(contract)

    submission = submit_meanwhile(
        plan,
        lambda: Contract.objects.filter(pk=contract.pk).update(ends_at=USED_AT),
        by=linked_outsider(contract),
    )

    assert type(submission.exception()) is ContractExpired
    assert Plan.objects.get(pk=plan.pk).remaining == 20
