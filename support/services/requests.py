"""
Submitting a support request: the request, its incident and the audit record, or nothing.

Billing and subscription requests use no incident; number, key, audit and text are the same.
"""

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from benefits import entitlements, reasons
from benefits.entitlements import Entitlement
from benefits.models import LedgerEntry, Plan
from benefits.services import ledger
from partners import permissions
from partners.models import Partner, User
from partners.permissions import NotAuthorized
from portal import audit, idempotency
from portal.refusals import NextStep, Refusal
from support import coverage
from support.models import SupportRequest
from support.products import Product
from support.severities import Severity, due_at

OPERATION = "submit_request"
DRAWS = 20


@dataclass(frozen=True)
class RequestText:
    """What the author wrote and chose, validated by a form or serializer."""

    category: str
    title: str
    description: str
    tried: str
    severity: Severity
    require_24x7: bool
    contact_name: str
    contact_email: str
    contact_phone: str
    contact_method: str
    country: str
    time_zone: str
    contact_language: str = ""


@dataclass(frozen=True)
class Submitted:
    """
    The request, what was left after it (None when unlimited, or nothing was used), and whether an
    earlier submission with the same key had created it.
    """

    request: SupportRequest
    remaining_after: int | None
    is_replay: bool


@audit.attempt("support.submit_request", target_kind="plan", target_from="plan_id")
def submit_request(
    *,
    by: User,
    partner: Partner | None,
    product: Product,
    plan_id: uuid.UUID | None,
    text: RequestText,
    portal: SupportRequest.Portal,
    key: str,
    at: datetime,
) -> Submitted:
    """
    Create a support request and use one incident for it, in one transaction, once per key.

    :param plan_id: the chosen plan, which never falls through; None lets the default plan pay,
        and the next in order when that one is spent in the very moment
    :raises Refusal: the first reason in order why the plan (or the default one) cannot pay
    :raises IdempotencyKeyReused: the key was used for another request
    """
    permissions.refuse_staff(by, instead=_("Staff accounts open no requests."))
    content = {**asdict(text), "product": product.name, "plan": str(plan_id), "portal": portal}
    number = draw_number(at=at)
    with transaction.atomic():
        claim = idempotency.claim(
            by=by, operation=OPERATION, key=key, content=content, answer={"number": number}
        )
        if claim.is_replay:
            return paid_before(claim=claim, by=by, partner=partner, at=at)
        plan, entitlement = lock_payer(
            by=by, partner=partner, product=product, plan_id=plan_id, at=at
        )
        kind = SupportRequest.Kind.TECHNICAL
        about = {"kind": kind, "portal": portal, "partner": partner, "plan": plan}
        request = create_request(
            number=number, by=by, product=product, text=text, at=at, about=about
        )
        entry = ledger.consume(
            plan=plan, entitlement=entitlement, request_number=request.number, by=by, at=at
        )
        facts = {"plan": str(entitlement.id), "remainingAfter": entry.remaining_after}
        record_submission(request=request, mpn_id=entitlement.mpn_id, facts=facts, by=by, at=at)
        if request.number != number:
            claim.store({"number": request.number})
    return Submitted(request, remaining_after=entry.remaining_after, is_replay=False)


@audit.attempt("support.submit_request")
def submit_without_incident(
    *,
    by: User,
    partner: Partner | None,
    product: Product,
    kind: SupportRequest.Kind,
    text: RequestText,
    portal: SupportRequest.Portal,
    key: str,
    at: datetime,
) -> Submitted:
    """
    Create a billing or subscription request, once per key; no plan is asked and nothing is used.

    :raises NotAuthorized: staff open no requests
    :raises IdempotencyKeyReused: the key was used for another request
    """
    assert kind != SupportRequest.Kind.TECHNICAL, "a technical request uses an incident"
    permissions.refuse_staff(by, instead=_("Staff accounts open no requests."))
    content = {**asdict(text), "product": product.name, "kind": kind, "portal": portal}
    number = draw_number(at=at)
    with transaction.atomic():
        claim = idempotency.claim(
            by=by, operation=OPERATION, key=key, content=content, answer={"number": number}
        )
        if claim.is_replay:
            earlier = SupportRequest.objects.select_related("author").get(**claim.answer)
            return Submitted(earlier, remaining_after=None, is_replay=True)
        about = {"kind": kind, "portal": portal, "partner": partner, "plan": None}
        request = create_request(
            number=number, by=by, product=product, text=text, at=at, about=about
        )
        mpn_id = partner.mpn_id if partner else ""
        record_submission(request=request, mpn_id=mpn_id, facts={"kind": kind.value}, by=by, at=at)
        if request.number != number:
            claim.store({"number": request.number})
    return Submitted(request, remaining_after=None, is_replay=False)


def quote_request(
    *,
    by: User,
    partner: Partner | None,
    product: Product,
    plan_id: uuid.UUID | None,
    at: datetime,
) -> coverage.Verdict:
    """
    Say which plan would pay, or why none would, by the rules of submitting; change nothing.

    :raises NotAuthorized: staff open no requests
    """
    permissions.refuse_staff(by, instead=_("Staff accounts open no requests."))
    found = coverage.plans_of(user=by, partner=partner, at=at)
    return _verdict(found, product=product, plan_id=plan_id)


def paid_before(
    *, claim: idempotency.Claim, by: User, partner: Partner | None, at: datetime
) -> Submitted:
    """
    Return what an earlier submission with the same key created, and a plan paid.

    :raises Refusal: the account can no longer use that plan
    """
    request = SupportRequest.objects.select_related("plan", "author").get(**claim.answer)
    _refuse_lost_right(request, by=by, partner=partner, at=at)
    entry = LedgerEntry.objects.get(request_number=request.number, kind="CONSUME")
    return Submitted(request, remaining_after=entry.remaining_after, is_replay=True)


def submitted_before(*, by: User, key: str) -> SupportRequest | None:
    """Return the request that this form has created already, if it has."""
    answer = idempotency.stored_answer(by=by, operation=OPERATION, key=key)
    return SupportRequest.objects.get(**answer) if answer else None


def lock_payer(
    *,
    by: User,
    partner: Partner | None,
    product: Product,
    plan_id: uuid.UUID | None,
    at: datetime,
) -> tuple[Plan, Entitlement]:
    """Lock the plan that pays, and read it after the lock."""
    locked: dict[int, Plan] = {}

    def look(e: Entitlement) -> Entitlement:
        locked[e.plan_pk], read_after = ledger.locked(e.plan_pk, user=by, at=at)
        return read_after

    found = coverage.plans_of(user=by, partner=partner, at=at, names_people=False)
    verdict = _verdict(found, product=product, plan_id=plan_id, look=look)
    if verdict.payer is None:
        raise _with_people(verdict)
    return locked[verdict.payer.plan_pk], verdict.payer


def _verdict(
    found: list[Entitlement],
    *,
    product: Product,
    plan_id: uuid.UUID | None,
    look: Callable[[Entitlement], Entitlement] = lambda e: e,
) -> coverage.Verdict:
    """Decide about the chosen plan, which never falls through, or those that pay by default."""
    if plan_id is None:
        in_order = coverage.candidates(found, product=product)
    else:
        in_order = [e for e in found if e.id == plan_id]
        if not in_order:
            return coverage.Verdict(payer=None, refusal=coverage.not_yours(plan_id))
    return coverage.verdict(in_order, product=product, look=look)


def _with_people(verdict: coverage.Verdict) -> Refusal:
    """Return the reason with the names of those who can activate, where that is what is missing."""
    assert verdict.refusal is not None
    if verdict.about is None or not verdict.about.is_not_activated:
        return verdict.refusal
    (named,) = entitlements.with_activators([verdict.about])
    return reasons.not_activated(named)


def _refuse_lost_right(
    request: SupportRequest, *, by: User, partner: Partner | None, at: datetime
) -> None:
    """
    Make sure that whoever repeats a submission still may use the plan that paid.

    :raises LinkRevoked: its partner took the contract away
    :raises NotAuthorized: the account can no longer see the plan
    """
    found = coverage.plans_of(user=by, partner=partner, at=at, names_people=False)
    e = next((e for e in found if e.plan_pk == request.plan_id), None)
    if e is None:
        raise NotAuthorized(
            _("You are not authorized for this action"),
            facts={"requestNumber": request.number},
            next_step=NextStep(_("Link the contract again, or ask its partner.")),
        )
    if e.link is not None and e.link.revoked_at is not None and not e.is_own_client:
        raise reasons.link_revoked(e)


def create_request(
    *,
    number: str,
    by: User,
    product: Product,
    text: RequestText,
    at: datetime,
    about: Mapping[str, Any],
) -> SupportRequest:
    """
    Write the request; its first answer is due by its severity.

    :param about: kind, portal, partner and plan, the last two or None; and the customer, if for one
    """
    due = due_at(
        text.severity, opened_at=at, require_24x7=text.require_24x7, time_zone=text.time_zone
    )
    fields = {
        "author": by,
        "product_family": product.family,
        "product_version": product.version,
        "due_at": due,
        **asdict(text),
        **about,
    }
    return write_numbered(number=number, at=at, fields=fields)


def write_numbered(*, number: str, at: datetime, fields: Mapping[str, Any]) -> SupportRequest:
    """Write a request of any kind under this number; one that is taken is drawn again."""
    for draw in range(DRAWS):
        try:
            with transaction.atomic():
                return SupportRequest.objects.create(
                    number=number if draw == 0 else draw_number(at=at),
                    opened_at=at,
                    state_changed_at=at,
                    **fields,
                )
        except IntegrityError as clash:
            if "number" not in str(clash):
                raise
    raise RuntimeError(f"no free request number in {DRAWS} draws")


def draw_number(*, at: datetime) -> str:
    """Return a fresh request number: YYMMDD of the UTC day and nine random digits."""
    return f"{at.astimezone(UTC):%y%m%d}{secrets.randbelow(10**9):09d}"


def record_submission(
    *, request: SupportRequest, mpn_id: str, facts: Mapping[str, object], by: User, at: datetime
) -> None:
    """Append the audit record of a request that was just created."""
    audit.record(
        "support.submit_request",
        by=by,
        at=at,
        partner=mpn_id,
        target=("request", request.number),
        facts=facts,
    )
