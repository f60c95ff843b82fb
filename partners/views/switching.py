"""Switching the partner one acts for, and signing in as somebody else."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.acting import SESSION_KEY, ActingRequest
from partners.pages import signed_in


@signed_in
@require_POST
def switch(request: ActingRequest) -> HttpResponse:
    """Act for another partner of the account; one that is not the account's is not there."""
    wanted = request.POST.get("mpn_id", "")
    partner = next((p for p in request.acting.others if p.mpn_id == wanted), None)
    if partner is None and wanted != request.acting.mpn_id:
        raise Http404
    if partner is not None:
        request.session[SESSION_KEY] = partner.mpn_id
        messages.info(request, _("You now act for %(partner)s.") % {"partner": partner.name})
    return redirect("home")


@require_POST
def sign_in_other(request: HttpRequest) -> HttpResponse:
    """Sign out and show the sign-in page."""
    logout(request)
    return redirect("account_login")
