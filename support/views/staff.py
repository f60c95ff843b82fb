"""The staff desk: one look-up box."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners.acting import ActingRequest
from partners.pages import signed_in
from partners.permissions import NotAuthorized
from portal.refusals import NextStep
from support.services.lookup import look_up, may_be_shown_again
from support.staff_card import replaced_id


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


def _require_staff(request: ActingRequest) -> None:
    if not request.user.is_staff_member:
        raise NotAuthorized(
            _("You are not authorized for this action"),
            facts={"reason": "staff_only"},
            next_step=NextStep(_("This page is for the portal's support staff.")),
        )
