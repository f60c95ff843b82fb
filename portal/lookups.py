"""Lookups of the portal's own."""

from typing import Any

from django.db import models
from django.db.models.fields.related_lookups import RelatedIn


class InKeysOf(RelatedIn):
    """
    `package__in_keys_of=<query of keys>`: the same rows as `__in`, found by way of the keys.

    PostgreSQL makes a join of an IN, and with as many tables as an entitlement has it may begin at
    the wrong end and read them all. As an array the keys are read first, always.
    """

    lookup_name = "in_keys_of"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Compare with an array that is made before anything is joined."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY(ARRAY{right})", (*left_params, *right_params)


def register() -> None:
    """Make the lookups known to foreign keys."""
    models.ForeignKey.register_lookup(InKeysOf)
