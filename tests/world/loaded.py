"""The demo world, there for all tests of a module, with the clock fixed."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Rows = list[tuple[Any, ...]]
# The rows of the world, from the first module of this process that loaded it to the others.
KEPT: dict[str, Rows] = {}


@pytest.fixture(autouse=True)
def _fixed_clock(settings: Any) -> None:
    """Let the rules see the moment at which the tests take place."""
    settings.PORTAL_NOW = NOW


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """
    Have the demo world, as at `NOW`, for all tests of the module.

    It stands in a transaction of its own, and each test in a savepoint inside: what a test changes
    is gone after it, and the world after the module. Loaded by its own code once in each process,
    then copied: the rows are the same, down to their keys.
    """
    # The models can be imported only after Django's set-up, which comes after this file.
    from partnercenter.demo import world as demo  # noqa: PLC0415

    with ExitStack() as around:
        with django_db_blocker.unblock():
            around.enter_context(transaction.atomic())
            if KEPT:
                _put_back()
            else:
                demo.load(at=NOW)
                KEPT.update(_rows())
        yield NOW
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            around.close()


def _rows() -> dict[str, Rows]:
    """Return every row of every table that the world has filled."""
    found = {}
    with connection.cursor() as cursor:
        for table, columns in _tables():
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY id")
            rows = cursor.fetchall()
            if rows:
                found[table] = rows
    return found


def _put_back() -> None:
    """Insert the rows again; constraints are looked at when all are there."""
    with connection.cursor() as cursor:
        for table, columns in _tables():
            if table in KEPT:
                marks = ", ".join(["%s"] * len(KEPT[table][0]))
                cursor.executemany(
                    f"INSERT INTO {table} ({columns}) VALUES ({marks})",
                    KEPT[table],
                )
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)


def _tables() -> list[tuple[str, str]]:
    """Return each table with its columns, in the words of SQL."""
    quote = connection.ops.quote_name
    return [
        (
            quote(model._meta.db_table),
            ", ".join(quote(field.column) for field in model._meta.concrete_fields),
        )
        for model in _models()
    ]


def _models() -> list[Any]:
    """Return the models whose rows the world is made of: those with a key that is counted."""
    return [
        model
        for model in apps.get_models()
        if model._meta.managed
        and model._meta.app_label not in ("contenttypes", "auth", "sessions")
        and model._meta.pk is not None
        and model._meta.pk.column == "id"
    ]
