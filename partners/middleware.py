"""Set `request.acting` and the user's time zone."""

import zoneinfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from partners import acting
from portal import places
from portal.middleware import GetResponse

# Written by static/js/time-zone.js from the browser's own zone; an account's own setting wins.
TIME_ZONE_COOKIE = "time_zone"


class ActingMiddleware:
    """Make the partner acted for known to every view, at no cost to those that don't ask."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the zone now; affiliations are read when first asked for."""
        request.acting = SimpleLazyObject(lambda: acting.load(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> None:
        """Show dates in the user's zone."""
        name = request.COOKIES.get(TIME_ZONE_COOKIE, "")
        if request.user.is_authenticated and request.user.time_zone:
            name = request.user.time_zone
        if name in places.zone_names():
            timezone.activate(zoneinfo.ZoneInfo(name))
