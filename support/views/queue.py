"""The staff's queue: the requests of all partners, the one that is due first on top; claims."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners import permissions
from partners.acting import ActingRequest
from partners.pages import signed_in
from partners.permissions import staff_may
from partners.roles import StaffPermission
from portal import edge
from portal.csv_export import csv_response
from portal.refusals import Refusal
from support import wording
from support.life_forms import TakeOverForm
from support.models import SupportRequest
from support.queue import (
    MINE,
    NOBODY,
    OVERDUE,
    QueueForm,
    line_of,
    page_of_queue,
    query_of,
    queue,
    readable_key,
)
from support.services import claims
from support.views.requests import request_page, visible_or_404

HEADER = [
    *("number", "partner", "mpn id", "state", "severity", "kind", "portal", "product", "title"),
    *("opened", "first answer due", "claimed by", "claimed at"),
]


@signed_in
@never_cache
@require_safe
def requests(request: ActingRequest) -> HttpResponse:
    """Show the requests that the address asks for, a page at a time."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    return _page(request, request.GET)


@signed_in
@require_safe
def requests_csv(request: ActingRequest) -> HttpResponseBase:
    """Download all requests that the address asks for, in its order."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    found = queue(chosen=QueueForm(request.GET).chosen, reader=request.user, at=request.now)
    rows = found.iterator(chunk_size=1000)
    return csv_response(name="requests.csv", header=HEADER, rows=(_line(row) for row in rows))


@signed_in
@require_POST
def claim(request: ActingRequest, number: str) -> HttpResponse:
    """Say that the agent works on the request."""

    def take() -> str:
        claimed = claims.claim_request(number=number, by=request.user, at=request.now)
        return wording.claimed(claimed)

    permissions.require_staff(StaffPermission.WORK_ON_REQUESTS, by=request.user)
    return _done(request, number, take)


@signed_in
@require_POST
def release(request: ActingRequest, number: str) -> HttpResponse:
    """Say that the agent works on the request no longer."""

    def give_back() -> str:
        released = claims.release_request(number=number, by=request.user, at=request.now)
        return wording.released(released)

    permissions.require_staff(StaffPermission.WORK_ON_REQUESTS, by=request.user)
    return _done(request, number, give_back)


@signed_in
@require_POST
def take_over(request: ActingRequest, number: str) -> HttpResponse:
    """Take the place of whoever works on the request, with a reason."""
    permissions.require_staff(StaffPermission.TAKE_OVER_REQUESTS, by=request.user)
    form = TakeOverForm(request.POST)
    if not form.is_valid():
        found = visible_or_404(request, number)
        return request_page(request, found, form=form, status=400)

    def take() -> str:
        reason = form.cleaned_data["why"]
        taken = claims.take_over_request(
            number=number, reason=reason, by=request.user, at=request.now
        )
        return wording.claimed(taken)

    return _done(request, number, take)


def _done(request: ActingRequest, number: str, act: Callable[[], str]) -> HttpResponse:
    """
    Act, and say the new fact where the button stood: in the queue as it was, or on the request.

    What is refused shows the same place as it is now, with the reason.
    """
    came_from = request.POST.get("queue")
    try:
        messages.success(request, act())
    except SupportRequest.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        edge.refused(request, refusal)
        if came_from is not None:
            return _page(request, _asked(came_from), refusal=refusal)
        found = visible_or_404(request, number)
        return request_page(request, found, refusal=refusal)
    if came_from is None:
        return redirect("support:request", number)
    return redirect(_address(_asked(came_from)))


def _asked(query: str) -> QueryDict:
    """Return what an address asked for; a query is text that anybody may send."""
    try:
        return QueryDict(query[:1000])
    except ValueError:
        return QueryDict()


def _address(asked: QueryDict) -> str:
    return _with(query_of(QueueForm(asked).chosen, after=readable_key(asked.get("after", ""))))


def _with(query: str) -> str:
    url = reverse("support:staff-requests")
    return f"{url}?{query}" if query else url


def _page(
    request: ActingRequest, asked: QueryDict, *, refusal: Refusal | None = None
) -> HttpResponse:
    form, key = QueueForm(asked), readable_key(asked.get("after", ""))
    chosen = form.chosen
    found = queue(chosen=chosen, reader=request.user, at=request.now)
    page = page_of_queue(found, chosen=chosen, key=key)
    may_claim = staff_may(request.user, StaffPermission.WORK_ON_REQUESTS)
    context = {
        "page": page,
        "rows": [line_of(row, reader=request.user, at=request.now) for row in page.rows],
        "form": form.shown(),
        "is_filtered": bool(chosen),
        "may_claim": may_claim,
        "now": request.now,
        "query": query_of(chosen),
        "here": query_of(chosen, after=key),
        "first_url": _with(query_of(chosen)),
        "next_url": _with(query_of(chosen, after=page.next_key)),
        "quick": _quick(chosen, may_claim=may_claim),
    }
    return edge.page(request, "staff/requests.html", context, refusal=refusal)


def _quick(chosen: dict[str, str], *, may_claim: bool) -> list[tuple[str, str, bool]]:
    """Return what is asked for most: its name, its address, whether it is what is shown."""
    asked = {name: value for name, value in chosen.items() if name != "sort"}
    lists: list[tuple[str, dict[str, str]]] = [
        (_("All"), {}),
        (_("Overdue"), {"due": OVERDUE}),
        (_("Unclaimed"), {"claimed": NOBODY}),
        *([(_("Mine"), {"claimed": MINE})] if may_claim else []),
    ]
    return [(label, _with(query_of(filters)), asked == filters) for label, filters in lists]


def _line(row: SupportRequest) -> list[Any]:
    partner = row.whose()
    return [
        row.number,
        partner.name if partner else None,
        partner.mpn_id if partner else None,
        row.state,
        row.severity,
        row.kind,
        row.portal,
        row.product_name,
        row.title,
        row.opened_at.isoformat(),
        row.due_at.isoformat(),
        row.claimed_by.name if row.claimed_by else None,
        row.claimed_at.isoformat() if row.claimed_at else None,
    ]
