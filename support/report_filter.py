"""Which months, which level and which portal a report is about, through the address."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from support.models import PlanLevel, SupportRequest

USUAL_MONTHS, MOST_MONTHS = 12, 60
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 1)


def _month(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        input_formats=["%Y-%m"],
        validators=[
            MinValueValidator(EARLIEST, gettext_lazy("Reports begin in January 2000.")),
            MaxValueValidator(LATEST, gettext_lazy("Reports end in December 2999.")),
        ],
        error_messages={"invalid": gettext_lazy("Enter the month as 2026-11.")},
    )


@dataclass(frozen=True)
class Period:
    """Months, by their first days, both included."""

    first: date
    last: date

    @property
    def months(self) -> list[date]:
        """Every month, in order."""
        return [month_after(self.first, count) for count in range(months_between(self) + 1)]


class ReportForm(forms.Form):
    """Months, level and portal; what is not valid filters nothing."""

    first = _month(gettext_lazy("From month"))
    last = _month(gettext_lazy("To month"))
    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        required=False,
        choices=[("", gettext_lazy("All")), *PlanLevel.choices],
    )
    portal = forms.ChoiceField(
        label=gettext_lazy("Portal"),
        required=False,
        choices=[("", gettext_lazy("All")), *SupportRequest.Portal.choices],
    )

    def clean_last(self) -> date | None:
        """Refuse months that end before they begin, and more of them than a page holds."""
        first: date | None = self.cleaned_data.get("first")
        last: date | None = self.cleaned_data["last"]
        if first and last and last < first:
            raise forms.ValidationError(_("The last month is before the first one."))
        if first and last and months_between(Period(first, last)) >= MOST_MONTHS:
            raise forms.ValidationError(
                _("Choose %(count)d months at most.") % {"count": MOST_MONTHS}
            )
        return last

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for and is valid, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def period(self, *, at: datetime) -> Period:
        """Return the months that are asked for; else the last twelve, with the one that runs."""
        chosen = self.chosen
        this_month = at.astimezone(UTC).date().replace(day=1)
        first, last = chosen.get("first"), chosen.get("last")
        if first is None:
            last = last or this_month
            return Period(max(month_after(last, 1 - USUAL_MONTHS), EARLIEST), last)
        # From a month on: up to now, as far as a page goes.
        return Period(
            first, last or max(first, min(this_month, month_after(first, MOST_MONTHS - 1)))
        )

    def query(self) -> str:
        """Return the part of an address that asks for the same again."""
        return urlencode(
            {
                name: f"{value:%Y-%m}" if isinstance(value, date) else value
                for name, value in self.chosen.items()
            }
        )


def months_between(period: Period) -> int:
    """Return how many months the last one is after the first one."""
    return (period.last.year - period.first.year) * 12 + period.last.month - period.first.month


def month_after(month: date, count: int) -> date:
    """Return the first day of the month so many months later, or earlier."""
    years, months = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(years, months + 1, 1)
