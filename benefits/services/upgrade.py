"""
Upgrading Silver to Gold in mid-year: Silver ends today, a Gold year of its own begins today.

Source: "Upgrade". A Silver contract goes on until the Gold contract starts: activating the Gold
package ends it (succession.py), so that there is never a hole.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from benefits import changes, entitlements, years
from benefits.allotments import Level, MembershipKind
from benefits.calendar import midnight, utc_day
from benefits.changes import Change
from benefits.models import Membership, Package, Plan
from benefits.services import expiry
from benefits.services.memberships import MembershipOverlaps, lock_partner, write_year
from benefits.years import UpgradeNotPossible
from partners import permissions
from partners.models import User
from partners.roles import Permission
from portal import audit
from portal.refusals import NextStep
from portal.sentences import iso_day


@dataclass(frozen=True)
class Upgrade:
    """The Gold membership year, and whether this call was the one that wrote it."""

    membership: Membership
    is_new: bool


@audit.attempt("benefits.upgrade_membership", target_kind="package", target_from="package_id")
@transaction.atomic
def upgrade_membership(*, package_id: uuid.UUID, by: User, at: datetime) -> Upgrade:
    """
    End the Silver year that gave this package today, and write a Gold year from today on.

    All competencies come along. A Silver package not yet activated ends; unused advisory hours
    lapse, and Gold's are granted. Twice, or by two admins at once, gives one Gold year; the later
    caller gets the same result.

    :raises Membership.DoesNotExist: no such package
    :raises NotAuthorized: `by` may not upgrade for the partner; with who may
    :raises UpgradeNotPossible: not a Silver membership that runs now
    """
    lock_partner(partner_pk=Membership.objects.get(package__public_id=package_id).partner_id)
    # Locked as well: whoever activates it at the same time has done so, or finds it ended.
    Package.objects.select_for_update(of=("self",), no_key=True).get(public_id=package_id)
    old = _authorized(package_id, by=by)
    done = years.successor_of(old)
    if done is not None and old.ended_on is not None:
        return Upgrade(membership=done, is_new=False)
    _refuse_unless_possible(old, at=at)
    _end_today(old, by=by, at=at)
    new = _write_gold(old, by=by, at=at)
    audit.record(
        "benefits.upgrade_membership",
        by=by,
        at=at,
        partner=old.partner.mpn_id,
        target=("package", package_id),
        facts={
            "endedOn": iso_day(old.ends_on),
            "newPackage": str(new.package.public_id),
        },
    )
    return Upgrade(membership=new, is_new=True)


def preview_upgrade(*, package_id: uuid.UUID, by: User, at: datetime) -> Change:
    """
    Describe what upgrading would change, without doing it; refusals are those of upgrading.

    :raises NotAuthorized, UpgradeNotPossible: as `upgrade_membership`; upgraded already, too
    """
    old = _authorized(package_id, by=by)
    _refuse_unless_possible(old, at=at)
    held = entitlements.read(Plan.objects.filter(package=old.package), user=by, at=at)
    names = list(old.competencies.order_by("pk").values_list("name", flat=True))
    return changes.of_upgrade(old, held, competencies=names, at=at)


def _authorized(package_id: uuid.UUID, *, by: User) -> Membership:
    old = Membership.objects.with_succession().get(package__public_id=package_id)
    permissions.require(
        Permission.RENEW_OR_UPGRADE,
        by=by,
        partner=old.partner,
        facts={"package": str(package_id)},
    )
    return old


def _refuse_unless_possible(old: Membership, *, at: datetime) -> None:
    refusal = years.upgrade_refusal(old, at=at)
    if refusal is not None:
        raise refusal


def _end_today(old: Membership, *, by: User, at: datetime) -> None:
    """End the year and its package; the contract, if there is one, is not touched."""
    old.ended_on = utc_day(at)
    old.save(update_fields=["ended_on"])
    old.package.ends_at = midnight(old.ended_on)
    old.package.save(update_fields=["ends_at"])
    hours = Plan.objects.get(package=old.package, unit="HOUR")
    expiry.book_one(plan_pk=hours.pk, by=by, at=at)


def _write_gold(old: Membership, *, by: User, at: datetime) -> Membership:
    try:
        return write_year(
            partner=old.partner,
            kind=MembershipKind.CORE,
            level=Level.GOLD,
            starts_on=utc_day(at),
            competencies=dict(old.competencies.values_list("name", "attained_on").order_by("pk")),
            by=by,
            at=at,
        )
    except MembershipOverlaps as clash:
        raise UpgradeNotPossible(
            _(
                "The next membership year has been added already, so Gold would not have a "
                "full year."
            ),
            facts=clash.explanation.facts,
            next_step=NextStep(_("Ask support to take the later year away first.")),
        ) from clash
