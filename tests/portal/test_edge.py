"""The edge: which refused attempts are recorded, once, and how a refusal is answered."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.response import TemplateResponse
from django.urls import resolve
from django.utils import timezone

from partners.acting import Acting
from partners.permissions import NotAuthorized
from portal import edge
from portal.models import AuditRecord, ThrottleBucket
from portal.refusals import Attempt, NextStep, Refusal, Unavailable
from portal.rest.problems import InsufficientScope
from portal.throttle import TooManyAttempts
from tests.factories import PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Closed(Refusal):
    """For these tests."""

    code = "already_closed"
    status = 409


class Absent(Refusal):
    """For these tests."""

    code = "not_found"
    status = 404


def request_by(rf, user, *, method="POST", path="/account/switch", acting=None):
    """Return a request as it reaches a view."""
    request = rf.generic(method, path)
    request.user = user
    request.now = NOW
    request.acting = acting or Acting()
    request.resolver_match = resolve(path)
    return request


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_refused_change_is_recorded(rf, method):
    user, partner = UserFactory(), PartnerFactory()
    request = request_by(rf, user, method=method, acting=Acting(partner=partner))

    edge.refused(request, Closed("It is closed.", facts={"n": 1}))

    record = AuditRecord.objects.get()
    assert (record.action, record.actor, record.partner_mpn_id, record.occurred_at) == (
        "partners:switch",
        user,
        partner.mpn_id,
        NOW,
    )
    assert (record.refusal_code, record.facts) == ("already_closed", {"n": 1})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_what_cannot_be_used_is_no_attempt(rf, method):
    edge.refused(request_by(rf, UserFactory(), method=method), Closed("It is closed."))

    assert AuditRecord.objects.count() == 0


def test_reading_without_the_right_to_is_an_attempt(rf):
    edge.refused(request_by(rf, UserFactory(), method="GET"), NotAuthorized("You are not."))

    assert AuditRecord.objects.get().refusal_code == "not_authorized"


def turn_away(rf, user, *, method="GET", path="/account/switch", refusal=NotAuthorized):
    """Refuse a request of the account for lack of a right; return how many are on record."""
    edge.refused(request_by(rf, user, method=method, path=path), refusal("You may not."))
    return AuditRecord.objects.count()


def test_account_that_is_turned_away_again_at_the_same_place_is_recorded_once_an_hour(rf):
    user = UserFactory()

    assert [turn_away(rf, user) for _again in range(3)] == [1, 1, 1]

    bucket = ThrottleBucket.objects.get()
    bucket.hits = [bucket.hits[0] - 3600]
    bucket.save()
    assert [turn_away(rf, user) for _again in range(3)] == [2, 2, 2]


def test_other_accounts_places_and_reasons_are_recorded_each(rf):
    user = UserFactory()
    turn_away(rf, user)

    assert turn_away(rf, UserFactory()) == 2
    assert turn_away(rf, user, path="/dashboard/") == 3
    assert turn_away(rf, user, refusal=InsufficientScope) == 4


def test_call_without_the_scope_is_recorded_once_whatever_its_method(rf):
    user = UserFactory()

    found = [turn_away(rf, user, method=m, refusal=InsufficientScope) for m in ("POST", "GET")]

    assert found == [1, 1]


def test_change_without_the_right_to_is_recorded_each_time(rf):
    user = UserFactory()

    assert [turn_away(rf, user, method="POST") for _again in range(3)] == [1, 2, 3]


def test_reading_that_was_recorded_takes_one_statement(rf, django_assert_num_queries):
    user = UserFactory()
    turn_away(rf, user)
    request = request_by(rf, user, method="GET")

    with django_assert_num_queries(1):
        edge.refused(request, NotAuthorized("You may not."))


def test_refusal_is_recorded_once_for_each_request(rf):
    request = request_by(rf, UserFactory())

    for _time in range(2):
        edge.refused(request, Closed("It is closed."))

    assert AuditRecord.objects.count() == 1


def test_refusal_is_handed_back(rf):
    refusal = Closed("It is closed.")

    assert edge.refused(request_by(rf, UserFactory()), refusal) is refusal


def test_refused_attempt_of_nobody_has_no_actor(rf):
    edge.refused(request_by(rf, AnonymousUser()), Closed("It is closed."))

    record = AuditRecord.objects.get()
    assert (record.actor, record.partner_mpn_id) == (None, "")


def test_refused_attempt_names_its_target_by_the_address(rf):
    plan = "0192d0c2-0000-7000-8000-000000000001"
    path = f"/dashboard/mpn/membership/benefits/technical/{plan}"
    request = request_by(rf, UserFactory(), path=path)

    edge.refused(request, Closed("It is closed."))

    record = AuditRecord.objects.get()
    assert (record.target_kind, record.target_id) == (
        next(iter(request.resolver_match.kwargs)),
        plan,
    )


def test_refused_attempt_is_recorded_in_the_words_of_the_service_that_refused(rf):
    refusal = Closed("It is closed.")
    refusal.name_attempt(Attempt(action="support.close_request", target=("request", "26")))

    edge.refused(request_by(rf, UserFactory()), refusal)

    record = AuditRecord.objects.get()
    assert (record.action, record.target_kind, record.target_id) == (
        "support.close_request",
        "request",
        "26",
    )


def test_refused_attempt_outside_any_view_is_recorded_by_its_path(rf):
    request = request_by(rf, UserFactory())
    request.resolver_match = None

    edge.refused(request, Closed("It is closed."))

    record = AuditRecord.objects.get()
    assert (record.action, record.target_kind) == ("/account/switch", "")


@pytest.mark.parametrize(
    ("refusal", "status", "template", "retry_after"),
    [
        (Closed("No."), 409, "errors/400.html", None),
        (NotAuthorized("No."), 403, "errors/403.html", None),
        (Absent("No."), 404, "errors/404.html", None),
        (Unavailable("No."), 503, "errors/503.html", "5"),
    ],
)
def test_refusal_is_answered_with_its_status_and_page(rf, refusal, status, template, retry_after):
    answer = cast(TemplateResponse, edge.answer(request_by(rf, UserFactory()), refusal))

    assert (answer.status_code, answer.template_name) == (status, template)
    assert answer.get("Retry-After") == retry_after
    assert answer.context_data == {"explanation": refusal.explanation}


@pytest.mark.parametrize(
    ("refusal", "status", "retry_after"),
    [(None, 400, None), (Closed("No."), 409, None), (Unavailable("No."), 503, "5")],
)
def test_page_has_what_was_refused_and_its_status(rf, refusal, status, retry_after):
    request, shown = request_by(rf, UserFactory()), {"form": "as it was sent"}

    page = edge.page(request, "portal/gallery.html", shown, refusal=refusal, status=400)

    assert (page.status_code, page.get("Retry-After")) == (status, retry_after)
    explanation = refusal.explanation if refusal else None
    assert cast(TemplateResponse, page).context_data == {**shown, "refusal": explanation}


def test_throttled_refusal_is_answered_with_the_seconds_to_wait(rf):
    refusal = TooManyAttempts(until=timezone.now() + timedelta(seconds=60))

    answer = edge.answer(request_by(rf, UserFactory()), refusal)

    assert answer.status_code == 429
    assert 30 <= int(answer["Retry-After"]) <= 61


def test_answered_page_shows_sentence_and_next_step(rf):
    refusal = Closed("It is closed.", next_step=NextStep("Open another one."))

    answer = cast(TemplateResponse, edge.answer(request_by(rf, UserFactory()), refusal))

    page = answer.render().content.decode()
    assert "It is closed." in page
    assert "Open another one." in page
