"""Lists by key: no offsets, so a page costs the same however far down it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models

PAGE_SIZE = 25
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and the key from which the next one goes on ("" at the end)."""

    rows: Sequence[Row]
    next_key: str
    is_first: bool


def page_of(
    query: models.QuerySet[Row, Any],
    *,
    key: str,
    after: Callable[[Any, str], models.QuerySet[Row, Any]],
    key_of: Callable[[Row], str],
    size: int = PAGE_SIZE,
) -> Page[Row]:
    """
    Return the page of an ordered query that follows `key` ("" for the first page).

    :param after: narrows the query to the rows behind a key
    """
    found = list((after(query, key) if key else query)[: size + 1])
    rows = found[:size]
    next_key = key_of(rows[-1]) if len(found) > size else ""
    return Page(rows=rows, next_key=next_key, is_first=not key)
