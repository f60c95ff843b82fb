"""My requests, and one request."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from benefits import reading
from benefits.presentation import row
from partners.acting import ActingRequest
from partners.pages import signed_in
from portal import edge, places
from portal.idempotency import key_of_form
from portal.paging import Page, page_of
from portal.refusals import Refusal
from support import claims, life, wording
from support.life_forms import CloseForm, DeductForm, NoteForm, StateForm, TakeOverForm
from support.models import RequestQuerySet, SupportRequest
from support.presentation import notes_of, offer_of
from support.request_filter import STILL_OPEN, FilterForm, filtered, plans_of


@signed_in
@require_safe
def requests(request: ActingRequest) -> HttpResponse:
    """Show the account's own requests and, for roles that may, those on its partner's plans."""
    if request.user.is_staff_member:
        return redirect("home")
    visible = visible_to(request)
    form = FilterForm(request.GET, plans=plans_of(visible))
    shown = filtered(visible, chosen=form.chosen).select_related("author", "plan", "customer")
    page = page_of(
        shown.order_by("-opened_at", "-pk"),
        key=request.GET.get("before", ""),
        after=before,
        key_of=lambda row: row.number,
    )
    return TemplateResponse(request, "support/requests.html", _list(page, form))


@signed_in
@require_safe
def request_detail(request: ActingRequest, number: str) -> HttpResponse:
    """Show one request; its text only to its author and to staff."""
    return request_page(request, visible_or_404(request, number))


def visible_to(request: ActingRequest) -> RequestQuerySet:
    """Return the requests that the account may see: staff see all."""
    if request.user.is_staff_member:
        return SupportRequest.objects.all()
    return SupportRequest.objects.visible_to(request.user, acting=request.acting)


def visible_or_404(request: ActingRequest, number: str) -> SupportRequest:
    """Return the request, as it is stored now; absent and not visible are the same."""
    named = ("author", "plan", "closed_by", "claimed_by", "customer")
    return get_object_or_404(visible_to(request).select_related(*named), number=number)


def request_page(
    request: ActingRequest,
    found: SupportRequest,
    *,
    form: forms.Form | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """
    Return the page of a request that the account may see.

    :param form: what was sent and not done, to be shown again
    """
    returned_at = life.returned_at(found)
    context = {
        "request_shown": found,
        "country": places.country_name(found.country),
        "language": places.language_name(found.contact_language),
        "returned_at": returned_at,
        "offer": offer_of(found, by=request.user, at=request.now, returned_at=returned_at),
        "claim": claims.offer_of(found, by=request.user),
        "reopenable_until": life.reopenable_until(found),
        "reopen_days": life.REOPEN_WITHIN.days,
        "failed": form if form is not None and not refusal else None,
        "key": key_of_form(request.POST.get("key", ""), refusal=refusal),
        "customer_url": _customer_url(request, found),
        **_readable(request, found),
        **(_payer(request, found, found.plan_id) if found.plan_id else {}),
        **_forms(request, found, form),
    }
    return edge.page(request, "support/request.html", context, refusal=refusal, status=status)


def _readable(request: ActingRequest, found: SupportRequest) -> dict[str, Any]:
    """Return what this reader may see beside number, product, severity, state, date, account."""
    shows_text = request.user.is_staff_member or found.author_id == request.user.pk
    return {
        "shows_text": shows_text,
        "notes": notes_of(found, before=request.GET.get("earlier", "")) if shows_text else None,
    }


def _customer_url(request: ActingRequest, found: SupportRequest) -> str:
    """Return the page of the customer for whom it is, where the account may open that."""
    customer, partner = found.customer, request.acting.partner
    if customer is None or partner is None or not request.acting.standing.in_csp:
        return ""
    is_served = customer.is_active and customer.partner_id == partner.pk
    return reverse("support:customer", args=[customer.public_id]) if is_served else ""


def _payer(request: ActingRequest, found: SupportRequest, plan_pk: int) -> dict[str, Any]:
    """Return the plan that paid, what of it, and whether the reader may know what is left."""
    e = reading.one(plan_pk, user=request.user, at=request.now)
    holds = e.mpn_id == request.acting.mpn_id and request.acting.standing.in_mpn
    deduction = life.deduction_of(found)
    used = -deduction.quantity if deduction else 0
    return {
        "hours_used": wording.hours_used(found, e, used=used) if e.counts_hours else "",
        "plan": row(e),
        "shows_balance": request.user.is_staff_member or e.is_linked or holds,
    }


def _forms(
    request: ActingRequest, found: SupportRequest, sent: forms.Form | None
) -> dict[str, forms.Form]:
    """Return the page's forms: the one that was sent as it was sent, the others empty."""
    offered = life.close_reasons(found, by=request.user)
    closing = sent if isinstance(sent, CloseForm) else CloseForm()
    closing.offer(
        offered,
        uses_incident=found.uses_incident,
        takes_hours=life.deduction_of(found) is not None,
    )
    return {
        "note_form": sent if isinstance(sent, NoteForm) else NoteForm(),
        "state_form": (
            sent if isinstance(sent, StateForm) else StateForm(initial={"state": found.state})
        ),
        "close_form": closing,
        "deduct_form": sent if isinstance(sent, DeductForm) else DeductForm(),
        "take_over_form": sent if isinstance(sent, TakeOverForm) else TakeOverForm(),
    }


# --- the list --------------------------------------------------------------------------------


def _list(page: Page[SupportRequest], form: FilterForm) -> dict[str, Any]:
    chosen = form.chosen
    return {
        "page": page,
        "form": form.shown(),
        "is_filtered": bool(chosen),
        "newest_url": _address(chosen),
        "older_url": _address(chosen, before=page.next_key),
        **_quick_filters(chosen),
    }


def _quick_filters(chosen: dict[str, str]) -> dict[str, Any]:
    """Return the two that are asked for most, open and all, whatever the plan."""
    plan = {name: value for name, value in chosen.items() if name == "plan"}
    return {
        "open_url": _address({"state": STILL_OPEN, **plan}),
        "all_url": _address(plan),
        "shows_open": chosen.get("state") == STILL_OPEN,
        "shows_all": "state" not in chosen,
    }


def _address(chosen: dict[str, str], *, before: str = "") -> str:
    query = urlencode({**chosen, "before": before} if before else chosen)
    return f"{reverse('support:requests')}?{query}" if query else reverse("support:requests")


def before(query: "QuerySet[SupportRequest]", number: str) -> "QuerySet[SupportRequest]":
    """Keep the requests that stand behind the one of this number, the newest first."""
    last = query.filter(number=number).first()
    if last is None:
        return query
    return query.filter(
        Q(opened_at__lt=last.opened_at) | Q(opened_at=last.opened_at, pk__lt=last.pk)
    )
