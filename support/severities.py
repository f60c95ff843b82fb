"""
Severities and when the first answer is due.

Source: the table support/data/severities.csv; business hours are Monday to Friday 9 to 17 in the
contact's time zone, without holidays.
"""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

TABLE = Path(__file__).parent / "data" / "severities.csv"
OPENS, CLOSES = time(9), time(17)
SATURDAY = 5


class Severity(models.TextChoices):
    """How much the problem hurts."""

    A = "A", _("A - Critical business impact")
    B = "B", _("B - Moderate business impact")
    C = "C", _("C - Minimal business impact")


@dataclass(frozen=True)
class ResponseTarget:
    """Hours until the first answer, and by which clock they run."""

    hours: int
    always: bool
    may_choose: bool


def _read() -> dict[Severity, ResponseTarget]:
    with TABLE.open(encoding="utf-8", newline="") as source:
        return {
            Severity(row["code"]): ResponseTarget(
                hours=int(row["response_hours"]),
                always=row["clock"] == "ALWAYS",
                may_choose=row["clock"] == "CHOICE",
            )
            for row in csv.DictReader(source)
        }


TARGETS: dict[Severity, ResponseTarget] = _read()


def runs_around_the_clock(severity: Severity, *, require_24x7: bool) -> bool:
    """Whether the hours of a request run day and night: A always, B when asked for."""
    target = TARGETS[severity]
    return target.always or (target.may_choose and require_24x7)


def may_require_24x7(severity: Severity) -> bool:
    """Whether 24x7 support may be asked for: never with C."""
    target = TARGETS[severity]
    return target.always or target.may_choose


def due_at(
    severity: Severity, *, opened_at: datetime, require_24x7: bool, time_zone: str
) -> datetime:
    """Return the instant, in UTC, by which the first answer is due."""
    hours = timedelta(hours=TARGETS[severity].hours)
    if runs_around_the_clock(severity, require_24x7=require_24x7):
        return opened_at + hours
    return _add_business_time(opened_at, hours, zone=ZoneInfo(time_zone)).astimezone(UTC)


def _add_business_time(start: datetime, amount: timedelta, *, zone: ZoneInfo) -> datetime:
    day = start.astimezone(zone).date()
    moment = start
    while True:
        opens = datetime.combine(day, OPENS, tzinfo=zone).astimezone(UTC)
        closes = datetime.combine(day, CLOSES, tzinfo=zone).astimezone(UTC)
        moment = max(moment, opens)
        if day.weekday() < SATURDAY and moment < closes:
            if moment + amount <= closes:
                return moment + amount
            amount -= closes - moment
        day += timedelta(days=1)
