"""The bell: what an account should know, gathered from the apps when somebody looks."""

from datetime import UTC, datetime
from functools import cached_property
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from benefits.notifications import of_benefits
from partners.acting import ActingRequest
from partners.pages import signed_in
from portal.notifications import Notification, mark_read, newest_first
from portal.paging import PAGE_SIZE
from support.notifications import of_requests


class Bell:
    """The notifications of whoever asks; two statements, and none until somebody looks."""

    def __init__(self, request: ActingRequest) -> None:
        self._request = request

    @cached_property
    def notifications(self) -> list[Notification]:
        """Everything there is to know now, the newest first."""
        user, at = self._request.user, self._request.now
        of_what_is_held = of_benefits(
            user=user, acting=self._request.acting, at=at, plans_url=reverse("support:plans")
        )
        return newest_first([*of_what_is_held, *of_requests(user=user, at=at)])

    @property
    def unread(self) -> int:
        """How many came, or changed, since the account marked them as read."""
        return sum(notification.is_unread for notification in self.notifications)


def bell_of(request: HttpRequest) -> Bell | None:
    """Return the bell of a signed-in account, one for each request; staff have none."""
    if request.user.is_staff_member:  # type: ignore[union-attr]
        return None
    if not hasattr(request, "bell"):
        request.bell = Bell(cast(ActingRequest, request))  # type: ignore[attr-defined]
    return cast(Bell, request.bell)  # type: ignore[attr-defined]


@signed_in
@require_safe
def notifications(request: ActingRequest) -> HttpResponse:
    """Show the bell's list. Looking marks nothing as read: a form does."""
    bell = bell_of(request)
    if bell is None:
        return redirect("home")
    return TemplateResponse(request, "partnercenter/notifications.html", _list(request, bell))


@signed_in
@require_POST
def mark_as_read(request: ActingRequest) -> HttpResponse:
    """Mark as read what the sent page had shown; what came since stays unread."""
    bell = bell_of(request)
    if bell is None:
        return redirect("home")
    until = _instant(request.POST.get("until", ""))
    if until is None:
        context = {**_list(request, bell), "is_unreadable": True}
        return TemplateResponse(request, "partnercenter/notifications.html", context, status=400)
    mark_read(until=until, by=request.user, at=request.now)
    messages.info(request, _("All notifications up to then are marked as read."))
    return redirect("notifications")


def _list(request: ActingRequest, bell: Bell) -> dict[str, object]:
    found = bell.notifications
    keys = [notification.key for notification in found]
    before = request.GET.get("before", "")
    start = keys.index(before) + 1 if before in keys else 0
    shown = found[start : start + PAGE_SIZE]
    has_more = len(found) > start + PAGE_SIZE
    return {
        "notifications": shown,
        "unread": bell.unread,
        "is_first": start == 0,
        "next_key": shown[-1].key if has_more else "",
        "until": request.now.isoformat(),
    }


def _instant(text: str) -> datetime | None:
    """Return the instant that a page was made at, or None when the form does not hold one."""
    try:
        moment = parse_datetime(text)
        # Not all that can be written down can be stored: the year 1, east of Greenwich.
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
