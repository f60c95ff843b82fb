"""My requests, and one request."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from benefits import entitlements
from benefits.models import Plan
from benefits.presentation import row
from partners.acting import ActingRequest
from partners.pages import signed_in
from portal import places
from portal.paging import page_of
from support.models import RequestQuerySet, SupportRequest


@signed_in
@require_safe
def requests(request: ActingRequest) -> HttpResponse:
    """Show the account's own requests and, for roles that may, those on its partner's plans."""
    if request.user.is_staff_member:
        return redirect("home")
    visible = SupportRequest.objects.visible_to(request.user, acting=request.acting)
    page = page_of(
        visible.select_related("author", "plan").order_by("-opened_at", "-pk"),
        key=request.GET.get("before", ""),
        after=_before,
        key_of=lambda row: row.number,
    )
    return TemplateResponse(request, "support/requests.html", {"page": page})


@signed_in
@require_safe
def request_detail(request: ActingRequest, number: str) -> HttpResponse:
    """Show one request; its text only to its author and to staff."""
    if request.user.is_staff_member:
        visible: RequestQuerySet = SupportRequest.objects.all()
    else:
        visible = SupportRequest.objects.visible_to(request.user, acting=request.acting)
    found = get_object_or_404(visible.select_related("author", "plan"), number=number)
    (entitlement,) = entitlements.read(
        Plan.objects.filter(pk=found.plan_id), user=request.user, at=request.now
    )
    is_staff = request.user.is_staff_member
    holds = entitlement.mpn_id == request.acting.mpn_id and request.acting.standing.in_mpn
    context = {
        "request_shown": found,
        "shows_text": is_staff or found.author_id == request.user.pk,
        "shows_balance": is_staff or entitlement.is_linked or holds,
        "country": places.country_name(found.country),
        "plan": row(entitlement),
    }
    return TemplateResponse(request, "support/request.html", context)


def _before(query: RequestQuerySet, number: str) -> RequestQuerySet:
    last = query.filter(number=number).first()
    if last is None:
        return query
    return query.filter(
        Q(opened_at__lt=last.opened_at) | Q(opened_at=last.opened_at, pk__lt=last.pk)
    )
