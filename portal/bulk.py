"""
Many rows at once: keys that are known beforehand, rows that go in without an object for each.

For imports. The database's constraints hold as ever; defaults of fields, `save` and `pre_save` do
not: whoever calls gives every value, a case-folded name among them.

SQLite has one writer, and whoever writes keeps all others waiting. So there rows can be kept aside
first (`kept_aside`), in temporary tables of this connection that need no lock, and go to their
places by one statement for each table. Who only reads is kept waiting by the commit alone.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db import connection, models

# What no text holds that came through a form or an import: it stands for NULL in a COPY.
_NULL = "\x1f"
# What a transaction has changed stays in memory up to here. By its default, SQLite writes to the
# file after 2 MB, and from then on to the commit nobody can read it.
_ROOM = 256 * 1024
Model = type[models.Model]
Rows = Iterable[Sequence[Any]]


def next_keys(*, model: Model, count: int) -> Sequence[int]:
    """Return so many primary keys that no row has, and that no other writer will be given."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [key for (key,) in cursor.fetchall()]
        # The statement that writes comes first: it takes the lock that what is read needs.
        raised = "UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s"
        cursor.execute(raised, [count, table])
        if not cursor.rowcount:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, 0)", [table])
            cursor.execute(raised, [count, table])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        (last,) = cursor.fetchone()
    return range(last - count + 1, last + 1)


def insert(*, model: Model, fields: Sequence[str], rows: Rows) -> None:
    """
    Insert the rows in the caller's transaction: by COPY on PostgreSQL, else by one statement each.

    :param fields: the attributes (`partner_id`, `name`) whose values each row gives, in its order
    """
    _do(_Change("INSERT", model, tuple(fields)), rows)


def update(*, model: Model, fields: Sequence[str], rows: Rows) -> None:
    """
    Update rows in the caller's transaction, which has locked them.

    :param fields: the attributes whose values each row gives, in its order; then comes its key
    """
    _do(_Change("UPDATE", model, (*fields, "id")), rows)


def delete(*, model: Model, keys: Iterable[int]) -> None:
    """Delete rows by their keys in the caller's transaction, which has locked them."""
    _do(_Change("DELETE", model, ("id",)), [(key,) for key in keys])


@contextmanager
def kept_aside() -> Iterator["Aside"]:
    """Keep aside what the block writes through this module: SQLite only, and no lock is taken."""
    assert connection.vendor == "sqlite", "others write beside each other"
    aside = Aside()
    token = _aside.set(aside)
    try:
        with _room_for_changes():
            yield aside
    finally:
        _aside.reset(token)
        aside.clear()


@contextmanager
def _room_for_changes() -> Iterator[None]:
    """Keep pages of SQLite in memory, up to `_ROOM` KiB; it takes only what it needs."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA main.cache_size")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA main.cache_size = -{_ROOM}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA main.cache_size = {before}")


class _Change:
    """One kind of change of one table."""

    def __init__(self, verb: str, model: Model, fields: tuple[str, ...]) -> None:
        quote = connection.ops.quote_name
        by_attribute = {column.attname: column for column in model._meta.concrete_fields}
        self.verb = verb
        self.columns = [by_attribute[name] for name in fields]
        self.names = [quote(column.column) for column in self.columns]
        self.listed = ", ".join(self.names)
        self.table = quote(model._meta.db_table)
        self.key = (verb, self.table, fields)

    def copy(self) -> str:
        """Return the statement by which PostgreSQL takes rows in as a stream."""
        return f"COPY {self.table} ({self.listed}) FROM STDIN WITH (FORMAT csv, NULL E'\\x1f')"

    def for_each(self) -> str:
        """Return the statement for one row. Table and columns are the model's own."""
        marks = ", ".join(["%s"] * len(self.names))
        if self.verb == "INSERT":
            return f"INSERT INTO {self.table} ({self.listed}) VALUES ({marks})"  # noqa: S608
        if self.verb == "DELETE":
            return f"DELETE FROM {self.table} WHERE id = %s"  # noqa: S608
        changes = ", ".join(f"{name} = %s" for name in self.names[:-1])
        return f"UPDATE {self.table} SET {changes} WHERE id = %s"  # noqa: S608

    def from_table(self, aside: str) -> str:
        """Return the statement that takes all rows from a table of the same columns."""
        if self.verb == "INSERT":
            return (
                f"INSERT INTO {self.table} ({self.listed}) "  # noqa: S608
                f"SELECT {self.listed} FROM {aside} ORDER BY rowid"
            )
        if self.verb == "DELETE":
            return f"DELETE FROM {self.table} WHERE id IN (SELECT id FROM {aside})"  # noqa: S608
        changes = ", ".join(f"{name} = aside.{name}" for name in self.names[:-1])
        return (
            f"UPDATE {self.table} SET {changes} FROM {aside} AS aside "  # noqa: S608
            f"WHERE {self.table}.id = aside.id"
        )


class Aside:
    """Changes that wait in temporary tables, in the order in which their kinds came first."""

    def __init__(self) -> None:
        self._waiting: dict[Any, tuple[_Change, str]] = {}

    def keep(self, change: _Change, rows: list[Sequence[Any]]) -> None:
        """Put rows beside those of the same change."""
        with connection.cursor() as cursor:
            if change.key not in self._waiting:
                name = f"temp.aside_{len(self._waiting)}"
                cursor.execute(f"CREATE TABLE {name} AS {self._empty(change)}")
                self._waiting[change.key] = (change, name)
            _change, name = self._waiting[change.key]
            marks = ", ".join(["%s"] * len(change.names))
            cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608

    def write(self) -> None:
        """Make all changes, in the caller's transaction."""
        with connection.cursor() as cursor:
            for change, name in self._waiting.values():
                cursor.execute(change.from_table(name))

    def clear(self) -> None:
        """Throw away what was kept."""
        with connection.cursor() as cursor:
            for _change, name in self._waiting.values():
                cursor.execute(f"DROP TABLE IF EXISTS {name}")
        self._waiting = {}

    def _empty(self, change: _Change) -> str:
        return f"SELECT {change.listed} FROM {change.table} WHERE 0"  # noqa: S608


_aside: ContextVar[Aside | None] = ContextVar("aside", default=None)


def _do(change: _Change, rows: Rows) -> None:
    converted, aside = _converted(change.columns, rows), _aside.get()
    if not converted:
        return
    if aside is not None:
        aside.keep(change, converted)
    elif change.verb == "INSERT" and connection.vendor == "postgresql":
        _copy(change.copy(), converted)
    else:
        with connection.cursor() as cursor:
            cursor.executemany(change.for_each(), converted)


def _copy(statement: str, rows: list[Sequence[Any]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [_NULL if value is None else value for value in row] for row in rows
    )
    text.seek(0)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.copy_expert(statement, text)


def _converted(columns: Sequence[Any], rows: Rows) -> list[Sequence[Any]]:
    """Return the rows with the values that the database's driver does not convert by itself."""
    converters = [(place, _converter(column)) for place, column in enumerate(columns)]
    needed = [(place, convert) for place, convert in converters if convert is not None]
    if not needed:
        return list(rows)
    converted: list[Sequence[Any]] = []
    for row in rows:
        values = list(row)
        for place, convert in needed:
            if values[place] is not None:
                values[place] = convert(values[place])
        converted.append(values)
    return converted


def _converter(column: Any) -> Callable[[Any], Any] | None:
    if isinstance(column, models.JSONField):
        return json.dumps
    if connection.vendor == "postgresql":
        return None
    if isinstance(column, models.UUIDField):
        return lambda value: value.hex
    # Thousands of rows share a few instants and days.
    if isinstance(column, models.DateTimeField):
        return lru_cache(maxsize=4096)(connection.ops.adapt_datetimefield_value)
    if isinstance(column, models.DateField):
        return lru_cache(maxsize=4096)(connection.ops.adapt_datefield_value)
    return None
