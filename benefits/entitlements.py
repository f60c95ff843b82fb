"""
An entitlement: one plan as it stands at one instant, for one reader.

Every reader (page, wizard, staff card, API, command) builds it from the same query
(`Plan.objects…as_entitlements(user=…)`) by the same function. Status is derived from dates,
balance and now, never stored. Sentences about it are in wording.py, reasons in reasons.py.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from benefits.allotments import FEW_LEFT_PERCENT, Benefit, Level, MembershipKind, Scope, Unit
from benefits.calendar import RENEWAL_WINDOW, midnight
from benefits.models import Membership, Plan
from benefits.models.plans import PlanQuerySet
from partners.models import User
from partners.permissions import people_with
from partners.roles import Permission
from portal.sentences import days_until, last_instant

ENDING_SOON = timedelta(days=30)
UPGRADE = (Level.SILVER, Level.GOLD)


class Status(StrEnum):
    """Where a plan stands at an instant."""

    SCHEDULED = "SCHEDULED"
    NOT_ACTIVATED = "NOT_ACTIVATED"
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    EXHAUSTED = "EXHAUSTED"
    EXPIRED = "EXPIRED"


def status_at(
    at: datetime,
    *,
    starts_at: datetime,
    ends_at: datetime,
    needs_activation: bool,
    contract_starts_at: datetime | None,
    balance: int | None,
    is_unlimited: bool,
) -> Status:
    """
    Return the status of a plan at an instant; intervals are half-open.

    :param starts_at: when the membership starts
    :param ends_at: end of the contract, or of the time to activate when there is none
    :param balance: what the ledger says is left; None before activation and for unlimited plans
    """
    if at >= ends_at:
        return Status.EXPIRED
    if at < starts_at:
        return Status.SCHEDULED
    if needs_activation and contract_starts_at is None:
        return Status.NOT_ACTIVATED
    if contract_starts_at is not None and at < contract_starts_at:
        return Status.PENDING
    if not is_unlimited and balance == 0:
        return Status.EXHAUSTED
    return Status.ACTIVE


@dataclass(frozen=True)
class OwnLink:
    """The reader's own link to the contract."""

    linked_at: datetime
    dropped_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_in_force(self) -> bool:
        """Whether the account may use the contract by it."""
        return self.dropped_at is None and self.revoked_at is None


@dataclass(frozen=True)
class Entitlement:
    """One plan at the instant `at`. Instants are UTC, ends exclusive, numbers in `unit`."""

    at: datetime
    id: uuid.UUID
    plan_pk: int
    package_id: uuid.UUID
    partner_pk: int
    partner_name: str
    mpn_id: str
    benefit: Benefit
    scope: Scope | None
    unit: Unit
    plan_name: str
    # Of the membership that it comes with; both None when it was bought.
    kind: MembershipKind | None
    level: Level | None
    allotment: int | None
    adjusted: int
    used: int
    expired: int
    balance: int | None
    starts_at: datetime
    ends_at: datetime
    activate_by: datetime
    anniversary_at: datetime
    contract_pk: int | None
    contract_id: uuid.UUID | None
    contract_starts_at: datetime | None
    requested_at: datetime | None
    requested_by: str
    access_number: int | None
    link: OwnLink | None
    last_used_at: datetime | None
    last_request_number: str | None
    last_moved_at: datetime | None
    # Whether the reader is an API client of the plan's own partner.
    is_own_client: bool = False
    # The day on which an upgrade to Gold ended the membership, and whether a year succeeds it.
    upgraded_on: date | None = None
    is_succeeded: bool = False
    activators: tuple[str, ...] = ()

    @property
    def is_unlimited(self) -> bool:
        """Whether there is no number to use up."""
        return self.allotment is None

    @property
    def is_bought(self) -> bool:
        """Whether it was bought, instead of coming with a membership."""
        return self.kind is None

    @property
    def needs_activation(self) -> bool:
        """Advisory hours are there from the membership's start; everything else is activated."""
        return self.benefit != Benefit.TPD_ADVISORY

    @property
    def serves_cloud(self) -> bool:
        """Whether it is for cloud products, alone or among all."""
        return self.scope in (Scope.CLOUD, Scope.ALL)

    @property
    def counts_hours(self) -> bool:
        """Whether the plan counts hours of advice instead of incidents."""
        return self.unit == Unit.HOUR

    @property
    def has_unlimited_presales(self) -> bool:
        """Whether presales requests take no hours: with Silver and Gold, not with Action Pack."""
        return self.counts_hours and self.kind == MembershipKind.CORE

    @property
    def takes_consultations(self) -> bool:
        """Whether advice or presales can be asked for now, used up or not."""
        return self.counts_hours and (
            self.is_active or (self.is_exhausted and self.has_unlimited_presales)
        )

    @property
    def status(self) -> Status:
        """Where the plan stands at `at`."""
        return status_at(
            self.at,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            needs_activation=self.needs_activation,
            contract_starts_at=self.contract_starts_at,
            balance=self.balance,
            is_unlimited=self.is_unlimited,
        )

    @property
    def is_active(self) -> bool:
        """Whether it can be used now."""
        return self.status == Status.ACTIVE

    @property
    def is_not_activated(self) -> bool:
        """Whether somebody could activate it now."""
        return self.status == Status.NOT_ACTIVATED

    @property
    def is_adjustable(self) -> bool:
        """Whether staff may correct its total: it is limited and runs, used up or not."""
        return not self.is_unlimited and self.status in (Status.ACTIVE, Status.EXHAUSTED)

    @property
    def is_pending(self) -> bool:
        """Whether activation was requested and is not ready."""
        return self.status == Status.PENDING

    @property
    def is_exhausted(self) -> bool:
        """Whether nothing is left although the contract runs."""
        return self.status == Status.EXHAUSTED

    @property
    def is_expired(self) -> bool:
        """Whether it has ended, activated or not."""
        return self.status == Status.EXPIRED

    @property
    def is_scheduled(self) -> bool:
        """Whether the membership starts later."""
        return self.status == Status.SCHEDULED

    @property
    def shows_pair(self) -> bool:
        """Whether MPN users of the partner see the pair: from the contract's start on."""
        return self.contract_starts_at is not None and self.at >= self.contract_starts_at

    @property
    def was_activated(self) -> bool:
        """Whether a contract was ever issued, or none is needed."""
        return self.contract_starts_at is not None or not self.needs_activation

    @property
    def total(self) -> int | None:
        """What there is to use in all, corrections included; None when unlimited."""
        return None if self.allotment is None else self.allotment + self.adjusted

    @property
    def remaining(self) -> int | None:
        """What is left: None before activation and when unlimited, 0 from the end instant on."""
        if self.status == Status.EXPIRED:
            return 0
        if self.status in (Status.SCHEDULED, Status.NOT_ACTIVATED, Status.PENDING):
            return None
        return self.balance

    @property
    def lapsed(self) -> int:
        """How many went unused at the end, booked or not."""
        return self.expired + (self.balance or 0) if self.is_expired else self.expired

    @property
    def is_few_left(self) -> bool:
        """Active, limited, at least 1 left and at most 20 % of the total."""
        if not self.is_active or self.balance is None or self.total is None:
            return False
        return self.balance >= 1 and self.balance * 100 <= self.total * FEW_LEFT_PERCENT

    @property
    def is_ending_soon(self) -> bool:
        """Whether it runs and its last 30 days have begun."""
        running = self.status in (Status.ACTIVE, Status.EXHAUSTED, Status.NOT_ACTIVATED)
        return running and self.ends_at - self.at <= ENDING_SOON

    @property
    def days_left(self) -> int:
        """Calendar days from today to the last usable day, in the reader's zone."""
        return days_until(last_instant(self.ends_at), now=self.at)

    @property
    def is_in_renewal_window(self) -> bool:
        """Whether the anniversary has passed and the end has not."""
        return self.anniversary_at <= self.at < self.activate_by

    @property
    def waits_for_renewal(self) -> bool:
        """Whether the membership could be renewed now, and nobody has done so."""
        is_bought = self.benefit == Benefit.PARTNER_SUPPORT
        return self.is_in_renewal_window and not self.is_succeeded and not is_bought

    @property
    def is_replaced(self) -> bool:
        """Whether it ends before its time, because the membership was upgraded to Gold."""
        own_end = self.anniversary_at + RENEWAL_WINDOW
        return self.upgraded_on is not None and self.ends_at < own_end

    @property
    def is_linked(self) -> bool:
        """Whether the reader's account may use the contract."""
        return self.link is not None and self.link.is_in_force


def of_plan(plan: Plan, *, at: datetime) -> Entitlement:
    """Build the entitlement from a row of `as_entitlements`."""
    package = plan.package
    membership = package.membership
    # The advisory hours belong to the membership: the contract is not about them.
    has_contract = plan.benefit != Benefit.TPD_ADVISORY
    contract = getattr(package, "contract", None) if has_contract else None
    row: dict[str, Any] = plan.__dict__
    return Entitlement(
        at=at,
        id=plan.public_id,
        plan_pk=plan.pk,
        package_id=package.public_id,
        partner_pk=package.partner.pk,
        partner_name=package.partner.name,
        mpn_id=package.partner.mpn_id,
        benefit=Benefit(plan.benefit),
        scope=Scope(plan.scope) if plan.scope else None,
        unit=Unit(plan.unit),
        plan_name=plan.name,
        kind=MembershipKind(membership.kind) if membership else None,
        level=Level(membership.level) if membership and membership.level else None,
        allotment=plan.allotment,
        adjusted=plan.adjusted,
        used=plan.used,
        expired=plan.expired,
        balance=plan.remaining,
        starts_at=package.starts_at,
        ends_at=contract.ends_at if contract else package.ends_at,
        activate_by=package.ends_at,
        # What was bought has no days after its year.
        anniversary_at=midnight(membership.anniversary_on) if membership else package.ends_at,
        contract_pk=contract.pk if contract else None,
        contract_id=contract.public_id if contract else None,
        contract_starts_at=contract.starts_at if contract else None,
        requested_at=contract.requested_at if contract else None,
        requested_by=contract.requested_by.name if contract else "",
        # Before the contract's start the pair is hidden, from everybody.
        access_number=row["access_number"] if contract and at >= contract.starts_at else None,
        link=_own_link(row) if contract else None,
        last_used_at=row["last_used_at"],
        last_request_number=row["last_request_number"],
        last_moved_at=row["last_moved_at"],
        is_own_client=row["is_own_client"],
        upgraded_on=_upgraded_on(row, membership),
        is_succeeded=row["successor_pk"] is not None,
    )


def _upgraded_on(row: dict[str, Any], membership: Membership | None) -> date | None:
    """Return when Gold followed on Silver within the year; staff may end a year early, too."""
    if membership is None or (membership.level, row["successor_level"]) != UPGRADE:
        return None
    return membership.ended_on


def _own_link(row: dict[str, Any]) -> OwnLink | None:
    if row["link_linked_at"] is None:
        return None
    return OwnLink(
        linked_at=row["link_linked_at"],
        dropped_at=row["link_dropped_at"],
        revoked_at=row["link_revoked_at"],
    )


def read(
    plans: PlanQuerySet, *, user: User | None, at: datetime, names_people: bool = True
) -> list[Entitlement]:
    """
    Read plans as entitlements of `user` at `at`, on-premises first within each package.

    Two statements at most: the second names who could activate, and only when something is not.

    :param names_people: False where nobody will be shown why something is not activated
    """
    return of_rows(rows_of(plans, user=user), at=at, names_people=names_people)


def rows_of(plans: PlanQuerySet, *, user: User | None) -> PlanQuerySet:
    """Return the rows that `of_rows` reads, in their order."""
    return plans.as_entitlements(user=user).order_by("package_id", "pk")


def of_rows(rows: Iterable[Plan], *, at: datetime, names_people: bool = True) -> list[Entitlement]:
    """Build the entitlements; see `read`, and reading.py for what is read all the time."""
    found = [of_plan(plan, at=at) for plan in rows]
    return with_activators(found) if names_people else found


def with_activators(entitlements: Iterable[Entitlement]) -> list[Entitlement]:
    """Name, for each entitlement that waits for activation, the people who can do it."""
    found = list(entitlements)
    waiting = sorted({e.partner_pk for e in found if e.is_not_activated})
    if not waiting:
        return found
    people = people_with(Permission.ACTIVATE, partner_ids=waiting)
    return [replace(e, activators=people[e.partner_pk]) if e.is_not_activated else e for e in found]


def in_order_of_use(entitlements: Iterable[Entitlement]) -> list[Entitlement]:
    """
    Sort as plans are offered: by end; on a tie limited before unlimited; then the older contract.
    """
    return sorted(
        entitlements,
        key=lambda e: (e.ends_at, e.is_unlimited, e.contract_pk or 0, e.plan_pk),
    )


def open_first(entitlements: Iterable[Entitlement]) -> list[Entitlement]:
    """Sort as pages list them: those that have not ended first, then by end."""
    return sorted(
        entitlements, key=lambda e: (e.is_expired, e.ends_at, e.package_id.int, e.plan_pk)
    )
