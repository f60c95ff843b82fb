"""Cloud portals: Help + support, Support plans, Link support benefits."""

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from benefits import outcomes, wording
from benefits.allotments import Scope
from benefits.models import Contract
from benefits.presentation import Row, row, rows
from benefits.services.links import Linked, link_own_contract
from partners.acting import ActingRequest
from partners.pages import signed_in
from support import coverage
from support.coverage import Choice
from support.portals import CloudPortal
from support.views.add_contract import AddContract, add_contract


@signed_in
@require_safe
def help_and_support(request: ActingRequest, portal: CloudPortal) -> HttpResponse:
    """Show what can be done here, and what remains, at a glance."""
    if request.user.is_staff_member:
        return redirect("home")
    choice = choice_in(request, portal)
    others = [r for r in _with_reasons(choice) if not r.entitlement.is_expired]
    context = {"portal": portal, "usable": rows(choice.usable), "others": others}
    return TemplateResponse(request, "portals/help.html", context)


@signed_in
@require_safe
def plans(request: ActingRequest, portal: CloudPortal) -> HttpResponse:
    """List linked plans and those of the partner acted for; nothing vanishes."""
    if request.user.is_staff_member:
        return redirect("home")
    choice = choice_in(request, portal)
    context = {
        "portal": portal,
        "usable": rows(choice.usable),
        "others": _with_reasons(choice),
    }
    return TemplateResponse(request, "portals/plans.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: ActingRequest, portal: CloudPortal) -> HttpResponse:
    """Link a contract by its two IDs, or one's own company's with one click."""
    if request.user.is_staff_member:
        return redirect("home")
    added = AddContract()
    if request.method == "POST":
        added = add_contract(request)
        if added.linked is not None:
            tell_linked(request, added.linked)
            return redirect("support:portal-plans", portal)
    context = {
        "portal": portal,
        "to_link": rows(choice_in(request, portal).to_link, needs_link=True),
        "add_form": added.form,
        "add_refusal": added.refusal.explanation if added.refusal else None,
    }
    template = "portals/link.html"
    return TemplateResponse(request, template, context, status=added.status, headers=added.headers)


@signed_in
@require_POST
def link_own(request: ActingRequest, portal: CloudPortal, contract_id: uuid.UUID) -> HttpResponse:
    """Link a contract of one's own company with one click."""
    try:
        linked = link_own_contract(contract_id=contract_id, by=request.user, at=request.now)
    except Contract.DoesNotExist:
        raise Http404 from None
    tell_linked(request, linked)
    return redirect("support:portal-plans", portal)


def choice_in(request: ActingRequest, portal: CloudPortal) -> Choice:
    """Sort the account's plans by whether they pay in this portal; any of its services will do."""
    return coverage.choice(
        user=request.user,
        partner=request.acting.partner,
        product=portal.services[0],
        at=request.now,
    )


def tell_linked(request: ActingRequest, linked: Linked) -> None:
    """Say what the contract is good for, and whether it is good for anything in a cloud portal."""
    sentence = outcomes.linked(linked.plans, is_new=linked.is_new, scope=Scope.CLOUD)
    if wording.is_good_here(linked.plans, scope=Scope.CLOUD):
        messages.success(request, sentence)
    else:
        messages.warning(request, sentence)


def _with_reasons(choice: Choice) -> list[Row]:
    return [
        replace(row(u.entitlement), explanation=u.refusal.explanation) for u in choice.unavailable
    ]
