"""What remained of plans from day to day, as the entries of their ledger tell it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from benefits import wording
from benefits.entitlements import Entitlement
from benefits.models import LedgerEntry
from portal.charts import Chart, MarkedDay, nothing, steps
from portal.sentences import last_instant, short_day, short_last_day

Changes = Mapping[date, int]


def charts(found: Iterable[Entitlement], *, at: datetime, is_past: bool = False) -> list[Chart]:
    """
    Return for each plan what remained of it over its year; of an unlimited one, what was used.

    One statement, which returns at most one row for each plan and day.

    :param is_past: `at` is a day gone by, and called by its date instead of today
    """
    plans = list(found)
    changes = changes_by_day([e.plan_pk for e in plans], until=at)
    today = MarkedDay(timezone.localdate(at), short_day(at) if is_past else _("Today"))
    return [_chart(e, changes.get(e.plan_pk, {}), today=today) for e in plans]


def changes_by_day(plan_pks: Iterable[int], *, until: datetime) -> dict[int, dict[date, int]]:
    """Return by how much the balance of each plan changed on each day of the reader's zone."""
    entries = LedgerEntry.objects.filter(plan_id__in=list(plan_pks), occurred_at__lte=until)
    rows = (
        entries.annotate(day=TruncDate("occurred_at"))
        .values("plan_id", "day")
        .annotate(change=Sum("quantity"))
        .values_list("plan_id", "day", "change")
    )
    changes: dict[int, dict[date, int]] = {}
    for plan_pk, day, change in rows:
        changes.setdefault(plan_pk, {})[day] = change
    return changes


def _chart(e: Entitlement, changes: Changes, *, today: MarkedDay) -> Chart:
    name = f"chart-{e.id}"
    if e.is_unlimited:
        title, heading = _("%(plan)s: used over the year"), _("Used")
    else:
        title, heading = _("%(plan)s: remaining over the year"), _("Remaining")
    title %= {"plan": wording.title(e)}
    if not e.was_activated or e.is_pending or e.is_scheduled:
        return nothing(name=name, title=title, sentence=_("Nothing can be used of it yet."))
    first = timezone.localdate(e.contract_starts_at or e.starts_at)
    return steps(
        name=name,
        title=title,
        heading=heading,
        values=_values(e, changes, first=first),
        first=first,
        end=MarkedDay(timezone.localdate(last_instant(e.ends_at)), _end(e)),
        today=today,
        empty=_("Nothing has been granted or used yet."),
    )


def _values(e: Entitlement, changes: Changes, *, first: date) -> list[tuple[date, int]]:
    """Return how much it is from which day on; from the end on nothing remains, booked or not."""
    sign = -1 if e.is_unlimited else 1
    over = timezone.localdate(last_instant(e.ends_at)) + timedelta(days=1)
    levels: dict[date, int] = {first: 0} if e.is_unlimited else {}
    level = 0
    for day, change in sorted(changes.items()):
        level += sign * change
        # What is granted at the request counts from the contract's start on.
        levels[min(max(day, first), over)] = level
    if e.is_expired and not e.is_unlimited and levels:
        levels[over] = 0
    return sorted(levels.items())


def _end(e: Entitlement) -> str:
    sentence = _("Ended %(day)s") if e.is_expired else _("Ends %(day)s")
    return sentence % {"day": short_last_day(e.ends_at)}
