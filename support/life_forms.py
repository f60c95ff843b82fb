"""The forms on the page of a request."""

from collections.abc import Iterable

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from support import wording
from support.claims import LONGEST_REASON
from support.models import SupportRequest

State = SupportRequest.State
CloseReason = SupportRequest.CloseReason


class NoteForm(forms.Form):
    """A note of either side."""

    text = forms.CharField(
        label=gettext_lazy("Your note"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Read by the author and by support. It cannot be changed later."),
        error_messages={"required": gettext_lazy("Write something.")},
    )


class StateForm(forms.Form):
    """The state of work; closing takes a reason and has a form of its own."""

    state = forms.ChoiceField(
        label=gettext_lazy("New state"),
        choices=[(state.value, state.label) for state in State if state != State.CLOSED],
        help_text=gettext_lazy("Resolved: the answer is given; the author can still reopen it."),
    )


class DeductForm(forms.Form):
    """How long the consultation took."""

    hours = forms.IntegerField(
        label=gettext_lazy("Hours to deduct"),
        min_value=1,
        max_value=999,
        help_text=gettext_lazy("Whole hours of the consultation that was held. It is done once."),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            gettext_lazy("Enter whole hours, such as 3."),
        ),
    )


class TakeOverForm(forms.Form):
    """Why somebody takes the place of whoever works on a request."""

    # Not "reason": the form that closes stands on the same page.
    why = forms.CharField(
        label=gettext_lazy("Why do you take it over?"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("Kept in the audit; the author of the request does not see it."),
        error_messages={"required": gettext_lazy("Say why.")},
    )


class CloseForm(forms.Form):
    """Why a request is closed; which reasons the account may give is the service's to say."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it closed?"),
        choices=CloseReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )

    def offer(
        self,
        reasons: Iterable[SupportRequest.CloseReason],
        *,
        uses_incident: bool,
        takes_hours: bool = False,
    ) -> None:
        """
        Show only these; a reason that is not offered gets the service's refusal.

        :param takes_hours: whether hours were deducted for the request
        """
        self.fields["reason"].widget.choices = [
            (
                reason.value,
                _reason(reason, uses_incident=uses_incident, takes_hours=takes_hours),
            )
            for reason in reasons
        ]


def _reason(
    reason: SupportRequest.CloseReason, *, uses_incident: bool, takes_hours: bool
) -> SafeString:
    meaning = wording.meaning(reason, uses_incident=uses_incident, takes_hours=takes_hours)
    return format_html('{} <span class="choice__meaning">{}</span>', reason.label, meaning)
