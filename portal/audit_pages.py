"""What the pages that show the audit share: days, outcomes, the way from page to page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.models import AuditRecord, AuditRecordQuerySet
from portal.paging import Page, page_of

DONE, REFUSED = "DONE", "REFUSED"
OUTCOMES = [
    ("", gettext_lazy("All")),
    (DONE, gettext_lazy("Done")),
    (REFUSED, gettext_lazy("Refused")),
]
# What a command did belongs to no request.
NO_REQUEST = "-"
# Far enough for any trail, and for the arithmetic of days and zones.
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_LONGEST_NUMBER = 18


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        error_messages={"invalid": gettext_lazy("Enter the day as 2026-11-20.")},
    )


class DaysForm(forms.Form):
    """Which records are shown, through the address; what is not valid filters nothing."""

    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("To"))

    def clean_until(self) -> date | None:
        """Refuse days that end before they begin."""
        until: date | None = self.cleaned_data["until"]
        since = self.cleaned_data.get("since")
        if since and until and until < since:
            raise forms.ValidationError(_("The last day is before the first one."))
        return until

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for and is valid, by name."""
        # Cleaned once: what must not be shown again is gone from the data after it.
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def query(self, **more: str) -> str:
        """Return the part of an address that asks for the same again, with what more it says."""
        return urlencode({**self.chosen, **more})


@dataclass(frozen=True)
class Position:
    """Where a record stands in the order of the newest first; it goes into addresses as a key."""

    occurred_at: datetime
    pk: int

    @property
    def key(self) -> str:
        """The position as an address holds it."""
        return f"{(self.occurred_at - _EPOCH) // _TICK}-{self.pk}"


# Before every record there is: pages begin behind it.
NEWEST = Position(datetime.combine(LATEST, time.min, tzinfo=UTC), 0)


def position_of(record: AuditRecord) -> Position:
    """Return where the record stands."""
    return Position(record.occurred_at, record.pk)


def position_from(key: str) -> Position:
    """Return the position that a key names; whatever is no key names the newest."""
    parts = key.split("-")
    if len(parts) != 2 or not all(map(_is_number, parts)):
        return NEWEST
    ticks, pk = map(int, parts)
    if ticks > (NEWEST.occurred_at - _EPOCH) // _TICK:
        return NEWEST
    return Position(_EPOCH + ticks * _TICK, pk)


def on_days(records: AuditRecordQuerySet, chosen: dict[str, Any]) -> AuditRecordQuerySet:
    """Keep the records of the days that were asked for, as days are where the reader is."""
    if "since" in chosen:
        records = records.filter(occurred_at__gte=_midnight(chosen["since"]))
    if "until" in chosen:
        records = records.filter(occurred_at__lt=_midnight(chosen["until"] + timedelta(days=1)))
    return records


def page_of_records(records: AuditRecordQuerySet, *, key: str) -> Page[AuditRecord]:
    """
    Return one page of the records, in one statement.

    :param key: where the page before ended; "" or none of these begins at the newest
    """
    return page_of(
        records,
        key=key if position_from(key) != NEWEST else "",
        after=lambda query, key: behind(query, position_from(key)),
        key_of=lambda record: position_of(record).key,
    )


def request_id_of(record: AuditRecord) -> str:
    """Return the request that the record belongs to, if it belongs to one."""
    return "" if record.request_id == NO_REQUEST else record.request_id


def behind(records: AuditRecordQuerySet, position: Position) -> AuditRecordQuerySet:
    """Keep what comes after the position in the order of the newest first."""
    return records.older_than(occurred_at=position.occurred_at, pk=position.pk)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


def _midnight(day: date) -> datetime:
    """Return when the day begins where the reader is."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
