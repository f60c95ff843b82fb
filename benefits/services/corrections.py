"""
Correcting a membership year: its level or its start was written wrong, and nobody has activated it.

An activated package is frozen: the contract keeps what it was granted, and no correction here
touches it; such a year is ended early, or a plan of it corrected. Advisory hours are granted when a
year is written, so their difference is booked as a correction of its own, and no more hours are
taken away than are left. A year that follows on another, or that another follows on, keeps its day.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits import years
from benefits.allotments import Benefit, Level, MembershipKind, PlanTerms, Unit, terms_for
from benefits.calendar import anniversary_of, end_of_benefits, midnight
from benefits.models import Membership, Package, Plan
from benefits.services import ledger
from benefits.services.adjustments import BelowZero
from benefits.services.memberships import (
    MembershipInvalid,
    follow_the_rule,
    lock_partner,
    refuse_overlap,
    refuse_start,
    year_before,
    years_of,
)
from partners import permissions
from partners.models import User
from partners.roles import StaffPermission
from portal import audit
from portal.refusals import NextStep, Refusal
from portal.sentences import calendar_day, day, iso_day


class MembershipNotChangeable(Refusal):
    """What is activated, over, or tied to another year is not changed any more."""

    code = "membership_not_changeable"
    status = 409


@dataclass(frozen=True)
class Changed:
    """The membership year, and whether anything of it is other than before."""

    membership: Membership
    is_changed: bool


@dataclass(frozen=True)
class PlanLine:
    """What a plan of the year gives before and after a correction; None is unlimited."""

    benefit: Benefit
    unit: Unit
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Preview:
    """What a correction would change: level and days, and each plan, changed or not."""

    level: Level | None
    starts_on: date
    anniversary_on: date
    plans: tuple[PlanLine, ...]

    @property
    def ends_at(self) -> datetime:
        """Until when the benefits could be used, exclusive."""
        return end_of_benefits(self.anniversary_on)


@audit.attempt("benefits.change_membership", target_kind="package", target_from="package_id")
@transaction.atomic
def change_membership(
    *, package_id: uuid.UUID, level: Level | None, starts_on: date, by: User, at: datetime
) -> Changed:
    """
    Correct level and start of a year of which nothing has been activated; kind and partner stay.

    The same form twice changes it once.

    :param level: Silver or Gold; an Action Pack has none
    :raises Membership.DoesNotExist: no such package
    :raises NotAuthorized: `by` is not of a kind of staff that may; with which may
    :raises MembershipNotChangeable: it is activated or over, or the start is tied to another year
    :raises MembershipInvalid, MembershipOverlaps: no year may have this level, or start so
    :raises BelowZero: more advisory hours were used than the level gives
    """
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=by)
    lock_partner(partner_pk=Membership.objects.get(package__public_id=package_id).partner_id)
    # Locked as well: whoever activates it at the same time has done so, or finds it corrected.
    Package.objects.select_for_update(of=("self",), no_key=True).get(public_id=package_id)
    year = _year(package_id)
    before = {"level": year.level, "startsOn": iso_day(year.starts_on)}
    if (year.level, year.starts_on) == (level, starts_on):
        return Changed(year, is_changed=False)
    _refuse_unless_possible(year, level=level, starts_on=starts_on, at=at)
    if level != year.level:
        _correct_level(year, level, by=by, at=at)
    if starts_on != year.starts_on:
        _correct_start(year, starts_on)
    audit.record(
        "benefits.change_membership",
        by=by,
        at=at,
        partner=year.partner.mpn_id,
        target=("package", package_id),
        facts={
            "kind": year.kind,
            "level": level,
            "startsOn": iso_day(starts_on),
            "before": before,
        },
    )
    return Changed(year, is_changed=True)


def preview_change(
    *, package_id: uuid.UUID, level: Level | None, starts_on: date, by: User, at: datetime
) -> Preview:
    """
    Describe what correcting would change, without doing it; refusals are those of correcting.

    :raises NotAuthorized, MembershipNotChangeable, BelowZero: as `change_membership`
    :raises MembershipInvalid, MembershipOverlaps: as `change_membership`
    """
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=by)
    year = _year(package_id)
    _refuse_unless_possible(year, level=level, starts_on=starts_on, at=at)
    held = {plan.benefit: plan for plan in year.package.plans.order_by("pk")}
    before, after = _terms(year, year.level), _terms(year, level)
    return Preview(
        level=level,
        starts_on=starts_on,
        anniversary_on=anniversary_of(starts_on),
        plans=tuple(
            PlanLine(line.benefit, line.unit, _total(held[line.benefit]), _after(plan, old, line))
            for old, line in zip(before, after, strict=True)
            if (plan := held[line.benefit])
        ),
    )


def refusal_to_change(*, year: Membership, at: datetime) -> MembershipNotChangeable | None:
    """Return why nothing of a year `with_succession` can be corrected now, or None."""
    contract = getattr(year.package, "contract", None)
    if contract is not None:
        return MembershipNotChangeable(
            _("Its benefits were activated on %(day)s, and what is activated is not changed.")
            % {"day": day(contract.requested_at)},
            facts={"activatedAt": contract.requested_at.isoformat()},
            next_step=NextStep(_("End the membership early, or correct what a plan gave.")),
        )
    if not years.is_current(year, at=at):
        return MembershipNotChangeable(
            _("This membership is over."),
            facts={"endedOn": iso_day(year.ends_on)},
            next_step=NextStep(_("Add a new membership.")),
        )
    return None


def _refuse_unless_possible(
    year: Membership, *, level: Level | None, starts_on: date, at: datetime
) -> None:
    refusal = refusal_to_change(year=year, at=at)
    if refusal is not None:
        raise refusal
    if (level is None) is not (year.kind == MembershipKind.ACTION_PACK):
        raise MembershipInvalid(
            _("A core membership is Silver or Gold; an Action Pack has no level."),
            facts={"field": "level"},
            next_step=NextStep(_("Another kind is another membership: end this one first.")),
        )
    _refuse_hours(year, level=level)
    if starts_on != year.starts_on:
        _refuse_start(year, starts_on=starts_on, at=at)


def _refuse_start(year: Membership, *, starts_on: date, at: datetime) -> None:
    used = year.package.plans.get(unit=Unit.HOUR).used
    before, after = year.predecessor, years.successor_of(year)
    if before is not None:
        why = _(
            "It follows on from the year before, which ended on %(day)s: so it begins that day."
        ) % {"day": calendar_day(before.ends_on)}
    elif after is not None:
        why = _("The year after it has been added already, and begins on %(day)s.") % {
            "day": calendar_day(after.starts_on)
        }
    elif used:
        why = ngettext(
            "%(count)d hour of advice was used in this year.",
            "%(count)d hours of advice were used in this year.",
            used,
        ) % {"count": used}
    else:
        refuse_start(starts_on=starts_on, at=at)
        refuse_overlap(years=_of_its_kind(year), starts_on=starts_on, apart_from=year.pk)
        return
    raise MembershipNotChangeable(
        why,
        facts={"field": "starts_on", "startsOn": iso_day(year.starts_on)},
        next_step=NextStep(_("Keep the start of this year.")),
    )


def _refuse_hours(year: Membership, *, level: Level | None) -> None:
    plan = year.package.plans.get(unit=Unit.HOUR)
    more = _difference(_terms(year, year.level), _terms(year, level))
    if (plan.remaining or 0) + more >= 0:
        return
    raise BelowZero(
        ngettext(
            "%(used)d hour of advice is used already, and %(level)s gives fewer.",
            "%(used)d hours of advice are used already, and %(level)s gives fewer.",
            plan.used,
        )
        % {"used": plan.used, "level": level.label if level else _("Action Pack")},
        facts={"plan": str(plan.public_id), "used": plan.used, "remaining": plan.remaining},
        next_step=NextStep(_("Keep the level, or correct the hours first.")),
    )


def _correct_level(year: Membership, level: Level | None, *, by: User, at: datetime) -> None:
    """Write the level, let the incidents follow, and book the difference of the hours."""
    more = _difference(_terms(year, year.level), _terms(year, level))
    year.level = level
    year.save(update_fields=["level"])
    follow_the_rule(package=year.package, membership=year)
    hours = Plan.objects.only("pk").get(package=year.package, unit=Unit.HOUR)
    plan, _entitlement = ledger.locked(hours.pk, user=by, at=at)
    if (plan.remaining or 0) + more < 0:
        # Used between the look and the lock.
        _refuse_hours(year, level=level)
    if more:
        reason = _("The level was corrected to %(level)s.") % {"level": year.get_level_display()}
        ledger.adjust(plan=plan, quantity=more, reason=reason, by=by, at=at)


def _correct_start(year: Membership, starts_on: date) -> None:
    """Move the year and its package; it succeeds what ends on its first day, as a new one would."""
    year.starts_on, year.anniversary_on = starts_on, anniversary_of(starts_on)
    year.predecessor = year_before(
        years=_of_its_kind(year), starts_on=starts_on, apart_from=year.pk
    )
    year.save(update_fields=["starts_on", "anniversary_on", "predecessor"])
    year.package.starts_at = midnight(starts_on)
    year.package.ends_at = end_of_benefits(year.anniversary_on)
    year.package.save(update_fields=["starts_at", "ends_at"])


def _of_its_kind(year: Membership) -> list[Membership]:
    return years_of(partner=year.partner, kind=MembershipKind(year.kind))


def _year(package_id: uuid.UUID) -> Membership:
    years_with = Membership.objects.with_succession().select_related("predecessor")
    return years_with.get(package__public_id=package_id)


def _terms(year: Membership, level: str | None) -> tuple[PlanTerms, ...]:
    return terms_for(
        kind=MembershipKind(year.kind),
        level=Level(level) if level else None,
        competencies=list(year.competencies.values_list("name", flat=True)),
    )


def _difference(before: Iterable[PlanTerms], after: Iterable[PlanTerms]) -> int:
    """Return how many advisory hours more the new terms give."""
    given = [sum(t.allotment or 0 for t in of if t.unit == Unit.HOUR) for of in (before, after)]
    return given[1] - given[0]


def _total(plan: Plan) -> int | None:
    return None if plan.allotment is None else plan.allotment + plan.adjusted


def _after(plan: Plan, old: PlanTerms, new: PlanTerms) -> int | None:
    """Return what the plan would give: hours with the corrections that it has."""
    if new.needs_activation:
        return new.allotment
    return (_total(plan) or 0) + (new.allotment or 0) - (old.allotment or 0)
