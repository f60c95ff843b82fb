"""Columns of a file: one definition for header check, reading, documentation and template."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Column:
    """
    One column: its name in the header, what it holds in words, how a cell of it is read.

    `read` raises `CellProblem`. A column that is not required may be missing from the file, and its
    cells may be empty: the value is then `default`.
    """

    name: str
    meaning: Promise
    example: str
    read: Callable[[str], Any]
    is_required: bool = True
    default: Any = None


def names_of(columns: Sequence[Column]) -> list[str]:
    """Return the names of the columns, in their order."""
    return [column.name for column in columns]
