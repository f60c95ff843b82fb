"""
What renewing or upgrading changes: before, after, kept and lost, in days and units, plan by plan.

Pure: it is computed from what is there, shown before anything is done, and held by a test against
what is there afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from benefits.allotments import Benefit, Level, MembershipKind, PlanTerms, Scope, Unit, terms_for
from benefits.calendar import anniversary_of, end_of_benefits, utc_day
from benefits.entitlements import Entitlement
from benefits.models import Membership


class Fate(StrEnum):
    """What becomes of what is left on an old plan."""

    KEPT = "KEPT"
    KEPT_UNTIL_NEW_STARTS = "KEPT_UNTIL_NEW_STARTS"
    LOST = "LOST"


@dataclass(frozen=True)
class Share:
    """So much of a plan (None: unlimited), until an instant (exclusive), in days from today on."""

    amount: int | None
    until: datetime
    days: int
    needs_activation: bool


@dataclass(frozen=True)
class PlanChange:
    """One line of the old package beside the same line of the new one."""

    benefit: Benefit
    scope: Scope | None
    unit: Unit
    before: Share
    fate: Fate
    after: Share

    @property
    def kept(self) -> Share | None:
        """What of the old plan can still be used."""
        return None if self.fate == Fate.LOST else self.before

    @property
    def lost(self) -> Share | None:
        """What of the old plan can no longer be used."""
        return self.before if self.fate == Fate.LOST else None


@dataclass(frozen=True)
class Change:
    """
    From one membership year to the next.

    `days_before` are left of the old year from today on, `days_after` of the new one.
    """

    kind: MembershipKind
    level_before: Level | None
    level_after: Level | None
    starts_on: date
    anniversary_on: date
    days_before: int
    days_after: int
    competencies: tuple[str, ...]
    plans: tuple[PlanChange, ...]

    @property
    def ends_at(self) -> datetime:
        """Until when the benefits of the new year can be used, exclusive."""
        return end_of_benefits(self.anniversary_on)

    @property
    def is_downgrade(self) -> bool:
        """Whether the new year gives less."""
        return (self.level_before, self.level_after) == (Level.GOLD, Level.SILVER)

    @property
    def has_contract_until_start(self) -> bool:
        """Whether an old contract goes on until the new one starts."""
        return any(plan.fate == Fate.KEPT_UNTIL_NEW_STARTS for plan in self.plans)


def of_renewal(
    old: Membership,
    held: Sequence[Entitlement],
    *,
    level: Level | None,
    competencies: Sequence[str],
    at: datetime,
) -> Change:
    """
    Describe renewing a year in the days after its anniversary.

    All of the old package is kept up to its printed end; what is unused then lapses.

    :param held: the old package's plans as they stand at `at`
    """
    return _change(
        old,
        held,
        level=level,
        starts_on=old.anniversary_on,
        competencies=competencies,
        fate_of=lambda _e: Fate.KEPT,
        at=at,
    )


def of_upgrade(
    old: Membership, held: Sequence[Entitlement], *, competencies: Sequence[str], at: datetime
) -> Change:
    """
    Describe upgrading a Silver year that runs to Gold.

    A contract is kept until Gold's starts. Advisory hours, and incidents that nobody has
    activated, are lost at once.

    :param held: the old package's plans as they stand at `at`
    """
    return _change(
        old,
        held,
        level=Level.GOLD,
        starts_on=utc_day(at),
        competencies=competencies,
        fate_of=lambda e: Fate.KEPT_UNTIL_NEW_STARTS if e.contract_pk else Fate.LOST,
        at=at,
    )


def _change(
    old: Membership,
    held: Sequence[Entitlement],
    *,
    level: Level | None,
    starts_on: date,
    competencies: Sequence[str],
    fate_of: Callable[[Entitlement], Fate],
    at: datetime,
) -> Change:
    kind, today = MembershipKind(old.kind), utc_day(at)
    anniversary_on = anniversary_of(starts_on)
    ends_at = end_of_benefits(anniversary_on)
    by_benefit = {e.benefit: e for e in held}
    terms = terms_for(kind=kind, level=level, competencies=competencies)
    return Change(
        kind=kind,
        level_before=Level(old.level) if old.level else None,
        level_after=level,
        starts_on=starts_on,
        anniversary_on=anniversary_on,
        days_before=max((old.anniversary_on - today).days, 0),
        days_after=(anniversary_on - today).days,
        competencies=tuple(competencies),
        plans=tuple(
            _plan(by_benefit[line.benefit], line, ends_at=ends_at, fate_of=fate_of, at=at)
            for line in terms
        ),
    )


def _plan(
    e: Entitlement,
    line: PlanTerms,
    *,
    ends_at: datetime,
    fate_of: Callable[[Entitlement], Fate],
    at: datetime,
) -> PlanChange:
    after = Share(
        amount=line.allotment,
        until=ends_at,
        days=_days(ends_at, at=at),
        needs_activation=line.needs_activation,
    )
    return PlanChange(
        benefit=line.benefit,
        scope=line.scope,
        unit=line.unit,
        before=share_of(e),
        fate=fate_of(e),
        after=after,
    )


def share_of(e: Entitlement) -> Share:
    """Return what is there to use of a plan that has not ended, activated or not."""
    left = e.allotment if e.balance is None else e.balance
    return Share(
        amount=left,
        until=e.ends_at,
        days=_days(e.ends_at, at=e.at),
        needs_activation=not e.was_activated,
    )


def _days(until: datetime, *, at: datetime) -> int:
    """Return the UTC days from today to an exclusive end, today included."""
    return (utc_day(until) - utc_day(at)).days
