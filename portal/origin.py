"""Where the work at hand comes from: address, channel and id of the request or the command."""

import ipaddress
import logging
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.http import HttpRequest

ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class Channel(StrEnum):
    """By which door a change came in."""

    PAGE = "PAGE"
    API = "API"
    COMMAND = "COMMAND"


@dataclass(frozen=True)
class Origin:
    """Stands in every audit record and every log line."""

    channel: Channel
    request_id: str
    address: str | None = None
    correlation_id: str = ""


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin:
    """Return the origin of the work at hand; outside a request that is a command."""
    return _origin.get() or Origin(channel=Channel.COMMAND, request_id="-")


@contextmanager
def working_for(origin: Origin) -> Iterator[None]:
    """Make `origin` the current one for the duration of the block."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def of_request(request: HttpRequest) -> Origin:
    """Return the origin of an HTTP request, with the caller's own ids when they are sound."""
    channel = Channel.API if request.path.startswith("/api/") else Channel.PAGE
    return Origin(
        channel=channel,
        request_id=_id_in(request, "MS-RequestId"),
        address=client_address(request),
        correlation_id=_id_in(request, "MS-CorrelationId"),
    )


def _id_in(request: HttpRequest, header: str) -> str:
    given = request.headers.get(header, "")
    return given if ACCEPTABLE_ID.fullmatch(given) else str(uuid.uuid4())


def client_address(request: HttpRequest) -> str | None:
    """
    Return the caller's address.

    Only as many entries of X-Forwarded-For are believed as there are trusted proxies
    (TRUSTED_PROXIES), counted from the right: what stands before them anybody can write.
    """
    candidate = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        header = request.headers.get("X-Forwarded-For", "")
        forwarded = [part.strip() for part in header.split(",")] if header else []
        if len(forwarded) >= settings.TRUSTED_PROXIES:
            candidate = forwarded[-settings.TRUSTED_PROXIES]
    try:
        return str(ipaddress.ip_address(_without_port(candidate)))
    except ValueError:
        return None


def _without_port(address: str) -> str:
    """Return the address alone: some proxies write 203.0.113.7:4711 or [2001:db8::1]:4711."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


class RequestIdFilter(logging.Filter):
    """Put the ids of the request into every log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a line."""
        source = current()
        record.request_id = source.request_id
        record.correlation_id = source.correlation_id or "-"
        return True
