"""Error pages: always a clear sentence and a next step, never a trace."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from portal import edge
from portal.refusals import Explanation, NextStep, Refusal, Unavailable
from portal.rest import problems

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be understood."""
    return _page(request, 400, Explanation("bad_request", _("This request could not be read.")))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request whose sender lacks a right."""
    message = _("You are not authorized for this action")
    return _page(request, 403, Explanation("not_authorized", message))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address where nothing is, or nothing that is the caller's."""
    explanation = Explanation(
        "not_found",
        _("There is nothing at this address, or nothing that this account may see."),
        next_step=NextStep(_("Check which partner you act for in the account menu.")),
    )
    return _page(request, 404, explanation)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was not opened in this session, for instance before signing in anew."""
    explanation = Explanation(
        "form_expired",
        _("This form was opened before you signed in, or cookies are switched off."),
        next_step=NextStep(_("Go back, reload the page and send the form again.")),
    )
    return _page(request, 403, explanation)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a bug, or a database that failed outside any view, without touching either again."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable(request, error)
    if is_api(request):
        return problems.problem_response(_bug())
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the 503 answer; it must not need the database itself."""
    refusal = unavailable_refusal(request, error)
    if is_api(request):
        return problems.problem_response(refusal)
    # Without the request: sessions, messages and the frame would ask the database again.
    page = render_to_string("errors/503.html", {"explanation": refusal.explanation})
    return HttpResponse(page, status=503, headers=refusal.headers)


def unavailable_refusal(request: HttpRequest, error: Exception) -> Unavailable:
    """Log that the database could not be reached, and return what to tell the caller."""
    # With its trace: on SQLite a missing column is an OperationalError too.
    logger.error("Database unavailable: %s", type(error).__name__, exc_info=error)
    step = _("Try again in a few seconds.")
    if request.method not in edge.READING:
        # It may have failed after the commit: only the data itself can tell.
        step = _(
            "Look at your plans and requests in a few seconds. Sending the same form again uses "
            "nothing twice."
        )
    return Unavailable(_("The portal cannot reach its data right now."), next_step=NextStep(step))


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """Answer a method that the address does not take: mostly a form's address opened as a page."""
    if is_api(request):
        refusal = problems.MethodNotAllowed(_("This address does not take that method."))
        return problems.problem_response(refusal)
    explanation = Explanation(
        "method_not_allowed",
        _("This address only takes a form that was sent from its page."),
        next_step=NextStep(_("Open the page again and choose there what you want to do.")),
    )
    return TemplateResponse(request, "errors/400.html", {"explanation": explanation}, status=405)


def is_api(request: HttpRequest) -> bool:
    """Whether a program is asking: it gets problem documents, never pages."""
    return request.path_info.startswith(("/api/", "/oauth/"))


class ServerError(Refusal):
    """A bug; the log has the trace, the caller the id to name it by."""

    code = "server_error"
    status = 500


def _bug() -> ServerError:
    return ServerError(
        _("Something went wrong here; it has been logged."),
        next_step=NextStep(_("Report it with the MS-RequestId of this answer.")),
    )


def _page(request: HttpRequest, status: int, explanation: Explanation) -> HttpResponse:
    if is_api(request):
        return problems.problem_response(_as_problem(status, explanation))
    template = f"errors/{status}.html"
    return TemplateResponse(request, template, {"explanation": explanation}, status=status)


def _as_problem(status: int, explanation: Explanation) -> Refusal:
    """Return what a program is told in place of the page."""
    if status == 404:
        return problems.not_found()
    # Bodies are read by the views: what cannot be read before them is the address.
    kind = problems.CsrfMissing if status == 403 else problems.InvalidFilter
    return kind(explanation.message, next_step=explanation.next_step)
