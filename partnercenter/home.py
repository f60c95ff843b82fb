"""The front door, the partner's home page, and the health address."""

from typing import cast

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from benefits import entitlements, reading, wording
from benefits.presentation import headline_notice, rows
from partnercenter.first_steps import first_step
from partners.acting import ActingRequest
from partners.pages import signed_in
from partners.roles import Permission
from support.models import SupportRequest

OPEN_REQUESTS_SHOWN = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Signed out: what this is. Signed in: to the page that the account works with."""
    if not request.user.is_authenticated:
        return TemplateResponse(request, "partnercenter/welcome.html")
    if request.user.is_staff_member:
        return redirect("support:staff-desk")
    acting = cast(ActingRequest, request).acting
    return redirect("dashboard" if acting.partner else "support:plans")


@signed_in
@require_safe
def dashboard(request: ActingRequest) -> HttpResponse:
    """Show what remains, what ends soon, open requests; one main action, the next step."""
    acting = request.acting
    if request.user.is_staff_member or acting.partner is None:
        return redirect("home")
    # Outside MPN that is what the partner bought.
    held = reading.seen(acting.partner, user=request.user, at=request.now)
    current = [e for e in entitlements.open_first(held) if not e.is_expired]
    mine = SupportRequest.objects.written_by(request.user).select_related("author", "customer")
    latest = list(mine.open_first()[:OPEN_REQUESTS_SHOWN])
    return TemplateResponse(
        request,
        "partnercenter/dashboard.html",
        {
            "partner": acting.partner,
            "in_mpn": acting.standing.in_mpn,
            "in_csp": acting.standing.in_csp,
            "headline": wording.headline(held),
            "notice": headline_notice(held),
            "step": first_step(
                current,
                may_activate=acting.may(Permission.ACTIVATE),
                has_asked=bool(latest),
            ),
            "rows": rows(current),
            "open_requests": [asked for asked in latest if not asked.is_ended],
        },
    )


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers; the middleware makes it 503 when it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
