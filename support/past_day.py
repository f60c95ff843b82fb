"""The day as of which the staff card is asked for, read from the address."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.sentences import calendar_day, last_instant

# Nothing is older, and earlier days have no instant in every time zone.
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True)
class PastDay:
    """The day as typed, its last instant when it is a past one, or what is wrong with it."""

    text: str = ""
    at: datetime | None = None
    problem: str = ""


def read_day(text: str, *, now: datetime) -> PastDay:
    """
    Read a day of the reader's time zone; nothing and today ask for now.

    :param text: such as 2026-03-01
    """
    text = text.strip()[:20]
    if not text:
        return PastDay()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return PastDay(text, problem=_("Enter a day as year, month and day, such as 2026-03-01."))
    today = timezone.localdate(now)
    if day > today:
        return PastDay(text, problem=_("This day lies in the future. Enter a past one."))
    if day < EARLIEST:
        return PastDay(text, problem=nothing_then(day))
    if day == today:
        return PastDay(text)
    midnight = datetime.combine(day + timedelta(days=1), time.min)
    return PastDay(text, at=last_instant(timezone.make_aware(midnight)))


def nothing_then(day: date) -> str:
    """Return the sentence for a day before anything began."""
    return _("Nothing had started on %(day)s. Enter a later day.") % {"day": calendar_day(day)}
