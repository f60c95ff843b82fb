"""Error pages: always a clear sentence and a next step, never a trace."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.utils.html import escape

from partners.acting import Acting
from portal import errors


def request_of(rf, method="get"):
    """Return a request of nobody."""
    request = getattr(rf, method)("/")
    request.user, request.acting = AnonymousUser(), Acting()
    return request


@pytest.mark.parametrize(
    ("page", "status", "code"),
    [
        (lambda request: errors.bad_request(request, ValueError()), 400, "bad_request"),
        (lambda request: errors.forbidden(request, ValueError()), 403, "not_authorized"),
        (lambda request: errors.not_found(request, ValueError()), 404, "not_found"),
        (errors.csrf_failure, 403, "form_expired"),
        (errors.method_not_allowed, 405, "method_not_allowed"),
    ],
)
def test_error_page_has_status_code_and_sentence(rf, page, status, code):
    response = page(request_of(rf)).render()

    explanation = response.context_data["explanation"]
    assert (response.status_code, explanation.code) == (status, code)
    assert escape(explanation.message) in response.content.decode()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("gone"), 503),
        (InterfaceError("closed"), 503),
        (ValueError("secret detail"), 500),
    ],
)
def test_server_error_needs_no_database_and_shows_no_detail(rf, error, status):
    # No database mark: a statement would fail the test.
    try:
        raise error
    except (OperationalError, InterfaceError, ValueError):
        response = errors.server_error(request_of(rf))

    assert response.status_code == status
    assert str(error) not in response.content.decode()
