"""Days, distances and lists of names in the user's language and time zone."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import reduce

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

# Both from Monday on. A day of the week is declined with the words before it.
_ON_WEEKDAY = (
    pgettext_lazy("ended on …", "Monday"),
    pgettext_lazy("ended on …", "Tuesday"),
    pgettext_lazy("ended on …", "Wednesday"),
    pgettext_lazy("ended on …", "Thursday"),
    pgettext_lazy("ended on …", "Friday"),
    pgettext_lazy("ended on …", "Saturday"),
    pgettext_lazy("ended on …", "Sunday"),
)
_SINCE_WEEKDAY = (
    pgettext_lazy("none left since …", "Monday"),
    pgettext_lazy("none left since …", "Tuesday"),
    pgettext_lazy("none left since …", "Wednesday"),
    pgettext_lazy("none left since …", "Thursday"),
    pgettext_lazy("none left since …", "Friday"),
    pgettext_lazy("none left since …", "Saturday"),
    pgettext_lazy("none left since …", "Sunday"),
)


def day(moment: datetime) -> str:
    """Return the day of an instant, such as 13 January 2027."""
    return formats.date_format(timezone.localdate(moment), "DATE_FORMAT")


def short_day(moment: datetime) -> str:
    """Return the day of an instant, such as 13 Jan 2027."""
    return formats.date_format(timezone.localdate(moment), "SHORT_DATE_FORMAT")


def day_and_time(moment: datetime) -> str:
    """Return day and time of an instant, such as 13 Jan 2027, 14:05."""
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def last_instant(ends_at: datetime) -> datetime:
    """Return the last moment before an exclusive end: its day is the last usable one."""
    return ends_at - timedelta(microseconds=1)


def last_day(ends_at: datetime) -> str:
    """Return the last usable day of an interval, such as 13 January 2027."""
    return day(last_instant(ends_at))


def short_last_day(ends_at: datetime) -> str:
    """Return the last usable day of an interval, such as 13 Jan 2027."""
    return short_day(last_instant(ends_at))


def days_until(moment: datetime, *, now: datetime) -> int:
    """Return the number of calendar days from today to the instant's day; negative when past."""
    return (timezone.localdate(moment) - timezone.localdate(now)).days


def distance(moment: datetime, *, now: datetime) -> str:
    """Return how far away the instant's day is: in 54 days, today, 3 days ago."""
    days = days_until(moment, now=now)
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}
    return ngettext("%(count)d day ago", "%(count)d days ago", -days) % {"count": -days}


def with_distance(moment: datetime, *, now: datetime) -> str:
    """Return the day with the distance beside it: 13 Jan 2027, in 54 days."""
    return _("%(day)s, %(distance)s") % {
        "day": short_day(moment),
        "distance": distance(moment, now=now),
    }


def one_of(names: Sequence[str]) -> str:
    """Return the names as alternatives: Ana Berg, Li Wei or Jo Doe."""
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s or %(last)s") % {"names": listed(names[:-1]), "last": names[-1]}


def calendar_day(value: date) -> str:
    """Return a day of a calendar that is the same in every zone, such as 13 January 2027."""
    return formats.date_format(value, "DATE_FORMAT")


def short_calendar_day(value: date) -> str:
    """Return a day of a calendar that is the same in every zone, such as 13 Jan 2027."""
    return formats.date_format(value, "SHORT_DATE_FORMAT")


def iso_day(value: date) -> str:
    """Return a day as a fact, such as 2027-01-13."""
    return value.isoformat()


def grouped(number: int | None) -> str:
    """Return a nine-digit ID in groups of three, as people read it out."""
    text = "" if number is None else str(number)
    return " ".join(text[start : start + 3] for start in range(0, len(text), 3))


def spoken_day(moment: datetime, *, now: datetime) -> str:
    """
    Return the day as one says it on the phone, after "on" or "until".

    The weekday within the last six days, day and month within some months, else with the year.
    """
    return _spoken(moment, now=now, weekdays=_ON_WEEKDAY)


def spoken_since(moment: datetime, *, now: datetime) -> str:
    """Return the day as `spoken_day`, after "since"."""
    return _spoken(moment, now=now, weekdays=_SINCE_WEEKDAY)


def _spoken(moment: datetime, *, now: datetime, weekdays: Sequence[object]) -> str:
    days = days_until(moment, now=now)
    local = timezone.localdate(moment)
    if -6 <= days < 0:
        return str(weekdays[local.weekday()])
    if days == 0:
        return _("today")
    if abs(days) < 300:
        return formats.date_format(local, "MONTH_DAY_FORMAT")
    return formats.date_format(local, "DATE_FORMAT")


def spoken_near_day(moment: datetime, *, now: datetime) -> str:
    """Return a day at most two weeks away as one says it on the phone, such as the 18th."""
    if abs(days_until(moment, now=now)) > 14:
        return spoken_day(moment, now=now)
    # Translators: a date format of Django, not a sentence: the day of the month as it is spoken.
    pattern = pgettext("date format", "\\t\\h\\e jS")
    return formats.date_format(timezone.localdate(moment), pattern)


def all_of(parts: Sequence[str]) -> str:
    """Return the parts as an enumeration: 17 incidents, 5 hours and unlimited support."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(parts)s and %(last)s") % {"parts": listed(parts[:-1]), "last": parts[-1]}


def listed(names: Iterable[object]) -> str:
    """Return the names one after the other: Ana Berg, Li Wei."""
    # Translators: what stands between two names, with its space where the language has one.
    return pgettext("list separator", ", ").join(str(name) for name in names)


def labelled(label: str, text: str) -> str:
    """Return a text after the word or number that says what it is about."""
    # Translators: a label and its text, with the colon of the language.
    pattern = pgettext("label and text", "%(label)s: %(text)s")
    return pattern % {"label": label, "text": text}


def in_a_row(sentences: Iterable[str]) -> str:
    """Return whole sentences as one text."""
    # Translators: two sentences, with a space between them where the language has one.
    pattern = pgettext("two sentences", "%(first)s %(second)s")
    return chained(sentences, pattern=pattern)


def between_sentences() -> str:
    """Return what stands between two sentences of a text: a space, or nothing."""
    return in_a_row(["", ""])


def chained(parts: Iterable[str], *, pattern: str) -> str:
    """Return the parts joined two by two: `pattern` has %(first)s and %(second)s."""
    joined = list(parts)
    if not joined:
        return ""
    return reduce(lambda first, second: pattern % {"first": first, "second": second}, joined)


def signed(number: int) -> str:
    """Return a quantity with its sign: +20, −1 (with a real minus)."""
    return f"+{number}" if number > 0 else f"\u2212{-number}" if number < 0 else "0"
