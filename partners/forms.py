"""Forms of the account itself."""

from datetime import timedelta

from allauth.account.forms import ResetPasswordForm
from django.core.exceptions import ValidationError
from django.db import transaction

from portal import origin, throttle

RESETS = throttle.Limit(scope="password-reset", hits=5, window=timedelta(minutes=60))


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
