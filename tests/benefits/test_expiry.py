"""Booking what lapsed, plan by plan, as often as one likes."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from benefits.models import LedgerEntry, Plan
from benefits.services.expiry import book_expiries
from portal.models import AuditRecord
from tests.factories import ENDS_AT, USED_AT, UserFactory
from tests.stories import (
    gold_contract,
    linked_outsider,
    member,
    partner_of,
    plan_of,
    submit,
    use_up,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def expired_lines():
    """Return what was booked as lapsed: unit and scope, quantity, remaining after, when."""
    entries = LedgerEntry.objects.filter(kind="EXPIRE").order_by("plan__unit", "-plan__scope")
    return list(
        entries.values_list(
            "plan__unit", "plan__scope", "quantity", "remaining_after", "occurred_at"
        )
    )


def test_expiries_are_booked_on_every_ended_plan_with_something_left():
    contract = gold_contract()
    submit(by=linked_outsider(contract))

    booked = book_expiries(by=None, at=ENDS_AT)

    assert booked == 3
    assert expired_lines() == [
        ("HOUR", None, -50, 0, ENDS_AT),
        ("INCIDENT", "ON_PREMISES", -19, 0, ENDS_AT),
        ("INCIDENT", "CLOUD", -10, 0, ENDS_AT),
    ]


def test_expiries_before_the_end_book_nothing():
    gold_contract()

    assert book_expiries(by=None, at=ENDS_AT - SECOND) == 0
    assert expired_lines() == []


def test_expiries_are_booked_once():
    gold_contract()
    book_expiries(by=None, at=ENDS_AT)

    assert book_expiries(by=None, at=ENDS_AT + timedelta(days=1)) == 0
    assert len(expired_lines()) == 3


def test_expiries_of_package_never_activated_are_its_hours_only():
    member()

    assert book_expiries(by=None, at=ENDS_AT) == 1
    assert expired_lines() == [("HOUR", None, -50, 0, ENDS_AT)]


def test_expiries_pass_by_unlimited_and_used_up_plans():
    contract = gold_contract(competencies=("Security",))
    use_up(plan_of(contract), by=linked_outsider(contract))

    assert book_expiries(by=None, at=ENDS_AT) == 1
    assert expired_lines() == [("HOUR", None, -50, 0, ENDS_AT)]


def test_expiries_of_contract_that_ends_early_follow_the_contract():
    contract = gold_contract()
    type(contract).objects.filter(pk=contract.pk).update(ends_at=USED_AT)

    assert book_expiries(by=None, at=USED_AT) == 2
    assert [line[:3] for line in expired_lines()] == [
        ("INCIDENT", "ON_PREMISES", -20),
        ("INCIDENT", "CLOUD", -10),
    ]


def test_expiries_are_recorded_with_who_booked_them():
    contract = gold_contract()
    manager = UserFactory(staff_kind="BENEFITS_MANAGER")
    plan = plan_of(contract)

    book_expiries(by=manager, at=ENDS_AT)

    record = AuditRecord.objects.get(target_id=str(plan.public_id))
    assert (record.action, record.actor, record.partner_mpn_id, record.facts) == (
        "benefits.book_expiry",
        manager,
        partner_of(contract).mpn_id,
        {"lapsed": 20},
    )
    assert LedgerEntry.objects.get(plan=plan, kind="EXPIRE").actor == manager


def test_expiries_leave_the_cached_numbers_consistent():
    gold_contract()

    book_expiries(by=None, at=ENDS_AT)

    assert list(
        Plan.objects.order_by("pk").values_list("expired", "remaining", "used", "last_number")
    ) == [(20, 0, 0, 2), (10, 0, 0, 2), (50, 0, 0, 2)]


def test_command_books_by_the_clock_and_says_how_many(settings):
    gold_contract()
    settings.PORTAL_NOW = ENDS_AT
    out = StringIO()

    call_command("book_expiries", stdout=out)

    assert out.getvalue() == "3 plans booked\n"
    assert [line[-1] for line in expired_lines()] == [ENDS_AT] * 3
