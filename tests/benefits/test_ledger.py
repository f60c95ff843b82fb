"""The ledger: every event of a plan as an entry, numbered without gaps, never below zero."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from benefits.allotments import Level, Scope
from benefits.models import LedgerEntry, Plan
from benefits.reasons import (
    ActivationPending,
    BenefitNotActivated,
    BenefitNotStarted,
    ContractExpired,
    NoIncidentsRemaining,
)
from benefits.services import ledger
from benefits.services.ledger import AlreadyReturned
from tests.factories import ENDS_AT, USED_AT, YEAR_START, UserFactory
from tests.stories import activate, entitlement_of, gold_contract, member, plan_of

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
AFTER_END = ENDS_AT + timedelta(days=3)


def act(function, plan, *, at=USED_AT, **what):
    """Do something to the plan under its lock, as the services above the ledger do."""
    by = UserFactory()
    with transaction.atomic():
        locked, entitlement = ledger.locked(plan.pk, user=by, at=at)
        return function(plan=locked, entitlement=entitlement, by=by, at=at, **what)


def consume(plan, number, *, at=USED_AT):
    """Use one incident for a request of this number."""
    return act(ledger.consume, plan, at=at, request_number=f"260302{number:09d}")


def give_back(plan, number, *, at=USED_AT):
    """Return the incident of the request of this number."""
    return act(ledger.give_back, plan, at=at, request_number=f"260302{number:09d}")


def expire(plan, *, at):
    """Book what lapsed."""
    return act(ledger.expire, plan, at=at)


def lines(plan):
    """Return the plan's entries: number, kind, quantity, remaining after."""
    entries = LedgerEntry.objects.filter(plan=plan).order_by("number")
    return list(entries.values_list("number", "kind", "quantity", "remaining_after"))


def cached(plan):
    """Return the numbers that the plan caches: used, adjusted, expired, remaining, last number."""
    return Plan.objects.values_list("used", "adjusted", "expired", "remaining", "last_number").get(
        pk=plan.pk
    )


# --- the table of events ---------------------------------------------------------------------


def test_activated_plan_has_its_grant():
    plan = plan_of(gold_contract())

    assert lines(plan) == [(1, "GRANT", 20, 20)]
    assert cached(plan) == (0, 0, 0, 20, 1)


def test_advisory_hours_are_granted_with_the_membership():
    hours = member().package.plans.get(unit="HOUR")

    assert lines(hours) == [(1, "GRANT", 50, 50)]
    assert cached(hours) == (0, 0, 0, 50, 1)


def test_consumed_incident_is_the_next_line():
    plan = plan_of(gold_contract())

    entry = consume(plan, 1)

    assert lines(plan) == [(1, "GRANT", 20, 20), (2, "CONSUME", -1, 19)]
    assert cached(plan) == (1, 0, 0, 19, 2)
    assert (entry.request_number, entry.occurred_at) == ("260302000000001", USED_AT)


def test_incident_consumed_on_unlimited_plan_is_a_line_without_balance():
    plan = plan_of(gold_contract(competencies=("Security",)), Scope.CLOUD)

    for number in (1, 2):
        consume(plan, number)

    assert lines(plan) == [(1, "CONSUME", -1, None), (2, "CONSUME", -1, None)]
    assert cached(plan) == (2, 0, 0, None, 2)


def test_returned_incident_is_a_line_of_its_own():
    plan = plan_of(gold_contract())
    consume(plan, 1)
    consume(plan, 2)

    give_back(plan, 1)

    assert lines(plan)[3:] == [(4, "RETURN", 1, 19)]
    assert cached(plan) == (1, 0, 0, 19, 4)


def test_incident_returned_to_unlimited_plan_is_a_line_without_balance():
    plan = plan_of(gold_contract(competencies=("Security",)), Scope.CLOUD)
    consume(plan, 1)

    give_back(plan, 1)

    assert lines(plan) == [(1, "CONSUME", -1, None), (2, "RETURN", 1, None)]
    assert cached(plan) == (0, 0, 0, None, 2)


def test_incident_is_returned_once():
    plan = plan_of(gold_contract())
    consume(plan, 1)
    give_back(plan, 1)

    with pytest.raises(AlreadyReturned) as refused:
        give_back(plan, 1)

    assert refused.value.explanation.as_dict() == {
        "code": "already_returned",
        "message": "The incident of this request was returned before.",
        "facts": {"requestNumber": "260302000000001"},
        "nextStep": None,
    }
    assert cached(plan) == (0, 0, 0, 20, 3)


def test_what_is_left_at_the_end_lapses_once():
    plan = plan_of(gold_contract())
    consume(plan, 1)

    first, second = expire(plan, at=ENDS_AT), expire(plan, at=AFTER_END)

    assert (first.quantity, second) == (-19, None)
    assert lines(plan)[2:] == [(3, "EXPIRE", -19, 0)]
    assert cached(plan) == (1, 0, 19, 0, 3)


def test_nothing_lapses_before_the_end():
    plan = plan_of(gold_contract())

    assert expire(plan, at=ENDS_AT - SECOND) is None
    assert cached(plan) == (0, 0, 0, 20, 1)


def test_nothing_lapses_on_unlimited_plan():
    plan = plan_of(gold_contract(competencies=("Security",)), Scope.CLOUD)

    assert expire(plan, at=AFTER_END) is None
    assert lines(plan) == []


def test_incident_returned_after_the_end_books_what_lapsed_before_and_after_it():
    plan = plan_of(gold_contract())
    consume(plan, 1)
    consume(plan, 2)

    give_back(plan, 1, at=AFTER_END)

    assert lines(plan)[3:] == [(4, "EXPIRE", -18, 0), (5, "RETURN", 1, 1), (6, "EXPIRE", -1, 0)]
    assert cached(plan) == (1, 0, 19, 0, 6)


def test_incident_returned_after_the_end_was_booked_lapses_at_once():
    plan = plan_of(gold_contract())
    consume(plan, 1)
    expire(plan, at=ENDS_AT)

    give_back(plan, 1, at=AFTER_END)

    assert lines(plan)[2:] == [(3, "EXPIRE", -19, 0), (4, "RETURN", 1, 1), (5, "EXPIRE", -1, 0)]
    assert cached(plan) == (0, 0, 20, 0, 5)


def test_incident_returned_after_the_end_of_used_up_plan_lapses_at_once():
    plan = plan_of(gold_contract())
    for number in range(20):
        consume(plan, number)

    give_back(plan, 7, at=AFTER_END)

    assert lines(plan)[21:] == [(22, "RETURN", 1, 1), (23, "EXPIRE", -1, 0)]
    assert cached(plan) == (19, 0, 1, 0, 23)


# --- never below zero ------------------------------------------------------------------------


def test_last_incident_is_used_and_the_next_is_refused():
    plan = plan_of(gold_contract(level=Level.SILVER), Scope.CLOUD)
    for number in range(5):
        consume(plan, number)

    with pytest.raises(NoIncidentsRemaining) as refused:
        consume(plan, 5)

    assert refused.value.explanation.as_dict() == {
        "code": "no_incidents_remaining",
        "message": "All 5 incidents have been used since 2 March 2026.",
        "facts": {
            "total": 5,
            "since": "2026-03-02T09:00:00+00:00",
            "lastRequest": "260302000000004",
            "endsAt": "2027-01-14T00:00:00+00:00",
        },
        "nextStep": {
            "text": "Cloud support now needs a paid plan: compare the partner support plans.",
            "url": "/support/partnersupport",
            "people": [],
        },
    }
    assert cached(plan) == (5, 0, 0, 0, 6)


def test_returned_incident_can_be_used_again():
    plan = plan_of(gold_contract(level=Level.SILVER), Scope.CLOUD)
    for number in range(5):
        consume(plan, number)
    give_back(plan, 0)

    consume(plan, 5)

    assert lines(plan)[6:] == [(7, "RETURN", 1, 1), (8, "CONSUME", -1, 0)]


def test_balance_is_zero_from_the_end_on_although_nothing_is_booked():
    plan = plan_of(gold_contract())

    remaining = [
        entitlement_of(plan, at=at).remaining for at in (ENDS_AT - SECOND, ENDS_AT, AFTER_END)
    ]

    assert remaining == [20, 0, 0]
    assert cached(plan) == (0, 0, 0, 20, 1)


# --- when it may be used ---------------------------------------------------------------------


@pytest.mark.parametrize("at", [ENDS_AT, AFTER_END])
def test_ended_plan_is_not_consumed(at):
    plan = plan_of(gold_contract())

    with pytest.raises(ContractExpired):
        consume(plan, 1, at=at)

    assert lines(plan) == [(1, "GRANT", 20, 20)]


def test_pending_plan_is_not_consumed():
    plan = plan_of(activate(member(), at=USED_AT, delay=timedelta(days=3)))

    with pytest.raises(ActivationPending):
        consume(plan, 1, at=USED_AT + timedelta(days=3) - SECOND)


def test_plan_that_is_not_activated_is_not_consumed():
    plan = member().package.plans.get(scope="ON_PREMISES")

    with pytest.raises(BenefitNotActivated):
        consume(plan, 1)


def test_scheduled_plan_is_not_consumed():
    plan = member(starts_on=YEAR_START.replace(year=2027)).package.plans.get(unit="HOUR")

    with pytest.raises(BenefitNotStarted):
        consume(plan, 1)


# --- its shape -------------------------------------------------------------------------------


def test_one_request_consumes_once():
    plan = plan_of(gold_contract())
    consume(plan, 1)

    with pytest.raises(IntegrityError), transaction.atomic():
        consume(plan, 1)

    assert cached(plan) == (1, 0, 0, 19, 2)


def test_one_request_consumes_once_on_whichever_plan():
    contract = gold_contract()
    consume(plan_of(contract), 1)

    with pytest.raises(IntegrityError), transaction.atomic():
        consume(plan_of(contract, Scope.CLOUD), 1)


def test_entry_names_who_and_when():
    plan = plan_of(gold_contract())

    entry = consume(plan, 1)

    stored = LedgerEntry.objects.get(plan=plan, number=2)
    assert (stored.pk, stored.actor, stored.occurred_at) == (entry.pk, entry.actor, USED_AT)


def test_entry_of_stale_plan_is_refused_by_the_database():
    plan = plan_of(gold_contract())
    stale, entitlement = ledger.locked(plan.pk, user=None, at=USED_AT)
    consume(plan, 1)

    with pytest.raises(IntegrityError), transaction.atomic():
        ledger.consume(
            plan=stale,
            entitlement=entitlement,
            request_number="260302000000002",
            by=UserFactory(),
            at=USED_AT,
        )

    assert cached(plan) == (1, 0, 0, 19, 2)
