"""
Memberships from a file: years with competencies, packages, plans, and the hours granted at once.

The same year that `write_year` would write, many at a time: the rules are those of memberships.py,
calendar.py, allotments.py and ledger.py. A year that is there is never changed.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy

from benefits.allotments import COMPETENCIES, Level, MembershipKind, terms_for
from benefits.calendar import anniversary_of, end_of_benefits, midnight, utc_day
from benefits.import_problems import SENTENCES
from benefits.models import Competency, Membership, Package, Plan
from benefits.services import ledger
from benefits.services.memberships import clash_with, year_before
from partners.imports import cells
from partners.imports.columns import Column
from partners.services.imports.kinds import (
    Change,
    Kind,
    Pass,
    Row,
    partners_by_mpn_id,
    require_partner,
)
from portal import audit, bulk
from portal.sentences import iso_day

EARLIEST = date(2000, 1, 1)
AHEAD = timedelta(days=366)
LEVELS = ("ACTION_PACK", Level.SILVER.value, Level.GOLD.value)
_LEVELS = cells.folded([(level, level) for level in LEVELS] + [("Action Pack", "ACTION_PACK")])
_COMPETENCIES = cells.folded([(name, name) for name in COMPETENCIES])
Years = dict[tuple[int, str], list[Membership]]


@dataclass
class _Year:
    """A year to be written, and the keys that its rows will have."""

    membership: Membership
    competencies: Sequence[str]
    package_id: uuid.UUID = field(default_factory=uuid.uuid4)
    package_pk: int = 0
    # The year that is there and begins when this one ends.
    successor: Membership | None = None


class YearKind(Kind):
    """One membership year in each row."""

    name = "memberships"
    label = gettext_lazy("Memberships")
    explained = (
        gettext_lazy("The partner must be there: import partners first."),
        gettext_lazy(
            "Each row is one year, from its start to the same day a year later, with its package. "
            "Advisory hours are granted at once; incidents wait to be activated."
        ),
        gettext_lazy(
            "A year that is there already stays as it is: the row changes nothing if it says the "
            "same, and is refused if it says something else."
        ),
    )
    columns = (
        Column("mpn_id", gettext_lazy("MPN ID of the partner."), "4000001", cells.mpn_id),
        Column(
            "level",
            gettext_lazy("ACTION_PACK, SILVER or GOLD."),
            "GOLD",
            cells.one_of(_LEVELS, code="unknown_level"),
        ),
        Column(
            "starts_on",
            gettext_lazy(
                "First day of the year, such as 2026-11-20; from 2000 to a year from today."
            ),
            "2026-11-20",
            cells.day,
        ),
        Column(
            "competencies",
            gettext_lazy(
                "Names of competencies with | between them; they count as attained on the first "
                "day. Empty, or without this column: none."
            ),
            "Cloud Platform|DevOps",
            cells.some_of(_COMPETENCIES, code="unknown_competency"),
            is_required=False,
            default=(),
        ),
    )
    about = ("mpn_id", "level", "starts_on")
    sentences = SENTENCES

    def judge(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Compare each row with the partner's years, and with those of earlier lines."""
        partners = partners_by_mpn_id(mpn_ids=[row.values["mpn_id"] for row in rows], over=over)
        years = _years_of([partner.pk for partner in partners.values()])
        for row in rows:
            _look_at_values(row, today=utc_day(over.at))
            partner = require_partner(row=row, partners=partners)
            if partner is not None and not partner.in_mpn:
                row.refuse("mpn_id", "not_in_mpn", partner=partner.name)
            elif partner is not None and not row.problems:
                row.found = partner.pk
                _compare(row, years[partner.pk, _kind_of(row)])
        _refuse_overlapping_lines([row for row in rows if not row.problems], over=over)

    def write(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Write the years, each with a record in the partner's trail."""
        years = _years_to_write(rows, over=over)
        _insert_memberships(years)
        _insert_packages(years)
        _insert_plans(years, over=over)
        audit.record_all(
            "benefits.write_membership",
            by=over.by,
            at=over.at,
            lines=[
                audit.Line(
                    partner=row.values["mpn_id"],
                    target=("package", year.package_id),
                    facts={
                        "kind": year.membership.kind,
                        "level": year.membership.level,
                        "startsOn": iso_day(year.membership.starts_on),
                        "import": over.import_id,
                    },
                )
                for row, year in zip(rows, years, strict=True)
            ],
        )


# --- judging ---------------------------------------------------------------------------------


def _look_at_values(row: Row, *, today: date) -> None:
    starts_on, last = row.values["starts_on"], today + AHEAD
    if not EARLIEST <= starts_on <= last:
        days = {"value": iso_day(starts_on), "first": iso_day(EARLIEST), "last": iso_day(last)}
        row.refuse("starts_on", "date_out_of_range", **days)
    if row.values["competencies"] and _kind_of(row) == MembershipKind.ACTION_PACK:
        row.refuse("competencies", "action_pack_competencies")


def _kind_of(row: Row) -> str:
    is_pack = row.values["level"] == "ACTION_PACK"
    return (MembershipKind.ACTION_PACK if is_pack else MembershipKind.CORE).value


def _level_of(row: Row) -> str | None:
    return None if row.values["level"] == "ACTION_PACK" else row.values["level"]


def _years_of(partner_pks: Iterable[int]) -> Years:
    """Return the years of these partners, by partner and kind."""
    names = Prefetch("competencies", queryset=Competency.objects.order_by("pk"))
    found = Membership.objects.filter(partner__in=list(partner_pks)).prefetch_related(names)
    years: Years = defaultdict(list)
    for year in found.order_by("pk"):
        years[year.partner_id, year.kind].append(year)
    return years


def _compare(row: Row, years: Sequence[Membership]) -> None:
    """Say whether the year is new, there already, or in the way of another one."""
    starts_on = row.values["starts_on"]
    same_day = [year for year in years if year.starts_on == starts_on]
    # One that was upgraded on its first day stands beside the one it became.
    same = next((year for year in same_day if year.level == _level_of(row)), None)
    if same is not None:
        held = {competency.name for competency in same.competencies.all()}
        for name in row.values["competencies"]:
            if name not in held:
                row.refuse("competencies", "competency_differs", competency=name)
    elif same_day:
        row.refuse("level", "level_differs", level=same_day[-1].level)
    elif (clash := clash_with(years=years, starts_on=starts_on)) is not None:
        days = {"first": iso_day(clash.starts_on), "last": iso_day(clash.ends_on)}
        row.refuse("starts_on", "overlapping_years", **days)
    else:
        row.change = Change.NEW


def _refuse_overlapping_lines(rows: Sequence[Row], *, over: Pass) -> None:
    """Refuse a year that overlaps one of an earlier line."""
    over.scratch.run(
        "CREATE TABLE IF NOT EXISTS years (of TEXT, starts TEXT, ends TEXT, line INTEGER)"
    )
    over.scratch.run("CREATE INDEX IF NOT EXISTS years_of ON years (of)")
    sql = "SELECT line, starts FROM years WHERE of = ? AND starts < ? AND ends > ? LIMIT 1"
    for row in rows:
        if row.change != Change.NEW:
            continue
        of, starts_on = f"{row.values['mpn_id']} {_kind_of(row)}", row.values["starts_on"]
        first, last = iso_day(starts_on), iso_day(anniversary_of(starts_on))
        for line, starts in over.scratch.run(sql, (of, last, first)):
            row.refuse("starts_on", "overlapping_lines", other=line, first=starts)
        over.scratch.run("INSERT INTO years VALUES (?, ?, ?, ?)", (of, first, last, row.line))


# --- writing ---------------------------------------------------------------------------------


def _years_to_write(rows: Sequence[Row], *, over: Pass) -> list[_Year]:
    """Return the years with their keys, each linked to the one it succeeds and that succeeds it."""
    known = _years_of({row.found for row in rows})
    for row in rows:
        known.setdefault((row.found, _kind_of(row)), [])
    _add_years_of_earlier_lines(known, over=over)
    keys = bulk.next_keys(model=Membership, count=len(rows))
    packages = bulk.next_keys(model=Package, count=len(rows))
    years: dict[int, _Year] = {}
    for row, key, package_pk in zip(rows, keys, packages, strict=True):
        starts_on = row.values["starts_on"]
        membership = Membership(
            pk=key,
            partner_id=row.found,
            kind=_kind_of(row),
            level=_level_of(row),
            starts_on=starts_on,
            anniversary_on=anniversary_of(starts_on),
        )
        years[key] = _Year(membership, row.values["competencies"], package_pk=package_pk)
        beside = known[row.found, membership.kind]
        before = year_before(years=beside, starts_on=starts_on)
        membership.predecessor_id = before.pk if before else None
        after = [
            y
            for y in beside
            if y.starts_on == membership.anniversary_on and y.predecessor_id is None
        ]
        if after:
            after[0].predecessor_id = key
            years[key].successor = after[0]
        beside.append(membership)
    _remember_years(years.values(), over=over)
    return list(years.values())


def _add_years_of_earlier_lines(known: Years, *, over: Pass) -> None:
    """Add to the partners' years those of batches before: they may not be written yet."""
    over.scratch.run(
        "CREATE TABLE IF NOT EXISTS written (key INTEGER PRIMARY KEY, partner INTEGER, kind TEXT, "
        "starts TEXT, ends TEXT, predecessor INTEGER)"
    )
    over.scratch.run("CREATE INDEX IF NOT EXISTS written_of ON written (partner, kind)")
    sql = "SELECT key, starts, ends, predecessor FROM written WHERE partner = ? AND kind = ?"
    for (partner_pk, kind), years in known.items():
        there = {year.pk for year in years}
        for key, starts, ends, predecessor in over.scratch.run(sql, (partner_pk, kind)):
            if key not in there:
                years.append(
                    Membership(
                        pk=key,
                        partner_id=partner_pk,
                        kind=kind,
                        starts_on=date.fromisoformat(starts),
                        anniversary_on=date.fromisoformat(ends),
                        predecessor_id=predecessor,
                    )
                )


def _remember_years(years: Iterable[_Year], *, over: Pass) -> None:
    over.scratch.run_many(
        "INSERT INTO written VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                *(m.pk, m.partner_id, m.kind),
                *(iso_day(m.starts_on), iso_day(m.anniversary_on), m.predecessor_id),
            )
            for m in (year.membership for year in years)
        ],
    )
    over.scratch.run_many(
        "UPDATE written SET predecessor = ? WHERE key = ?",
        [(y.membership.pk, y.successor.pk) for y in years if y.successor is not None],
    )


def _insert_memberships(years: Sequence[_Year]) -> None:
    # A year may succeed one of a later line: those are linked when all are there.
    bulk.insert(
        model=Membership,
        fields=(
            *("id", "partner_id", "kind", "level", "starts_on", "anniversary_on"),
            *("ended_on", "predecessor_id"),
        ),
        rows=[
            (m.pk, m.partner_id, m.kind, m.level, m.starts_on, m.anniversary_on, None, None)
            for m in (year.membership for year in years)
        ],
    )
    linked = {y.membership.pk: y.membership.predecessor_id for y in years}
    linked |= {y.successor.pk: y.membership.pk for y in years if y.successor is not None}
    bulk.update(
        model=Membership,
        fields=("predecessor_id",),
        rows=[(before, pk) for pk, before in linked.items() if before is not None],
    )
    bulk.insert(
        model=Competency,
        fields=("membership_id", "name", "attained_on"),
        rows=[
            (year.membership.pk, name, year.membership.starts_on)
            for year in years
            for name in year.competencies
        ],
    )


def _insert_packages(years: Sequence[_Year]) -> None:
    bulk.insert(
        model=Package,
        fields=("id", "public_id", "partner_id", "membership_id", "starts_at", "ends_at"),
        rows=[
            (
                year.package_pk,
                year.package_id,
                year.membership.partner_id,
                year.membership.pk,
                midnight(year.membership.starts_on),
                end_of_benefits(year.membership.anniversary_on),
            )
            for year in years
        ],
    )


def _insert_plans(years: Sequence[_Year], *, over: Pass) -> None:
    lines = [(year.package_pk, line) for year in years for line in _plan_lines(year)]
    keys = bulk.next_keys(model=Plan, count=len(lines))
    keyed = list(zip(keys, lines, strict=True))
    bulk.insert(
        model=Plan,
        fields=(
            *("id", "public_id", "package_id", "remaining", "last_number", "allotment"),
            *("benefit", "scope", "unit", "name", "used", "adjusted", "expired"),
        ),
        rows=[(key, uuid.uuid4(), package_pk, *line) for key, (package_pk, line) in keyed],
    )
    granted = [(key, line[0]) for key, (_package_pk, line) in keyed if line[0] is not None]
    ledger.book_openings(granted=granted, by=over.by, at=over.at)


def _plan_lines(year: _Year) -> tuple[tuple[Any, ...], ...]:
    membership = year.membership
    return _lines_for(membership.kind, membership.level, tuple(year.competencies))


@lru_cache(maxsize=1024)
def _lines_for(
    kind: str, level: str | None, competencies: tuple[str, ...]
) -> tuple[tuple[Any, ...], ...]:
    """Return what the rows of a year's plans hold, beginning with what its grant leaves."""
    given = terms_for(
        kind=MembershipKind(kind),
        level=Level(level) if level else None,
        competencies=competencies,
    )
    return tuple(
        (
            *ledger.opening(terms=terms),
            terms.allotment,
            terms.benefit.value,
            terms.scope.value if terms.scope else None,
            terms.unit.value,
            terms.name,
            0,
            0,
            0,
        )
        for terms in given
    )
