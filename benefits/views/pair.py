"""Replacing the pair of IDs of a plan's contract."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from benefits import accounts, outcomes
from benefits.pages import contract_or_404, contract_row
from benefits.services.pairs import replace_pair, require_replaceable
from partners.acting import ActingRequest
from partners.pages import signed_in
from portal import edge
from portal.idempotency import IdempotencyKeyInvalid, IdempotencyKeyReused, RequestInProgress
from portal.refusals import Refusal

# What another press of the button mends.
FORM_AGAIN = (IdempotencyKeyInvalid, IdempotencyKeyReused, RequestInProgress)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def replace_ids(request: ActingRequest, plan_id: uuid.UUID) -> HttpResponse:
    """Say what replacing the IDs does, and replace them."""
    contract_id = contract_or_404(request, plan_id).public_id
    key = request.POST.get("key", "")
    try:
        if request.method != "POST":
            require_replaceable(contract_id=contract_id, by=request.user, at=request.now)
            return _confirmation(request, plan_id, contract_id)
        replaced = replace_pair(contract_id=contract_id, by=request.user, at=request.now, key=key)
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _confirmation(request, plan_id, contract_id, refusal=refusal)
    messages.success(request, outcomes.replaced(is_new=replaced.is_new))
    return redirect(f"{reverse('benefits:plan', args=[plan_id])}#ids")


def _confirmation(
    request: ActingRequest,
    plan_id: uuid.UUID,
    contract_id: uuid.UUID,
    *,
    refusal: Refusal | None = None,
) -> HttpResponse:
    kept = request.POST.get("key") if isinstance(refusal, RequestInProgress) else None
    context = {
        "row": contract_row(request, plan_id),
        "plan_id": plan_id,
        "linked": accounts.count_in_force(contract_id=contract_id),
        "shows_form": refusal is None or isinstance(refusal, FORM_AGAIN),
        "key": kept or uuid.uuid4(),
    }
    return edge.page(request, "benefits/replace_ids.html", context, refusal=refusal)
