"""A server of the portal on this machine: a port for it, and waiting until it answers."""

import contextlib
import random
import socket
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException

HOST = "127.0.0.1"
# Below the ports that the operating system gives to outgoing connections.
PORTS = range(20_000, 32_000)
START_SECONDS = 60
STOP_SECONDS = 30
ANSWER_SECONDS = 5


class NoPortalError(Exception):
    """Why there is nothing to look at: one sentence, or what the server logged."""


def free_port() -> int:
    """Return a port that nobody listens on; raise NoPortalError if none of a hundred is free."""
    for port in random.sample(PORTS, k=100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, port))
                return port
    raise NoPortalError("No port is free.")


def comes_up(url: str, *, ended: Callable[[], int | None]) -> bool:
    """
    Wait until the portal at this address and its database answer.

    :param ended: the server's exit code, None while it runs
    :returns: False when it ends before it answers, or does not answer in time
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and ended() is None:
        # Without its database the portal answers 503, which is an error of urllib, too.
        with (
            contextlib.suppress(OSError, HTTPException),
            urllib.request.urlopen(f"{url}/health", timeout=ANSWER_SECONDS),  # noqa: S310 - ours
        ):
            return True
        time.sleep(0.05)
    return False
