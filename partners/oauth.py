"""The token endpoint: client credentials only, throttled. Its errors are RFC 6749's."""

import base64
import binascii
import hashlib
import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, JsonResponse
from oauth2_provider.models import AccessToken
from oauth2_provider.views import TokenView

from partners.models import ApiClient
from portal import clock, origin, throttle
from portal.middleware import NUL

# Guessing a secret: per client at one address, so that nobody can shut a client out from afar, and
# per address. A right secret is taken back.
PER_CLIENT = throttle.Limit(scope="token-client", hits=10, window=timedelta(minutes=15))
PER_ADDRESS = throttle.Limit(scope="token-address", hits=50, window=timedelta(minutes=15))


class TokenEndpoint(TokenView):
    """POST client id and secret, get a token for an hour."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the attempt before the secret is looked at, and take it back when it was right."""
        client_id = _client_id(request)
        if client_id is None:
            return _error("invalid_request", status=400)
        keys = _keys(client_id)
        try:
            throttle.count_all(keys)
        except throttle.TooManyAttempts as refusal:
            return _too_many(refusal)
        client = ApiClient.objects.filter(client_id=client_id).first()
        response: HttpResponse = super().post(request, *args, **kwargs)
        if client is None or response.status_code != 200:
            return response
        for limit, key in keys:
            throttle.take_back(limit=limit, key=key)
        held = ApiClient.objects.in_force().filter(pk=client.pk, client_secret=client.client_secret)
        if held.update(last_token_at=clock.real_now()):
            return response
        return _stopped_meanwhile(response)


def _stopped_meanwhile(response: HttpResponse) -> JsonResponse:
    """Take back a token whose client was revoked, or got a new secret, while it was issued."""
    token = json.loads(response.content)["access_token"]
    checksum = hashlib.sha256(token.encode()).hexdigest()
    AccessToken.objects.filter(token_checksum=checksum).delete()
    return _error("invalid_client", status=401)


def _client_id(request: HttpRequest) -> str | None:
    """
    Return the id as the toolkit will read it: what is counted is what is tried.

    None where there are two ids to try: the toolkit would look at one after the other.
    """
    scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", "")
    if "client_secret" in request.POST:
        return None
    try:
        client_id = unquote_plus(base64.b64decode(value).decode().partition(":")[0])
    except (binascii.Error, ValueError):
        return ""
    return None if NUL in client_id else client_id


def _keys(client_id: str) -> list[tuple[throttle.Limit, str]]:
    address = origin.current().address or "unknown"
    return [(PER_CLIENT, f"{client_id[:50]}@{address}"[:100]), (PER_ADDRESS, address)]


def _error(code: str, *, status: int) -> JsonResponse:
    return JsonResponse({"error": code}, status=status, headers={"Cache-Control": "no-store"})


def _too_many(refusal: throttle.TooManyAttempts) -> JsonResponse:
    return JsonResponse(
        {"error": "temporarily_unavailable", "error_description": refusal.message},
        status=429,
        headers={"Cache-Control": "no-store", **refusal.headers},
    )
