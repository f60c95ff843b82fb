"""
Who calls the API: a client by its access token, or a signed-in browser session. No other way in.

Token, client, CLIENT user and partner are read in one statement, on each call: a client stops when
its registration, its partner or its partner's enrollment does.
"""

import hashlib
from typing import Any

from django.db.models import CharField, DateTimeField
from django.http import HttpRequest
from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import BasePermission

from partners.acting import Acting
from partners.models import ApiClient, User
from partners.permissions import Standing
from partners.scopes import permissions_of
from portal import clock
from portal.prepared import Given, Prepared
from portal.refusals import NextStep
from portal.rest.problems import InsufficientScope, NotAuthenticated


class Token:
    """What an access token is good for: the client's scopes that it was issued with."""

    def __init__(self, *, client: ApiClient, scopes: frozenset[str]) -> None:
        self.client = client
        # A scope that the client has lost since is gone from its tokens too.
        self.scopes = scopes & frozenset(client.scopes)


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer …` with a token of /oauth/token."""

    def authenticate(self, request: Any) -> tuple[User, Token] | None:
        """
        Return the client's user and its token; None without a token.

        :raises NotAuthenticated: the token is unknown, has expired, or its client has stopped
        """
        scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        token = _token_of(value.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise NotAuthenticated(
                _("The access token is not valid: unknown, expired, or its client was revoked."),
                next_step=NextStep(_("Get a token at /oauth/token and send it as Bearer.")),
            )
        _act_as(request._request, token)
        return token.client.user, token

    def authenticate_header(self, request: Any) -> str:
        """Return how to authenticate, for the 401."""
        return 'Bearer realm="api"'


class BrowserAuthentication(SessionAuthentication):
    """The session of the pages, with their token against forgery; rights by role."""


class KnownAndInScope(BasePermission):
    """Only known callers, and clients only with the scope that the operation names."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """
        Whether the caller is known.

        :raises InsufficientScope: the token lacks the operation's scope
        """
        if not request.user.is_authenticated:
            return False
        needed = view.operation.scope
        if request.auth is not None and needed and needed not in request.auth.scopes:
            raise InsufficientScope(
                _("This call needs the scope %(scope)s.") % {"scope": needed},
                facts={"scope": needed, "given": sorted(request.auth.scopes)},
                next_step=NextStep(_("Ask a Global admin of your company to give it the client.")),
            )
        return True


def _token_of(value: str) -> Token | None:
    """Return what the presented token is good for, in one statement."""
    checksum = hashlib.sha256(value.encode()).hexdigest()
    found = _TOKENS.rows(checksum=checksum, now=clock.real_now())
    if not found or not found[0].application.is_usable(None):
        return None
    return Token(client=found[0].application, scopes=frozenset(found[0].scope.split()))


def _tokens(*, checksum: Given, now: Given) -> Any:
    tokens = AccessToken.objects.filter(token_checksum=checksum, expires__gt=now)
    return tokens.select_related("application__user", "application__partner")


# At most one: the digest is unique.
_TOKENS: Prepared[Any] = Prepared(_tokens, checksum=CharField(), now=DateTimeField())


def _act_as(request: HttpRequest, token: Token) -> None:
    """Let everything behind see the client's partner, as pages see that of a session."""
    partner = token.client.partner
    if partner is None:
        acting = Acting()
    else:
        standing = Standing(in_mpn=True, granted=permissions_of(token.scopes))
        acting = Acting(partner=partner, standing=standing)
    request.acting = acting  # type: ignore[attr-defined]
