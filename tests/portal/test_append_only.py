"""Histories are only ever appended: whoever tries otherwise is refused by the database itself."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal import append_only
from portal.append_only import AppendOnly
from portal.models import AuditRecord
from tests.factories import AuditRecordFactory, LedgerEntryFactory, PlanFactory

pytestmark = pytest.mark.django_db


def grant():
    """Return the first entry of a plan."""
    return PlanFactory(granted=True).entries.get()


# A row of each history, and a column that somebody would like to change.
HISTORIES: dict[str, tuple[Any, str]] = {
    "benefits_ledgerentry": (grant, "quantity"),
    "portal_auditrecord": (AuditRecordFactory, "action"),
}
# What else empties or replaces, by database.
OTHER_WAYS = {
    "sqlite": {
        "replace by key": "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = {id}",
        "replace through update": "UPDATE OR REPLACE {table} SET {column} = 21 WHERE id = {id}",
        "delete all": "DELETE FROM {table}",
    },
    "postgresql": {
        "truncate": "TRUNCATE {table}",
        "truncate with what points to it": "TRUNCATE {table} CASCADE",
        "delete all": "DELETE FROM {table}",
        "update where it stands": "UPDATE {table} SET {column} = {column}",
    },
}[connection.vendor]
UPSERT = (
    "INSERT INTO benefits_ledgerentry ({columns}) "
    "SELECT {columns} FROM benefits_ledgerentry WHERE true "
    "ON CONFLICT (plan_id, number) DO UPDATE SET quantity = 21"
)
REPLACE = (
    "INSERT OR REPLACE INTO benefits_ledgerentry ({columns}) "
    "SELECT {columns} FROM benefits_ledgerentry"
)
REPLACEMENTS = {"sqlite": [UPSERT, REPLACE], "postgresql": [UPSERT]}[connection.vendor]


@pytest.fixture(params=HISTORIES)
def history(request):
    """Return table, a stored row and the column to change, for each history."""
    make_row, column = HISTORIES[request.param]
    return request.param, make_row(), column


def stored(row):
    """Return the row as it is stored."""
    return type(row).objects.filter(pk=row.pk).values().get()


def execute(statement):
    """Run a statement in a savepoint, with nothing that was deferred in its way."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def update_rows(row, column):
    with transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**{column: 21})


def save_row(row, column):
    setattr(row, column, 21)
    with transaction.atomic():
        row.save(update_fields=[column])


def delete_row(row, column):
    with transaction.atomic():
        row.delete()


@pytest.mark.parametrize("change", [update_rows, save_row, delete_row])
def test_history_changed_through_its_model_is_refused(history, change):
    table, row, column = history
    before = stored(row)

    with pytest.raises(DatabaseError, match=f"{table} is append-only"):
        change(row, column)

    assert stored(row) == before


@pytest.mark.parametrize("statement", OTHER_WAYS.values(), ids=OTHER_WAYS.keys())
def test_history_changed_by_sql_is_refused(history, statement):
    table, row, column = history
    before = stored(row)

    with pytest.raises(DatabaseError, match=f"{table} is append-only"):
        execute(statement.format(table=table, column=column, id=row.pk))

    assert stored(row) == before


@pytest.mark.parametrize("statement", REPLACEMENTS)
def test_entry_replaced_by_one_of_the_same_number_is_refused(statement):
    entry = grant()
    before = stored(entry)
    columns = [field.column for field in entry._meta.concrete_fields if not field.primary_key]

    with pytest.raises(DatabaseError, match="benefits_ledgerentry is append-only"):
        execute(statement.format(columns=", ".join(columns)))

    assert stored(entry) == before


def test_history_is_appended_to():
    plan = PlanFactory(granted=True)

    LedgerEntryFactory(plan=plan, consumed=True)

    assert plan.entries.count() == 2


# --- the guards in the schema ----------------------------------------------------------------


def triggers():
    """Return the names of the triggers in the migrated schema."""
    statement = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return sorted(name for (name,) in cursor.fetchall())


def test_migrated_schema_guards_every_history_and_nothing_else():
    verbs = {
        "sqlite": ("delete", "update"),
        "postgresql": ("delete", "truncate", "update"),
    }[connection.vendor]

    assert triggers() == [f"{table}_no_{verb}" for table in sorted(HISTORIES) for verb in verbs]


def test_histories_are_the_models_that_say_so():
    tables = sorted(model._meta.db_table for model in append_only.guarded_models())

    assert tables == sorted(HISTORIES)


def test_guard_taken_off_lets_changes_pass_and_put_back_refuses_them():
    row = AuditRecordFactory()
    append_only.remove(connection, AuditRecord)
    update_rows(row, "action")

    append_only.install(connection, AuditRecord)

    with pytest.raises(DatabaseError, match="portal_auditrecord is append-only"):
        delete_row(row, "action")


def test_guard_put_on_twice_stands_once():
    before = triggers()

    append_only.install(connection, AuditRecord)

    assert triggers() == before


def test_migration_operation_can_be_written_down_again():
    operation = AppendOnly("AuditRecord")

    assert operation.deconstruct() == ("AppendOnly", ["AuditRecord"], {})
    assert operation.describe() == "Make AuditRecord append-only"
