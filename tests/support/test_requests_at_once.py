"""What changes in the very moment of submitting: the plan is locked first and read after that."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from benefits.models import Contract, Plan
from benefits.reasons import ContractExpired, LinkRevoked, NoIncidentsRemaining
from benefits.services import ledger
from benefits.services.links import revoke_link
from support.services.requests import Submitted
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
    """
    Submit in a second connection while this one holds the plan locked.

    `meanwhile` happens under that lock, after the submission began and before it may go on.
    """

    def submit_in_own_connection() -> Submitted:
        try:
            return submit(at=THEN, **request)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            ledger.locked(plan.pk, user=None, at=USED_AT)
            submission = pool.submit(submit_in_own_connection)
            wait_until_somebody_waits()
            meanwhile()
        submission.exception(timeout=30)
    return submission


def wait_until_somebody_waits() -> None:
    """Return when the other connection waits for a lock; SQLite cannot say so, and waits anyway."""
    if connection.vendor == "sqlite":
        time.sleep(0.2)
        return
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            (waiting,) = cursor.fetchone()
        if waiting:
            return
        time.sleep(0.02)
    pytest.fail("nobody waits for the lock")


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
