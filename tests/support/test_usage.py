"""
The reports: every figure is that of a plain SQL query over the ledger, written here.

The world has returns, corrections, what lapsed, unlimited and bought plans, hours, customers, and
entries at the very ends of months.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from benefits.models import LedgerEntry, Plan
from support import reports
from support.models import MonthlyUse, MonthlyUseHead, PlanLevel, SupportRequest
from support.report_filter import Period
from support.services.usage import sum_up
from support.verification import differences
from tests.at_once import act_meanwhile
from tests.factories import (
    CustomerFactory,
    LedgerEntryFactory,
    PlanFactory,
    SupportRequestFactory,
    UserFactory,
)
from tests.lives import CloseReason, close, submitted_by_outsider

pytestmark = pytest.mark.django_db

Portal = SupportRequest.Portal
Kind = LedgerEntry.Kind
YEAR = Period(date(2025, 12, 1), date(2026, 11, 1))
TICK = timedelta(microseconds=1)
# What every query of this file begins with: the ledger, and what its entries belong to.
FIGURES = """
    coalesce(sum(CASE WHEN e.kind = 'CONSUME' THEN -e.quantity END), 0),
    coalesce(sum(CASE WHEN e.kind = 'RETURN' THEN e.quantity END), 0)
    FROM benefits_ledgerentry e
    JOIN benefits_plan p ON p.id = e.plan_id
    JOIN benefits_package g ON g.id = p.package_id
    LEFT JOIN benefits_membership m ON m.id = g.membership_id
    LEFT JOIN support_supportrequest r ON r.number = e.request_number
    WHERE e.kind IN ('CONSUME', 'RETURN') AND p.unit = %s
      AND e.occurred_at >= %s AND e.occurred_at < %s
"""
LEVEL = """CASE WHEN g.purchase_id IS NOT NULL THEN 'BOUGHT'
                WHEN m.kind = 'ACTION_PACK' THEN 'ACTION_PACK' ELSE m.level END"""
COLUMNS = {"product": "r.product_family", "level": LEVEL, "portal": "r.portal"}

Table = dict[str, tuple[int, int]]


def sql(text: str, *params: str) -> list[tuple[Any, ...]]:
    """Return what the database answers to a statement."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return list(cursor.fetchall())


def instant(day: date) -> str:
    """Return the beginning of a day of UTC as both databases compare it."""
    return f"{day:%Y-%m-%d} 00:00:00"


def after(month: date) -> date:
    """Return the first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)


def by_sql(name: str, period: Period, *, level: str = "", portal: str = "") -> Table:
    """Return a report as the ledger says it, without what is zero."""
    where, params = "", []
    if level:
        where, params = f" AND {LEVEL} = %s", [level]
    if portal:
        where, params = f"{where} AND r.portal = %s", [*params, portal]
    unit = "HOUR" if name == "hours" else "INCIDENT"
    if name in ("month", "hours"):
        found = [
            (f"{month:%Y-%m}", *row)
            for month in months_of(period)
            for row in sql(
                f"SELECT {FIGURES}{where}", unit, instant(month), instant(after(month)), *params
            )
        ]
    else:
        key = COLUMNS[name]
        ends = instant(period.first), instant(after(period.last))
        found = sql(f"SELECT {key}, {FIGURES}{where} GROUP BY {key}", unit, *ends, *params)
    return {key: (used, returned) for key, used, returned in found if used or returned}


def months_of(period: Period) -> list[date]:
    """Return the months of a period, counted here once more."""
    months = [period.first]
    while months[-1] < period.last:
        months.append(after(months[-1]))
    return months


def by_report(period: Period, **filters: str) -> dict[str, Table]:
    """Return all reports as the page shows them, without what is zero."""
    return {
        report.name: {
            line.code: (line.figures.used, line.figures.returned)
            for line in report.lines
            if line.figures.used or line.figures.returned
        }
        for report in reports.build(period=period, **filters)
    }


def all_by_sql(period: Period, **filters: str) -> dict[str, Table]:
    """Return all reports as the ledger says them."""
    return {name: by_sql(name, period, **filters) for name in reports.NAMES}


class Books:
    """Writes requests with their entries, as services would, at whatever instant."""

    def __init__(self) -> None:
        self.author = UserFactory()
        self.numbers: dict[int, Iterator[int]] = {}

    def entry(self, plan: Plan, kind: Kind, quantity: int, at: datetime, **more: Any) -> None:
        """Append an entry to the plan."""
        number = next(self.numbers.setdefault(plan.pk, count(1)))
        limited: dict[str, Any] = {"remaining_after": 5 if kind not in MOVED else None}
        LedgerEntryFactory(
            plan=plan, number=number, kind=kind, quantity=quantity, occurred_at=at,
            **{**limited, **more},
        )  # fmt: skip

    def use(self, plan: Plan, at: datetime, *, quantity: int = 1, **request: Any) -> str:
        """Write a request that uses up something of the plan, and return its number."""
        made = SupportRequestFactory(plan=plan, author=self.author, opened_at=at, **request)
        self.entry(plan, Kind.CONSUME, -quantity, at, request_number=made.number)
        return str(made.number)

    def give_back(self, plan: Plan, number: str, at: datetime, *, quantity: int = 1) -> None:
        """Return what the request used."""
        self.entry(plan, Kind.RETURN, quantity, at, request_number=number)


MOVED = (Kind.CONSUME, Kind.RETURN)


def noon(month: int, day: int, year: int = 2026) -> datetime:
    """Return noon of a day."""
    return datetime(year, month, day, 12, tzinfo=UTC)


def write_world() -> Books:
    """Write a year of use in every portal, by plans of every kind."""
    books = Books()
    gold, bought = PlanFactory(), PlanFactory(bought=True)
    silver = PlanFactory(package__membership__level="SILVER")
    action_pack = PlanFactory(
        package__membership__kind="ACTION_PACK", package__membership__level=None
    )
    unlimited, hours = PlanFactory(unlimited=True), PlanFactory(advisory=True, package=gold.package)
    azure: dict[str, Any] = {"portal": Portal.AZURE, "product_family": "Azure"}
    customer = CustomerFactory()

    for plan in (gold, silver, action_pack, hours):
        books.entry(plan, Kind.GRANT, 20, noon(1, 2))
        books.entry(plan, Kind.ADJUST, -3, noon(3, 2), reason="Counted twice")
        books.entry(plan, Kind.EXPIRE, -1, noon(11, 2))
    # The last instant of a month and the first one of the next, of the period too.
    for at in (datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC),
               datetime(2026, 12, 1, tzinfo=UTC)):  # fmt: skip
        books.use(gold, at - TICK)
        books.use(gold, at, product_family="SQL Server")
    # Returned in another month, in which nothing is used; and twelve hours at once.
    number = books.use(silver, noon(5, 31), portal=Portal.API)
    books.give_back(silver, number, noon(7, 1))
    number = books.use(hours, noon(5, 31), quantity=12, hours=True)
    books.give_back(hours, number, noon(6, 1), quantity=12)
    books.use(hours, noon(6, 2), quantity=3, hours=True)
    books.use(bought, noon(9, 9), **azure)
    books.use(unlimited, noon(9, 9), portal=Portal.MICROSOFT_365, product_family="Microsoft 365")
    books.use(unlimited, noon(9, 10), customer=customer, partner=customer.partner, **azure)
    for day in range(1, 8):
        books.use(action_pack, noon(2, day), portal=Portal.DYNAMICS_365)
    # What uses no incident is in no report.
    SupportRequestFactory(for_customer=True)
    SupportRequestFactory(billing=True)
    return books


def test_reports_are_what_plain_sql_reads_from_the_ledger_however_much_is_summed_up():
    write_world()
    expected = all_by_sql(YEAR)
    assert expected["month"]["2026-07"] == (0, 1)
    assert expected["hours"] == {"2026-05": (12, 0), "2026-06": (3, 12)}
    assert set(expected["level"]) == set(PlanLevel.values)
    assert by_report(YEAR) == expected

    steps = 0
    while sum_up(most=3):
        steps += 1
        assert by_report(YEAR) == expected

    assert steps > 10
    head = MonthlyUseHead.objects.get()
    assert LedgerEntry.objects.filter(pk__gt=head.last_entry).count() == 0
    assert sum_up() == 0
    assert by_report(YEAR) == expected


def test_reports_of_other_months_and_filters_are_what_plain_sql_reads():
    books = write_world()
    assert sum_up() > 0
    late = PlanFactory()
    # Not summed up yet, some of it into months that are.
    for month in (1, 4, 9):
        books.give_back(late, books.use(late, noon(month, 3)), noon(month + 1, 3))

    shown: list[tuple[Period, dict[str, str]]] = [
        (Period(date(2026, 4, 1), date(2026, 4, 1)), {}),
        (Period(date(2024, 2, 1), date(2028, 2, 1)), {}),
        *((YEAR, {"level": level}) for level in PlanLevel.values),
        *((YEAR, {"portal": portal}) for portal in Portal.values),
        (YEAR, {"level": "GOLD", "portal": "AZURE"}),
    ]

    differing = [
        (period, filters)
        for period, filters in shown
        if by_report(period, **filters) != all_by_sql(period, **filters)
    ]

    assert differing == []


def test_what_staff_return_counts_in_the_month_in_which_they_return_it():
    request = submitted_by_outsider()
    close(request, by=UserFactory(staff=True), reason=CloseReason.DUPLICATE, at=noon(4, 2))

    month = by_report(YEAR)["month"]

    assert month == {"2026-03": (1, 0), "2026-04": (0, 1)} == by_sql("month", YEAR)
    (line,) = [line for line in reports.build(period=YEAR)[0].lines if line.code == "2026-04"]
    assert line.figures.net == -1


def test_command_sums_up_and_says_how_much(capsys):
    write_world()

    call_command("sum_up_use")
    call_command("sum_up_use")

    entries, nothing = capsys.readouterr().out.splitlines()
    assert int(entries.split()[0]) >= LedgerEntry.objects.count()
    assert nothing == "0 ledger entries summed up"
    assert sum(one.used - one.returned for one in MonthlyUse.objects.all()) == sum(
        -quantity
        for quantity in LedgerEntry.objects.filter(kind__in=MOVED).values_list(
            "quantity", flat=True
        )
    )


def test_sum_that_is_not_that_of_its_entries_is_a_difference_to_the_verification():
    write_world()
    sum_up()
    (kept,) = MonthlyUse.objects.filter(month=date(2026, 7, 1))
    before = {difference.where for difference in differences()}

    MonthlyUse.objects.filter(pk=kept.pk).update(returned=2)

    (found,) = [one for one in differences() if one.where not in before]
    assert not [where for where in before if where.startswith("use in")]
    assert (found.where, found.what) == (
        "use in 2026-07 by INCIDENT SILVER API Windows Server",
        "used and returned",
    )
    assert (found.stored, found.computed) == ((0, 2), (0, 1))


@pytest.mark.django_db(transaction=True)
def test_entry_that_is_committed_after_a_younger_one_is_summed_up_too():
    books, gold, silver = Books(), PlanFactory(), PlanFactory()

    def younger() -> int:
        Books().use(silver, noon(3, 4))
        return sum_up()

    acting = act_meanwhile(
        younger, lock=lambda: books.use(gold, noon(3, 3)), meanwhile=lambda: None
    )

    assert acting.result() > 0
    assert by_report(YEAR)["month"] == {"2026-03": (2, 0)} == by_sql("month", YEAR)


@pytest.mark.django_db(transaction=True)
def test_two_who_sum_up_at_once_add_nothing_twice():
    books, gold = Books(), PlanFactory()
    books.use(gold, noon(3, 3))
    sum_up()
    books.use(gold, noon(3, 4))

    acting = act_meanwhile(
        sum_up,
        lock=lambda: MonthlyUseHead.objects.select_for_update().get(),
        meanwhile=sum_up,
    )

    assert acting.result() == 0
    assert by_report(YEAR)["month"] == {"2026-03": (2, 0)}
