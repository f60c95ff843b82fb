"""
Renewing a membership: the new year begins on the old anniversary, once.

Source: "Renewal". The old package and its contract are not touched: they keep their printed end.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from benefits import changes, entitlements, years
from benefits.allotments import Level, MembershipKind
from benefits.changes import Change
from benefits.models import Membership, Plan
from benefits.services.memberships import MembershipOverlaps, lock_partner, write_year
from benefits.years import RenewalNotOpen
from partners import permissions
from partners.models import User
from partners.roles import Permission
from portal import audit
from portal.refusals import NextStep
from portal.sentences import iso_day


@dataclass(frozen=True)
class Renewal:
    """The new membership year, and whether this call was the one that wrote it."""

    membership: Membership
    is_new: bool


@audit.attempt("benefits.renew_membership", target_kind="package", target_from="package_id")
@transaction.atomic
def renew_membership(
    *, package_id: uuid.UUID, level: Level | None, by: User, at: datetime
) -> Renewal:
    """
    Write the year after the one that gave this package, with a new package.

    Twice, or by two admins at once, gives one new year; the later caller gets the same result.
    Competencies are carried over.

    :param level: of the new year; None keeps the old one, and an Action Pack has none to choose
    :raises Membership.DoesNotExist: no such package
    :raises NotAuthorized: `by` may not renew for the partner; with who may
    :raises RenewalNotOpen: outside the 30 days after the anniversary
    """
    lock_partner(partner_pk=Membership.objects.get(package__public_id=package_id).partner_id)
    old = _renewable(package_id, by=by, at=at)
    done = years.successor_of(old)
    if done is not None:
        return Renewal(membership=done, is_new=False)
    try:
        new = write_year(
            partner=old.partner,
            kind=MembershipKind(old.kind),
            level=_level_after(old, level),
            starts_on=old.anniversary_on,
            competencies=dict(old.competencies.values_list("name", "attained_on").order_by("pk")),
            by=by,
            at=at,
        )
    except MembershipOverlaps as clash:
        raise _taken(clash) from clash
    audit.record(
        "benefits.renew_membership",
        by=by,
        at=at,
        partner=old.partner.mpn_id,
        target=("package", package_id),
        facts={
            "level": new.level,
            "startsOn": iso_day(new.starts_on),
            "newPackage": str(new.package.public_id),
        },
    )
    return Renewal(membership=new, is_new=True)


def preview_renewal(
    *, package_id: uuid.UUID, level: Level | None, by: User, at: datetime
) -> Change:
    """
    Describe what renewing would change, without doing it; refusals are those of renewing.

    :raises NotAuthorized, RenewalNotOpen: as `renew_membership`; renewed already, too
    """
    old = _renewable(package_id, by=by, at=at)
    done = years.successor_of(old)
    if done is not None:
        raise years.renewed_already(old, done)
    held = entitlements.read(Plan.objects.filter(package=old.package), user=by, at=at)
    names = list(old.competencies.order_by("pk").values_list("name", flat=True))
    return changes.of_renewal(old, held, level=_level_after(old, level), competencies=names, at=at)


def _renewable(package_id: uuid.UUID, *, by: User, at: datetime) -> Membership:
    old = Membership.objects.with_succession().get(package__public_id=package_id)
    permissions.require(
        Permission.RENEW_OR_UPGRADE,
        by=by,
        partner=old.partner,
        facts={"package": str(package_id)},
    )
    refusal = years.renewal_refusal(old, at=at)
    if refusal is not None:
        raise refusal
    return old


def _level_after(old: Membership, chosen: Level | None) -> Level | None:
    if old.kind == MembershipKind.ACTION_PACK:
        return None
    return chosen or Level(old.level or "")


def _taken(clash: MembershipOverlaps) -> RenewalNotOpen:
    return RenewalNotOpen(
        _("Another membership of this kind runs in the year that would begin now."),
        facts=clash.explanation.facts,
        next_step=NextStep(_("Look at it under Offers; ask support if it should not be there.")),
    )
