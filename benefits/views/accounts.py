"""The accounts that have linked a plan's contract: the list, taking away, giving back."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from benefits import accounts
from benefits.models import Link
from benefits.pages import contract_row, open_contract_or_404
from benefits.services.links import restore_link, revoke_link
from partners import permissions
from partners.acting import ActingRequest
from partners.models import Partner
from partners.pages import require_mpn, signed_in
from partners.roles import Permission
from portal.refusals import NextStep


@signed_in
@never_cache
@require_safe
def linked(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Show every account that has linked the contract, with what became of its link."""
    contract_id = open_contract_or_404(request, plan_id)
    partner = _seen_partner(request)
    account = request.GET.get("account", "")
    before = request.GET.get("before", "")
    page = accounts.page_of_links(contract_id=contract_id, begins_with=account, key=before)
    context = {
        "row": contract_row(request, plan_id),
        "plan_id": plan_id,
        "page": page,
        "accounts": accounts.linked_accounts(page.rows),
        "account": account,
        "before": before,
        **_changing(request, partner),
    }
    return TemplateResponse(request, "benefits/accounts.html", context)


@signed_in
@require_POST
def revoke(request: ActingRequest, plan_id: uuid.UUID, account_id: uuid.UUID) -> HttpResponse:
    """Take the contract away from an account."""
    link = _changed(request, plan_id, account_id, change=revoke_link)
    messages.success(request, accounts.taken_away(link))
    return _back(request, plan_id)


@signed_in
@require_POST
def restore(request: ActingRequest, plan_id: uuid.UUID, account_id: uuid.UUID) -> HttpResponse:
    """Give the contract back to an account."""
    link = _changed(request, plan_id, account_id, change=restore_link)
    messages.success(request, accounts.given_back(link))
    return _back(request, plan_id)


def _seen_partner(request: ActingRequest) -> Partner:
    """
    Return the partner whose linked accounts the account may see.

    :raises NotAuthorized: it may not; with who may
    """
    partner = require_mpn(request)
    permissions.require(Permission.SEE_LINKED_ACCOUNTS, by=request.user, partner=partner)
    return partner


def _changing(request: ActingRequest, partner: Partner) -> dict[str, Any]:
    """Return whether the account may revoke and restore, and if not, who can."""
    if request.acting.may(Permission.REVOKE_OR_REPLACE):
        return {"may_change": True, "ask": None}
    who = permissions.people_with(Permission.REVOKE_OR_REPLACE, partner_ids=[partner.pk])
    people = who[partner.pk]
    return {"may_change": False, "ask": NextStep(permissions.ask_somebody(people), people=people)}


def _changed(
    request: ActingRequest,
    plan_id: uuid.UUID,
    account_id: uuid.UUID,
    *,
    change: Callable[..., Link],
) -> Link:
    contract_id = open_contract_or_404(request, plan_id)
    # Whoever may not see the accounts does not learn from the answer which ones there are.
    _seen_partner(request)
    links = Link.objects.filter(contract__public_id=contract_id).select_related("user")
    link = get_object_or_404(links, user__public_id=account_id)
    return change(contract_id=contract_id, user=link.user, by=request.user, at=request.now)


def _back(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponseRedirect:
    """Return to the page of the list, and the search, where the button stood."""
    kept = {name: request.POST[name] for name in ("account", "before") if request.POST.get(name)}
    url = reverse("benefits:accounts", args=[plan_id])
    return redirect(f"{url}?{urlencode(kept)}" if kept else url)
