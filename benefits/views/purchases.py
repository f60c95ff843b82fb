"""Partner support plans: the comparison, a page for each that is sold, and buying it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from benefits import comparison, entitlements, outcomes, reading
from benefits.calendar import one_year_after
from benefits.entitlements import Entitlement
from benefits.models import Contract
from benefits.presentation import rows
from benefits.services.pairs import Pair, show_pair
from benefits.services.purchases import (
    NEXT_YEAR_OPENS,
    buy_plan,
    last_year,
    refusal_of_right,
    refusal_of_time,
    require_purchasable,
)
from benefits.support_plans import OFFERED, Offer
from partners.acting import ActingRequest
from partners.pages import signed_in
from portal import edge
from portal.idempotency import (
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    RequestInProgress,
    key_of_form,
)
from portal.refusals import Refusal

# What another press of the button mends.
FORM_AGAIN = (IdempotencyKeyInvalid, IdempotencyKeyReused, RequestInProgress)


@signed_in
@require_safe
def partner_support(request: ActingRequest) -> HttpResponse:
    """Compare the support plans; show those that the partner bought, with their IDs hidden."""
    return _comparison(request)


@signed_in
@never_cache
@require_POST
def show_ids(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Return the page with the Contract ID of a bought plan in clear, or the pair as JSON."""
    bought = next((e for e in _held(request) if e.id == plan_id and e.is_bought), None)
    if bought is None or bought.contract_id is None:
        raise Http404
    try:
        pair = show_pair(contract_id=bought.contract_id, by=request.user, at=request.now)
    except Contract.DoesNotExist:
        raise Http404 from None
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"accessId": str(pair.access), "contractId": str(pair.contract)})
    return _comparison(request, opened=plan_id, pair=pair)


@signed_in
@require_safe
def details(request: ActingRequest, offer: Offer) -> HttpResponse:
    """Show one plan that is sold: what it covers, whether the partner has it, how to get it."""
    partner = request.acting.partner
    refusal: Refusal | None = refusal_of_right(partner=partner, by=request.user)
    if refusal is None and partner is not None:
        refusal = refusal_of_time(offer=offer, partner=partner, at=request.now)
    held = [e for e in _held(request) if not e.is_expired]
    context = {
        "offer": offer,
        "line": comparison.line(OFFERED[offer], held, acting=request.acting),
        "partner": partner,
        "refusal": refusal.explanation if refusal else None,
        "next_year_days": NEXT_YEAR_OPENS.days,
    }
    return TemplateResponse(request, "benefits/offer.html", context)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def buy(request: ActingRequest, offer: Offer) -> HttpResponse:
    """Say what buying the plan gives and that nothing is charged, and buy it."""
    call: dict[str, Any] = {"offer": offer, "partner": request.acting.partner}
    call |= {"by": request.user, "at": request.now}
    try:
        if request.method != "POST":
            require_purchasable(**call)
            return _confirmation(request, offer)
        bought = buy_plan(**call, key=request.POST.get("key", ""))
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _confirmation(request, offer, refusal=refusal)
    e = reading.one(bought.plan.pk, user=request.user, at=request.now)
    messages.success(request, outcomes.bought(e, is_new=bought.is_new))
    return redirect(f"{reverse('benefits:partner-support')}#plan-{e.id}")


def _held(request: ActingRequest) -> list[Entitlement]:
    """Read what the account sees of the partner it acts for: outside MPN what was bought."""
    partner = request.acting.partner
    if partner is None:
        return []
    seen = reading.seen(partner, user=request.user, at=request.now)
    return entitlements.open_first(seen)


def _comparison(
    request: ActingRequest, *, opened: uuid.UUID | None = None, pair: Pair | None = None
) -> HttpResponse:
    held = _held(request)
    refusal = refusal_of_right(partner=request.acting.partner, by=request.user)
    context = {
        "partner": request.acting.partner,
        "in_mpn": request.acting.standing.in_mpn,
        "lines": comparison.lines(held, acting=request.acting),
        "bought": rows([e for e in held if e.is_bought], needs_link=True),
        "refusal": refusal.explanation if refusal else None,
        "opened": opened,
        "opened_pair": pair,
    }
    return TemplateResponse(request, "benefits/partner_support.html", context)


def _confirmation(
    request: ActingRequest, offer: Offer, *, refusal: Refusal | None = None
) -> HttpResponse:
    partner = request.acting.partner
    before = last_year(offer=offer, partner=partner, at=request.now) if partner else None
    starts_at = before.ends_at if before else request.now
    context = {
        "offer": offer,
        "plan": OFFERED[offer],
        "partner": partner,
        "follows": before is not None,
        "starts_at": starts_at,
        "ends_at": one_year_after(starts_at),
        "shows_form": refusal is None or isinstance(refusal, FORM_AGAIN),
        "key": key_of_form(request.POST.get("key", ""), refusal=refusal),
    }
    return edge.page(request, "benefits/buy.html", context, refusal=refusal)
