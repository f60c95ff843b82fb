"""The wizard's forms, one for each step, and Add contract."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from benefits.allotments import Scope
from benefits.entitlements import Entitlement
from benefits.ids import ACCESS_FIELD, CONTRACT_FIELD
from portal import places
from support import products
from support.models import SupportRequest
from support.severities import TARGETS, Severity, may_require_24x7

BUSINESS, ALWAYS = "BUSINESS", "ALWAYS"
PHONE = r"^\+?[0-9 ()/.-]{5,39}$"
CHOOSE = ("", gettext_lazy("Choose…"))


def severity_choices() -> list[tuple[str, str]]:
    """Return the severities, each with the time to its first answer."""
    choices = []
    for severity in Severity:
        target = TARGETS[severity]
        hours = ngettext("%(count)d hour", "%(count)d hours", target.hours) % {
            "count": target.hours
        }
        pattern = (
            _("%(severity)s: first answer within %(hours)s, day and night")
            if target.always
            else _("%(severity)s: first answer within %(hours)s")
            if target.may_choose
            else _("%(severity)s: first answer within %(hours)s of business time")
        )
        choices.append((severity.value, pattern % {"severity": severity.label, "hours": hours}))
    return choices


def family_choices() -> list[tuple[Any, Any]]:
    """Return the product families, grouped by scope."""
    groups: dict[Scope, dict[str, str]] = {Scope.ON_PREMISES: {}, Scope.CLOUD: {}}
    for product in products.CATALOGUE:
        groups[product.scope][product.family] = product.family
    return [
        (_("On-premises products"), list(groups[Scope.ON_PREMISES].items())),
        (_("Cloud products"), list(groups[Scope.CLOUD].items())),
    ]


class TermsForm(forms.Form):
    """Category, plan, severity, hours, place: what any wizard asks. Coverage says which plans."""

    category = forms.ChoiceField(
        label=gettext_lazy("Which category best describes the issue?"),
        choices=[CHOOSE, *SupportRequest.Category.choices],
    )
    plan = forms.ChoiceField(
        label=gettext_lazy("Types of support"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the support plan that pays."),
            "invalid_choice": gettext_lazy(
                "The plan you chose can no longer be used for this product. Choose another one."
            ),
        },
    )
    severity = forms.ChoiceField(label=gettext_lazy("What is the severity of your issue?"))
    hours = forms.ChoiceField(
        label=gettext_lazy("When would you like to receive support?"),
        choices=[
            (BUSINESS, gettext_lazy("Only during business hours")),
            (ALWAYS, gettext_lazy("24 hours a day, 7 days a week")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Severity A is always worked on day and night, C never."),
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Where are you located? This helps us route your issue.")
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("What time zone are you in?"))
    contact_method = forms.ChoiceField(
        label=gettext_lazy("Preferred contact method"),
        choices=SupportRequest.ContactMethod.choices,
    )

    def __init__(self, *args: Any, usable: list[Entitlement], on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("plan", [(str(e.id), e.plan_name) for e in usable])
        self._choices("severity", [CHOOSE, *severity_choices()])
        self._choices("country", [CHOOSE, *places.countries()])
        self._choices("time_zone", [CHOOSE, *places.time_zones(on=on)])

    def clean(self) -> dict[str, Any]:
        """A is always 24x7; 24x7 with C is a validation error."""
        cleaned: dict[str, Any] = super().clean() or {}
        severity = cleaned.get("severity")
        if severity == Severity.A:
            cleaned["hours"] = ALWAYS
        elif cleaned.get("hours") == ALWAYS and severity:
            self._refuse_around_the_clock(Severity(severity))
        return cleaned

    def _refuse_around_the_clock(self, severity: Severity) -> None:
        if not may_require_24x7(severity):
            self.add_error("hours", _("Severity C is answered during business hours only."))

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class ProductForm(TermsForm):
    """Step 1 of Support for Business: the product, and the terms."""

    family = forms.ChoiceField(label=gettext_lazy("Select the product family"))
    version = forms.ChoiceField(label=gettext_lazy("Select the product version"))
    field_order = ("family", "version")

    def __init__(self, *args: Any, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        family = (self.data if self.is_bound else self.initial).get("family", "")
        versions = products.versions_of(family, on=on)
        self._choices("family", [CHOOSE, *family_choices()])
        self._choices("version", [CHOOSE, *((p.version, p.version) for p in versions)])


class IssueForm(forms.Form):
    """Step 2: what doesn't work."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("One sentence: what doesn't work?"),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "One specific problem, with the error message if there is one, and since when."
        ),
    )
    tried = forms.CharField(
        label=gettext_lazy("What have you tried?"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ContactForm(forms.Form):
    """Whom to answer: the last step of Support for Business, beside the terms in a portal."""

    contact_name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    contact_email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    contact_phone = forms.RegexField(
        PHONE,
        label=gettext_lazy("Phone"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("With the international code, such as +46 8 123 456."),
        error_messages={
            "invalid": gettext_lazy("Enter a phone number with its international code.")
        },
    )

    def __init__(self, *args: Any, needs_phone: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact_phone"].required = needs_phone


class AddContractForm(forms.Form):
    """The two IDs as people type or paste them; the service reads and judges them."""

    access_id = forms.CharField(
        label=gettext_lazy("Access ID"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        help_text=gettext_lazy("Nine digits; spaces don't matter."),
    )
    contract_id = forms.CharField(
        label=gettext_lazy("Contract ID"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    @property
    def texts(self) -> dict[str, str]:
        """The two texts as the link service takes them."""
        return {
            "access_text": self.data.get(ACCESS_FIELD, ""),
            "contract_text": self.data.get(CONTRACT_FIELD, ""),
        }
