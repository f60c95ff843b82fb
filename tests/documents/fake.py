"""A portal that answers what it was told to, in order, and remembers what it was asked."""

import contextlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

GOOD_TOKEN = {"expires_in": 3600, "token_type": "Bearer"}


@dataclass(frozen=True)
class Says:
    """One answer; one without a status is none: the connection ends."""

    status: int | None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One call: what came with it that matters for repeating it."""

    method: str
    path: str
    token: str
    key: str | None
    body: Any


class FakePortal(ThreadingHTTPServer):
    """Answers calls in the order of the script; tokens are numbered, and always given."""

    def __init__(self, script: Sequence[Says]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = list(script)
        self.asked: list[Asked] = []
        self.tokens = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: FakePortal

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its own word
        """Say nothing."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/oauth/token":
            self.server.tokens += 1
            answer = Says(200, {"access_token": f"token-{self.server.tokens}", **GOOD_TOKEN})
        else:
            self.server.asked.append(
                Asked(
                    self.command,
                    self.path,
                    self.headers["Authorization"].removeprefix("Bearer "),
                    self.headers.get("Idempotency-Key"),
                    json.loads(body) if body else None,
                )
            )
            answer = self.server.script.pop(0)
        if answer.status is not None:
            self._send(answer)

    def _send(self, answer: Says) -> None:
        content = json.dumps(answer.body).encode()
        self.send_response(answer.status or 0)
        for name, value in {"Content-Length": str(len(content)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@contextlib.contextmanager
def fake_portal(*script: Says) -> Iterator[FakePortal]:
    """Run a fake portal for the length of the block; all of its script must have been used."""
    with FakePortal(script) as portal:
        thread = Thread(target=portal.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield portal
        finally:
            portal.shutdown()
            thread.join()
    assert portal.script == []
