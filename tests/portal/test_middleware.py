"""What every request passes through: its id, the clock, refusals, an unreachable database."""

import uuid
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import resolve
from django.utils import timezone

from partners.acting import Acting
from portal import origin
from portal.middleware import (
    ClockMiddleware,
    PlainTextMiddleware,
    PrivateMiddleware,
    RefusalMiddleware,
    RequestContextMiddleware,
    UnavailableMiddleware,
)
from portal.models import AuditRecord
from portal.refusals import Refusal
from tests.factories import UserFactory

JUNE_2021 = datetime(2021, 6, 1, 12, 0, tzinfo=UTC)


class Closed(Refusal):
    """For these tests."""

    code = "already_closed"
    status = 409


def request_of(rf, user, *, path="/account/switch"):
    """Return a POST as it reaches the middleware that comes last."""
    request = rf.post(path)
    request.user, request.acting, request.now = user, Acting(), JUNE_2021
    request.resolver_match = resolve(path)
    return request


# --- the request's id ------------------------------------------------------------------------


IDS = {"MS-RequestId": "req-1", "MS-CorrelationId": "work-1"}


def test_request_ids_are_answered_and_known_meanwhile(rf):
    seen = []

    def view(request):
        seen.append(origin.current())
        return HttpResponse()

    request = rf.get("/", headers=IDS, REMOTE_ADDR="203.0.113.7")
    response = RequestContextMiddleware(view)(request)

    assert {name: response[name] for name in IDS} == IDS
    assert seen == [origin.Origin(origin.Channel.PAGE, "req-1", "203.0.113.7", "work-1")]
    assert origin.current().request_id == "-"


def test_request_without_id_is_given_one(rf):
    response = RequestContextMiddleware(lambda _request: HttpResponse())(rf.get("/"))

    assert {uuid.UUID(response[name]).version for name in IDS} == {4}


# --- the clock -------------------------------------------------------------------------------


def test_request_decides_by_one_instant_and_begins_in_utc(rf, settings):
    settings.PORTAL_NOW = JUNE_2021
    request = rf.get("/")

    with timezone.override(ZoneInfo("Asia/Tokyo")):
        ClockMiddleware(lambda _request: HttpResponse())(request)
        zone = timezone.get_current_timezone_name()

    assert (request.now, zone) == (JUNE_2021, "UTC")


# --- caches ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "said", "answered"),
    [
        (UserFactory.build(), None, "max-age=0, no-cache, no-store, must-revalidate, private"),
        (UserFactory.build(), "max-age=60", "max-age=60"),
        (AnonymousUser(), None, None),
    ],
)
def test_pages_of_signed_in_accounts_stay_out_of_caches(rf, user, said, answered):
    request = rf.get("/")
    request.user = user
    headers = {"Cache-Control": said} if said else {}

    response = PrivateMiddleware(lambda _request: HttpResponse(headers=headers))(request)

    assert response.get("Cache-Control") == answered


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_refusal_from_a_view_becomes_its_page_and_is_recorded(rf):
    middleware = RefusalMiddleware(lambda _request: HttpResponse())
    request = request_of(rf, UserFactory())

    response = middleware.process_exception(request, Closed("It is closed."))

    assert isinstance(response, TemplateResponse)
    assert (response.status_code, response.is_rendered) == (409, True)
    assert "It is closed." in response.content.decode()
    assert AuditRecord.objects.get().refusal_code == "already_closed"


@pytest.mark.django_db
@pytest.mark.parametrize("error", [ValueError("a bug"), OperationalError("gone")])
def test_other_errors_go_on(rf, error):
    middleware = RefusalMiddleware(lambda _request: HttpResponse())

    assert middleware.process_exception(request_of(rf, UserFactory()), error) is None
    assert AuditRecord.objects.count() == 0


@pytest.mark.parametrize(
    ("response", "status", "template"),
    [
        (HttpResponseNotAllowed(["POST"]), 405, "This address only takes a form"),
        (HttpResponse("No.", status=405), 405, "No."),
        (HttpResponse("Yes."), 200, "Yes."),
    ],
)
def test_method_that_an_address_does_not_take_gets_a_page(rf, response, status, template):
    request = request_of(rf, AnonymousUser())

    answer = RefusalMiddleware(lambda _request: response)(request)

    assert answer.status_code == status
    assert template in answer.content.decode()
    assert answer.get("Allow") == response.get("Allow")


# --- characters that nobody types ------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "cookie", "refused"),
    [
        ("/", "", False),
        ("/?q=Contoso", "abc", False),
        ("/a%00b", "", True),
        ("/?q=a%00b", "", True),
        ("/?a%00b=q", "", True),
        ("/", "a\x00b", True),
    ],
)
def test_address_or_cookie_with_nul_is_refused_before_anything_reads_it(rf, path, cookie, refused):
    request = rf.get(path)
    request.user = AnonymousUser()
    request.COOKIES["sessionid"] = cookie

    response = PlainTextMiddleware(lambda _request: HttpResponse("passed"))(request)

    assert (response.status_code, b"passed" in response.content) == (
        (400, False) if refused else (200, True)
    )


@pytest.mark.parametrize(
    ("form", "refused"),
    [
        ({"title": "Sign-in fails"}, False),
        ({"title": "a\x00b"}, True),
        ({"a\x00b": "title"}, True),
        ({"title": ["fine", "a\x00b"]}, True),
    ],
)
def test_form_with_nul_is_refused(rf, form, refused):
    request = rf.post("/", form)
    request.user = AnonymousUser()

    response = PlainTextMiddleware(lambda _request: HttpResponse()).process_view(request)

    assert (response is not None and response.status_code == 400) is refused


# --- an unreachable database -----------------------------------------------------------------


@pytest.mark.parametrize("error", [OperationalError("no route to host"), InterfaceError("closed")])
def test_unreachable_database_is_answered_without_asking_it_again(rf, error, caplog):
    # No database mark: a statement would fail the test.
    middleware = UnavailableMiddleware(lambda _request: HttpResponse())

    response = middleware.process_exception(rf.get("/"), error)

    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "The portal cannot reach its data right now." in response.content.decode()
    assert [record.getMessage() for record in caplog.records] == [
        f"Database unavailable: {type(error).__name__}"
    ]


def test_unreachable_database_after_a_form_promises_nothing_about_it(rf):
    middleware = UnavailableMiddleware(lambda _request: HttpResponse())

    response = middleware.process_exception(rf.post("/"), OperationalError("gone at COMMIT"))

    assert response is not None
    page = response.content.decode()
    assert "Sending the same form again uses nothing twice." in page
    assert "Nothing was changed" not in page


@pytest.mark.parametrize("error", [ValueError("a bug"), IntegrityError("a bug too")])
def test_errors_that_are_bugs_go_on(rf, error):
    middleware = UnavailableMiddleware(lambda _request: HttpResponse())

    assert middleware.process_exception(rf.get("/"), error) is None
