"""How people sign in: allauth's adapter, with the portal's own throttle and languages."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, QuerySet
from django.http import HttpRequest
from django.utils import translation

from partners.models import User
from portal import languages, origin, throttle
from portal.prepared import Given, Prepared

# Guessing a password: per account and per address, whichever is reached first.
PER_ACCOUNT = throttle.Limit(scope="sign-in-account", hits=10, window=timedelta(minutes=15))
PER_ADDRESS = throttle.Limit(scope="sign-in-address", hits=50, window=timedelta(minutes=15))


def _users(*, key: Given) -> QuerySet[User]:
    return User.objects.filter(pk=key)


_USERS = Prepared(_users, key=BigIntegerField())


class SignInBackend(AuthenticationBackend):
    """allauth's own; the account of a session, which every page asks for, is read prepared."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account, unless it may not sign in any more."""
        found = _USERS.rows(key=user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None


class SignInAdapter(DefaultAccountAdapter):
    """No public sign-up; exact throttling across worker processes; one answer for all failures."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from Global admins, imports, administrators and the demo."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """
        Count the attempt before the password is looked at, and take it back when it was right.

        Two attempts at once are two counts: the limit is exact across worker processes.
        """
        keys = self._keys(request, credentials)
        try:
            throttle.count_all(keys)
        except throttle.TooManyAttempts as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        user = super().authenticate(request, **credentials)
        if user is not None:
            for limit, key in keys:
                throttle.take_back(limit=limit, key=key)
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the language of who gets the mail, as far as it is known."""
        with translation.override(_language_of(context.get("user"))):
            super().send_mail(template_prefix, email, context)

    def _keys(
        self, request: HttpRequest, credentials: dict[str, Any]
    ) -> list[tuple[throttle.Limit, str]]:
        account = str(credentials.get("email") or "").strip().casefold()[:100]
        address = origin.client_address(request) or "unknown"
        return [(PER_ACCOUNT, account), (PER_ADDRESS, address)]


def _language_of(recipient: User | None) -> str | None:
    """Return the account's own language; else the one that is being spoken."""
    chosen = recipient.language if recipient is not None else ""
    return chosen if chosen in languages.NAMES else translation.get_language()
