"""Forms of the account itself, and of its company's API clients."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from partners.scopes import PARTNER_SCOPES, ClientScope
from partners.services.clients import LONGEST_NAME
from portal import origin, throttle

RESETS = throttle.Limit(scope="password-reset", hits=5, window=timedelta(minutes=60))


class SignInForm(LoginForm):
    """Signing in; the page has its way to a new password beside the button, not in the field."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["password"].help_text = ""


class ResetForm(ResetPasswordForm):
    """Asking for a reset link: counted, so that nobody is mailed without limit."""

    def clean_email(self) -> str:
        """Refuse when the account or the address has asked too often."""
        email: str = super().clean_email()
        address = origin.current().address or "unknown"
        try:
            with transaction.atomic():
                for key in (f"account:{email.casefold()[:90]}", f"address:{address}"):
                    throttle.begin(limit=RESETS, keys=[key]).count()
        except throttle.TooManyAttempts as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        return email


# What giving a scope away means, for the person who decides it.
MEANINGS: dict[ClientScope, Promise] = {
    ClientScope.ENTITLEMENTS_READ: gettext_lazy(
        "What is left, until when, and why a plan cannot be used. Changes nothing."
    ),
    ClientScope.BENEFITS_ACTIVATE: gettext_lazy(
        "Activates a whole package, which cannot be taken back."
    ),
    ClientScope.CONTRACTS_IDS: gettext_lazy(
        "Both numbers. Whoever has them can use up your incidents."
    ),
    ClientScope.CONTRACTS_LINK: gettext_lazy("Links contracts to the client by their IDs."),
    ClientScope.REQUESTS_READ: gettext_lazy("Your company's requests and what they used."),
    ClientScope.REQUESTS_WRITE: gettext_lazy("Each request that it opens uses one incident."),
    ClientScope.EVENTS_READ: gettext_lazy(
        "Activations, links and uses in the order in which they happened."
    ),
}


class ScopesForm(forms.Form):
    """What a partner's client may do."""

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "What you take away stops at once; what you add comes with its next token."
        ),
        error_messages={
            "required": gettext_lazy("Choose at least one thing that the client may do.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(scope.value, _choice(scope)) for scope in PARTNER_SCOPES]
        self.fields["scopes"].choices = choices  # type: ignore[attr-defined]


class ClientForm(ScopesForm):
    """A new client: its name, and what it may do."""

    name = forms.CharField(
        label=pgettext_lazy("API client", "Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("What program is it? Your colleagues see the name beside its work."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    field_order = ["name", "scopes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].help_text = _("Give it only what it needs. You can change it later.")


def _choice(scope: ClientScope) -> SafeString:
    return format_html(
        '{} <code class="secondary">{}</code> <span class="choice__meaning">{}</span>',
        scope.label,
        scope.value,
        MEANINGS[scope],
    )
