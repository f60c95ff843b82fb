"""Error pages: always a clear sentence and a next step, never a trace."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from portal.middleware import unavailable
from portal.refusals import Explanation, NextStep


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
        return unavailable(error)
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def _page(request: HttpRequest, status: int, explanation: Explanation) -> HttpResponse:
    template = f"errors/{status}.html"
    return TemplateResponse(request, template, {"explanation": explanation}, status=status)
