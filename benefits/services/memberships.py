"""
Writing memberships with their packages, and competencies.

`write_membership` is what the demo calls, in nobody's name or in that of a command;
`create_membership` is what staff do, and asks whether they may and whether the year makes sense.
Imports write many at once, by the same rules (importing.py).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from benefits.allotments import (
    COMPETENCIES,
    Benefit,
    Level,
    MembershipKind,
    PlanTerms,
    terms_for,
)
from benefits.calendar import anniversary_of, end_of_benefits, midnight, utc_day
from benefits.models import Competency, Contract, Membership, Package, Plan
from benefits.services import ledger
from partners import permissions
from partners.models import Partner, User
from partners.roles import StaffPermission
from portal import audit
from portal.refusals import NextStep, Refusal
from portal.sentences import calendar_day, iso_day, last_day, listed


class MembershipOverlaps(Refusal):
    """The partner has a membership of this kind that runs in the same time."""

    code = "validation_error"
    status = 400


class MembershipInvalid(Refusal):
    """What was asked for is no membership that may be: level, start, competencies, partner."""

    code = "validation_error"
    status = 400


@dataclass(frozen=True)
class Written:
    """A membership year, and whether this call was the one that wrote it."""

    membership: Membership
    is_new: bool


@audit.attempt("benefits.write_membership", target_kind="mpn", target_from="mpn_id")
@transaction.atomic
def create_membership(
    *,
    mpn_id: str,
    kind: MembershipKind,
    level: Level | None,
    starts_on: date,
    competencies: Collection[str] = (),
    by: User,
    at: datetime,
) -> Written:
    """
    Write a membership year that staff ask for; one that is there already is left as it is.

    A year that begins on the day on which one of its kind ends succeeds that one, and an Action
    Pack runs beside a core membership. The same form twice, or a file twice, gives one year.

    :param competencies: names of the competencies table, attained when the year starts
    :raises Partner.DoesNotExist: no such partner
    :raises NotAuthorized: `by` is not of a kind of staff that may; with which may
    :raises MembershipInvalid: the partner is not in MPN, or level, start or competencies don't fit
    :raises MembershipOverlaps: one of the same kind runs in that time
    """
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=by)
    partner = lock_partner(partner_pk=Partner.objects.only("pk").get(mpn_id=mpn_id).pk)
    same = Membership.objects.lasting().filter(partner=partner, kind=kind, starts_on=starts_on)
    there = same.filter(level=level, ended_on__isnull=True).first()
    if there is not None:
        return Written(membership=there, is_new=False)
    _refuse_partner(partner)
    _refuse_terms(kind, level=level, competencies=competencies)
    refuse_start(starts_on=starts_on, at=at)
    written = write_membership(
        partner=partner,
        kind=kind,
        level=level,
        starts_on=starts_on,
        competencies=list(competencies),
        by=by,
        at=at,
    )
    return Written(membership=written, is_new=True)


def refuse_start(*, starts_on: date, at: datetime) -> None:
    """
    Make sure that a year that starts so gives something: it is not over, nor far ahead.

    :raises MembershipInvalid: its benefits would have ended, or it starts in more than a year
    """
    latest = anniversary_of(utc_day(at))
    if starts_on > latest:
        raise MembershipInvalid(
            _("A membership can start at most one year ahead: by %(day)s.")
            % {"day": calendar_day(latest)},
            facts={"field": "starts_on", "latest": iso_day(latest)},
            next_step=NextStep(_("Choose an earlier start.")),
        )
    ends_at = end_of_benefits(anniversary_of(starts_on))
    if ends_at <= at:
        raise MembershipInvalid(
            _("The benefits of a year that starts then would have ended on %(day)s.")
            % {"day": last_day(ends_at)},
            facts={"field": "starts_on", "endsAt": ends_at.isoformat()},
            next_step=NextStep(_("Choose a later start.")),
        )


@transaction.atomic
def write_membership(
    *,
    partner: Partner,
    kind: MembershipKind,
    level: Level | None,
    starts_on: date,
    competencies: Sequence[str],
    by: User | None,
    at: datetime,
) -> Membership:
    """
    Write a membership year with its competencies, its package, and every plan of the package.

    Advisory hours are granted at once, as they need no activation; incidents wait for it.

    :param competencies: names of the competencies table; none for an Action Pack
    :raises MembershipOverlaps: one of the same kind runs in that time
    """
    lock_partner(partner_pk=partner.pk)
    membership = write_year(
        partner=partner,
        kind=kind,
        level=level,
        starts_on=starts_on,
        competencies=dict.fromkeys(competencies, starts_on),
        by=by,
        at=at,
    )
    audit.record(
        "benefits.write_membership",
        by=by,
        at=at,
        partner=partner.mpn_id,
        target=("package", membership.package.public_id),
        facts={"kind": kind, "level": level, "startsOn": iso_day(starts_on)},
    )
    return membership


def lock_partner(*, partner_pk: int) -> Partner:
    """
    Lock the partner whose years are written, until the transaction ends, and return it.

    Whoever needs several locks takes them in this order, so that nobody waits in a circle: partner,
    one package, the contract of the year before, plans. Writing, renewing and upgrading begin at
    the partner, activation at the package, use at the plan.
    """
    return Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=partner_pk)


def write_year(
    *,
    partner: Partner,
    kind: MembershipKind,
    level: Level | None,
    starts_on: date,
    competencies: Mapping[str, date],
    by: User | None,
    at: datetime,
) -> Membership:
    """
    Write a year of a partner that the caller holds locked; what happened is the caller's to record.

    It succeeds the year of the same kind that ends on the very day, if there is one.

    :param competencies: when each was attained, by name
    :raises MembershipOverlaps: one of the same kind runs in that time
    """
    anniversary_on = anniversary_of(starts_on)
    years = years_of(partner=partner, kind=kind)
    refuse_overlap(years=years, starts_on=starts_on)
    membership = Membership.objects.create(
        partner=partner,
        kind=kind,
        level=level,
        starts_on=starts_on,
        anniversary_on=anniversary_on,
        predecessor=year_before(years=years, starts_on=starts_on),
    )
    Competency.objects.bulk_create(
        Competency(membership=membership, name=name, attained_on=attained_on)
        for name, attained_on in competencies.items()
    )
    package = Package.objects.create(
        partner=partner,
        membership=membership,
        starts_at=midnight(starts_on),
        ends_at=end_of_benefits(anniversary_on),
    )
    for terms in terms_for(kind=kind, level=level, competencies=list(competencies)):
        _write_plan(package, terms, by=by, at=at)
    return membership


def years_of(*, partner: Partner, kind: MembershipKind) -> list[Membership]:
    """Return the partner's years of one kind, those of no day among them."""
    return list(Membership.objects.filter(partner=partner, kind=kind).order_by("pk"))


def year_before(
    *, years: Iterable[Membership], starts_on: date, apart_from: int = 0
) -> Membership | None:
    """
    Return which of a partner's years of one kind one that starts so succeeds, if any.

    It ends on that day, and no other year succeeds it; one that lasted comes before one of no day.

    :param apart_from: the key of the year that starts so, where it is written already; 0 is no year
    """
    others = [year for year in years if year.pk != apart_from]
    succeeded = {year.predecessor_id for year in others}
    ending = [year for year in others if year.ends_on == starts_on and year.pk not in succeeded]
    return max(ending, key=_by_lasting_and_age, default=None)


def _by_lasting_and_age(year: Membership) -> tuple[bool, date, int]:
    return not year.is_called_off, year.starts_on, year.pk


def clash_with(
    *, years: Iterable[Membership], starts_on: date, apart_from: int = 0
) -> Membership | None:
    """
    Return the first of a partner's years of one kind that one that starts so would overlap.

    :param apart_from: as in `year_before`
    """
    anniversary_on = anniversary_of(starts_on)
    running = [
        year
        for year in years
        if year.pk != apart_from
        and not year.is_called_off
        and year.starts_on < anniversary_on
        and year.ends_on > starts_on
    ]
    return min(running, key=lambda year: (year.starts_on, year.pk), default=None)


def refuse_overlap(*, years: Iterable[Membership], starts_on: date, apart_from: int = 0) -> None:
    """
    Make sure that none of a partner's years of one kind runs while one that starts so would.

    :param apart_from: as in `year_before`
    :raises MembershipOverlaps: one does
    """
    clash = clash_with(years=years, starts_on=starts_on, apart_from=apart_from)
    if clash is not None:
        raise MembershipOverlaps(
            _("A membership of this kind runs in this time already."),
            facts={
                "startsOn": iso_day(clash.starts_on),
                "anniversaryOn": iso_day(clash.anniversary_on),
            },
            next_step=NextStep(_("Choose a start on or after its anniversary.")),
        )


def _refuse_partner(partner: Partner) -> None:
    if partner.in_mpn and partner.is_active:
        return
    if not partner.in_mpn:
        why = _("%(partner)s isn't enrolled in MPN.")
        step = NextStep(_("Memberships belong to MPN: enroll the partner first."))
    else:
        why = _("%(partner)s is deactivated.")
        step = NextStep(_("Memberships are for partners that are active."))
    raise MembershipInvalid(
        why % {"partner": partner.name}, facts={"partner": partner.mpn_id}, next_step=step
    )


def _refuse_terms(
    kind: MembershipKind, *, level: Level | None, competencies: Collection[str]
) -> None:
    is_core = kind == MembershipKind.CORE
    if is_core is (level is None):
        why = _("A core membership is Silver or Gold.") if is_core else _("It has no level.")
        raise MembershipInvalid(why, facts={"field": "level"})
    if competencies and not is_core:
        raise MembershipInvalid(
            _("Competencies are attained under a core membership, not under an Action Pack."),
            facts={"field": "competencies"},
            next_step=NextStep(_("Choose Silver or Gold, or no competency.")),
        )
    unknown = sorted(set(competencies) - set(COMPETENCIES))
    if unknown:
        raise MembershipInvalid(
            _("There is no competency %(names)s.") % {"names": listed(unknown)},
            facts={"field": "competencies"},
        )


def _write_plan(package: Package, terms: PlanTerms, *, by: User | None, at: datetime) -> None:
    plan = Plan.objects.create(
        package=package,
        benefit=terms.benefit,
        scope=terms.scope,
        unit=terms.unit,
        name=terms.name,
        allotment=terms.allotment,
    )
    if not terms.needs_activation:
        ledger.grant(plan=plan, by=by, at=at)


@transaction.atomic
def attain_competency(
    *, membership: Membership, name: str, attained_on: date, by: User | None, at: datetime
) -> Competency:
    """
    Write down a competency, and let a package that is not activated follow the rule.

    An activated package is frozen: the competency counts from the next one.
    """
    package = Package.objects.select_for_update(of=("self",), no_key=True).get(
        membership=membership
    )
    competency, is_new = Competency.objects.get_or_create(
        membership=membership, name=name, defaults={"attained_on": attained_on}
    )
    if not is_new:
        return competency
    if not Contract.objects.filter(package=package).exists():
        follow_the_rule(package=package, membership=membership)
    audit.record(
        "benefits.attain_competency",
        by=by,
        at=at,
        partner=membership.partner.mpn_id,
        target=("package", package.public_id),
        facts={"competency": name},
    )
    return competency


def follow_the_rule(*, package: Package, membership: Membership) -> None:
    """Give the plans of a package that nobody has activated what level and competencies give."""
    terms = terms_for(
        kind=MembershipKind(membership.kind),
        level=Level(membership.level) if membership.level else None,
        competencies=list(membership.competencies.values_list("name", flat=True)),
    )
    by_benefit = {line.benefit: line for line in terms if line.needs_activation}
    for plan in package.plans.filter(benefit__in=by_benefit):
        line = by_benefit[Benefit(plan.benefit)]
        plan.name, plan.allotment = line.name, line.allotment
        plan.save(update_fields=["name", "allotment"])
