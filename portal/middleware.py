"""What every request passes through: origin, clock, refusals, an unreachable database."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from portal import clock, edge, origin
from portal.refusals import NextStep, Refusal, Unavailable

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestContextMiddleware:
    """Give the request an id that is logged, audited and answered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id under which the request was handled."""
        source = origin.of_request(request)
        with origin.working_for(source):
            response = self.get_response(request)
        response["MS-RequestId"] = source.request_id
        return response


class ClockMiddleware:
    """Set `request.now`, the instant by which this request decides everything."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Show dates in UTC unless a later middleware knows the user's zone."""
        request.now = clock.now()  # type: ignore[attr-defined]
        timezone.deactivate()
        return self.get_response(request)


class PrivateMiddleware:
    """Keep what a signed-in account sees out of every cache: pages show IDs and names."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the answer, unless the view has said something about caching itself."""
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class RefusalMiddleware:
    """Turn a refusal that a view did not answer itself into its page, and record the attempt."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; process_exception does the work."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer refusals; everything else is a bug and goes on."""
        if not isinstance(error, Refusal):
            return None
        return _rendered(edge.answer(request, edge.refused(request, error)))


class UnavailableMiddleware:
    """
    Answer 503 with Retry-After when the database is out of reach, locked for too long or full.

    It stands outside the session and authentication middleware, which need the database too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; process_exception and the handler below do the work."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer faults of the database; everything else is a bug and goes on."""
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        return unavailable(error)


def unavailable(error: Exception) -> HttpResponse:
    """Return the 503 page; it must not need the database itself."""
    logger.error("Database unavailable: %s", type(error).__name__)
    refusal = Unavailable(
        _("The portal cannot reach its data right now. Nothing was changed or used."),
        next_step=NextStep(_("Try again in a few seconds.")),
    )
    # Without the request: sessions, messages and the frame would ask the database again.
    page = render_to_string("errors/503.html", {"explanation": refusal.explanation})
    return HttpResponse(page, status=503, headers={"Retry-After": str(refusal.retry_after)})


def _rendered(response: HttpResponse) -> HttpResponse:
    render = getattr(response, "render", None)
    return render() if render is not None else response
