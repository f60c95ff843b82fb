"""
Competencies as staff write them down: gained on a day, lost again.

They belong to a core membership that runs or starts later. A package that nobody has activated
follows at once; one that is activated is frozen, and the change counts from the next one. The row
of a lost competency is deleted, for it says what is so now; what was so is in the audit.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from benefits import years
from benefits.allotments import COMPETENCIES, MembershipKind
from benefits.calendar import utc_day
from benefits.models import Competency, Contract, Membership, Package
from benefits.services.corrections import MembershipNotChangeable
from benefits.services.memberships import (
    MembershipInvalid,
    attain_competency,
    follow_the_rule,
    lock_partner,
)
from partners import permissions
from partners.models import User
from partners.roles import StaffPermission
from portal import audit
from portal.refusals import NextStep
from portal.sentences import calendar_day, iso_day

# Earlier than any membership of the program; the same for every field that takes a day.
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class Competence:
    """The year, and whether this call changed its competencies."""

    membership: Membership
    is_changed: bool


@audit.attempt("benefits.attain_competency", target_kind="package", target_from="package_id")
@transaction.atomic
def gain_competency(
    *, package_id: uuid.UUID, name: str, attained_on: date, by: User, at: datetime
) -> Competence:
    """
    Write down that the partner has attained a competency; one that it has keeps its day.

    :raises Membership.DoesNotExist: no such package
    :raises NotAuthorized: `by` is not of a kind of staff that may; with which may
    :raises MembershipNotChangeable: the year is over
    :raises MembershipInvalid: an Action Pack; no such competency; a day to come, or long ago
    """
    year = _locked(package_id, by=by, at=at)
    if name not in COMPETENCIES:
        raise MembershipInvalid(
            _("There is no competency %(names)s.") % {"names": name}, facts={"field": "name"}
        )
    latest = max(utc_day(at), year.starts_on)
    if not EARLIEST <= attained_on <= latest:
        raise MembershipInvalid(
            _("A competency of this year must have been attained by %(day)s.")
            % {"day": calendar_day(latest)},
            facts={"field": "attained_on", "latest": iso_day(latest)},
            next_step=NextStep(_("Choose a day that has come.")),
        )
    if year.competencies.filter(name=name).exists():
        return Competence(year, is_changed=False)
    attain_competency(membership=year, name=name, attained_on=attained_on, by=by, at=at)
    return Competence(year, is_changed=True)


@audit.attempt("benefits.lose_competency", target_kind="package", target_from="package_id")
@transaction.atomic
def lose_competency(*, package_id: uuid.UUID, name: str, by: User, at: datetime) -> Competence:
    """
    Take a competency away from the year; one that it does not have is no mistake.

    :raises Membership.DoesNotExist, NotAuthorized, MembershipNotChangeable: as gaining one
    :raises MembershipInvalid: an Action Pack
    """
    year = _locked(package_id, by=by, at=at)
    held = Competency.objects.filter(membership=year, name=name).first()
    if held is None:
        return Competence(year, is_changed=False)
    attained_on = held.attained_on
    held.delete()
    if not Contract.objects.filter(package=year.package).exists():
        follow_the_rule(package=year.package, membership=year)
    audit.record(
        "benefits.lose_competency",
        by=by,
        at=at,
        partner=year.partner.mpn_id,
        target=("package", package_id),
        facts={"competency": name, "attainedOn": iso_day(attained_on)},
    )
    return Competence(year, is_changed=True)


def _locked(package_id: uuid.UUID, *, by: User, at: datetime) -> Membership:
    """Lock the partner, then the package; then see whether its competencies can change."""
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=by)
    lock_partner(partner_pk=Membership.objects.get(package__public_id=package_id).partner_id)
    Package.objects.select_for_update(of=("self",), no_key=True).get(public_id=package_id)
    year = Membership.objects.with_succession().get(package__public_id=package_id)
    if year.kind != MembershipKind.CORE:
        raise MembershipInvalid(
            _("Competencies are attained under a core membership, not under an Action Pack."),
            facts={"kind": year.kind},
            next_step=NextStep(_("Add them under the core membership.")),
        )
    if not years.is_current(year, at=at):
        raise MembershipNotChangeable(
            _("This membership is over."),
            facts={"endedOn": iso_day(year.ends_on)},
            next_step=NextStep(_("Add them under the membership that runs now.")),
        )
    return year
