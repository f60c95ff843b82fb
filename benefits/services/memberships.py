"""Writing memberships with their packages, and competencies."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from benefits.allotments import Benefit, Level, MembershipKind, PlanTerms, terms_for
from benefits.calendar import anniversary_of, end_of_benefits, midnight
from benefits.models import Competency, Contract, Membership, Package, Plan
from benefits.services import ledger
from partners.models import Partner, User
from portal import audit
from portal.refusals import NextStep, Refusal
from portal.sentences import iso_day


class MembershipOverlaps(Refusal):
    """The partner has a membership of this kind that runs in the same time."""

    code = "validation_error"
    status = 400


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
    years = list(Membership.objects.filter(partner=partner, kind=kind).order_by("pk"))
    _refuse_overlap(years, starts_on=starts_on)
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


def year_before(*, years: Iterable[Membership], starts_on: date) -> Membership | None:
    """
    Return which of a partner's years of one kind a new year succeeds, if any.

    It ends on the day on which the new one starts, and no other year succeeds it.
    """
    known = list(years)
    succeeded = {year.predecessor_id for year in known}
    ending = [year for year in known if year.ends_on == starts_on and year.pk not in succeeded]
    return max(ending, key=lambda year: (year.starts_on, year.pk), default=None)


def clash_with(*, years: Iterable[Membership], starts_on: date) -> Membership | None:
    """Return the first of a partner's years of one kind that a year from that day would overlap."""
    anniversary_on = anniversary_of(starts_on)
    running = [y for y in years if y.starts_on < anniversary_on and y.ends_on > starts_on]
    return min(running, key=lambda year: (year.starts_on, year.pk), default=None)


def _refuse_overlap(years: Iterable[Membership], *, starts_on: date) -> None:
    clash = clash_with(years=years, starts_on=starts_on)
    if clash is not None:
        raise MembershipOverlaps(
            _("A membership of this kind runs in this time already."),
            facts={
                "startsOn": iso_day(clash.starts_on),
                "anniversaryOn": iso_day(clash.anniversary_on),
            },
            next_step=NextStep(_("Choose a start on or after its anniversary.")),
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
        _follow_the_rule(package, membership)
    audit.record(
        "benefits.attain_competency",
        by=by,
        at=at,
        partner=membership.partner.mpn_id,
        target=("package", package.public_id),
        facts={"competency": name},
    )
    return competency


def _follow_the_rule(package: Package, membership: Membership) -> None:
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
