"""The staff desk: correcting what a plan gave."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from benefits import entitlements, outcomes
from benefits.models import Plan
from benefits.presentation import row
from benefits.services.adjustments import adjust_plan
from partners import permissions
from partners.acting import ActingRequest
from partners.pages import signed_in
from partners.roles import StaffPermission
from portal import edge
from portal.idempotency import key_of_form
from portal.refusals import Refusal
from support.staff_forms import AdjustForm


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def adjust(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Correct a plan's total, up or down, with a reason."""
    permissions.require_staff(StaffPermission.ADJUST_PLANS, by=request.user)
    plan = get_object_or_404(
        Plan.objects.select_related("package__partner", "package__contract"), public_id=plan_id
    )
    if request.method != "POST":
        return _page(request, plan, AdjustForm())
    form, key = AdjustForm(request.POST), request.POST.get("key", "")
    if not form.is_valid():
        return _page(request, plan, form, status=400)
    try:
        adjusted = adjust_plan(
            plan_id=plan_id,
            quantity=form.quantity,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.now,
            key=key,
        )
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _page(request, plan, form, refusal=refusal)
    messages.success(request, outcomes.adjusted(adjusted.entry, is_replay=adjusted.is_replay))
    return redirect(_card_url(plan))


def _page(
    request: ActingRequest,
    plan: Plan,
    form: AdjustForm,
    *,
    status: int = 200,
    refusal: Refusal | None = None,
) -> HttpResponse:
    (entitlement,) = entitlements.read(
        Plan.objects.filter(pk=plan.pk), user=request.user, at=request.now
    )
    context = {
        "row": row(entitlement),
        "partner": plan.package.partner,
        "form": form,
        "key": key_of_form(request.POST.get("key", ""), refusal=refusal),
        "card_url": _card_url(plan),
        "crumbs": [
            (_("Staff desk"), reverse("support:staff-desk")),
            (plan.package.partner.name, _card_url(plan)),
            (_("Correct a plan"), ""),
        ],
    }
    return edge.page(request, "staff/adjust.html", context, refusal=refusal, status=status)


def _card_url(plan: Plan) -> str:
    """Return the card that is open at what was corrected; hours belong to no contract."""
    contract = getattr(plan.package, "contract", None)
    if contract is None or plan.unit == "HOUR":
        return reverse("support:staff-partner", args=[plan.package.partner.mpn_id])
    return reverse("support:staff-contract", args=[contract.public_id])
