"""
What the database would do for a page: which of its statements read a whole large table; and how
much it does.

Each statement is explained right before it runs, with its own parameters, in the words of the
database at hand. SQLite decides without looking at the rows. PostgreSQL would read a small table
whole whatever indexes there are, so it is asked not to: what it still reads whole has no index.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.db import connection

OURS = ("portal", "partners", "benefits", "support")
# One row for each of something that people name, not for each partner.
SMALL = {"benefits_feedhead", "support_monthlyusehead"}
EXPLAINED = ("SELECT", "WITH", "UPDATE", "DELETE")
# How many instructions of SQLite are counted at once.
STEPS = 10
COUNTED = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
# A loop over an index is what many rows would get; the joins that begin by reading all are not.
ONLY_FOR_FEW = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")

# Django writes a second name where a table is read twice, or inside another statement.
NAMED = r'(?:FROM|JOIN) "(\w+)" ([TUVW]\d+)'
SCANNED = r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?"

FORGET = """
WITH large AS (SELECT oid FROM pg_class WHERE relname = ANY(%(tables)s)),
     forgotten AS (DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM large))
UPDATE pg_class SET reltuples = -1, relpages = 0
WHERE oid IN (SELECT oid FROM large)
   OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid IN (SELECT oid FROM large))
"""

Scan = tuple[str, str]


@contextlib.contextmanager
def scans() -> Iterator[list[Scan]]:
    """
    Collect what is read whole in the block: the table, and the statement that reads it.

    Not counted: the first rows in the order of an index, where nothing else decides about them,
    and an index that holds only the rows in question.
    """
    found: list[Scan] = []
    _forget_what_was_counted()
    with _explaining(lambda sql, params: found.extend((t, sql) for t in _read_whole(sql, params))):
        yield found


@contextlib.contextmanager
def work() -> Iterator[list[int]]:
    """
    Collect how much is done for what the block reads; the sum says it, in a unit of the database.

    SQLite counts the steps of its machine and knows nothing of the rows before. PostgreSQL counts
    the rows that it takes up or passes over, and plans by what it finds in the tables.
    """
    found: list[int] = []
    if connection.vendor == "postgresql":
        _rows("ANALYZE", None)
        with _explaining(lambda sql, params: found.append(_rows_taken_up(sql, params))):
            yield found
        return
    connection.connection.set_progress_handler(lambda: found.append(STEPS), STEPS)
    try:
        yield found
    finally:
        connection.connection.set_progress_handler(None, STEPS)


@contextlib.contextmanager
def _explaining(look: Callable[[str, Any], None]) -> Iterator[None]:
    """Look at each statement of the block right before it runs."""

    def explain(execute: Callable[..., Any], sql: str, params: Any, *others: Any) -> Any:
        if sql.lstrip(" (").startswith(EXPLAINED):
            look(sql, params)
        return execute(sql, params, *others)

    with connection.execute_wrapper(explain):
        yield


def _forget_what_was_counted() -> None:
    """
    Let PostgreSQL plan as for tables that it has never looked at, until the test is rolled back.

    What it has counted depends on the tests before: in a table that it knows to be empty, reading
    all costs as much as reading by an index.
    """
    if connection.vendor == "postgresql":
        with contextlib.closing(connection.create_cursor()) as cursor:
            cursor.execute(FORGET, {"tables": sorted(large_tables())})


def large_tables() -> set[str]:
    """Return the tables that grow with what the portal is used for."""
    models = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    return {model._meta.db_table for model in models} - SMALL


def _read_whole(sql: str, params: Any) -> list[str]:
    """Return the large tables that the statement reads whole."""
    read = _by_sqlite if connection.vendor == "sqlite" else _by_postgresql
    return [table for table in read(sql, params) if table in large_tables()]


def _by_sqlite(sql: str, params: Any) -> list[str]:
    """Return the tables after the word SCAN in SQLite's plan."""
    aliases: dict[str, str] = {alias: table for table, alias in re.findall(NAMED, sql)}
    partial = _names("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'")
    details = [str(row[-1]) for row in _rows("EXPLAIN QUERY PLAN " + sql, params)]
    # The rows' own order is no index to SQLite; without a sort, it is what the statement asks for.
    few = " LIMIT " in sql and " WHERE " not in sql and not any("B-TREE" in d for d in details)
    scanned = [match for detail in details if (match := re.match(SCANNED, detail))]
    return [
        aliases.get(match[1], match[1]) for match in scanned if not few and match[2] not in partial
    ]


def _by_postgresql(sql: str, params: Any) -> list[str]:
    """Return the tables of the plan's nodes that read without a condition."""
    partial = _names("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%WHERE%'")
    with _planning_for_many_rows():
        ((plan,),) = _rows("EXPLAIN (FORMAT JSON) " + sql, params)
    return [
        node["Relation Name"]
        for node in _nodes(plan[0]["Plan"])
        if "Relation Name" in node
        and "Index Cond" not in node
        and node["Node Type"] in ("Seq Scan", "Index Scan", "Index Only Scan")
        and node.get("Index Name") not in partial
        and not (" LIMIT " in sql and "Index Name" in node and "Filter" not in node)
    ]


def _rows_taken_up(sql: str, params: Any) -> int:
    """Return how many rows PostgreSQL takes up, and passes over, in all parts of its plan."""
    ((plan,),) = _rows("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + sql, params)
    return round(
        sum(
            node["Actual Loops"] * sum(node.get(counted, 0) for counted in COUNTED)
            for node in _nodes(plan[0]["Plan"])
        )
    )


@contextlib.contextmanager
def _planning_for_many_rows() -> Iterator[None]:
    """Keep PostgreSQL from what is cheap only while the tables are small."""
    before = [(name, _rows("SELECT current_setting(%s)", [name])[0][0]) for name in ONLY_FOR_FEW]
    for name in ONLY_FOR_FEW:
        _rows("SELECT set_config(%s, 'off', false)", [name])
    yield
    for name, value in before:
        _rows("SELECT set_config(%s, %s, false)", [name, value])


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _rows(sql: str, params: Sequence[object] | None) -> list[Any]:
    """Return what the database answers; by a cursor that explains and counts nothing."""
    with contextlib.closing(connection.create_cursor()) as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall()) if cursor.description else []


def _names(sql: str) -> set[str]:
    return {name for (name,) in _rows(sql, None)}
