"""What remained from day to day: one row for a day, one statement for all plans."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from benefits import entitlements, history
from benefits.allotments import Scope
from benefits.models import Plan
from tests import movements
from tests.factories import LedgerEntryFactory
from tests.stories import activate, gold_contract, member, plan_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def charts_of(*plans: Plan, at: datetime = NOW):
    """Return the charts of the plans as they are at an instant."""
    found = entitlements.read(
        Plan.objects.filter(pk__in=[plan.pk for plan in plans]), user=None, at=at
    )
    return history.charts(sorted(found, key=lambda e: e.plan_pk), at=at)


def numbers(chart):
    """Return the rows of the chart's table."""
    return [(row.head, row.cells[0][1]) for row in chart.table.rows]


def test_chart_has_what_was_left_at_the_end_of_each_day():
    plan = plan_of(gold_contract())
    movements.consume(plan, 1, 2, 3)
    movements.give_back(plan, 2)

    (chart,) = charts_of(plan)

    assert chart.title == "On-premises support incidents: remaining over the year"
    assert numbers(chart) == [("20 Dec 2025", "20"), ("2 Mar 2026", "18")]
    assert [mark.text.text for mark in chart.marks] == ["Ends 13 Jan 2027", "Today"]


def test_chart_of_an_unlimited_plan_counts_what_was_used():
    contract = activate(member(competencies=("Cloud Platform",)))
    cloud = plan_of(contract, Scope.CLOUD)
    movements.consume(cloud, 1, 2)

    (chart,) = charts_of(cloud)

    assert chart.title == "Cloud support incidents: used over the year"
    assert numbers(chart) == [("20 Dec 2025", "0"), ("2 Mar 2026", "2")]


def test_chart_ends_at_zero_whether_the_end_is_booked_or_not():
    plan = plan_of(gold_contract())

    (chart,) = charts_of(plan, at=datetime(2027, 3, 1, tzinfo=UTC))

    assert numbers(chart) == [("20 Dec 2025", "20"), ("14 Jan 2027", "0")]
    assert [mark.text.text for mark in chart.marks] == ["Ended 13 Jan 2027"]


@pytest.mark.parametrize("story", ["not activated", "pending", "never activated"])
def test_chart_of_what_was_never_usable_is_a_sentence(story: str):
    membership = member()
    at = NOW
    if story == "pending":
        activate(membership, at=NOW - timedelta(days=1), delay=timedelta(days=3))
    if story == "never activated":
        at = datetime(2028, 1, 1, tzinfo=UTC)

    (chart,) = charts_of(Plan.objects.get(package__membership=membership, scope="CLOUD"), at=at)

    assert (chart.empty != "", chart.table.rows) == (True, [])


def test_chart_counts_days_of_the_readers_time_zone():
    plan = plan_of(gold_contract())
    LedgerEntryFactory(
        plan=plan, number=2, consumed=True, occurred_at=datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    )

    with timezone.override("Europe/Stockholm"):
        changes = history.changes_by_day([plan.pk], until=NOW)

    assert changes[plan.pk][date(2026, 6, 2)] == -1


def test_charts_take_one_statement_and_a_step_for_a_day(django_assert_num_queries):
    plans = [plan_of(gold_contract()) for _number in range(3)]
    day = datetime(2026, 6, 1, tzinfo=UTC)
    for number in range(2, 200):
        LedgerEntryFactory(
            plan=plans[0],
            number=number,
            consumed=True,
            occurred_at=day + timedelta(minutes=number),
        )
    found = entitlements.read(Plan.objects.all(), user=None, at=NOW)

    with django_assert_num_queries(1):
        charts = history.charts(found, at=NOW)

    assert max(len(chart.table.rows) for chart in charts) == 2
