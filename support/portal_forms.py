"""The forms of a cloud portal's wizard, one for each step that asks something."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from support.forms import CHOOSE, ContactForm, IssueForm, TermsForm
from support.models import SupportRequest
from support.portals import CloudPortal

Kind = SupportRequest.Kind
KINDS = [
    (Kind.TECHNICAL, gettext_lazy("Technical: uses 1 incident of a support plan")),
    (Kind.BILLING, gettext_lazy("Billing: uses no incident")),
    (Kind.SUBSCRIPTION, gettext_lazy("Subscription management: uses no incident")),
]


class ProblemForm(IssueForm):
    """Step 1: issue type, service, and what doesn't work."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Issue type"), choices=KINDS, widget=forms.RadioSelect
    )
    service = forms.ChoiceField(label=gettext_lazy("Service"))
    title = forms.CharField(
        label=gettext_lazy("Summary"),
        max_length=200,
        help_text=gettext_lazy("One sentence: what doesn't work, or what is the question?"),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "One specific problem, with the error message if there is one, and since when."
        ),
    )
    field_order = ("kind", "service", "title", "description", "tried")

    def __init__(self, *args: Any, portal: CloudPortal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = [(p.name, p.name) for p in portal.services]
        # Where there is but one service, there is nothing to choose.
        choices = [CHOOSE, *services] if len(services) > 1 else services
        self.fields["service"].choices = choices  # type: ignore[attr-defined]


class DetailsForm(TermsForm, ContactForm):
    """Step 2: problem type and plan where a plan pays, severity, place, and whom to answer."""

    def __init__(self, data: QueryDict | None = None, *, is_technical: bool, **kwargs: Any) -> None:
        by_phone = SupportRequest.ContactMethod.PHONE
        needs_phone = data is not None and data.get("contact_method") == by_phone
        super().__init__(data, needs_phone=needs_phone, **kwargs)
        self.fields["category"].label = gettext_lazy("Problem type")
        if not is_technical:
            del self.fields["category"], self.fields["plan"]
