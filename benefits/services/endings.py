"""
Ending a membership year early: staff do so when a partner leaves, or when the year was a mistake.

It takes effect at once, as an upgrade does, and what is unused lapses: a package that nobody has
activated ends, a contract ends now, and its plans book what is left as EXPIRE. What was granted
and used stays as it is. A year that has not begun is called off and lasts for no day.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from benefits import entitlements, years
from benefits.calendar import midnight, utc_day
from benefits.entitlements import Entitlement
from benefits.models import Contract, Membership, Package, Plan
from benefits.services import expiry
from benefits.services.corrections import MembershipNotChangeable
from benefits.services.memberships import lock_partner
from benefits.years import YearState
from partners import permissions
from partners.models import User
from partners.roles import StaffPermission
from portal import audit
from portal.refusals import NextStep
from portal.sentences import calendar_day, day, iso_day, last_day


@dataclass(frozen=True)
class Ended:
    """The year, whether this call ended it, and what then lapsed (empty when it did not)."""

    membership: Membership
    is_new: bool
    lapsed: tuple[Entitlement, ...] = ()


@audit.attempt("benefits.end_membership", target_kind="package", target_from="package_id")
@transaction.atomic
def end_membership(*, package_id: uuid.UUID, by: User, at: datetime) -> Ended:
    """
    End the year today, with its package, its contract and what is unused; twice ends it once.

    :raises Membership.DoesNotExist: no such package
    :raises NotAuthorized: `by` is not of a kind of staff that may; with which may
    :raises MembershipNotChangeable: it is over, activation is pending, or the next year is written
    """
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=by)
    lock_partner(partner_pk=Membership.objects.get(package__public_id=package_id).partner_id)
    # Locked as well: whoever activates it at the same time has done so, or finds it ended.
    Package.objects.select_for_update(of=("self",), no_key=True).get(public_id=package_id)
    year = _year(package_id)
    if year.ended_on is not None and not years.was_upgraded(year):
        return Ended(year, is_new=False)
    refusal = refusal_to_end(year=year, at=at)
    if refusal is not None:
        raise refusal
    _end(year, at=at)
    for plan in Plan.objects.filter(package=year.package).only("pk").order_by("pk"):
        expiry.book_one(plan_pk=plan.pk, by=by, at=at)
    plans = Plan.objects.filter(package=year.package)
    ended = Ended(year, is_new=True, lapsed=tuple(entitlements.read(plans, user=by, at=at)))
    _record(ended, by=by, at=at)
    return ended


def preview_ending(*, package_id: uuid.UUID, by: User, at: datetime) -> list[Entitlement]:
    """
    Return the plans of the year as they stand: what is left of them would lapse.

    :raises NotAuthorized, MembershipNotChangeable: as `end_membership`; ended already, too
    """
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=by)
    year = _year(package_id)
    refusal = refusal_to_end(year=year, at=at)
    if refusal is not None:
        raise refusal
    return entitlements.read(Plan.objects.filter(package=year.package), user=by, at=at)


def refusal_to_end(*, year: Membership, at: datetime) -> MembershipNotChangeable | None:
    """Return why a year `with_succession` cannot be ended early now, or None."""
    state, after = years.state_of(year, at=at), years.successor_of(year)
    contract = getattr(year.package, "contract", None)
    facts: dict[str, str] = {"state": state.value}
    if year.ended_on is not None:
        why = _("This membership ended on %(day)s already.") % {"day": calendar_day(year.ended_on)}
        step = _("Nothing has to be done.")
    elif state not in (YearState.RUNNING, YearState.SCHEDULED):
        why = _("The year of this membership is over.")
        step = _("Its benefits end by themselves on %(day)s.") % {
            "day": last_day(year.package.ends_at)
        }
    elif after is not None:
        why = _("The year after it has been added already, and begins on %(day)s.") % {
            "day": calendar_day(after.starts_on)
        }
        step = _("Call that year off first.")
        facts["startsOn"] = iso_day(after.starts_on)
    elif contract is not None and contract.starts_at > at:
        why = _("Activation is pending until %(day)s.") % {"day": day(contract.starts_at)}
        step = _("End the membership when its contract has started.")
        facts["readyAt"] = contract.starts_at.isoformat()
    else:
        return None
    return MembershipNotChangeable(why, facts=facts, next_step=NextStep(step))


def _end(year: Membership, *, at: datetime) -> None:
    """End the year, its package, and its contract if there is one."""
    today = utc_day(at)
    if year.starts_on > today:
        # Called off. It follows on nothing any more: the year before can be renewed again.
        year.starts_on, year.predecessor = today, None
    year.ended_on = today
    year.save(update_fields=["starts_on", "ended_on", "predecessor"])
    package = year.package
    package.starts_at, package.ends_at = midnight(year.starts_on), midnight(today)
    package.save(update_fields=["starts_at", "ends_at"])
    Contract.objects.filter(package=package).update(ends_at=at)


def _record(ended: Ended, *, by: User, at: datetime) -> None:
    year = ended.membership
    audit.record(
        "benefits.end_membership",
        by=by,
        at=at,
        partner=year.partner.mpn_id,
        target=("package", year.package.public_id),
        facts={
            "endedOn": iso_day(year.ends_on),
            "lapsed": {e.benefit.value: e.lapsed for e in ended.lapsed if e.lapsed},
        },
    )


def _year(package_id: uuid.UUID) -> Membership:
    return Membership.objects.with_succession().get(package__public_id=package_id)
