"""Forms of the staff desk about membership years and competencies."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy

from benefits.allotments import COMPETENCIES, Level, MembershipKind
from benefits.models import Membership
from benefits.partner_search import Holding
from benefits.services.competencies import EARLIEST

LATEST = date(2999, 12, 31)
LEVELS = [(Level.GOLD.value, gettext_lazy("Gold")), (Level.SILVER.value, gettext_lazy("Silver"))]


def _day(label: Any, *, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        error_messages={
            "required": gettext_lazy("Enter a day."),
            "invalid": gettext_lazy("Enter the day as 2026-11-20."),
        },
    )


class MembershipForm(forms.Form):
    """A membership year that is written: which one, from when, with which competencies."""

    membership = forms.ChoiceField(
        label=gettext_lazy("Membership"),
        choices=Holding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )
    starts_on = _day(
        gettext_lazy("Starts on"),
        hint=gettext_lazy(
            "It runs for one year. Where one of its kind ends, start on that very day: "
            "the new year then follows on from it."
        ),
    )
    competencies = forms.MultipleChoiceField(
        label=gettext_lazy("Competencies"),
        required=False,
        choices=[(name, name) for name in COMPETENCIES],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of Silver or Gold. A cloud competency makes cloud unlimited."),
    )

    @property
    def kind(self) -> MembershipKind:
        """The kind of membership, of a valid form."""
        return MembershipKind.CORE if self.level else MembershipKind.ACTION_PACK

    @property
    def level(self) -> Level | None:
        """The level, of a valid form."""
        chosen = self.cleaned_data["membership"]
        return None if chosen == Holding.ACTION_PACK else Level(chosen)


class CorrectionForm(forms.Form):
    """Level and start of a membership year as they should be; an Action Pack has no level."""

    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        choices=LEVELS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose Silver or Gold.")},
    )
    starts_on = _day(gettext_lazy("Starts on"))

    def __init__(self, *args: Any, year: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"level": year.level, "starts_on": year.starts_on}
        if year.level is None:
            del self.fields["level"]

    @property
    def chosen(self) -> dict[str, Any]:
        """Level and start, of a valid form."""
        level = self.cleaned_data.get("level")
        starts_on = self.cleaned_data["starts_on"]
        return {"level": Level(level) if level else None, "starts_on": starts_on}


class CompetencyForm(forms.Form):
    """A competency that a partner has attained, and when."""

    name = forms.ChoiceField(
        label=gettext_lazy("Competency"),
        error_messages={"required": gettext_lazy("Choose a competency.")},
    )
    attained_on = _day(gettext_lazy("Attained on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [("", gettext_lazy("Choose a competency")), *((n, n) for n in COMPETENCIES)]
        self.fields["name"].choices = names  # type: ignore[attr-defined]
