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
from partners.models import User
from partners.pages import signed_in
from partners.roles import Permission
from support.models import SupportRequest

SHOWN = 5


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
    latest = _open_or_latest(request.user)
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
            "open_requests": [asked for asked in latest if not asked.is_ended][:SHOWN],
        },
    )


def _open_or_latest(user: User) -> list[SupportRequest]:
    """Return what is shown and what tells whether the account ever asked, in one statement."""
    found = SupportRequest.objects.open_or_latest_of(user).select_related("author", "customer")
    # One more than is shown: the latest may have ended.
    return list(found.order_by("-opened_at", "-pk")[: SHOWN + 1])


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers; the middleware makes it 503 when it does not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
