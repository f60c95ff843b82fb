"""
The membership calendar: days are UTC days, intervals half-open.

Source: "Dates" under "Memberships and what they give".
"""

from calendar import isleap
from datetime import UTC, date, datetime, time, timedelta

# After the anniversary the partner may renew, and benefits stay usable, for so long.
RENEWAL_WINDOW = timedelta(days=30)
# Those who may renew are reminded twice: so long before the anniversary, and so long after it.
FIRST_REMINDER = timedelta(days=15)
SECOND_REMINDER = timedelta(days=23)


def utc_day(moment: datetime) -> date:
    """Return the UTC day of an instant: the day that it is for memberships."""
    return moment.astimezone(UTC).date()


def midnight(day: date) -> datetime:
    """Return the first instant of a UTC day."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def anniversary_of(start: date) -> date:
    """Return the day one year on; 29 February has its anniversary on 28 February."""
    if (start.month, start.day) == (2, 29) and not isleap(start.year + 1):
        return date(start.year + 1, 2, 28)
    return start.replace(year=start.year + 1)


def one_year_after(moment: datetime) -> datetime:
    """Return the same time of day one calendar year on, in UTC; after 29 February the 28th."""
    start = moment.astimezone(UTC)
    return datetime.combine(anniversary_of(start.date()), start.timetz())


def end_of_benefits(anniversary: date) -> datetime:
    """Return the instant from which the year's benefits can no longer be used."""
    return midnight(anniversary) + RENEWAL_WINDOW
