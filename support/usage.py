"""
What was used and returned: by month, product, level and portal, as the ledger says.

An entry counts in the month (UTC) of its own instant: what is returned later counts as returned
then, and leaves the month of its use as it was. Incidents and hours of advice are never added up.

Most of it is summed up already (`MonthlyUse`, by services/usage.py); what came since is read from
the ledger, in the same statement: so the figures are those of the ledger, whenever it was summed
up.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any, TypeVar

from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, TruncMonth

from benefits.allotments import Unit
from benefits.models import LedgerEntry
from support.models import MonthlyUse, MonthlyUseHead, PlanLevel, SupportRequest

K = TypeVar("K", bound=Hashable)
COLUMNS = ("month", "unit", "level", "portal", "product_family", "used", "returned")


@dataclass(frozen=True)
class Figures:
    """How much was used and how much of what was used, then or before, was returned."""

    used: int = 0
    returned: int = 0

    @property
    def net(self) -> int:
        """What it comes to; below zero when more was returned than used."""
        return self.used - self.returned

    def __add__(self, other: "Figures") -> "Figures":
        """Add up two."""
        return Figures(self.used + other.used, self.returned + other.returned)


@dataclass(frozen=True)
class Cell:
    """The figures of one month, by all that reports ask for."""

    month: date
    unit: Unit
    level: PlanLevel
    portal: SupportRequest.Portal
    product_family: str
    figures: Figures


def cells(*, first: date, last: date) -> list[Cell]:
    """
    Return what was used and returned from one month up to another, both included, in one statement.

    :param first: the first day of the first month
    :param last: the first day of the last month
    """
    within = Q(month__gte=first, month__lte=last)
    summed_up: Any = MonthlyUse.objects.filter(within).values_list(*COLUMNS)
    found = summed_up.union(_since(within), all=True)
    return [
        Cell(
            month,
            Unit(unit),
            PlanLevel(level),
            SupportRequest.Portal(portal),
            family,
            Figures(used, returned),
        )
        for month, unit, level, portal, family, used, returned in found
    ]


def summed(found: Iterable[Cell], *, by: Callable[[Cell], K]) -> dict[K, Figures]:
    """Return the figures added up by what `by` reads from a cell."""
    sums: dict[K, Figures] = {}
    for cell in found:
        key = by(cell)
        sums[key] = sums.get(key, Figures()) + cell.figures
    return sums


def by_month(entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry, dict[str, Any]]:
    """Return uses and returns added up, in the columns of MonthlyUse."""
    request = SupportRequest.objects.filter(number=OuterRef("request_number"))
    moved = entries.filter(kind__in=[LedgerEntry.Kind.CONSUME, LedgerEntry.Kind.RETURN])
    return (
        moved.annotate(
            # A date in the database too: it stands in one column with those that are stored.
            month=Cast(TruncMonth("occurred_at", tzinfo=UTC), DateField()),
            unit=F("plan__unit"),
            level=_level(),
            portal=Subquery(request.values("portal")[:1]),
            product_family=Subquery(request.values("product_family")[:1]),
        )
        .order_by()
        .values("month", "unit", "level", "portal", "product_family")
        .annotate(used=_sum(LedgerEntry.Kind.CONSUME), returned=_sum(LedgerEntry.Kind.RETURN))
    )


def _since(within: Q) -> Any:
    """Return the same columns of the entries that are not summed up yet."""
    head = MonthlyUseHead.objects.values("last_entry")[:1]
    new = LedgerEntry.objects.filter(pk__gt=Coalesce(Subquery(head), 0))
    return by_month(new).filter(within).values_list(*COLUMNS)


def _level() -> Case:
    membership = "plan__package__membership__"
    return Case(
        When(plan__package__membership__isnull=True, then=Value(PlanLevel.BOUGHT.value)),
        When(**{f"{membership}kind": "ACTION_PACK"}, then=Value(PlanLevel.ACTION_PACK.value)),
        default=F(f"{membership}level"),
        output_field=CharField(),
    )


def _sum(kind: str) -> Coalesce:
    """Return how much entries of the kind move, without the sign."""
    sign = -1 if kind == LedgerEntry.Kind.CONSUME else 1
    total = Sum(F("quantity") * sign, filter=Q(kind=kind), output_field=IntegerField())
    return Coalesce(total, 0)
