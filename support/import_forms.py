"""The form of an upload, and the filter of the list of imports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from support.imports import KINDS

CHOICES = [(kind.name, kind.label) for kind in KINDS.values()]


class UploadForm(forms.Form):
    """A CSV file, and what its rows are."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What are the rows?"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what the rows are."),
            "invalid_choice": gettext_lazy("Choose what the rows are."),
        },
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV in UTF-8, with commas or semicolons, up to 32 MB. The first line names the "
            "columns, in any order."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose a CSV file."),
            "invalid": gettext_lazy("Choose a CSV file."),
            "missing": gettext_lazy("Choose a CSV file."),
            "empty": gettext_lazy("The file is empty. Choose one with a header and rows."),
        },
    )


class KindForm(forms.Form):
    """Which imports are listed, through the address; what is not valid filters nothing."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Rows"),
        required=False,
        choices=[("", gettext_lazy("All")), *CHOICES],
    )

    @property
    def chosen(self) -> str:
        """The kind that was asked for, or "" for all."""
        self.full_clean()
        data: dict[str, Any] = self.cleaned_data
        return str(data.get("kind", ""))
