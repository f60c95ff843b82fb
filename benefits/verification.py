"""
Recomputing what the portal caches, from the ledger itself.

Returns differences instead of repairing them: a difference is a bug or somebody's SQL, and people
decide what to do. Reads in one pass, in memory that does not grow with the ledger.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from benefits.allotments import Unit
from benefits.models import LedgerEntry, Membership, Package, Plan

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Difference:
    """One thing that does not add up: where, what is stored, what was computed."""

    where: str
    what: str
    stored: object
    computed: object

    def __str__(self) -> str:
        return f"{self.where}: {self.what} is {self.stored}, the ledger says {self.computed}"


@dataclass
class _Sums:
    granted: int = 0
    used: int = 0
    adjusted: int = 0
    expired: int = 0
    numbers: int = 0

    @property
    def remaining(self) -> int:
        return self.granted + self.adjusted - self.used - self.expired


def differences() -> Iterator[Difference]:
    """Yield every difference between ledger, cached balances and memberships."""
    entries = LedgerEntry.objects.order_by("plan_id", "number").iterator(chunk_size=5000)
    groups = groupby(entries, key=attrgetter("plan_id"))
    plan_id, movements = next(groups, (None, iter(())))
    for plan in Plan.objects.order_by("pk").iterator(chunk_size=5000):
        found: list[LedgerEntry] = []
        if plan_id == plan.pk:
            found = list(movements)
            plan_id, movements = next(groups, (None, iter(())))
        yield from _of_plan(plan, found)
    yield from _returned_other_than_used()
    yield from _overlapping_memberships()
    yield from _overlapping_purchases()
    yield from _misplaced_successors()
    yield from _strayed_packages()


def _of_plan(plan: Plan, movements: list[LedgerEntry]) -> Iterator[Difference]:
    where = f"plan {plan.public_id}"
    sums = _Sums()
    for entry in movements:
        yield from _follow(entry, sums, plan=plan, where=where)
    computed = {
        "used": sums.used,
        "adjusted": sums.adjusted,
        "expired": sums.expired,
        "last_number": sums.numbers,
        "remaining": sums.remaining if sums.granted else None,
    }
    for name, value in computed.items():
        if getattr(plan, name) != value:
            yield Difference(where, name, getattr(plan, name), value)
    if plan.allotment is not None and sums.granted not in (0, plan.allotment):
        yield Difference(where, "allotment", plan.allotment, sums.granted)


def _follow(entry: LedgerEntry, sums: _Sums, *, plan: Plan, where: str) -> Iterator[Difference]:
    sums.numbers += 1
    match entry.kind:
        case Kind.GRANT:
            sums.granted += entry.quantity
        case Kind.CONSUME | Kind.RETURN:
            sums.used -= entry.quantity
        case Kind.EXPIRE:
            sums.expired -= entry.quantity
        case Kind.ADJUST:
            sums.adjusted += entry.quantity
    of_request = entry.kind in (Kind.CONSUME, Kind.RETURN)
    if of_request and plan.unit == Unit.INCIDENT and abs(entry.quantity) != 1:
        yield Difference(
            f"{where} entry {entry.number}", "quantity", entry.quantity, "one incident"
        )
    if entry.number != sums.numbers:
        yield Difference(where, "entry number", entry.number, sums.numbers)
    remaining = None if plan.allotment is None else sums.remaining
    if entry.remaining_after != remaining:
        yield Difference(
            f"{where} entry {entry.number}", "remaining after", entry.remaining_after, remaining
        )


def _returned_other_than_used() -> Iterator[Difference]:
    """Yield what came back to another plan than it came from, or more or less of it."""
    uses = LedgerEntry.objects.filter(
        kind=Kind.CONSUME,
        plan=OuterRef("plan"),
        request_number=OuterRef("request_number"),
        quantity=-OuterRef("quantity"),
    )
    strayed = LedgerEntry.objects.filter(~Exists(uses), kind=Kind.RETURN).order_by("pk")
    for entry in strayed.select_related("plan").iterator():
        yield Difference(
            f"plan {entry.plan.public_id} entry {entry.number}",
            "return",
            entry.quantity,
            f"no such use by request {entry.request_number}",
        )


def _overlapping_memberships() -> Iterator[Difference]:
    rows = Membership.objects.lasting().order_by("partner_id", "kind", "starts_on", "pk")
    before: Membership | None = None
    for row in rows.iterator(chunk_size=5000):
        if before is not None and (before.partner_id, before.kind) == (row.partner_id, row.kind):
            end = before.ended_on or before.anniversary_on
            if row.starts_on < end:
                yield Difference(
                    f"membership {row.pk}", "start", row.starts_on, f"not before {end}"
                )
        before = row


def _overlapping_purchases() -> Iterator[Difference]:
    bought = Package.objects.filter(purchase__isnull=False).select_related("purchase")
    rows = bought.order_by("purchase__partner_id", "purchase__offer", "starts_at", "pk")
    before: Package | None = None
    for row in rows.iterator(chunk_size=5000):
        if before is not None and _same_offer(before, row) and row.starts_at < before.ends_at:
            yield Difference(
                f"package {row.public_id}",
                "start",
                row.starts_at.isoformat(),
                f"not before {before.ends_at.isoformat()}",
            )
        before = row


def _same_offer(one: Package, other: Package) -> bool:
    first, second = one.purchase, other.purchase
    assert first is not None and second is not None
    return (first.partner_id, first.offer) == (second.partner_id, second.offer)


def _misplaced_successors() -> Iterator[Difference]:
    """Find years that don't begin on the day on which the one they succeed ended."""
    begins = Q(
        starts_on=Coalesce(F("predecessor__ended_on"), F("predecessor__anniversary_on")),
        partner_id=F("predecessor__partner_id"),
        kind=F("predecessor__kind"),
    )
    found = Membership.objects.filter(predecessor__isnull=False).exclude(begins).order_by("pk")
    for row in found.select_related("predecessor").iterator():
        before = row.predecessor
        assert before is not None
        yield Difference(
            f"membership {row.pk}",
            "partner, kind and start",
            (row.partner_id, row.kind, row.starts_on),
            (before.partner_id, before.kind, before.ends_on),
        )


def _strayed_packages() -> Iterator[Difference]:
    owner = Coalesce(F("membership__partner_id"), F("purchase__partner_id"))
    strayed = Package.objects.exclude(partner_id=owner).order_by("pk")
    sources = ("membership__partner", "purchase__partner")
    for package in strayed.select_related("partner", *sources).iterator():
        where = f"package {package.public_id}"
        yield Difference(where, "partner", package.partner.mpn_id, _owner_of(package))


def _owner_of(package: Package) -> str:
    source = package.membership or package.purchase
    assert source is not None, "a package has one source"
    return source.partner.mpn_id
