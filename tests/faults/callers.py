"""API clients at work: real calls over real connections, each repeated until it is answered."""

import json
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.faults.clients import NO_TLS, PATIENCE

API = "/api/v1"
REQUESTS = f"{API}/supportRequests"
ON_PREMISES = {"productFamily": "Windows", "productVersion": "11"}
CLOUD = {"productFamily": "Azure", "productVersion": "App Service"}
REQUEST = {
    "category": "Other",
    "title": "Setup stops",
    "description": "Setup stops at 80 % since this morning.",
    "severity": "C",
    "contact": {
        "name": "Pat Moore",
        "email": "pat@outlook.example",
        "country": "SE",
        "timeZone": "Europe/Stockholm",
    },
}
# After these the same call, with the same key, is sent again.
COME_AGAIN = (httpx.codes.CONFLICT, httpx.codes.SERVICE_UNAVAILABLE)


@dataclass(frozen=True)
class Reply:
    """What the server answered in the end, and how often the call had been repeated before."""

    status: int
    text: str
    headers: httpx.Headers
    repeats: int = 0

    @property
    def body(self) -> Any:
        """The JSON of the answer."""
        return json.loads(self.text)


@dataclass(frozen=True)
class ApiCaller:
    """A client with its access token."""

    url: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What every call brings."""
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str) -> Reply:
        """Read something, once."""
        with self._connection() as connection:
            return _reply(connection.get(path))

    def submit(self, body: dict[str, Any], *, key: str) -> Reply:
        """Open a support request; repeat the call while it is not known what became of it."""
        deadline = time.monotonic() + PATIENCE
        repeats = 0
        while True:
            try:
                with self._connection() as connection:
                    headers = {"Idempotency-Key": key}
                    reply = _reply(connection.post(REQUESTS, json=body, headers=headers), repeats)
                wait = reply.headers.get("Retry-After")
                if reply.status not in COME_AGAIN or wait is None:
                    return reply
            except httpx.TransportError:
                wait = "1"
            assert time.monotonic() < deadline, "the call was never answered"
            repeats += 1
            time.sleep(int(wait))

    def submit_and_hang_up(self, body: dict[str, Any], *, key: str) -> None:
        """Send a support request and cut the connection before the answer can come."""
        content = json.dumps(body).encode()
        address = urlsplit(self.url)
        headers = {
            **self.headers,
            "Host": address.netloc,
            "Idempotency-Key": key,
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
        }
        lines = [f"POST {REQUESTS} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
        place = (address.hostname, address.port or 80)
        with socket.create_connection(place, PATIENCE) as connection:
            # No farewell: what the server writes is answered by a reset.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall("\r\n".join(lines).encode() + content)
            # A reset would throw away what the server has not read yet.
            time.sleep(0.002)

    def _connection(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers=self.headers, timeout=PATIENCE, verify=NO_TLS
        )


def request(*, plan: str, product: dict[str, str], **other: Any) -> dict[str, Any]:
    """Return the body of a support request that this plan is to pay."""
    return {"entitlementId": plan, **product, **REQUEST, **other}


def outcomes(replies: Iterable[Reply]) -> Counter[tuple[int, str | None]]:
    """Count the final answers by status and code."""
    return Counter((reply.status, reply.body.get("code")) for reply in replies)


def repeats(replies: Iterable[Reply]) -> int:
    """Count how often calls were repeated."""
    return sum(reply.repeats for reply in replies)


def _reply(response: httpx.Response, repeats: int = 0) -> Reply:
    return Reply(response.status_code, response.text, response.headers, repeats)
