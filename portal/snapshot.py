"""Reading a live database as it was at one instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def one_snapshot() -> Iterator[None]:
    """
    Let every statement of the block see the same state, whatever others commit meanwhile.

    On PostgreSQL a read-only REPEATABLE READ transaction; on SQLite any transaction is one. Nobody
    waits for it, but on SQLite without the write-ahead log: there writers do.
    """
    is_outermost = not connection.in_atomic_block
    with _without_write_lock(), transaction.atomic():
        if connection.vendor == "postgresql" and is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _without_write_lock() -> Iterator[None]:
    """Let the outermost transaction begin as a reader's where readers stop nobody."""
    sqlite: Any = connection
    if not _has_write_ahead_log():
        yield
        return
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        sqlite.transaction_mode = usual


def _has_write_ahead_log() -> bool:
    """Whether this is SQLite with a log: without it a reader keeps writers from committing."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        (journal,) = cursor.execute("PRAGMA journal_mode").fetchone()
    return bool(journal == "wal")
