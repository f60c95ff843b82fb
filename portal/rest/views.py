"""
API views: an operation says what it takes and what it answers, and is held to it.

`operation(...)` stands on each method of an `ApiView`. From it the view checks the scope, reads
query and body strictly before the method runs, and the description (schema.py) is written: what is
described and what is done cannot differ.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, TypeVar

from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from portal import edge, errors
from portal.refusals import NextStep, Refusal, Unavailable
from portal.rest import paging, problems
from portal.rest.inputs import NoBody, NoQuery, StrictJSONParser, valid_body, valid_query
from portal.rest.rate_limit import METER, Allowance

VARY = ("Authorization", "Cookie", "Accept-Language", "X-Locale")
Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Operation:
    """One method of one address: what it takes, what it answers, what it may refuse."""

    name: str
    summary: str
    scope: str | None
    answers: Mapping[int, Any]
    refusals: tuple[type[Refusal], ...] = ()
    query: type[serializers.Serializer] = NoQuery
    body: type[serializers.Serializer] | None = None
    takes_key: bool = False
    has_etag: bool = False
    examples: Mapping[str, Any] = field(default_factory=dict)


def operation(**described: Any) -> Callable[[Method], Method]:
    """Describe the method of an ApiView; see `Operation` for what to say."""
    says = Operation(**described)

    def describe(method: Method) -> Method:
        method.operation = says  # type: ignore[attr-defined]
        return method

    return describe


class JsonOnly(BaseContentNegotiation):
    """Everything is JSON, whatever the caller accepts."""

    def select_parser(self, request: Any, parsers: Sequence[Any]) -> Any:
        """Return the parser of the body's media type, or None for one that is not JSON."""
        given = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == given), None)

    def select_renderer(
        self, request: Any, renderers: Sequence[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Return the only renderer."""
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """Base of all resources: authenticated, scoped, limited, strict."""

    # Who may call, and by which means, is settled by the app above: see settings.py.
    renderer_classes = (JSONRenderer,)
    parser_classes = (StrictJSONParser,)
    content_negotiation_class = JsonOnly
    metadata_class = None
    tag: ClassVar[str] = ""

    query: dict[str, Any]
    body: dict[str, Any]
    allowance: Allowance | None = None

    @property
    def operation(self) -> Operation | None:
        """What the called method says about itself."""
        return self.operation_of(self.request.method)

    @classmethod
    def operation_of(cls, method: str) -> Operation | None:
        """Return what a method says about itself; None for one that is not taken."""
        name = "get" if method == "HEAD" else method.lower()
        return getattr(getattr(cls, name, None), "operation", None)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Know the caller and the limits, then read what was sent, before anything is done."""
        _speak(request)
        called = self.operation
        if called is None:
            raise exceptions.MethodNotAllowed(request.method)
        account = request._request.user
        try:
            self.perform_authentication(request)
        except exceptions.PermissionDenied:
            # A session without its token against forgery: its account is known, the call counts.
            self.allowance = METER.take(caller=account.pk)
            raise
        if not request.user.is_authenticated:
            # Before the limit: calls are counted for each caller, and this one is nobody.
            raise _not_authenticated()
        self.allowance = METER.take(caller=request.user.pk)
        self.check_permissions(request)
        self.query = valid_query(request._request, called.query)
        if request.method not in edge.READING:
            self.body = valid_body(_sent(request), called.body or NoBody)

    def permission_denied(
        self, request: Any, message: str | None = None, code: str | None = None
    ) -> NoReturn:
        """Refuse whoever is not known."""
        raise _not_authenticated()

    def handle_exception(self, exc: Exception) -> Any:
        """Turn every refusal into its problem document; everything else is a bug and goes on."""
        refusal = refusal_for(self.request._request, exc)
        if refusal is None:
            raise exc
        if isinstance(refusal, problems.RateLimited):
            self.allowance = Allowance(refusal.limit, remaining=0, seconds=refusal.seconds)
        if not isinstance(refusal, problems.CallRefusal | Unavailable):
            edge.refused(self.request._request, refusal)
        response = Response(
            problems.problem(refusal),
            status=refusal.status,
            headers=problems.headers_of(refusal),
            content_type=problems.MEDIA_TYPE,
        )
        if refusal.status == 405:
            response["Allow"] = ", ".join(self.allowed_methods)
        return response

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say what the answer depends on, and what is left of the limit."""
        final = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(final, VARY)
        final.setdefault("Cache-Control", "private, no-cache")
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            final[name] = value
        return final

    @property
    def allowed_methods(self) -> list[str]:
        """The methods that the address takes."""
        methods = [m.upper() for m in self.http_method_names if self.operation_of(m)]
        return [m for m in methods if m != "OPTIONS"]

    def page(
        self,
        query: QuerySet[Any, Any],
        *,
        shapes: Callable[[list[Any]], list[Any]],
        keys: Sequence[paging.Key] = (paging.Key("pk"),),
        prepare: Callable[[Any], Any] = lambda query: query,
    ) -> Response:
        """
        Answer one page of a query.

        :param shapes: what the API answers for the rows of a page
        :param prepare: adds what only the rows of the page need; counting goes without
        """
        found = paging.slice_of(
            query,
            keys=keys,
            size=self.query["size"],
            cursor=self.query.get("cursor"),
            salt=self._salt(),
            prepare=prepare,
        )
        return self._collection(found, shapes(found.rows))

    def page_of_list(self, rows: Sequence[Any], *, shape: Callable[[Any], Any]) -> Response:
        """Answer one page of what is in memory."""
        found = paging.list_slice(
            rows,
            size=self.query["size"],
            cursor=self.query.get("cursor"),
            salt=self._salt(),
        )
        return self._collection(found, [shape(row) for row in found.rows])

    def _collection(self, found: paging.Slice, items: list[Any]) -> Response:
        """Answer the rows of a page in the envelope of every collection."""
        address, parameters = self.request.path, dict(self.request.GET.items())
        return Response(
            paging.collection(found, items=items, address=address, parameters=parameters)
        )

    def _salt(self) -> str:
        """What a cursor belongs to: the address and its filters, whatever the page's size."""
        given = {k: v for k, v in self.request.GET.items() if k not in ("cursor", "size")}
        return f"{self.request.path}?{sorted(given.items())}"


def refusal_for(request: HttpRequest, error: Exception) -> Refusal | None:
    """Return the refusal that an exception of a call stands for; None for a bug."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, OperationalError | InterfaceError):
        return errors.unavailable_refusal(request, error)
    return _refusal_of_framework(request, error)


def _refusal_of_framework(request: HttpRequest, error: Exception) -> Refusal | None:
    match error:
        case Http404():
            return problems.not_found()
        case exceptions.MethodNotAllowed():
            return problems.MethodNotAllowed(
                _("This address does not take that method."),
                facts={"method": request.method},
                next_step=NextStep(_("The Allow header names those that it takes.")),
            )
        case exceptions.UnsupportedMediaType():
            return problems.UnsupportedMediaType(
                _("The body is not JSON."), next_step=NextStep(_("Send application/json."))
            )
        case exceptions.PermissionDenied():
            return problems.CsrfMissing(
                _("A browser session needs the token against forgery for this."),
                facts={"reason": "csrf"},
                next_step=NextStep(_("Send it as X-CSRFToken, or use an access token.")),
            )
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return _not_authenticated()
        case _:
            return None


def _not_authenticated() -> problems.NotAuthenticated:
    return problems.NotAuthenticated(
        _("No access token, or one that is no longer valid."),
        next_step=NextStep(_("Get a token at /oauth/token and send it as Bearer.")),
    )


def _sent(request: Any) -> object:
    """
    Return the body as JSON's types.

    :raises UnsupportedMediaType: it is something else, such as a form, also one that is read
    """
    has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
    if has_body and JsonOnly().select_parser(request, request.parsers) is None:
        raise exceptions.UnsupportedMediaType(request.content_type)
    return request.data


def _speak(request: Any) -> None:
    """Let X-Locale choose the language of sentences; Accept-Language has been heard before."""
    wanted = request.headers.get("X-Locale", "")
    if not wanted:
        return
    try:
        language = translation.get_supported_language_variant(wanted[:20].lower())
    except LookupError:
        return
    translation.activate(language)
    request._request.LANGUAGE_CODE = language


def not_modified(etag: str) -> HttpResponse:
    """Return the answer that spares the caller what it has already."""
    return HttpResponse(status=304, headers={"ETag": etag})
