"""The demo world, there for all tests of a module, with the clock fixed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Made = TypeVar("Made")
Rows = list[tuple[Any, ...]]
ROWS_AT_ONCE = 100
# The rows of the world of an instant, from the first in this process who loaded it to the others.
KEPT: dict[datetime, dict[str, Rows]] = {}


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Let the rules see the moment at which the tests take place.

    By itself, not by pytest-django's `settings`: those tell everybody, which takes milliseconds.
    """
    monkeypatch.setattr(settings, "PORTAL_NOW", NOW)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """
    Have the demo world, as at `NOW`, for all tests of the module.

    What a test changes is gone after it, and the world after the module.
    """
    with standing(lambda: put(at=NOW), blocker=django_db_blocker):
        yield NOW


@contextmanager
def standing(write: Callable[[], Made], *, blocker: Any) -> Iterator[Made]:
    """
    Let what is written stand for all tests of a module; yield what the function returns.

    It stands in a transaction of its own, and each test in a savepoint inside.
    """
    with ExitStack() as around:
        with blocker.unblock():
            around.enter_context(transaction.atomic())
            made = write()
        yield made
        with blocker.unblock():
            transaction.set_rollback(True)
            around.close()


def put(*, at: datetime) -> None:
    """
    Put the world, as at that instant, into an empty database.

    Loaded by its own code once in each process, then copied: the rows are the same, down to their
    keys.
    """
    # The models can be imported only after Django's set-up, which comes after this file.
    from partnercenter.demo import world as demo  # noqa: PLC0415

    if at in KEPT:
        _put_back(KEPT[at])
    else:
        assert demo.load(at=at)
        KEPT[at] = _rows()


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


def _put_back(kept: dict[str, Rows]) -> None:
    """Insert the rows again; constraints are looked at when all are there."""
    with connection.cursor() as cursor:
        for table, columns in _tables():
            for start in range(0, len(kept.get(table, [])), ROWS_AT_ONCE):
                rows = kept[table][start : start + ROWS_AT_ONCE]
                marks = f"({', '.join(['%s'] * len(rows[0]))})"
                cursor.execute(
                    f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * len(rows))}",
                    [value for row in rows for value in row],
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
