"""Partners from a file: new ones, and changes of name, country and further programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from partners.imports import cells
from partners.imports.columns import Column
from partners.models import Partner
from partners.services.imports.kinds import Change, Kind, Pass, Row, partners_by_mpn_id
from portal import audit, bulk, clock

FIELDS = ("name", "country", "in_mpn", "in_csp")


class PartnerKind(Kind):
    """One partner in each row."""

    name = "partners"
    label = gettext_lazy("Partners")
    explained = (
        gettext_lazy("An MPN ID that is not known yet makes a new partner."),
        gettext_lazy(
            "For a partner that is there, name and country are changed to what the row says, and "
            "programs that it names are added. Programs are never taken away."
        ),
    )
    columns = (
        Column("mpn_id", gettext_lazy("MPN ID: seven digits."), "4000001", cells.mpn_id),
        Column(
            "name",
            gettext_lazy("Name of the company, up to 120 characters."),
            "Contoso",
            cells.name,
        ),
        Column(
            "country", gettext_lazy("Two letters of ISO 3166-1, such as SE."), "SE", cells.country
        ),
        Column(
            "programs",
            gettext_lazy("MPN, CSP, or both as MPN|CSP."),
            "MPN|CSP",
            cells.programs,
        ),
    )
    about = ("mpn_id",)

    def judge(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Compare each row with the partner that is there."""
        there = partners_by_mpn_id(mpn_ids=[row.values["mpn_id"] for row in rows], over=over)
        for row in rows:
            partner = there.get(row.values["mpn_id"])
            row.found = partner
            if partner is None:
                row.change = Change.NEW
            elif not partner.is_active:
                row.refuse("mpn_id", "inactive_partner", value=partner.mpn_id)
            elif _differences(partner, row):
                row.change = Change.CHANGED
                _refuse_taken_programs(partner, row)

    def write(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Write new partners and changes, each with a record in its own trail."""
        new = [row for row in rows if row.change == Change.NEW]
        changed = [row for row in rows if row.change == Change.CHANGED]
        created_at = clock.real_now()
        bulk.insert(
            model=Partner,
            fields=(*_columns(), "mpn_id", "is_active", "created_at"),
            rows=[(*_stored(row), row.values["mpn_id"], True, created_at) for row in new],
        )
        facts = {row.line: _differences(row.found, row) for row in changed}
        bulk.update(
            model=Partner,
            fields=_columns(),
            rows=[(*_stored(row), row.found.pk) for row in changed],
        )
        audit.record_all(
            "partners.import_partner",
            by=over.by,
            at=over.at,
            lines=[
                audit.Line(
                    partner=row.values["mpn_id"],
                    target=("mpn", row.values["mpn_id"]),
                    facts={"import": over.import_id, "changed": facts.get(row.line, {})},
                )
                for row in rows
            ],
        )


@dataclass(frozen=True)
class _Wanted:
    name: str
    country: str
    in_mpn: bool
    in_csp: bool


def _wanted(row: Row) -> _Wanted:
    """Return how the row would have the partner."""
    programs = row.values["programs"]
    return _Wanted(
        name=row.values["name"],
        country=row.values["country"],
        in_mpn="MPN" in programs,
        in_csp="CSP" in programs,
    )


def _differences(partner: Partner, row: Row) -> dict[str, list[Any]]:
    """Return what the row changes: by field what is there and what comes."""
    wanted = _wanted(row)
    return {
        field: [getattr(partner, field), getattr(wanted, field)]
        for field in FIELDS
        if getattr(partner, field) != getattr(wanted, field)
    }


def _refuse_taken_programs(partner: Partner, row: Row) -> None:
    held = [("MPN", partner.in_mpn), ("CSP", partner.in_csp)]
    taken = [name for name, is_in in held if is_in and name not in row.values["programs"]]
    if taken:
        needed = [name for name, is_in in held if is_in or name in row.values["programs"]]
        row.refuse(
            "programs",
            "program_taken",
            partner=partner.name,
            programs="|".join(taken),
            needed="|".join(needed),
        )


def _columns() -> tuple[str, ...]:
    return (*FIELDS, "name_folded")


def _stored(row: Row) -> tuple[Any, ...]:
    """Return the values of `_columns`."""
    wanted = _wanted(row)
    return (
        wanted.name,
        wanted.country,
        wanted.in_mpn,
        wanted.in_csp,
        wanted.name.casefold(),
    )
