"""Submitting a support request: the request, its incident and the audit record, or nothing."""

import secrets
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from benefits import entitlements, reasons
from benefits.entitlements import Entitlement
from benefits.models import LedgerEntry, Plan
from benefits.reasons import NoIncidentsRemaining
from benefits.services import ledger
from partners import permissions
from partners.models import Partner, User
from portal import audit, idempotency
from portal.refusals import NextStep, Refusal
from support import coverage
from support.models import SupportRequest
from support.products import Product
from support.severities import Severity, due_at

OPERATION = "submit_request"
DRAWS = 20


class NoUsablePlan(Refusal):
    """The account has no plan at all that could pay."""

    code = "plan_not_included"
    status = 409


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
    """The request, and whether an earlier submission of the same form had created it."""

    request: SupportRequest
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
    with transaction.atomic():
        claim = idempotency.claim(by=by, operation=OPERATION, key=key, content=content)
        if claim.is_replay:
            return Submitted(SupportRequest.objects.get(**claim.answer), is_replay=True)
        plan, entitlement = _lock_payer(
            by=by, partner=partner, product=product, plan_id=plan_id, at=at
        )
        request = _create(
            by=by, partner=partner, plan=plan, product=product, text=text, portal=portal, at=at
        )
        entry = ledger.consume(
            plan=plan, entitlement=entitlement, request_number=request.number, by=by, at=at
        )
        _record(request, entitlement, entry, by=by, at=at)
        claim.store({"number": request.number})
    return Submitted(request, is_replay=False)


def submitted_before(*, by: User, key: str) -> SupportRequest | None:
    """Return the request that this form has created already, if it has."""
    answer = idempotency.stored_answer(by=by, operation=OPERATION, key=key)
    return SupportRequest.objects.get(**answer) if answer else None


def _lock_payer(
    *,
    by: User,
    partner: Partner | None,
    product: Product,
    plan_id: uuid.UUID | None,
    at: datetime,
) -> tuple[Plan, Entitlement]:
    """Lock the plan that pays, and read it after the lock."""
    found = coverage.plans_of(user=by, partner=partner, at=at, names_people=False)
    if plan_id is not None:
        candidates = [e for e in found if e.id == plan_id]
    else:
        choice = coverage.sort_out(found, product=product)
        candidates = choice.usable or _nearest(choice, product=product)
    return _lock_first_usable(candidates, product=product, by=by, at=at)


def _nearest(choice: coverage.Choice, *, product: Product) -> list[Entitlement]:
    """Return, of plans that all cannot pay, the one whose reason is told; none without plans."""
    nearest_first = sorted(
        (row.entitlement for row in choice.unavailable),
        key=lambda e: (not coverage.is_in_scope(e, product), e.is_expired),
    )
    return nearest_first[:1]


def _lock_first_usable(
    candidates: list[Entitlement], *, product: Product, by: User, at: datetime
) -> tuple[Plan, Entitlement]:
    refusal: Refusal | None = None
    for candidate in candidates:
        plan, entitlement = ledger.locked(candidate.plan_pk, user=by, at=at)
        reason = coverage.refusal_for(entitlement, product)
        if reason is None:
            return plan, entitlement
        # The default plan's reason is told, not that of the last one that was tried instead.
        refusal = refusal or _with_people(reason, entitlement)
        if not isinstance(reason, NoIncidentsRemaining):
            break
    raise refusal or _no_usable_plan()


def _with_people(reason: Refusal, entitlement: Entitlement) -> Refusal:
    """Return the reason with the names of those who can activate, where that is what is missing."""
    if not entitlement.is_not_activated:
        return reason
    (named,) = entitlements.with_activators([entitlement])
    return reasons.not_activated(named)


def _no_usable_plan() -> NoUsablePlan:
    return NoUsablePlan(
        _("We found no usable support plan for this account."),
        next_step=NextStep(_("Add a contract with its Access ID and Contract ID.")),
    )


def _create(
    *,
    by: User,
    partner: Partner | None,
    plan: Plan,
    product: Product,
    text: RequestText,
    portal: SupportRequest.Portal,
    at: datetime,
) -> SupportRequest:
    due = due_at(
        text.severity, opened_at=at, require_24x7=text.require_24x7, time_zone=text.time_zone
    )
    for _draw in range(DRAWS):
        try:
            with transaction.atomic():
                return SupportRequest.objects.create(
                    number=draw_number(at=at),
                    author=by,
                    partner=partner,
                    plan=plan,
                    portal=portal,
                    product_family=product.family,
                    product_version=product.version,
                    opened_at=at,
                    state_changed_at=at,
                    due_at=due,
                    **asdict(text),
                )
        except IntegrityError as clash:
            if "number" not in str(clash):
                raise
    raise RuntimeError(f"no free request number in {DRAWS} draws")


def draw_number(*, at: datetime) -> str:
    """Return a fresh request number: YYMMDD of the UTC day and nine random digits."""
    return f"{at.astimezone(UTC):%y%m%d}{secrets.randbelow(10**9):09d}"


def _record(
    request: SupportRequest, e: Entitlement, entry: LedgerEntry, *, by: User, at: datetime
) -> None:
    audit.record(
        "support.submit_request",
        by=by,
        at=at,
        partner=e.mpn_id,
        target=("request", request.number),
        facts={"plan": str(e.id), "remainingAfter": entry.remaining_after},
    )
