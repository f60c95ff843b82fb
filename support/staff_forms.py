"""The forms of the staff desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from benefits.services.adjustments import LONGEST_REASON, MOST_AT_ONCE


class AdjustForm(forms.Form):
    """A correction of a plan's total: in which direction, how much, why."""

    direction = forms.ChoiceField(
        label=gettext_lazy("What is corrected?"),
        choices=[
            ("add", gettext_lazy("Add to what the plan gave")),
            ("take", gettext_lazy("Take away from what is left")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two.")},
    )
    number = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        error_messages={
            "required": gettext_lazy("Enter a whole number from 1 on."),
            "invalid": gettext_lazy("Enter a whole number from 1 on."),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("Kept in the ledger for good; the partner reads it too."),
        error_messages={"required": gettext_lazy("Say why.")},
    )

    @property
    def quantity(self) -> int:
        """The correction with its sign, of a valid form."""
        data: dict[str, Any] = self.cleaned_data
        return int(data["number"]) if data["direction"] == "add" else -int(data["number"])
