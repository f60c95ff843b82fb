"""One customer of a CSP partner: its requests, and opening one for it."""

import uuid
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_safe

from partners import permissions
from partners.acting import ActingRequest
from partners.models import Customer
from partners.pages import require_csp, signed_in
from partners.roles import Permission
from portal.paging import page_of
from portal.refusals import NextStep
from support import drafts
from support.models import RequestQuerySet, SupportRequest
from support.portal_forms import WorkloadForm
from support.portals import CLOUD_PORTALS
from support.views.requests import before, visible_to


@signed_in
@require_safe
def service_management(request: ActingRequest, customer_id: uuid.UUID) -> HttpResponse:
    """Show the requests that were opened for the customer, and New request for those who may."""
    customer = _customer_or_404(request, customer_id)
    page = page_of(
        _with_openable(request, SupportRequest.objects.filter(customer=customer))
        .select_related("author")
        .order_by("-opened_at", "-pk"),
        key=request.GET.get("before", ""),
        after=before,
        key_of=lambda row: row.number,
    )
    context = {
        "customer": customer,
        "page": page,
        **_opening(request, customer),
    }
    return TemplateResponse(request, "support/customer.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new_request(request: ActingRequest, customer_id: uuid.UUID) -> HttpResponse:
    """Choose the workload; start a draft in its portal that acts for the customer."""
    customer = _customer_or_404(request, customer_id)
    permissions.require(Permission.CUSTOMER_REQUEST, by=request.user, partner=customer.partner)
    form = WorkloadForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        portal = CLOUD_PORTALS[form.cleaned_data["workload"]]
        draft = drafts.new_draft(portal=portal.slug, customer=str(customer.public_id))
        drafts.save(request, draft)
        return redirect("support:portal-problem", portal, draft.id)
    context = {"customer": customer, "form": form}
    status = 400 if form.is_bound else 200
    return TemplateResponse(request, "support/customer_new_request.html", context, status=status)


def _customer_or_404(request: ActingRequest, customer_id: uuid.UUID) -> Customer:
    """
    Return a customer of the partner acted for; another partner's is as absent as none.

    :raises NotAuthorized: the account is not associated with CSP
    """
    served = Customer.objects.of(require_csp(request)).still_served()
    return get_object_or_404(served.select_related("partner"), public_id=customer_id)


def _with_openable(request: ActingRequest, found: RequestQuerySet) -> RequestQuerySet:
    """Annotate `is_openable`: whether the account may open the request's own page."""
    return found.annotate(is_openable=Exists(visible_to(request).filter(pk=OuterRef("pk"))))


def _opening(request: ActingRequest, customer: Customer) -> dict[str, Any]:
    """Return whether the account may open requests for customers, and if not, who can."""
    if request.acting.may(Permission.CUSTOMER_REQUEST):
        return {"may_open": True, "ask": None}
    partner_pk = customer.partner_id
    people = permissions.people_with(Permission.CUSTOMER_REQUEST, partner_ids=[partner_pk])
    named = people[partner_pk]
    return {"may_open": False, "ask": NextStep(permissions.ask_somebody(named), people=named)}
