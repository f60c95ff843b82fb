"""
How many calls one caller may make in a minute, over all workers together.

A worker leases a block of calls from the caller's row and hands them out from memory: the limit is
never exceeded, and reading costs no write. What a worker has leased and not used is lost for the
minute, so with several workers a caller may be stopped a little early (docs/api.md says how much).
"""

import threading
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from portal import clock
from portal.models import CallWindow
from portal.rest.problems import RateLimited

WINDOW_SECONDS = 60
BLOCKS = 20


@dataclass
class Lease:
    """What this worker still may hand out to one caller within one minute."""

    minute: int
    left: int
    # What nobody had leased yet when this block was.
    unleased: int

    @property
    def remaining(self) -> int:
        """The calls that are left, as far as this worker knows."""
        return self.left + self.unleased


@dataclass(frozen=True)
class Allowance:
    """What the answer says about the limit."""

    limit: int
    remaining: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the IETF draft on rate limits."""
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={self.remaining};t={self.seconds}',
        }


class Meter:
    """Hands out the calls of one worker process."""

    def __init__(self) -> None:
        self._leases: dict[int, Lease] = {}
        # One for each caller: who waits for a block keeps nobody else waiting.
        self._locks: dict[int, threading.Lock] = {}
        self._lock_of_locks = threading.Lock()

    def take(self, *, caller: int) -> Allowance:
        """
        Take one call of the running minute.

        :raises RateLimited: there is none left
        """
        now = clock.real_now().timestamp()
        minute, limit = int(now // WINDOW_SECONDS), settings.API_CALLS_PER_MINUTE
        seconds = int((minute + 1) * WINDOW_SECONDS - now) + 1
        with self._lock_of(caller):
            lease = self._leases.get(caller)
            if lease is None or lease.minute != minute or (lease.left == 0 and lease.unleased):
                lease = self._leases[caller] = _lease(caller, minute=minute, limit=limit)
            if lease.left == 0:
                raise RateLimited(limit=limit, seconds=seconds)
            lease.left -= 1
            return Allowance(limit=limit, remaining=lease.remaining, seconds=seconds)

    def forget(self) -> None:
        """Forget all leases, as a new worker would."""
        self._leases.clear()

    def _lock_of(self, caller: int) -> threading.Lock:
        with self._lock_of_locks:
            return self._locks.setdefault(caller, threading.Lock())


@transaction.atomic
def _lease(caller: int, *, minute: int, limit: int) -> Lease:
    """Lease the next block from the caller's row; an empty one when all is handed out."""
    CallWindow.objects.bulk_create(
        [CallWindow(caller_id=caller, minute=minute, leased=0)], ignore_conflicts=True
    )
    row = CallWindow.objects.select_for_update(of=("self",), no_key=True).get(caller_id=caller)
    if row.minute < minute:
        row.minute, row.leased = minute, 0
    granted = max(0, min(max(1, limit // BLOCKS), limit - row.leased))
    if granted:
        row.leased += granted
        row.save(update_fields=["minute", "leased"])
    return Lease(minute=minute, left=granted, unleased=max(0, limit - row.leased))


METER = Meter()
