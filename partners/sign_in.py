"""How people sign in: allauth's adapter, counting failures in the portal's own throttle."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from portal import origin, throttle

# Guessing a password: per account and per address, whichever is reached first.
PER_ACCOUNT = throttle.Limit(scope="sign-in-account", hits=10, window=timedelta(minutes=15))
PER_ADDRESS = throttle.Limit(scope="sign-in-address", hits=50, window=timedelta(minutes=15))


class SignInAdapter(DefaultAccountAdapter):
    """No public sign-up; exact throttling across worker processes; one answer for all failures."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from Global admins, imports, administrators and the demo."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse before the password is looked at; known and unknown accounts alike."""
        try:
            self._attempt(request, credentials, counts=False)
        except throttle.TooManyAttempts as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure."""
        try:
            self._attempt(request, credentials, counts=True)
        except throttle.TooManyAttempts:
            # Somebody else reached the limit meanwhile; the next try is refused.
            return

    def _attempt(self, request: HttpRequest, credentials: dict[str, Any], *, counts: bool) -> None:
        account = str(credentials.get("email") or "").strip().casefold()[:100]
        address = origin.client_address(request) or "unknown"
        with transaction.atomic():
            for limit, key in ((PER_ACCOUNT, account), (PER_ADDRESS, address)):
                attempt = throttle.begin(limit=limit, keys=[key])
                if counts:
                    attempt.count()
