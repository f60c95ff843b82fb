"""
Requests for technical presales and deployment, and the hours that staff deduct after them.

Submitting writes no ledger line: what is deducted is known only once the consultation was held.
"""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from benefits.entitlements import Entitlement
from benefits.models import LedgerEntry, Plan
from benefits.services import ledger
from partners import permissions
from partners.models import Partner, User
from portal import audit, idempotency
from support import consultations, life
from support.life import Action
from support.models import SupportRequest
from support.products import Product
from support.services import request_life
from support.services.requests import Submitted, draw_number, write_numbered
from support.severities import Severity, due_at

OPERATION = "submit_consultation"


@dataclass(frozen=True)
class ConsultationText:
    """What the author wrote and chose, validated by a form."""

    topic: str
    title: str
    description: str
    contact_email: str
    contact_phone: str
    contact_language: str
    country: str
    time_zone: str


@audit.attempt("support.submit_consultation", target_kind="plan", target_from="plan_id")
def submit_consultation(
    *,
    by: User,
    partner: Partner,
    kind: SupportRequest.Kind,
    product: Product,
    plan_id: uuid.UUID | None,
    text: ConsultationText,
    key: str,
    at: datetime,
) -> Submitted:
    """
    Create a presales or advisory request, once per key; nothing is used by it.

    :param plan_id: the chosen plan, which never falls through; None takes the first that allows it
    :raises NotAuthorized: `by` is no account of the partner in MPN
    :raises Plan.DoesNotExist: the partner holds no such plan
    :raises Refusal: why the plan (or every plan of the partner) does not allow it
    :raises IdempotencyKeyReused: the key was used for another request
    """
    assert kind in consultations.KINDS, "other requests are no consultations"
    _require_mpn(by, partner)
    content = {
        **asdict(text),
        "kind": kind,
        "product": product.name,
        "plan": str(plan_id),
        "partner": partner.mpn_id,
    }
    number = draw_number(at=at)
    with transaction.atomic():
        claim = idempotency.claim(
            by=by, operation=OPERATION, key=key, content=content, answer={"number": number}
        )
        if claim.is_replay:
            earlier = SupportRequest.objects.select_related("author").get(**claim.answer)
            return Submitted(earlier, remaining_after=None, is_replay=True)
        e = _plan_for(kind, by=by, partner=partner, plan_id=plan_id, at=at)
        about = {"kind": kind, "partner": partner, "plan_id": e.plan_pk}
        request = _write(number, by=by, product=product, text=text, at=at, about=about)
        audit.record(
            "support.submit_consultation",
            by=by,
            at=at,
            partner=partner.mpn_id,
            target=("request", request.number),
            facts={"kind": kind.value, "plan": str(e.id)},
        )
        if request.number != number:
            claim.store({"number": request.number})
    return Submitted(request, remaining_after=None, is_replay=False)


@audit.attempt("support.deduct_hours", target_kind="request", target_from="number")
@transaction.atomic
def deduct_hours(*, number: str, hours: int, by: User, at: datetime) -> LedgerEntry:
    """
    Deduct the hours of a consultation that was held, once for each request.

    :param hours: whole hours, 1 or more
    :raises NotAuthorized: only staff who work on requests deduct hours
    :raises AlreadyClosed: the request has to be reopened first
    :raises NothingToDeduct: presales with Silver and Gold are unlimited; other requests use no
        hours
    :raises AlreadyDeducted: it was done before
    :raises Refusal: the plan has ended, nothing is left, or less than `hours`
    """
    assert hours >= 1, "whole hours, 1 or more"
    request = request_life.locked(number=number)
    refusal = life.refusal_for(Action.DEDUCT_HOURS, request, by=by, at=at)
    if refusal is not None:
        raise refusal
    assert request.plan_id is not None, "a constraint"
    plan, entitlement = ledger.locked(request.plan_id, user=None, at=at)
    entry = ledger.consume(
        plan=plan,
        entitlement=entitlement,
        request_number=number,
        by=by,
        at=at,
        quantity=hours,
    )
    audit.record(
        "support.deduct_hours",
        by=by,
        at=at,
        partner=entitlement.mpn_id,
        target=("request", number),
        facts={
            "plan": str(entitlement.id),
            "hours": hours,
            "remainingAfter": entry.remaining_after,
        },
    )
    return entry


def _require_mpn(by: User, partner: Partner) -> None:
    permissions.refuse_staff(by, instead=_("Staff accounts open no requests."))
    if not permissions.standing_of(by, partner=partner).in_mpn:
        raise permissions.refuse_without_mpn(partner=partner)


def _plan_for(
    kind: SupportRequest.Kind,
    *,
    by: User,
    partner: Partner,
    plan_id: uuid.UUID | None,
    at: datetime,
) -> Entitlement:
    found = consultations.plans_of(user=by, partner=partner, at=at)
    if plan_id is not None:
        found = [e for e in found if e.id == plan_id]
        if not found:
            raise Plan.DoesNotExist
    chosen, refusal = consultations.choose(found, kind=kind, partner=partner)
    if refusal is not None:
        raise refusal
    assert chosen is not None, "a plan, or the reason why none"
    return chosen


def _write(
    number: str,
    *,
    by: User,
    product: Product,
    text: ConsultationText,
    at: datetime,
    about: dict[str, object],
) -> SupportRequest:
    """Write the request; its first answer is due as one of severity C."""
    due = due_at(Severity.C, opened_at=at, require_24x7=False, time_zone=text.time_zone)
    return write_numbered(
        number=number,
        at=at,
        fields={
            "author": by,
            "portal": SupportRequest.Portal.PARTNER_CENTER,
            "product_family": product.family,
            "product_version": product.version,
            "category": SupportRequest.Category.OTHER,
            "contact_name": by.name,
            # Consultations are held by phone.
            "contact_method": SupportRequest.ContactMethod.PHONE,
            "due_at": due,
            **asdict(text),
            **about,
        },
    )
