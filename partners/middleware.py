"""Set `request.acting`, the user's language and time zone."""

import zoneinfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from partners import acting
from portal import languages, places
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


class LanguageMiddleware:
    """Speak the language of the account's own setting; the cookie and the browser were heard."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Choose the language before anything can answer, pages of errors included."""
        if request.user.is_authenticated and request.user.language in languages.NAMES:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)
