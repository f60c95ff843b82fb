"""My plans: every contract this account may use, on every account, with or without a partner."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from benefits import entitlements, outcomes
from benefits.models import Contract, Link
from benefits.presentation import rows
from benefits.services.links import drop_link, link_own_contract
from partners.acting import ActingRequest
from partners.pages import signed_in
from support import coverage
from support.views.add_contract import AddContract, add_contract


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def plans(request: ActingRequest) -> HttpResponse:
    """Show linked plans and those of the partner acted for; add a contract by its pair."""
    if request.user.is_staff_member:
        return redirect("home")
    added = AddContract()
    if request.method == "POST":
        added = add_contract(request)
        if added.linked is not None:
            messages.success(
                request, outcomes.linked(added.linked.plans, is_new=added.linked.is_new)
            )
            return redirect("support:plans")
    found = coverage.plans_of(user=request.user, partner=request.acting.partner, at=request.now)
    ordered = entitlements.open_first(found)
    context = {
        "linked": rows([e for e in ordered if e.link and not e.link.dropped_at], needs_link=True),
        "own": rows([e for e in ordered if not e.link or e.link.dropped_at], needs_link=True),
        "add_form": added.form,
        "add_refusal": added.refusal.explanation if added.refusal else None,
    }
    return TemplateResponse(
        request, "support/plans.html", context, status=added.status, headers=added.headers
    )


@signed_in
@require_POST
def link_own(request: ActingRequest, contract_id: uuid.UUID) -> HttpResponse:
    """Link a contract of one's own company with one click."""
    try:
        linked = link_own_contract(contract_id=contract_id, by=request.user, at=request.now)
    except Contract.DoesNotExist:
        raise Http404 from None
    messages.success(request, outcomes.linked(linked.plans, is_new=linked.is_new))
    return redirect("support:plans")


@signed_in
@require_POST
def unlink(request: ActingRequest, contract_id: uuid.UUID) -> HttpResponse:
    """Give up this account's own link."""
    try:
        drop_link(contract_id=contract_id, by=request.user, at=request.now)
    except Link.DoesNotExist:
        raise Http404 from None
    messages.info(request, _("The contract is no longer linked to your account."))
    return redirect("support:plans")
