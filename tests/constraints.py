"""Breaking a constraint on purpose, past the services: how the tests of each app do it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction


@contextmanager
def refused(name: str, *, table: str) -> Iterator[None]:
    """
    Expect the database to refuse what happens in the block, by this constraint.

    SQLite names a CHECK, and of a UNIQUE only the table and its columns; PostgreSQL names both.
    """
    with (
        pytest.raises(IntegrityError, match=rf"{name}|UNIQUE constraint failed: {table}\."),
        transaction.atomic(),
    ):
        yield


def break_by_update(row: models.Model, changes: Mapping[str, Any], *, name: str) -> None:
    """Write the changes to the stored row, past models and services, and see them refused."""
    model = type(row)
    with refused(name, table=model._meta.db_table):
        model._base_manager.filter(pk=row.pk).update(**changes)


def constraint_names(app_label: str) -> set[str]:
    """Return the names of all constraints that the app's models declare."""
    return {
        constraint.name
        for model in apps.get_app_config(app_label).get_models()
        for constraint in model._meta.constraints
    }
