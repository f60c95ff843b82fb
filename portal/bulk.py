"""
Many rows at once: keys that are known beforehand, rows that go in without an object for each.

For imports. The database's constraints hold as ever; defaults of fields, `save` and `pre_save` do
not: whoever calls gives every value, a case-folded name among them.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

# What no text holds that came through a form or an import: it stands for NULL in a COPY.
_NULL = "\x1f"


def next_keys(*, model: type[models.Model], count: int) -> Sequence[int]:
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
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
        if last is None:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, 0)", [table])
        first = (last[0] if last else 0) + 1
        cursor.execute(
            "UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [first + count - 1, table]
        )
    return range(first, first + count)


def insert(
    *, model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """
    Insert the rows in the caller's transaction: by COPY on PostgreSQL, else by one statement each.

    :param fields: the attributes (`partner_id`, `name`) whose values each row gives, in its order
    """
    by_attribute = {column.attname: column for column in model._meta.concrete_fields}
    columns = [by_attribute[name] for name in fields]
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.column) for column in columns)
    table = quote(model._meta.db_table)
    converted = _converted(columns, rows)
    if connection.vendor == "postgresql":
        _copy(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv, NULL E'\\x1f')", converted)
        return
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        # Table and columns are the model's own.
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", converted)  # noqa: S608


def update(
    *, model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """
    Update rows in the caller's transaction, which has locked them.

    :param fields: the attributes whose values each row gives, in its order; then comes its key
    """
    by_attribute = {column.attname: column for column in model._meta.concrete_fields}
    columns = [by_attribute[name] for name in fields]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    changes = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    with connection.cursor() as cursor:
        # Table and columns are the model's own.
        cursor.executemany(
            f"UPDATE {table} SET {changes} WHERE id = %s",  # noqa: S608
            _converted(columns, rows),
        )


def _copy(statement: str, rows: list[Sequence[Any]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [_NULL if value is None else value for value in row] for row in rows
    )
    text.seek(0)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.copy_expert(statement, text)


def _converted(columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
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
