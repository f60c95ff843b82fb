"""
Migrations that say what models look like and leave the database as it is.

Names and choices stand in the state of migrations only. Django builds all related models anew after
each operation on a field, which takes seconds for a hundred of them; here that happens once.
"""

from typing import Any

from django.db.migrations.operations import SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation


class StateOnly(SeparateDatabaseAndState):
    """Migration operation: these operations change the state of the models, and nothing else."""

    def __init__(self, operations: list[Operation]) -> None:
        super().__init__(state_operations=operations)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what the migration writer needs to write the operation down."""
        return (self.__class__.__name__, [self.state_operations], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change all models, and let them be built when they are asked for."""
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)
