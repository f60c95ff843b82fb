"""The staff desk: one look-up box."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners.acting import ActingRequest
from partners.pages import signed_in
from partners.permissions import NotAuthorized
from portal.refusals import NextStep
from support.services.lookup import Finding, look_up, to_show_again
from support.staff_card import replaced_id

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


def _require_staff(request: ActingRequest) -> None:
    if not request.user.is_staff_member:
        raise NotAuthorized(
            _("You are not authorized for this action"),
            facts={"reason": "staff_only"},
            next_step=NextStep(_("This page is for the portal's support staff.")),
        )
