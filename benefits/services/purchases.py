"""
Buying a partner support plan: simulated, so nothing is charged; what it gives is real.

Source: the bought plans among the words of the product, and "buy" in the table of roles. A plan
that is bought has one line, a contract that starts at once, and ends one calendar year later.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from benefits.allotments import Benefit, Unit
from benefits.calendar import RENEWAL_WINDOW, one_year_after
from benefits.models import Contract, Package, Plan, Purchase
from benefits.services import events
from benefits.services.memberships import lock_partner
from benefits.services.pairs import issue_pair
from benefits.services.succession import copy_links
from benefits.support_plans import OFFERED, Offer
from partners import permissions
from partners.models import Partner, User
from partners.permissions import NotAuthorized
from partners.roles import Permission
from portal import audit, idempotency
from portal.refusals import NextStep, Refusal
from portal.sentences import day, last_day

OPERATION = "buy_plan"
# In its last days the next year can be bought; it starts where this one ends.
NEXT_YEAR_OPENS = RENEWAL_WINDOW


class PlanRunsOn(Refusal):
    """The partner has this plan, and its next year can't be bought yet, or is bought already."""

    code = "renewal_not_open"
    status = 409


@dataclass(frozen=True)
class Bought:
    """The plan that was bought, with its contract, and whether this call was the one to buy it."""

    plan: Plan
    contract: Contract
    is_new: bool


@audit.attempt("benefits.buy_plan", target_kind="offer", target_from="offer")
@transaction.atomic
def buy_plan(*, offer: Offer, partner: Partner | None, by: User, at: datetime, key: str) -> Bought:
    """
    Buy one year of a support plan for the partner: plan, contract and pair, in one transaction.

    The year begins at once; in the last 30 days of one that runs, where that one ends, and whoever
    uses its contract is linked to the new one too. The same form buys once.

    :param key: of the form it was asked for with
    :raises NotAuthorized: `by` acts for no partner, or may not buy for it; with who may
    :raises PlanRunsOn: the partner has the plan for longer than 30 days
    :raises IdempotencyKeyInvalid, IdempotencyKeyReused: no key, or one of another form
    """
    partner = _locked_buyer(partner, by=by)
    content = {"offer": offer.value, "partner": partner.mpn_id}
    claim = idempotency.claim(by=by, operation=OPERATION, key=key, content=content)
    if claim.is_replay:
        return _bought(Package.objects.get(public_id=claim.answer["package"]), is_new=False)
    runs_on = refusal_of_time(offer=offer, partner=partner, at=at)
    if runs_on is not None:
        raise runs_on
    before = last_year(offer=offer, partner=partner, at=at)
    starts_at = before.ends_at if before else at
    package = _write_package(offer, partner=partner, starts_at=starts_at, by=by, at=at)
    contract = _issue_contract(package, by=by, at=at)
    copied = copy_links(before=before.contract, contract=contract, at=at) if before else 0
    _record(package, offer=offer, copied=copied, by=by, at=at)
    claim.store({"package": str(package.public_id)})
    return _bought(package, is_new=True)


@audit.attempt("benefits.buy_plan", target_kind="offer", target_from="offer")
def require_purchasable(*, offer: Offer, partner: Partner | None, by: User, at: datetime) -> None:
    """
    Make sure that the account could buy the plan now; nothing is changed.

    :raises NotAuthorized, PlanRunsOn: as buying
    """
    refusal: Refusal | None = refusal_of_right(partner=partner, by=by)
    if refusal is None and partner is not None:
        refusal = refusal_of_time(offer=offer, partner=partner, at=at)
    if refusal is not None:
        raise refusal


def refusal_of_right(*, partner: Partner | None, by: User) -> NotAuthorized | None:
    """Return why the account may not buy for the partner it acts for, or None when it may."""
    try:
        permissions.refuse_staff(by, instead=_("Staff accounts buy no plans."))
        if partner is None:
            raise _no_partner()
        permissions.require(Permission.BUY_PLAN, by=by, partner=partner)
    except NotAuthorized as refusal:
        return refusal
    return None


def refusal_of_time(*, offer: Offer, partner: Partner, at: datetime) -> PlanRunsOn | None:
    """Return why a further year can't be bought at `at`, or None when it can."""
    last = last_year(offer=offer, partner=partner, at=at)
    if last is None or last.ends_at - at <= NEXT_YEAR_OPENS:
        return None
    opens_at = last.ends_at - NEXT_YEAR_OPENS
    return PlanRunsOn(
        _("%(partner)s has %(plan)s until %(end)s.")
        % {"partner": partner.name, "plan": OFFERED[offer].name, "end": last_day(last.ends_at)},
        facts={"endsAt": last.ends_at.isoformat(), "opensAt": opens_at.isoformat()},
        next_step=NextStep(
            _("The next year can be bought from %(day)s on; it follows on from this one.")
            % {"day": day(opens_at)}
        ),
    )


def last_year(*, offer: Offer, partner: Partner, at: datetime) -> Package | None:
    """Return the latest year of the offer that the partner has at `at`, running or to come."""
    held = Package.objects.filter(partner=partner, purchase__offer=offer, ends_at__gt=at)
    return held.select_related("contract").order_by("-ends_at", "-pk").first()


def _locked_buyer(partner: Partner | None, *, by: User) -> Partner:
    """Lock the partner, so that two admins buy one after the other, and check the right after."""
    if partner is not None:
        lock_partner(partner_pk=partner.pk)
    refusal = refusal_of_right(partner=partner, by=by)
    if refusal is not None:
        raise refusal
    assert partner is not None, "who acts for nobody has no right"
    return partner


def _no_partner() -> NotAuthorized:
    return NotAuthorized(
        _("You are not authorized for this action"),
        facts={"reason": "no_partner"},
        next_step=NextStep(_("A plan is bought for a partner, and this account works for none.")),
    )


def _write_package(
    offer: Offer, *, partner: Partner, starts_at: datetime, by: User, at: datetime
) -> Package:
    """Write the purchase with its year and its one plan; unlimited plans are granted nothing."""
    years = Purchase.objects.filter(partner=partner, offer=offer).count()
    purchase = Purchase.objects.create(
        partner=partner, offer=offer, number=years + 1, bought_at=at, bought_by=by
    )
    package = Package.objects.create(
        partner=partner,
        purchase=purchase,
        starts_at=starts_at,
        ends_at=one_year_after(starts_at),
    )
    bought = OFFERED[offer]
    Plan.objects.create(
        package=package,
        benefit=Benefit.PARTNER_SUPPORT,
        scope=bought.scope,
        unit=Unit.INCIDENT,
        name=bought.name,
        allotment=None,
    )
    return package


def _issue_contract(package: Package, *, by: User, at: datetime) -> Contract:
    contract = Contract.objects.create(
        package=package,
        starts_at=package.starts_at,
        ends_at=package.ends_at,
        requested_at=at,
        requested_by=by,
    )
    issue_pair(contract=contract, at=at)
    events.append_activated(package=package, at=at)
    return contract


def _record(package: Package, *, offer: Offer, copied: int, by: User, at: datetime) -> None:
    audit.record(
        "benefits.buy_plan",
        by=by,
        at=at,
        partner=package.partner.mpn_id,
        target=("package", package.public_id),
        facts={
            "offer": offer.value,
            "contract": str(package.contract.public_id),
            "startsAt": package.starts_at.isoformat(),
            "endsAt": package.ends_at.isoformat(),
            "linksCopied": copied,
        },
    )


def _bought(package: Package, *, is_new: bool) -> Bought:
    return Bought(plan=package.plans.get(), contract=package.contract, is_new=is_new)
