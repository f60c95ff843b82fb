"""
Submitting a request for a customer of a CSP partner, by one of the partner's agents.

As any other request, but for the right to act for customers, which is asked in the transaction, and
for the plan "Cloud Solution Provider": it covers technical requests in Azure without an incident.
"""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from benefits.services import ledger
from partners import permissions
from partners.models import Partner, User
from portal import audit, idempotency
from support import customers
from support.models import SupportRequest
from support.portals import CLOUD_PORTALS
from support.products import Product
from support.services.requests import (
    OPERATION,
    RequestText,
    Submitted,
    create_request,
    draw_number,
    lock_payer,
    paid_before,
    record_submission,
)

Kind = SupportRequest.Kind


@dataclass(frozen=True)
class Issue:
    """
    What kind of request it is, and the plan of a contract that pays an incident for it.

    A technical one without a plan is under "Cloud Solution Provider".
    """

    kind: SupportRequest.Kind
    plan_id: uuid.UUID | None = None

    @property
    def is_under_csp(self) -> bool:
        """Whether it is technical and no contract pays."""
        return self.kind == Kind.TECHNICAL and self.plan_id is None


@audit.attempt("support.submit_request", target_kind="customer", target_from="customer_id")
def submit_for_customer(
    *,
    by: User,
    partner: Partner | None,
    customer_id: uuid.UUID,
    product: Product,
    issue: Issue,
    text: RequestText,
    key: str,
    at: datetime,
) -> Submitted:
    """
    Create a request for a customer in the product's cloud portal, in one transaction, once per key.

    :raises NotAuthorized: the account may not, or may no longer, act for the partner's customers
    :raises Customer.DoesNotExist: the partner serves no such customer
    :raises Refusal: the first reason in order why the chosen plan cannot pay
    :raises PlanNotIncluded: under "Cloud Solution Provider" in another portal than Azure
    :raises IdempotencyKeyReused: the key was used for another request
    """
    permissions.refuse_staff(by, instead=_("Staff accounts open no requests."))
    portal = CLOUD_PORTALS[product.portal].portal
    content = {**asdict(text), **_named(issue), "product": product.name, "portal": portal}
    content["customer"] = str(customer_id)
    number = draw_number(at=at)
    with transaction.atomic():
        claim = idempotency.claim(
            by=by, operation=OPERATION, key=key, content=content, answer={"number": number}
        )
        customer = customers.acted_for(
            by=by, partner=partner, customer_id=customer_id, at_repeat=claim.is_replay
        )
        if claim.is_replay:
            return _submitted_before(claim, issue, by=by, partner=partner, at=at)
        about = {"portal": portal, "partner": partner, "customer": customer, "kind": issue.kind}
        writing = {"number": number, "by": by, "product": product, "text": text, "at": at}
        write = _paid if issue.plan_id else _unpaid
        submitted = write(issue, writing, about)
        if submitted.request.number != number:
            claim.store({"number": submitted.request.number})
    return submitted


def _paid(issue: Issue, writing: dict[str, Any], about: dict[str, Any]) -> Submitted:
    """Write the request, and use one incident of the chosen plan."""
    who = {name: writing[name] for name in ("by", "at")}
    plan, entitlement = lock_payer(
        partner=about["partner"], product=writing["product"], plan_id=issue.plan_id, **who
    )
    request = create_request(about={**about, "plan": plan}, **writing)
    entry = ledger.consume(plan=plan, entitlement=entitlement, request_number=request.number, **who)
    facts = {"plan": str(entitlement.id), "remainingAfter": entry.remaining_after}
    _record(request, mpn_id=entitlement.mpn_id, facts=facts)
    return Submitted(request, remaining_after=entry.remaining_after, is_replay=False)


def _unpaid(issue: Issue, writing: dict[str, Any], about: dict[str, Any]) -> Submitted:
    """Write the request; nothing is used."""
    if issue.is_under_csp:
        customers.require_csp_plan(portal=about["portal"])
    request = create_request(about={**about, "plan": None}, **writing)
    _record(request, mpn_id=about["partner"].mpn_id, facts=_named(issue))
    return Submitted(request, remaining_after=None, is_replay=False)


def _submitted_before(
    claim: idempotency.Claim, issue: Issue, *, by: User, partner: Partner | None, at: datetime
) -> Submitted:
    """Return what was created then; who repeats a paid one still may use the plan that paid."""
    if issue.plan_id is not None:
        return paid_before(claim=claim, by=by, partner=partner, at=at)
    earlier = SupportRequest.objects.select_related("author").get(**claim.answer)
    return Submitted(earlier, remaining_after=None, is_replay=True)


def _named(issue: Issue) -> dict[str, str]:
    """Return kind and plan as audit and key know them."""
    plan = customers.CSP_PLAN if issue.is_under_csp else str(issue.plan_id or "")
    return {"kind": issue.kind.value, **({"plan": plan} if plan else {})}


def _record(request: SupportRequest, *, mpn_id: str, facts: Mapping[str, object]) -> None:
    assert request.customer is not None
    record_submission(
        request=request,
        mpn_id=mpn_id,
        facts={**facts, "customer": str(request.customer.public_id)},
        by=request.author,
        at=request.opened_at,
    )
