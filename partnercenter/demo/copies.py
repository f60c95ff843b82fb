"""
Copies of partners with all that they have and did: rows of their own, made of the originals' rows.

A year of use that goes through the services takes its time; a copy of one is as true, for nothing
in it depends on which partner it belongs to. What must be unique is drawn or counted anew, and
what names it (in the ledger, in the feed, in the audit trail) says the new name.
"""

import random
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import F, Model, UUIDField

from benefits import ids
from benefits.models import (
    Competency,
    Contract,
    Event,
    IssuedId,
    LedgerEntry,
    Link,
    Membership,
    Package,
    Plan,
)
from partners.models import Affiliation, Partner, RoleAssignment, User
from portal.models import AuditRecord
from support.models import SupportRequest

# Each after what its rows refer to, with the way from a row to the MPN ID of its partner.
WAY_TO_MPN_ID: dict[type[Model], str] = {
    Partner: "mpn_id",
    User: "affiliations__partner__mpn_id",
    Affiliation: "partner__mpn_id",
    RoleAssignment: "affiliation__partner__mpn_id",
    Membership: "partner__mpn_id",
    Competency: "membership__partner__mpn_id",
    Package: "partner__mpn_id",
    Plan: "package__partner__mpn_id",
    Contract: "package__partner__mpn_id",
    IssuedId: "contract__package__partner__mpn_id",
    Link: "contract__package__partner__mpn_id",
    SupportRequest: "plan__package__partner__mpn_id",
    LedgerEntry: "plan__package__partner__mpn_id",
    Event: "partner__mpn_id",
    AuditRecord: "partner_mpn_id",
}
ROWS_AT_ONCE = 500
LENGTH_OF_DAY = len("YYMMDD")
Row = Any
T = TypeVar("T")


class Copier:
    """
    Copies some of the same originals with each call.

    :param originals: MPN IDs of partners whose users, requests and links are all their own
    """

    def __init__(self, originals: Sequence[str], *, chance: random.Random) -> None:
        self._chance = chance
        self._rows = {
            model: list(
                model._default_manager.filter(**{f"{way}__in": originals})
                .annotate(original=F(way))
                .order_by("pk")
            )
            for model, way in WAY_TO_MPN_ID.items()
        }
        self._taken: set[object] = {
            *IssuedId.objects.values_list("number", flat=True),
            *SupportRequest.objects.values_list("number", flat=True),
        }

    def copy(self, mpn_ids: Mapping[str, str]) -> None:
        """
        Write a copy of each of these originals.

        :param mpn_ids: MPN ID of the original to that of its copy
        """
        names: dict[object, Any] = {}
        names.update(mpn_ids)
        keys: dict[type[Model], dict[int, int]] = {}
        for model, all_rows in self._rows.items():
            rows = [row for row in all_rows if row.original in mpn_ids]
            for row in rows:
                names.update(self._renamed(row, names))
            made = [_copied(row, names, keys) for row in rows]
            model._default_manager.bulk_create(made, batch_size=ROWS_AT_ONCE)
            keys[model] = {row.pk: new.pk for row, new in zip(rows, made, strict=True)}

    def _renamed(self, row: Row, names: Mapping[object, Any]) -> Iterator[tuple[object, Any]]:
        """Yield what of this row may be there only once, and what stands for it in the copy."""
        for field in row._meta.concrete_fields:
            if isinstance(field, UUIDField) and field.unique:
                new = uuid.UUID(int=self._chance.getrandbits(128), version=4)
                yield getattr(row, field.attname), new
                yield str(getattr(row, field.attname)), str(new)
        mpn_id = names[row.original]
        if isinstance(row, Partner):
            yield row.name, f"Partner {mpn_id}"
        elif isinstance(row, User):
            yield row.name, f"Admin {mpn_id}"
            yield row.email, f"admin@p{mpn_id}.example"
        elif isinstance(row, IssuedId):
            yield row.number, self._free(ids.draw)
        elif isinstance(row, SupportRequest):
            yield row.number, self._free(lambda: self._request_number(row))

    def _request_number(self, row: SupportRequest) -> str:
        """Return a number of the same day."""
        return f"{row.number[:LENGTH_OF_DAY]}{self._chance.randrange(10**9):09d}"

    def _free(self, draw: Callable[[], T]) -> T:
        """Draw until it is a number that nobody has; from now on it is taken."""
        number = draw()
        while number in self._taken:
            number = draw()
        self._taken.add(number)
        return number


def _copied(
    row: Row, names: Mapping[object, Any], keys: Mapping[type[Model], Mapping[int, int]]
) -> Row:
    """Return the row with its names and keys replaced, not yet written."""
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.primary_key:
            continue
        if field.related_model:
            value = keys.get(field.related_model, {}).get(value, value)
        values[field.attname] = _replaced(value, names)
    return type(row)(**values)


def _replaced(value: Any, names: Mapping[object, Any]) -> Any:
    """Return the value, or what stands for it; inside what an audit record says, too."""
    if isinstance(value, dict):
        return {key: _replaced(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, names) for inner in value]
    return names.get(value, value)
