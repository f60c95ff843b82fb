"""Technical presales and deployment: asking for presales or advice, on one page."""

import uuid
from datetime import UTC
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners.acting import ActingRequest
from partners.models import Partner
from partners.pages import require_mpn, signed_in
from portal import edge, places
from portal.idempotency import key_of_form
from portal.refusals import Refusal
from support import product_search
from support.consultation_forms import ConsultationForm, plan_label
from support.consultations import Offer, offer_of
from support.models import SupportRequest
from support.services.consultations import ConsultationText, submit_consultation
from support.services.requests import Submitted

TEXT = tuple(ConsultationText.__dataclass_fields__)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: ActingRequest) -> HttpResponse:
    """Ask for presales or advice; any account of the partner in MPN may."""
    partner = require_mpn(request)
    offer = offer_of(user=request.user, partner=partner, at=request.now)
    if request.method == "POST":
        return _posted(request, partner, offer)
    form = ConsultationForm(initial=_likely(request, partner, offer), offer=offer, on=_on(request))
    return _page(request, offer, form)


def _posted(request: ActingRequest, partner: Partner, offer: Offer) -> HttpResponse:
    form = ConsultationForm(request.POST, offer=offer, on=_on(request))
    if not form.is_valid():
        return _page(request, offer, form, status=400)
    try:
        submitted = _submit(request, partner, form)
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _page(request, offer, form, refusal=refusal)
    if submitted.is_replay:
        messages.info(request, _("This form was submitted already. Nothing more was asked for."))
    else:
        messages.success(request, _("Your request is open. Its number is below."))
    return redirect("support:request", submitted.request.number)


def _submit(request: ActingRequest, partner: Partner, form: ConsultationForm) -> Submitted:
    data = form.cleaned_data
    plan = data.get("plan")
    return submit_consultation(
        by=request.user,
        partner=partner,
        kind=SupportRequest.Kind(data["kind"]),
        product=data["product"],
        plan_id=uuid.UUID(plan) if plan else None,
        text=ConsultationText(**{name: data[name] for name in TEXT}),
        key=request.POST.get("key", ""),
        at=request.now,
    )


def _likely(request: ActingRequest, partner: Partner, offer: Offer) -> dict[str, Any]:
    """Return what stands in a form that opens."""
    return {
        # Where there is a choice, it is theirs.
        "kind": offer.kinds[0] if len(offer.kinds) == 1 else "",
        "plan": next((str(e.id) for e in offer.plans), ""),
        "contact_email": request.user.email or "",
        "country": partner.country,
        "contact_language": request.user.language or "en",
        "time_zone": places.listed_zone(timezone.get_current_timezone_name()),
    }


def _page(
    request: ActingRequest,
    offer: Offer,
    form: ConsultationForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    impossible = {reason.message: reason.explanation for reason in offer.refusals.values()}
    context = {
        "form": form,
        "impossible": list(impossible.values()),
        "shows_form": bool(offer.kinds) or form.is_bound,
        "only_plan": plan_label(offer.plans[0]) if len(offer.plans) == 1 else "",
        "products": product_search.offered(on=_on(request)),
        # Of a form whose key is spent, the text goes on under a new one.
        "key": key_of_form(request.POST.get("key", ""), refusal=refusal),
    }
    return edge.page(request, "support/consultation.html", context, refusal=refusal, status=status)


def _on(request: ActingRequest) -> Any:
    return request.now.astimezone(UTC).date()
