"""When the feed is told that 80 or 100 per cent of a plan are used."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benefits.allotments import Level, Scope
from benefits.models import Event
from benefits.services import ledger
from benefits.services.expiry import book_expiries
from tests.factories import ENDS_AT
from tests.movements import adjust, consume, give_back, told, under_lock
from tests.stories import gold_contract, member, plan_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("total", "used", "percents"),
    [
        (20, 15, []),
        (20, 16, [80]),
        (20, 17, []),
        (20, 19, []),
        (20, 20, [100]),
        (10, 7, []),
        (10, 8, [80]),
        # 80 % of 7 is 5.6, of 3 it is 2.4: reached by the next whole one.
        (7, 5, []),
        (7, 6, [80]),
        (7, 7, [100]),
        (3, 2, []),
        (3, 3, [80, 100]),
        (1, 1, [80, 100]),
    ],
)
def test_last_of_so_many_uses_crosses(total, used, percents):
    plan = plan_of(gold_contract())
    if total != 20:
        adjust(plan, total - 20)
    consume(plan, *range(used - 1))
    before = Event.objects.count()

    consume(plan, used)

    behind = Event.objects.order_by("pk")[before:]
    assert [(e.type, e.percent) for e in behind] == [
        ("CONSUMED", None),
        *(("THRESHOLD", percent) for percent in percents),
    ]


@pytest.mark.parametrize(
    ("used", "quantity", "percents"),
    [
        (4, -14, []),
        (4, -15, [80]),
        (4, -16, [80, 100]),
        (16, -4, [100]),
        (16, -3, []),
        (16, 10, []),
        (0, -20, [80, 100]),
    ],
)
def test_correction_crosses_what_is_used_of_the_corrected_total(used, quantity, percents):
    plan = plan_of(gold_contract())
    consume(plan, *range(used))
    before = len(told(plan))

    adjust(plan, quantity)

    assert told(plan)[before:] == [
        ("ADJUSTED", quantity, 20 + quantity - used, None),
        *(("THRESHOLD", None, 20 + quantity - used, percent) for percent in percents),
    ]


def test_threshold_left_by_a_return_is_crossed_again():
    plan = plan_of(gold_contract(level=Level.SILVER), Scope.CLOUD)
    consume(plan, 1, 2, 3, 4)

    give_back(plan, 4)
    consume(plan, 5)

    assert told(plan)[3:] == [
        ("CONSUMED", -1, 1, None),
        ("THRESHOLD", None, 1, 80),
        ("RETURNED", 1, 2, None),
        ("CONSUMED", -1, 1, None),
        ("THRESHOLD", None, 1, 80),
    ]


def test_threshold_left_by_a_correction_is_crossed_again():
    plan = plan_of(gold_contract(level=Level.SILVER), Scope.CLOUD)
    consume(plan, 1, 2, 3, 4)

    adjust(plan, 1)
    consume(plan, 5)

    assert told(plan)[4:] == [
        ("THRESHOLD", None, 1, 80),
        ("ADJUSTED", 1, 2, None),
        ("CONSUMED", -1, 1, None),
        ("THRESHOLD", None, 1, 80),
    ]


def test_unlimited_plan_crosses_nothing():
    plan = plan_of(gold_contract(competencies=("Security",)), Scope.CLOUD)

    consume(plan, 1, 2)
    give_back(plan, 1)

    assert told(plan) == [
        ("CONSUMED", -1, None, None),
        ("CONSUMED", -1, None, None),
        ("RETURNED", 1, None, None),
    ]


def test_advisory_hours_cross_too():
    hours = member().package.plans.get(unit="HOUR")

    adjust(hours, -50)

    assert told(hours) == [
        ("ADJUSTED", -50, 0, None),
        ("THRESHOLD", None, 0, 80),
        ("THRESHOLD", None, 0, 100),
    ]


def test_lapse_crosses_nothing():
    plan = plan_of(gold_contract())
    consume(plan, 1)

    book_expiries(by=None, at=ENDS_AT)

    assert told(plan) == [("CONSUMED", -1, 19, None), ("EXPIRED", -19, 0, None)]


@pytest.mark.parametrize("used", [0, 3, 15])
def test_events_of_a_movement_are_one_statement(used):
    plan = plan_of(gold_contract())
    consume(plan, *range(used))
    call = under_lock(plan)

    with CaptureQueriesContext(connection) as statements:
        ledger.consume(**call, request_number="260302000000099")

    # The plan, the entry, the events.
    assert [sql["sql"].split()[0] for sql in statements] == ["UPDATE", "INSERT", "INSERT"]
