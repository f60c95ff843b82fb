"""Calls of the API as clients and browser sessions make them; every answer is held to its words."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken

from partners.models import Affiliation, ApiClient, Partner, User
from partners.scopes import PARTNER_SCOPES
from tests.api.described import hold
from tests.factories import ACTIVATED_AT
from tests.sessions import signed_in

API = "/api/v1"


@dataclass
class Caller:
    """Somebody who calls: by token, by the session of a browser, or unknown."""

    token: str = ""
    browser: Client = field(default_factory=Client)
    client: ApiClient | None = None

    def send(
        self, method: str, path: str, body: object = None, *, headers: Any = None, **query: Any
    ) -> Any:
        """Send a call and hold its answer to the description; the response is returned."""
        path = path if path.startswith("/") else f"{API}/{path}"
        bare = path.partition("?")[0]
        brought = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        content: Any = {}
        if body is not None:
            content = {"data": json.dumps(body), "content_type": "application/json"}
        response = self.browser.generic(
            method,
            path,
            headers={**brought, **(headers or {})},
            query_params=query or None,
            **content,
        )
        if response.status_code != 405:
            hold(response, path=bare, method=method)
        return response

    def get(self, path: str, *, headers: Any = None, **query: Any) -> Any:
        """Read something."""
        return self.send("GET", path, headers=headers, **query)

    def post(self, path: str, body: object = None, *, headers: Any = None, **query: Any) -> Any:
        """Do something."""
        return self.send("POST", path, body, headers=headers, **query)

    def delete(self, path: str) -> Any:
        """Take something away."""
        return self.send("DELETE", path)


def client_caller(
    partner: Partner | None, *, scopes: Any = PARTNER_SCOPES, staff_kind: str | None = None
) -> Caller:
    """Return a fresh client of the partner, or of staff, with a token for all its scopes."""
    name = f"client-{secrets.token_hex(6)}"
    user = User.objects.create(
        kind=User.Kind.CLIENT, name=name, password="!", staff_kind=staff_kind
    )
    if partner is not None:
        Affiliation.objects.create(user=user, partner=partner, mpn=True, csp=False)
    client = ApiClient.objects.create(
        client_id=name,
        # No secret that anybody knows: the tests take their tokens by themselves. It looks like
        # the digest of one, so that none is computed where that takes its time.
        client_secret="argon2$none",
        client_type="confidential",
        authorization_grant_type="client-credentials",
        name=name,
        user=user,
        partner=partner,
        scopes=[str(scope) for scope in scopes],
        registered_at=ACTIVATED_AT,
        secret_changed_at=ACTIVATED_AT,
    )
    return Caller(token=token_of(client), client=client)


def staff_caller(*, scopes: Any, staff_kind: str = "SUPPORT_AGENT") -> Caller:
    """Return a fresh client of the portal's staff."""
    return client_caller(None, scopes=scopes, staff_kind=staff_kind)


def token_of(client: ApiClient, *, scopes: Any = None, hours: int = 1) -> str:
    """Return a token that the client was issued, with these scopes or all that it has."""
    raw = secrets.token_urlsafe(30)
    AccessToken.objects.create(
        application=client,
        token="",
        token_checksum=hashlib.sha256(raw.encode()).hexdigest(),
        scope=" ".join(scopes if scopes is not None else client.scopes),
        expires=timezone.now() + timedelta(hours=hours),
    )
    return raw


def session_caller(user: User) -> Caller:
    """Return the signed-in browser of an account."""
    return Caller(browser=signed_in(user))
