"""
Correcting a plan's total: staff give incidents or hours, or take some away, with a reason.

Source: the staff correction among the incident events; `below_zero` and `plan_not_adjustable`
among the refusals. Only limited plans between start and end are corrected.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits import reasons
from benefits.entitlements import Entitlement
from benefits.models import LedgerEntry, Plan
from benefits.services import ledger
from partners import permissions
from partners.models import User
from partners.roles import StaffPermission
from portal import audit, idempotency
from portal.refusals import NextStep, Refusal

OPERATION = "adjust_plan"
MOST_AT_ONCE = 1_000
LONGEST_REASON = 200


class BelowZero(Refusal):
    """More would be taken away than is left."""

    code = "below_zero"
    status = 409


class PlanNotAdjustable(Refusal):
    """The plan is unlimited, does not run yet, or has ended."""

    code = "plan_not_adjustable"
    status = 409


@dataclass(frozen=True)
class Adjustment:
    """The entry of the ledger, and whether an earlier form with the same key had booked it."""

    entry: LedgerEntry
    is_replay: bool


@audit.attempt("benefits.adjust_plan", target_kind="plan", target_from="plan_id")
@transaction.atomic
def adjust_plan(
    *, plan_id: uuid.UUID, quantity: int, reason: str, by: User, at: datetime, key: str
) -> Adjustment:
    """
    Add `quantity` (or take it away, when negative) to what the plan gave, once for each key.

    :param quantity: in the plan's unit, from −1,000 to 1,000, not 0
    :param reason: why, in up to 200 characters; it stands in the ledger for ever
    :raises Plan.DoesNotExist: no such plan
    :raises NotAuthorized: `by` is not of a kind of staff that may; with which may
    :raises PlanNotAdjustable: it is unlimited, or does not run at `at`
    :raises BelowZero: less is left than would be taken away
    :raises IdempotencyKeyInvalid, IdempotencyKeyReused: no key, or one of another correction
    """
    assert quantity and abs(quantity) <= MOST_AT_ONCE, "the form looks at the number"
    assert 0 < len(reason) <= LONGEST_REASON, "the form looks at the reason"
    permissions.require_staff(StaffPermission.ADJUST_PLANS, by=by)
    plan_pk = Plan.objects.only("pk").get(public_id=plan_id).pk
    content = {"plan": str(plan_id), "quantity": quantity, "reason": reason}
    claim = idempotency.claim(by=by, operation=OPERATION, key=key, content=content)
    if claim.is_replay:
        booked = LedgerEntry.objects.select_related("plan")
        return Adjustment(booked.get(pk=claim.answer["entry"]), is_replay=True)
    plan, entitlement = ledger.locked(plan_pk, user=by, at=at)
    refusal = _refusal(entitlement, quantity=quantity)
    if refusal is not None:
        raise refusal
    entry = ledger.adjust(plan=plan, quantity=quantity, reason=reason, by=by, at=at)
    claim.store({"entry": entry.pk})
    audit.record(
        "benefits.adjust_plan",
        by=by,
        at=at,
        partner=entitlement.mpn_id,
        target=("plan", plan_id),
        facts={"quantity": quantity, "reason": reason, "remainingAfter": entry.remaining_after},
    )
    return Adjustment(entry, is_replay=False)


def _refusal(entitlement: Entitlement, *, quantity: int) -> Refusal | None:
    """Return why the plan cannot be corrected by so much now, or None when it can."""
    if not entitlement.is_adjustable:
        return _not_adjustable(entitlement)
    left = entitlement.balance or 0
    return _below_zero(entitlement, left=left) if left + quantity < 0 else None


def _not_adjustable(entitlement: Entitlement) -> PlanNotAdjustable:
    if entitlement.is_unlimited:
        why = _("This plan is unlimited: there is no number to correct.")
    else:
        standing = reasons.standing_reason(entitlement, needs_link=False)
        assert standing is not None, "a limited plan that runs is adjustable"
        why = standing.message
    return PlanNotAdjustable(
        why,
        facts={"plan": str(entitlement.id), "status": entitlement.status},
        next_step=NextStep(_("Only limited plans are corrected, between their start and end.")),
    )


def _below_zero(entitlement: Entitlement, *, left: int) -> BelowZero:
    if not left:
        return BelowZero(
            _("Nothing is left on this plan, so nothing can be taken away."),
            facts={"plan": str(entitlement.id), "remaining": left},
            next_step=NextStep(_("What was used comes back only by returning it to its plan.")),
        )
    return BelowZero(
        ngettext(
            "Only %(left)d is left: no more than that can be taken away.",
            "Only %(left)d are left: no more than that can be taken away.",
            left,
        )
        % {"left": left},
        facts={"plan": str(entitlement.id), "remaining": left},
        next_step=NextStep(_("Take away less.")),
    )
