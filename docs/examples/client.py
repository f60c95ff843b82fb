"""
A small client of the REST API, on the standard library alone: copy it, and change what you like.

It keeps a token and renews it, waits and repeats where that is safe, follows pages and the change
feed, and raises every refusal as `Problem`. One `Client` for each thread. docs/api.md says why.
"""

import base64
import http.client
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

API = "/api/v1"
LONGEST_WAIT = 60.0
NO_ANSWER = (URLError, TimeoutError, ConnectionError, http.client.HTTPException)


class Explanation(TypedDict):
    """Why something cannot be used: decide by `code`, show `message` and `nextStep`."""

    code: str
    message: str
    facts: dict[str, Any]
    nextStep: dict[str, Any] | None


class Entitlement(TypedDict):
    """One line of a partner's benefits; docs/openapi.json has the fields left out here."""

    id: str
    mpnId: str
    partnerName: str
    planName: str
    scope: str | None
    status: str
    unlimited: bool
    used: int
    remaining: int | None
    endsAt: str
    linked: bool
    explanation: Explanation | None


class Verdict(TypedDict):
    """Whether a plan would pay: which one and what is left, or why not."""

    allowed: bool
    planName: str | None
    entitlementId: str | None
    remainingAfter: int | None
    explanation: Explanation | None


class SupportRequest(TypedDict):
    """A support request; docs/openapi.json has the fields left out here."""

    number: str
    status: str
    planName: str
    remainingAfter: int | None
    dueAt: str


class Event(TypedDict):
    """One change. Handle each `id` once; `cursor` is where to go on behind it."""

    id: str
    cursor: str
    type: str
    occurredAt: str
    mpnId: str
    benefitId: str
    entitlementId: str | None
    remainingAfter: int | None
    requestNumber: str | None
    percent: int | None


class Problem(Exception):  # noqa: N818 - an answer, not an error of the program
    """The portal said no: decide by `code`, show `detail` and `next_step`."""

    def __init__(self, status: int, headers: Mapping[str, str], body: Any) -> None:
        # A proxy in between may have said something else than a problem document.
        said: dict[str, Any] = body if isinstance(body, dict) else {}
        self.status = status
        self.code = str(said.get("code") or said.get("error") or "")
        self.detail = str(said.get("detail") or said.get("error_description") or "")
        self.facts: dict[str, Any] = said.get("facts") or {}
        self.next_step: dict[str, Any] | None = said.get("nextStep")
        self.invalid_parameters: list[dict[str, str]] = said.get("invalidParameters") or []
        self.retry_after = headers.get("Retry-After") or ""
        self.request_id = headers.get("MS-RequestId") or ""
        super().__init__(f"{status} {self.code}: {self.detail} ({self.request_id})")


@dataclass
class Client:
    """A registered API client at one portal."""

    portal: str
    client_id: str
    secret: str = field(repr=False)
    attempts: int = 5
    sleep: Callable[[float], None] = time.sleep
    _token: str = field(default="", init=False, repr=False)
    _renew_at: float = field(default=0.0, init=False, repr=False)

    def entitlements(self, **filters: str | int) -> Iterator[Entitlement]:
        """Yield what the client may see, page by page; filters as in docs/api.md."""
        address: str | None = f"{API}/entitlements?{urlencode({'size': 200, **filters})}"
        while address:
            page = self.call("GET", address)
            yield from page["items"]
            following = page["links"]["next"]
            address = following["uri"] if following else None

    def dry_run(self, request: Mapping[str, Any]) -> Verdict:
        """Say whether the request would be paid, and by which plan; change nothing."""
        path = f"{API}/supportRequests?dryRun=true"
        return cast(Verdict, self.call("POST", path, request, is_safe=True))

    def open_request(self, request: Mapping[str, Any], *, key: str) -> SupportRequest:
        """
        Open a support request; it uses one incident, once for each key.

        Make the key with `uuid.uuid4()` and store it with the request *before* the call: whatever
        happens, calling again with the same key and request gives the same answer.
        """
        return cast(SupportRequest, self.call("POST", f"{API}/supportRequests", request, key=key))

    def follow(
        self, *, after: str | None, store: Callable[[str], None], pause: float | None = 30.0
    ) -> Iterator[Event]:
        """
        Yield every change behind `after`, in order, for ever; without `pause` up to the last one.

        `store` gets the cursor of an event when the next one is asked for: then this one has been
        dealt with. After a crash in between it comes again; know it by its `id`.
        """
        given = {"size": 200, **({"after": after} if after else {})}
        address = f"{API}/events?{urlencode(given)}"
        while True:
            page = self.call("GET", address)
            for event in page["items"]:
                yield event
                store(event["cursor"])
            address = page["links"]["next"]["uri"]
            if not page["items"]:
                if pause is None:
                    return
                self.sleep(pause)

    def call(
        self, method: str, path: str, body: Any = None, *, key: str = "", is_safe: bool = False
    ) -> Any:
        """
        Make one call and return its JSON; wait and repeat it where that can do no harm.

        :param is_safe: doing it twice is as doing it once; so are reads and calls with a key
        :raises Problem: the portal refused it
        """
        headers = {"MS-CorrelationId": str(uuid.uuid4())}
        headers |= {"Idempotency-Key": key} if key else {}
        is_safe = is_safe or method == "GET" or bool(key)
        for attempt in range(1, self.attempts + 1):
            try:
                return self._authorized(method, path, body, headers)
            except (Problem, *NO_ANSWER) as error:
                if attempt == self.attempts or not _may_come_again(error, is_safe=is_safe):
                    raise
                self.sleep(_wait(attempt, error))
        raise ValueError("attempts must be 1 or more")

    def _authorized(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        """Send with the token; one that was stopped before its end is renewed once."""
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers = {**headers, "Content-Type": "application/json"}
        try:
            return self._send(method, path, data, {**headers, "Authorization": self._bearer()})
        except Problem as problem:
            if problem.code != "not_authenticated":
                raise
        self._token = ""
        return self._send(method, path, data, {**headers, "Authorization": self._bearer()})

    def _bearer(self) -> str:
        if not self._token or time.monotonic() > self._renew_at:
            pair = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            form = b"grant_type=client_credentials"
            answer = self._send("POST", "/oauth/token", form, {"Authorization": f"Basic {pair}"})
            self._token = answer["access_token"]
            self._renew_at = time.monotonic() + answer["expires_in"] - 60
        return f"Bearer {self._token}"

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        request = Request(self.portal + path, data, headers, method=method)  # noqa: S310 - ours
        try:
            with urlopen(request, timeout=30) as response:  # noqa: S310 - ours
                return _json(response.read())
        except HTTPError as refused:
            with refused:
                raise Problem(refused.code, dict(refused.headers), _json(refused.read())) from None


def _may_come_again(error: Exception, *, is_safe: bool) -> bool:
    """Whether a repeat may succeed and can do no harm."""
    if not isinstance(error, Problem):
        return is_safe  # nobody knows whether it was done
    if error.status == http.client.TOO_MANY_REQUESTS or error.code == "request_in_progress":
        return True  # it was not done
    return is_safe and error.status in (502, 503, 504)  # it may have been done


def _wait(attempt: int, error: Exception) -> float:
    """Return how long to wait: what the portal told, else longer each time; never in step."""
    told = error.retry_after if isinstance(error, Problem) else ""
    seconds = float(told) if told.isdigit() else 0.5 * 2**attempt
    return min(seconds, LONGEST_WAIT) + random.uniform(0, 0.5)  # noqa: S311 - no secret


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


if __name__ == "__main__":
    client = Client(
        os.environ.get("PORTAL_URL", "http://127.0.0.1:8000"),
        os.environ.get("API_CLIENT_ID", "demo-fabrikam"),
        os.environ.get("API_CLIENT_SECRET", "demo-fabrikam-secret"),
    )
    for plan in client.entitlements():
        left = "unlimited" if plan["unlimited"] else plan["remaining"]
        print(plan["planName"], plan["status"], left, sep=" | ")
    verdict = client.dry_run(json.loads(Path(__file__).with_name("request.json").read_text()))
    print(verdict["planName"], "would pay and have left:", verdict["remainingAfter"])
