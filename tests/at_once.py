"""Two at once: what one connection does while another one holds what both of them need."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection, transaction

T = TypeVar("T")


def act_meanwhile(
    act: Callable[[], T], *, lock: Callable[[], object], meanwhile: Callable[[], object]
) -> Future[T]:
    """
    Act in a second connection while this one holds a lock.

    `meanwhile` happens under that lock, after the act began and before it may go on.
    """

    def act_in_own_connection() -> T:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            lock()
            acting = pool.submit(act_in_own_connection)
            _wait_until_somebody_waits()
            meanwhile()
        acting.exception(timeout=30)
    return acting


def _wait_until_somebody_waits() -> None:
    """Return when the other connection waits for a lock; SQLite cannot say so, and waits anyway."""
    if connection.vendor == "sqlite":
        time.sleep(0.2)
        return
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            (waiting,) = cursor.fetchone()
        if waiting:
            return
        time.sleep(0.02)
    pytest.fail("nobody waits for the lock")
