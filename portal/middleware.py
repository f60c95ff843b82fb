"""What every request passes through: origin, clock, refusals, an unreachable database."""

from collections.abc import Callable, Iterator

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from portal import clock, edge, errors, origin
from portal.refusals import Refusal

NUL = "\x00"
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
        response["MS-CorrelationId"] = source.correlation_id
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


class PlainTextMiddleware:
    """
    Refuse requests with NUL characters: nobody types them, and PostgreSQL stores none.

    It stands before the session middleware, whose cookie may hold one too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at address and cookies now, at the form once it has been read."""
        texts = [request.path_info, *request.COOKIES.values()]
        if not _is_of_a_resource(request):
            texts += _texts(request.GET)
        if any(NUL in text for text in texts):
            return _rendered(errors.bad_request(request, ValueError("NUL")))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: object) -> HttpResponse | None:
        """Refuse a form that holds one."""
        if request.method != "POST" or _is_of_a_resource(request):
            return None
        if any(NUL in text for text in _texts(request.POST)):
            return _rendered(errors.bad_request(request, ValueError("NUL")))
        return None


def _is_of_a_resource(request: HttpRequest) -> bool:
    """Whether a resource of the API reads its parameters strictly itself, and takes no forms."""
    return request.path_info.startswith("/api/")


def _texts(data: QueryDict) -> Iterator[str]:
    for name, values in data.lists():
        yield name
        yield from (value for value in values if isinstance(value, str))


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
        """Pass the request on; a method that an address doesn't take gets a page too."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            page = _rendered(errors.method_not_allowed(request))
            page["Allow"] = response["Allow"]
            return page
        return response

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
        return errors.unavailable(request, error)


def _rendered(response: HttpResponse) -> HttpResponse:
    render = getattr(response, "render", None)
    return render() if render is not None else response
