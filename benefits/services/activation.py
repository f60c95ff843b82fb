"""Activating a package: contract, pair, grants and audit in one transaction, once."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from benefits import entitlements, reasons
from benefits.models import Contract, Package, Plan
from benefits.services import events, ledger, succession
from benefits.services.pairs import issue_pair
from partners import permissions
from partners.models import User
from partners.roles import Permission
from portal import audit


@dataclass(frozen=True)
class Activation:
    """
    The package's contract, and whether this call was the one that issued it.

    `links_copied` counts the accounts that go on from the contract of the year before.
    """

    contract: Contract
    is_new: bool
    links_copied: int = 0


@audit.attempt("benefits.activate_package", target_kind="package", target_from="package_id")
@transaction.atomic
def activate_package(
    *, package_id: uuid.UUID, by: User, at: datetime, delay: timedelta | None = None
) -> Activation:
    """
    Activate all plans of a package: issue the contract and its pair, and book the grants.

    Who has linked the contract of the year before is linked to this one; one that an upgrade left
    running ends when this one starts. Twice, or by two admins at once, gives one contract; the
    later caller gets the same result. Source: "Activation".

    :param delay: how far ahead the contract starts, fixed here; ACTIVATION_DELAY unless given
    :raises NotAuthorized: `by` may not activate for the partner; with who may
    :raises BenefitNotStarted: the membership starts later
    :raises OfferNotActive: the package has ended, or would before the contract starts
    """
    package = (
        Package.objects.select_for_update(of=("self",), no_key=True)
        .select_related("partner", "membership__predecessor")
        .get(public_id=package_id)
    )
    partner = package.partner
    permissions.require(
        Permission.ACTIVATE, by=by, partner=partner, facts={"package": str(package_id)}
    )
    issued = Contract.objects.filter(package=package).first()
    if issued is not None and at < issued.ends_at:
        return Activation(contract=issued, is_new=False)

    starts_at = at + (settings.ACTIVATION_DELAY if delay is None else delay)
    _refuse_outside_its_time(
        package, starts_at=starts_at, has_ended=issued is not None, by=by, at=at
    )
    contract = Contract.objects.create(
        package=package,
        starts_at=starts_at,
        ends_at=package.ends_at,
        requested_at=at,
        requested_by=by,
    )
    issue_pair(contract=contract, at=at)
    for plan in Plan.objects.that_count_incidents().filter(package=package).order_by("pk"):
        ledger.grant(plan=plan, by=by, at=at)
    events.append_activated(package=package, at=at)
    links_copied = succession.take_over(contract=contract, at=at)
    audit.record(
        "benefits.activate_package",
        by=by,
        at=at,
        partner=partner.mpn_id,
        target=("package", package_id),
        facts=_facts(contract, links_copied=links_copied),
    )
    return Activation(contract=contract, is_new=True, links_copied=links_copied)


def _facts(contract: Contract, *, links_copied: int) -> dict[str, object]:
    facts: dict[str, object] = {
        "contract": str(contract.public_id),
        "startsAt": contract.starts_at.isoformat(),
    }
    return facts | ({"linksCopied": links_copied} if links_copied else {})


def _refuse_outside_its_time(
    package: Package, *, starts_at: datetime, has_ended: bool, by: User, at: datetime
) -> None:
    plan = Plan.objects.that_count_incidents().filter(package=package)
    (entitlement, *_others) = entitlements.read(plan, user=by, at=at)
    if entitlement.is_scheduled:
        raise reasons.not_started(entitlement)
    if has_ended or at >= package.ends_at:
        raise reasons.offer_not_active(entitlement)
    if starts_at >= package.ends_at:
        raise reasons.too_late_to_activate(entitlement, ready_at=starts_at)
