"""
Collections by key: each page costs the same, and rows that come and go disturb no walk.

The cursor holds the sort values of the last row that was seen. It is signed, so that nobody has to
wonder what a made-up one would do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from portal.refusals import NextStep
from portal.rest.problems import InvalidFilter
from portal.rest.shapes import Says

COUNTED_TO = 10_000


class Uri(TypedDict):
    """An address of this API, without the host."""

    uri: str


class PageLink(TypedDict):
    """The address of a page, and the method to ask it with."""

    uri: str
    method: str


class PageLinks(TypedDict):
    """This page, and the next one if there is one."""

    self: PageLink
    next: PageLink | None


class CollectionAttributes(TypedDict):
    """What kind of object this is."""

    objectType: Literal["Collection"]


def collection_of(shape: Any) -> Any:
    """Return the type of a page of these."""
    name = shape.__name__.removesuffix("Shape")
    fields = {
        "totalCount": Annotated[int, Says(minimum=0, description="Exact to 10,000, then null.")]
        | None,
        "items": list[shape],
        "links": PageLinks,
        "attributes": CollectionAttributes,
    }
    return TypedDict(f"{name}Collection", fields)  # type: ignore[operator]


@dataclass(frozen=True)
class Key:
    """One column of an order; the last one of an order is unique."""

    name: str
    is_descending: bool = False

    @property
    def order(self) -> str:
        """The column as `order_by` takes it."""
        return f"-{self.name}" if self.is_descending else self.name

    @property
    def beyond(self) -> str:
        """The lookup of what comes after a value."""
        return f"{self.name}__{'lt' if self.is_descending else 'gt'}"


@dataclass(frozen=True)
class Slice:
    """The rows of a page, the cursor of the next one, and how many there are in all."""

    rows: list[Any]
    next_cursor: str | None
    total: int | None


def slice_of(
    query: QuerySet[Any, Any],
    *,
    keys: Sequence[Key],
    size: int,
    cursor: str | None,
    salt: str,
    prepare: Callable[[Any], Any] = lambda query: query,
) -> Slice:
    """
    Return one page of a query, in two statements.

    :param prepare: adds what only the rows of the page need; counting goes without
    :param keys: the order; the names are columns or annotations that are never null
    :param salt: what the cursor belongs to: the address and its filters
    :raises InvalidFilter: the cursor is not one of this collection
    """
    total = query.order_by().values("pk")[: COUNTED_TO + 1].count()
    ordered = prepare(query).order_by(*(key.order for key in keys))
    if cursor:
        ordered = ordered.filter(_beyond(keys, _values(cursor, salt=salt)))
    rows = list(ordered[: size + 1])
    shown = rows[:size]
    return Slice(
        rows=shown,
        next_cursor=_write(shown[-1], keys=keys, salt=salt) if len(rows) > size else None,
        total=total if total <= COUNTED_TO else None,
    )


def list_slice(rows: Sequence[Any], *, size: int, cursor: str | None, salt: str) -> Slice:
    """Return one page of what is in memory and stays as it is, such as a catalogue."""
    (start,) = _values(cursor, salt=salt) if cursor else (0,)
    shown = list(rows[start : start + size])
    goes_on = start + size < len(rows)
    next_cursor = signing.Signer(salt=salt).sign_object([start + size]) if goes_on else None
    return Slice(rows=shown, next_cursor=next_cursor, total=len(rows))


def _beyond(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """Return the rows behind a key: first column beyond, or equal and the next one beyond ..."""
    found = Q()
    equal: dict[str, Any] = {}
    for key, value in zip(keys, values, strict=True):
        found |= Q(**equal, **{key.beyond: value})
        equal[key.name] = value
    # Said once more: an index has a beginning only by its first column.
    first = keys[0]
    return found & Q(**{f"{first.beyond}e": values[0]})


def _write(row: Any, *, keys: Sequence[Key], salt: str) -> str:
    values = [getattr(row, key.name) for key in keys]
    return signing.Signer(salt=salt).sign_object(
        [{"at": v.isoformat()} if isinstance(v, datetime) else v for v in values]
    )


def _values(cursor: str, *, salt: str) -> list[Any]:
    try:
        values = signing.Signer(salt=salt).unsign_object(cursor)
    except signing.BadSignature as error:
        raise InvalidFilter(
            _("This cursor does not belong to this collection with these filters."),
            next_step=NextStep(_("Begin again without a cursor, and follow links.next.")),
            invalid=[("cursor", _("Not a cursor of this collection."))],
        ) from error
    return [parse_datetime(v["at"]) if isinstance(v, dict) else v for v in values]


def collection(
    page: Slice, *, items: list[Any], address: str, parameters: dict[str, str]
) -> dict[str, Any]:
    """Return the envelope of a page: count, items, links."""
    return {
        "totalCount": page.total,
        "items": items,
        "links": {
            "self": {"uri": _uri(address, parameters), "method": "GET"},
            "next": (
                {"uri": _uri(address, {**parameters, "cursor": page.next_cursor}), "method": "GET"}
                if page.next_cursor
                else None
            ),
        },
        "attributes": {"objectType": "Collection"},
    }


def _uri(address: str, parameters: dict[str, str]) -> str:
    query = urlencode(parameters)
    return f"{address}?{query}" if query else address
