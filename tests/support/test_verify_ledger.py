"""Requests and ledger against each other, and the command that looks at everything."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from benefits.models import LedgerEntry, Plan
from benefits.verification import Difference
from portal import append_only
from support.models import SupportRequest
from support.verification import differences
from tests.advice import PRESALES, ask
from tests.factories import CLOSED_AT, LedgerEntryFactory, SupportRequestFactory
from tests.stories import gold_contract, linked_outsider, member, plan_of, submit
from tests.world.loaded import put

pytestmark = pytest.mark.django_db


def verify():
    """Run the command; return what it printed and its exit code."""
    out = StringIO()
    try:
        call_command("verify_ledger", stdout=out)
    except SystemExit as ended:
        return out.getvalue(), ended.code
    return out.getvalue(), 0


@pytest.fixture
def request_made():
    """Return a submitted request."""
    return submit(by=linked_outsider(gold_contract())).request


def test_requests_with_their_uses_have_no_differences(request_made):
    assert list(differences()) == []


def test_request_without_its_use_is_found():
    contract = gold_contract()
    request = SupportRequestFactory(plan=plan_of(contract))

    assert list(differences()) == [
        Difference(f"request {request.number}", "use of its plan", "one", "none")
    ]


@pytest.mark.parametrize(
    ("reason", "found"),
    [("SOLVED_BY_PARTNER", 0), ("ANSWERED", 0), ("PRODUCT_DEFECT", 1), ("DUPLICATE", 1)],
)
def test_request_closed_without_the_return_that_its_reason_promises_is_found(
    request_made, reason, found
):
    SupportRequest.objects.update(
        state="CLOSED",
        state_changed_at=CLOSED_AT,
        ended_at=CLOSED_AT,
        closed_at=CLOSED_AT,
        closed_by=request_made.author,
        close_reason=reason,
    )

    missing = Difference(f"request {request_made.number}", "return to its plan", "one", "none")
    assert list(differences()) == [missing] * found


@pytest.mark.parametrize("reason", ["ANSWERED", "PRODUCT_DEFECT", "DUPLICATE"])
def test_request_without_plan_needs_neither_use_nor_return(reason):
    SupportRequestFactory(billing=True)
    SupportRequestFactory(billing=True, closed=True, close_reason=reason)

    assert list(differences()) == []


def test_advisory_request_needs_no_use_and_unlimited_presales_may_have_none():
    partner = member().partner
    ask(partner, key="advice")
    presales = ask(partner, key="presales", kind=PRESALES).request
    assert list(differences()) == []

    LedgerEntryFactory(
        plan=presales.plan,
        consumed=True,
        remaining_after=49,
        request_number=presales.number,
    )
    Plan.objects.filter(support_requests=presales).update(used=1, remaining=49, last_number=2)

    assert list(differences()) == [
        Difference(f"request {presales.number}", "use of its plan", "none", "one")
    ]


def test_use_without_its_request_is_found(request_made):
    SupportRequest.objects.all().delete()
    entry = LedgerEntry.objects.get(kind="CONSUME")

    assert list(differences()) == [
        Difference(
            f"plan entry {entry.pk}, number {entry.number}",
            "request",
            request_made.number,
            "no such request",
        )
    ]


def test_use_on_another_plan_than_the_requests_is_found(request_made):
    append_only.remove(connection, LedgerEntry)
    other = plan_of(gold_contract())
    LedgerEntry.objects.filter(kind="CONSUME").update(plan=other)

    whats = [(difference.where, difference.what) for difference in differences()]

    assert (f"request {request_made.number}", "use of its plan") in whats
    assert (f"plan {other.public_id}", "used") in whats


def test_command_in_the_demo_world_finds_nothing(now):
    put(at=now)

    assert SupportRequest.objects.count() > 50
    assert verify() == ("0 differences\n", 0)


def test_command_prints_each_difference_and_exits_with_one(request_made):
    plan = request_made.plan
    Plan.objects.filter(pk=plan.pk).update(last_number=9)

    assert verify() == (
        f"plan {plan.public_id}: last_number is 9, the ledger says 2\n1 differences\n",
        1,
    )
