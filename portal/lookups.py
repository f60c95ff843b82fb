"""Lookups of the portal's own."""

from typing import Any

from django.db import models
from django.db.models.expressions import OrderBy
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import Lookup

from portal.fields import FoldedField, fold

# Stands behind every character of a name.
LAST = "\U0010ffff"


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


class BeginsWith(Lookup):
    """
    `name_folded__begins_with=<text>`: the names that begin so, by way of the index.

    SQLite folds ASCII in LIKE, whatever the column, and so reads every row for it: there it is a
    range. On PostgreSQL the index has the order of LIKE, not that of the installation's language.
    """

    lookup_name = "begins_with"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Compare with the first and the last that begin so."""
        left, params = self.process_lhs(compiler, connection)
        first = fold(str(self.rhs))
        return f"({left} >= %s AND {left} < %s)", (*params, first, *params, first + LAST)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Compare with a pattern."""
        left, params = self.process_lhs(compiler, connection)
        pattern = connection.ops.prep_for_like_query(fold(str(self.rhs)))
        return f"{left} LIKE %s", (*params, f"{pattern}%")


class InOrderOfIndex(OrderBy):
    """Orders by the code points of a folded name, as its index does, so that none is sorted."""

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Order by the operator of the index: the language's own order is another one."""
        as_sql: Any = self.as_sql
        # Django looks for the word ASC; after USING the database takes it as a comment only.
        return as_sql(compiler, connection, template="%(expression)s USING ~<~ /* ASC */")


def register() -> None:
    """Make the lookups known to foreign keys and folded names."""
    models.ForeignKey.register_lookup(InKeysOf)
    FoldedField.register_lookup(BeginsWith)
