"""The staff desk: one look-up box, and the card it opens."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from benefits.models import Contract
from partners.acting import ActingRequest
from partners.models import Partner
from partners.pages import signed_in
from partners.permissions import NotAuthorized
from portal.refusals import NextStep
from support.services.lookup import Finding, look_up, to_show_again
from support.staff_card import replaced_id, staff_card

# In the session, for it stands in no address: what was looked up last, as far as it may be shown.
LAST_QUERY = "last_query"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: ActingRequest) -> HttpResponse:
    """Look something up; a single finding opens its card."""
    _require_staff(request)
    if request.method != "POST":
        return TemplateResponse(request, "staff/desk.html", {})
    finding = look_up(query=request.POST.get("query", ""), by=request.user, at=request.now)
    query = to_show_again(query=request.POST.get("query", ""), finding=finding)
    request.session[LAST_QUERY] = query
    if finding.replaced is not None:
        messages.warning(request, replaced_id(finding.replaced))
    address = _address_of(finding)
    if address:
        return redirect(address)
    context = {"finding": finding, "query": query}
    status = 404 if finding.is_empty else 200
    return TemplateResponse(request, "staff/desk.html", context, status=status)


def _address_of(finding: Finding) -> str:
    """Return where the one finding is opened; of none and of several nothing is."""
    if finding.contract is not None:
        return reverse("support:staff-contract", args=[finding.contract.public_id])
    if finding.request is not None:
        return reverse("support:request", args=[finding.request.number])
    if finding.partner is not None:
        return reverse("support:staff-partner", args=[finding.partner.mpn_id])
    return ""


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
    query = request.session.get(LAST_QUERY, "")
    context = {"card": card, "account": account, "query": query}
    return TemplateResponse(request, "staff/card.html", context)


def _require_staff(request: ActingRequest) -> None:
    if not request.user.is_staff_member:
        raise NotAuthorized(
            _("You are not authorized for this action"),
            facts={"reason": "staff_only"},
            next_step=NextStep(_("This page is for the portal's support staff.")),
        )
