"""
Histories that the database itself refuses to change.

`AppendOnly("ModelName")` in a migration puts triggers on the model's table that refuse UPDATE and
DELETE (and TRUNCATE on PostgreSQL). On SQLite every migration that rebuilds the table drops its
triggers silently: repeat the operation after such a migration; a test reads the migrated schema.
"""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.migrations.operations.base import Operation

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION portal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END
$$
"""
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


class History(models.Model):
    """Base of the models whose rows are only ever appended; their migrations add the guard."""

    class Meta:
        abstract = True


def guarded_models() -> list[type[models.Model]]:
    """Return the models whose tables are append-only."""
    return [model for model in apps.get_models() if issubclass(model, History)]


def trigger_names(*, vendor: str, table: str) -> list[str]:
    """Return the names of the triggers that guard `table` on this kind of database."""
    return [f"{table}_no_{verb.lower()}" for verb in VERBS[vendor]]


def install(connection: Any, model: type[models.Model]) -> None:
    """Put the guard on the model's table, whether or not it is there already."""
    remove(connection, model)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for verb in VERBS[connection.vendor]:
            cursor.execute(_create(vendor=connection.vendor, table=table, verb=verb))


def remove(connection: Any, model: type[models.Model]) -> None:
    """Take the guard off the model's table: for migrations and the test runner's flush."""
    table = model._meta.db_table
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in trigger_names(vendor=connection.vendor, table=table):
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def _create(*, vendor: str, table: str, verb: str) -> str:
    name = f"{table}_no_{verb.lower()}"
    if vendor == "sqlite":
        return (
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    level = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    return (
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
        f"FOR EACH {level} EXECUTE FUNCTION portal_append_only()"
    )


class AppendOnly(Operation):
    """Migration operation: from here on the model's rows are only ever appended."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what the migration writer needs to write the operation down."""
        return (self.__class__.__name__, [self.model_name], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models look the same before and after."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Put the guard on."""
        install(schema_editor.connection, to_state.apps.get_model(app_label, self.model_name))

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Take the guard off."""
        remove(schema_editor.connection, from_state.apps.get_model(app_label, self.model_name))

    def describe(self) -> str:
        """Return one line for the output of `migrate`."""
        return f"Make {self.model_name} append-only"
