"""What a pass over a file has seen so far, on disk: memory stays flat whatever the file's size."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

AT_ONCE = 500


class Scratch:
    """A private database of one pass: it has no name, nobody else sees it, and it goes with it."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute(
            "CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER, name TEXT) WITHOUT ROWID"
        )

    def close(self) -> None:
        """Throw it away."""
        self._database.close()

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run a statement of the kind's own, and return what it finds."""
        return self._database.execute(sql, values).fetchall()

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row."""
        self._database.executemany(sql, rows)

    def seen(self, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return in which line a key was seen first, and with which name."""
        found: dict[str, tuple[int, str]] = {}
        for start in range(0, len(keys), AT_ONCE):
            some = keys[start : start + AT_ONCE]
            marks = ",".join("?" * len(some))
            # The statement holds as many marks as there are keys, and nothing else.
            sql = f"SELECT key, line, name FROM seen WHERE key IN ({marks})"  # noqa: S608
            found |= {key: (line, name) for key, line, name in self.run(sql, some)}
        return found

    def remember(self, rows: Iterable[tuple[str, int, str]]) -> None:
        """Keep key, line and name of rows whose keys were not seen before."""
        self.run_many("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", rows)
