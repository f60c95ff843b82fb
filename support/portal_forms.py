"""The forms of a cloud portal's wizard, one for each step that asks something."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from support.customers import CSP_PLAN, is_under_csp_in
from support.forms import CHOOSE, ContactForm, IssueForm, TermsForm
from support.models import SupportRequest
from support.portals import CLOUD_PORTALS, CloudPortal

Kind = SupportRequest.Kind
KINDS = [
    (Kind.TECHNICAL, gettext_lazy("Technical: uses 1 incident of a support plan")),
    (Kind.BILLING, gettext_lazy("Billing: uses no incident")),
    (Kind.SUBSCRIPTION, gettext_lazy("Subscription management: uses no incident")),
]
UNDER_CSP = (
    Kind.TECHNICAL,
    gettext_lazy("Technical: under Cloud Solution Provider, or uses 1 incident of a contract"),
)


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

    def __init__(
        self, *args: Any, portal: CloudPortal, for_customer: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if for_customer and is_under_csp_in(portal.portal):
            self.fields["kind"].choices = [UNDER_CSP, *KINDS[1:]]  # type: ignore[attr-defined]
        services = [(p.name, p.name) for p in portal.services]
        # Where there is but one service, there is nothing to choose.
        choices = [CHOOSE, *services] if len(services) > 1 else services
        self.fields["service"].choices = choices  # type: ignore[attr-defined]


class DetailsForm(TermsForm, ContactForm):
    """Step 2: problem type and plan where a plan pays, severity, place, and whom to answer."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        is_technical: bool,
        offers_csp: bool = False,
        **kwargs: Any,
    ) -> None:
        by_phone = SupportRequest.ContactMethod.PHONE
        needs_phone = data is not None and data.get("contact_method") == by_phone
        super().__init__(data, needs_phone=needs_phone, **kwargs)
        self.fields["category"].label = gettext_lazy("Problem type")
        if offers_csp:
            plans = self.fields["plan"]
            plans.choices = [  # type: ignore[attr-defined]
                (CSP_PLAN, gettext_lazy("Cloud Solution Provider")),
                *plans.choices,  # type: ignore[attr-defined]
            ]
        if not is_technical:
            del self.fields["category"], self.fields["plan"]


class WorkloadForm(forms.Form):
    """In which portal a customer's request is opened, and what it costs there."""

    workload = forms.ChoiceField(
        label=gettext_lazy("Which workload does it concern?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the workload that the request concerns."),
            "invalid_choice": gettext_lazy("Choose one of the workloads."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(slug, _workload(portal)) for slug, portal in CLOUD_PORTALS.items()]
        self.fields["workload"].choices = choices  # type: ignore[attr-defined]


def _workload(portal: CloudPortal) -> SafeString:
    price = (
        _("Technical requests: Cloud Solution Provider, without incident, or a linked contract.")
        if is_under_csp_in(portal.portal)
        else _("Technical requests: a linked contract, which pays one incident.")
    )
    return format_html('{} <span class="choice__meaning">{}</span>', portal.name, price)
