"""The staff desk: one look-up box, and the card it opens."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from benefits.models import Contract
from partners.acting import ActingRequest
from partners.models import Partner
from partners.pages import signed_in
from partners.permissions import NotAuthorized
from portal.refusals import NextStep
from support.services.lookup import look_up, may_be_shown_again
from support.staff_card import replaced_id, staff_card


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: ActingRequest) -> HttpResponse:
    """Look something up; a single finding opens its card."""
    _require_staff(request)
    if request.method != "POST":
        return TemplateResponse(request, "staff/desk.html", {})
    query = request.POST.get("query", "")
    finding = look_up(query=query, by=request.user, at=request.now)
    if finding.replaced_at is not None:
        messages.warning(request, replaced_id(finding.replaced_at))
    if finding.contract is not None:
        return redirect("support:staff-contract", finding.contract.public_id)
    if finding.request is not None:
        return redirect("support:request", finding.request.number)
    if finding.partner is not None:
        return redirect("support:staff-partner", finding.partner.mpn_id)
    status = 200 if finding.partners or finding.contracts else 404
    context = {"finding": finding, "query": query if may_be_shown_again(query) else ""}
    return TemplateResponse(request, "staff/desk.html", context, status=status)


@signed_in
@never_cache
@require_safe
def partner_card(request: ActingRequest, mpn_id: str) -> HttpResponse:
    """Show the card of a partner."""
    _require_staff(request)
    partner = get_object_or_404(Partner, mpn_id=mpn_id)
    return _card(request, partner=partner, contract=None)


@signed_in
@never_cache
@require_safe
def contract_card(request: ActingRequest, contract_id: uuid.UUID) -> HttpResponse:
    """Show the card of a partner, opened at one of its contracts."""
    _require_staff(request)
    found = Contract.objects.select_related("package__partner")
    contract = get_object_or_404(found, public_id=contract_id)
    return _card(request, partner=contract.package.partner, contract=contract)


def _card(request: ActingRequest, *, partner: Partner, contract: Contract | None) -> HttpResponse:
    account = request.GET.get("account", "")
    card = staff_card(
        partner=partner, contract=contract, reader=request.user, at=request.now, account=account
    )
    context = {"card": card, "account": account}
    return TemplateResponse(request, "staff/card.html", context)


def _require_staff(request: ActingRequest) -> None:
    if not request.user.is_staff_member:
        raise NotAuthorized(
            _("You are not authorized for this action"),
            facts={"reason": "staff_only"},
            next_step=NextStep(_("This page is for the portal's support staff.")),
        )
