"""
Queries that are put together once in each process, and given their values whenever they run.

Django puts a query together anew each time: its joins, conditions and columns. For a page or a call
with a handful of large ones that is most of the work. What is kept here is the statement and how
its rows are read; never a row.
"""

import copy
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, Model, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Slot:
    """The place of a value among the parameters of a statement."""

    name: str
    field: Field


class Given(Expression):
    """A value that is known only when the query runs; stands wherever an expression may."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Leave a slot among the parameters."""
        return "%s", [Slot(self.name, self.output_field)]


@dataclass(frozen=True)
class Statement:
    """A query as it is sent, with slots among its parameters, and what reads its rows."""

    queryset: QuerySet[Any]
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]

    def run(self, values: Mapping[str, Any]) -> list[Any]:
        """Send it with these values; return the rows as the query itself would."""
        compiler = copy.copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        bound = self.sql, self.bound(values)
        compiler.as_sql = lambda: bound
        query: Any = copy.copy(self.queryset.query)
        query.get_compiler = lambda using: compiler
        read: Any = self.queryset._iterable_class
        return list(read(_Source(query, db=DEFAULT_DB_ALIAS)))

    def bound(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the parameters with these values in their slots, as the database takes them."""
        connection = connections[DEFAULT_DB_ALIAS]
        return tuple(
            given.field.get_db_prep_value(values[given.name], connection)
            if isinstance(given, Slot)
            else given
            for given in self.parameters
        )


class Within(Expression):
    """A prepared query as a part of another one: the keys that it selects, for `IN`."""

    def __init__(self, sql: str, parameters: tuple[Any, ...]) -> None:
        super().__init__(output_field=Field())
        self.sql, self.parameters = sql, parameters

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the query in parentheses."""
        return f"({self.sql})", self.parameters


class Prepared(Generic[Row]):
    """
    A query that is put together at its first use, once for each of its shapes.

    :param make: returns the query from `Given` values by name, and from what it is shaped by; it
        must depend on nothing else
    :param given: the values' names, each with a field of their type

    What locks rows can't be prepared: whether a transaction is open is looked at when a query is
    put together. None is a shape, not a value: it is compared in other words.
    """

    def __init__(self, make: Callable[..., QuerySet[Row]], **given: Field) -> None:
        self._make = make
        self._given = {name: Given(name, field) for name, field in given.items()}
        self._statements: dict[tuple[Hashable, ...], Statement] = {}

    def rows(self, *shape: Hashable, **values: Any) -> list[Row]:
        """Run the query of that shape with these values, in one statement."""
        return self._statement(shape, values).run(values)

    def within(self, *shape: Hashable, **values: Any) -> Within:
        """Return the query of that shape, with these values, as a part of another one."""
        statement = self._statement(shape, values)
        return Within(statement.sql, statement.bound(values))

    def _statement(self, shape: tuple[Hashable, ...], values: Mapping[str, Any]) -> Statement:
        if values.keys() != self._given.keys():
            raise TypeError(f"Given are {sorted(values)}, asked for {sorted(self._given)}.")
        key = (connections[DEFAULT_DB_ALIAS].vendor, *shape)
        if key not in self._statements:
            self._statements[key] = self._put_together(shape)
        return self._statements[key]

    def _put_together(self, shape: tuple[Hashable, ...]) -> Statement:
        queryset: Any = self._make(*shape, **self._given)
        if queryset.query.select_for_update or queryset._prefetch_related_lookups:
            raise TypeError("A query that locks rows, or is followed by others, isn't prepared.")
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        return Statement(queryset, compiler, sql, tuple(parameters))


@dataclass(frozen=True)
class _Source:
    """What Django's reader of rows asks of a QuerySet. A real one could be chained further."""

    query: Any
    db: str
    _known_related_objects: Mapping[Any, Any] = field(default_factory=dict)
