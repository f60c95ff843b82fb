"""Technical benefits: the table, the expanded row, activation, the pair, the ledger."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from benefits import details, entitlements, history, outcomes, reading, reasons, wording
from benefits.calendar import RENEWAL_WINDOW
from benefits.entitlements import Entitlement
from benefits.models import LedgerEntry, Plan
from benefits.pages import open_contract_or_404, plan_or_404
from benefits.presentation import headline_notice, row, rows
from benefits.services.activation import Activation, activate_package
from benefits.services.links import drop_link, link_own_contract
from benefits.services.pairs import Pair, show_pair
from partners.acting import ActingRequest
from partners.models import Partner
from partners.pages import require_mpn, signed_in
from partners.roles import Permission
from portal.csv_export import csv_response
from portal.paging import page_of


@signed_in
@require_safe
def technical(request: ActingRequest, plan_id: uuid.UUID | None = None) -> HttpResponse:
    """Show the partner's plans; with a plan, its row expanded (every row has its address)."""
    return _page(request, require_mpn(request), plan_id=plan_id)


@signed_in
@require_POST
def activate(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Activate the whole package that the plan is a line of."""
    plan = plan_or_404(request, plan_id)
    activation = activate_package(
        package_id=plan.package.public_id, by=request.user, at=request.now
    )
    messages.success(request, _activated(activation, at=request.now))
    return redirect(f"{reverse('benefits:plan', args=[plan_id])}#ids")


@signed_in
@never_cache
@require_POST
def show_ids(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Return the page with the Contract ID in clear, or the pair as JSON for the copy button."""
    partner = require_mpn(request)
    contract_id = open_contract_or_404(request, plan_id)
    pair = show_pair(contract_id=contract_id, by=request.user, at=request.now)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"accessId": str(pair.access), "contractId": str(pair.contract)})
    return _page(request, partner, plan_id=plan_id, pair=pair)


@signed_in
@require_POST
def link(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Link the partner's own contract to this account, with one click."""
    contract_id = open_contract_or_404(request, plan_id)
    linked = link_own_contract(contract_id=contract_id, by=request.user, at=request.now)
    messages.success(request, outcomes.linked(linked.plans, is_new=linked.is_new))
    return redirect(f"{reverse('benefits:plan', args=[plan_id])}#ids")


@signed_in
@require_POST
def unlink(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Give up this account's own link to the contract."""
    plan = plan_or_404(request, plan_id)
    contract = getattr(plan.package, "contract", None)
    if contract is None or not request.user.links.filter(contract=contract).exists():
        raise Http404
    drop_link(contract_id=contract.public_id, by=request.user, at=request.now)
    messages.info(request, _("The contract is no longer linked to your account."))
    return redirect("benefits:plan", plan_id)


@signed_in
@require_safe
def ledger(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Show every movement of a plan, newest first."""
    e = _entitlement_or_404(request, require_mpn(request), plan_id)
    key = request.GET.get("before", "")
    page = page_of(
        LedgerEntry.objects.filter(plan_id=e.plan_pk).select_related("actor").order_by("-number"),
        key=key if key.isascii() and key.isdigit() and len(key) < 10 else "",
        after=lambda query, before: query.filter(number__lt=int(before)),
        key_of=lambda entry: str(entry.number),
    )
    context = {
        "row": row(e),
        "page": page,
        "movements": list(_shown(request, page.rows)),
        "plan_id": plan_id,
    }
    return TemplateResponse(request, "benefits/ledger.html", context)


@signed_in
@require_safe
def ledger_csv(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponseBase:
    """Download every movement of a plan, oldest first."""
    e = _entitlement_or_404(request, require_mpn(request), plan_id)
    entries = LedgerEntry.objects.filter(plan_id=e.plan_pk).select_related("actor")
    return csv_response(
        name=f"ledger-{plan_id}.csv",
        header=["number", "kind", "quantity", "remaining", "request", "reason", "by", "at"],
        rows=(
            [
                movement.entry.number,
                movement.entry.kind,
                movement.entry.quantity,
                movement.entry.remaining_after,
                movement.entry.request_number,
                movement.entry.reason,
                movement.by,
                movement.entry.occurred_at.isoformat(),
            ]
            for movement in _shown(request, entries.order_by("number").iterator(chunk_size=1000))
        ),
    )


def _activated(activation: Activation, *, at: datetime) -> str:
    is_ready = activation.contract.starts_at <= at
    return outcomes.activated(is_ready=is_ready, links_copied=activation.links_copied)


def _shown(request: ActingRequest, entries: Iterable[LedgerEntry]) -> Iterator[details.Movement]:
    return details.shown_to(entries, acting=request.acting, user=request.user)


def _entitlement_or_404(
    request: ActingRequest, partner: Partner, plan_id: uuid.UUID
) -> Entitlement:
    mine = Plan.objects.held_by(partner).filter(public_id=plan_id)
    found = entitlements.read(mine, user=request.user, at=request.now)
    if not found:
        raise Http404
    return found[0]


def _page(
    request: ActingRequest,
    partner: Partner,
    *,
    plan_id: uuid.UUID | None,
    pair: Pair | None = None,
) -> HttpResponse:
    held = reading.held(partner, user=request.user, at=request.now)
    ordered = entitlements.open_first(held)
    counted = [e for e in ordered if not e.counts_hours]
    opened = next((e for e in ordered if e.id == plan_id), None)
    if plan_id is not None and opened is None:
        raise Http404
    context = {
        "partner": partner,
        "headline": wording.headline(held),
        "notice": headline_notice(held),
        "current": rows(e for e in counted if not e.is_expired),
        "earlier": rows(e for e in ordered if e.is_expired),
        **_advice(ordered),
        "opened": opened,
        "to_activate": _to_activate(ordered) if opened is None else None,
        "may_activate": request.acting.may(Permission.ACTIVATE),
        "may_renew": request.acting.may(Permission.RENEW_OR_UPGRADE),
        **(_expanded(request, opened, pair=pair) if opened else {}),
    }
    return TemplateResponse(request, "benefits/technical.html", context)


def _advice(ordered: list[Entitlement]) -> dict[str, object]:
    """Return the hours that have not ended, and one row for each membership that gives some."""
    found = rows(e for e in ordered if e.counts_hours and not e.is_expired)
    return {
        "advice": found,
        "renewal_days": RENEWAL_WINDOW.days,
        "advice_by_source": list({row.source: row for row in found}.values()),
        "takes_consultations": any(e.takes_consultations for e in ordered),
    }


def _to_activate(ordered: list[Entitlement]) -> dict[str, object] | None:
    """Return what the notice offers: the first package that waits for activation."""
    waiting = next((e for e in ordered if e.is_not_activated), None)
    if waiting is None:
        return None
    return {"e": waiting, "why_not_activated": reasons.not_activated(waiting).explanation}


def _expanded(request: ActingRequest, e: Entitlement, *, pair: Pair | None) -> dict[str, object]:
    accounts = None
    if e.shows_pair:
        accounts = details.linked_accounts(e, acting=request.acting, user=request.user)
    may = request.acting.may
    not_activated = reasons.not_activated(e).explanation if e.is_not_activated else None
    revoked = reasons.link_revoked(e).explanation if e.link and e.link.revoked_at else None
    return {
        "pair": pair,
        "movements": list(_shown(request, details.last_movements(e.plan_pk))),
        "linked": accounts,
        "why_not_activated": not_activated,
        "link_revoked": revoked,
        "may_replace": e.shows_pair and not e.is_expired and may(Permission.REVOKE_OR_REPLACE),
        "sees_accounts": may(Permission.SEE_LINKED_ACCOUNTS),
        "chart": history.charts([e], at=request.now)[0],
    }
