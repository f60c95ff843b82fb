"""What the bell tells of an account's own requests."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.models import NotificationsRead
from support.models import SupportRequest
from support.notifications import MOST, NEWS_FOR, of_requests
from tests.advice import ask, deduct
from tests.factories import SupportRequestFactory, UserFactory
from tests.lives import LATER, THEN, change, close, note, reopen, submitted_by_outsider
from tests.stories import member

pytestmark = pytest.mark.django_db

State, CloseReason = SupportRequest.State, SupportRequest.CloseReason
SECOND = timedelta(seconds=1)
FAR = LATER + NEWS_FOR
Step = Callable[[SupportRequest], object]


def staff():
    """Return a new support agent."""
    return UserFactory(staff=True)


STORIES: dict[str, tuple[Step, ...]] = {
    "opened": (),
    "worked on": (lambda r: change(r, State.IN_PROGRESS, by=staff(), at=THEN),),
    "waiting": (lambda r: change(r, State.WAITING_FOR_PARTNER, by=staff(), at=THEN),),
    "waiting, asked again": (
        lambda r: change(r, State.WAITING_FOR_PARTNER, by=staff(), at=THEN),
        lambda r: note(r, by=staff(), at=LATER),
    ),
    "answered": (
        lambda r: change(r, State.WAITING_FOR_PARTNER, by=staff(), at=THEN),
        lambda r: note(r, by=r.author, at=LATER),
    ),
    "with a note of its author": (lambda r: note(r, by=r.author, at=LATER),),
    "with a note of support": (lambda r: note(r, by=staff(), at=LATER),),
    "resolved": (lambda r: change(r, State.RESOLVED, by=staff(), at=LATER),),
    "closed by support": (lambda r: close(r, by=staff(), at=LATER, reason=CloseReason.ANSWERED),),
    "closed by its author": (lambda r: close(r, by=r.author, at=LATER),),
    "reopened": (
        lambda r: close(r, by=staff(), at=THEN, reason=CloseReason.ANSWERED),
        lambda r: reopen(r, by=r.author, at=LATER),
    ),
}


def live(story: str) -> SupportRequest:
    """Return a request to which all this has happened."""
    request = submitted_by_outsider()
    for step in STORIES[story]:
        step(request)
        request.refresh_from_db()
    return request


@pytest.mark.parametrize(
    ("story", "title", "since"),
    [
        ("opened", None, None),
        ("worked on", None, None),
        ("waiting", "Waiting for you", THEN),
        ("waiting, asked again", "Waiting for you", LATER),
        ("answered", None, None),
        ("with a note of its author", None, None),
        ("with a note of support", "Answered", LATER),
        ("resolved", "Resolved", LATER),
        ("closed by support", "Closed", LATER),
        ("closed by its author", None, None),
        ("reopened", None, None),
    ],
)
def test_author_is_told_of_what_support_did_last(story, title, since):
    request = live(story)

    found = of_requests(user=request.author, at=LATER + SECOND)

    assert [(n.title, n.since) for n in found] == ([(title, since)] if title else [])


@pytest.mark.parametrize(
    ("story", "at", "is_told"),
    [
        ("waiting", FAR + 100 * NEWS_FOR, True),
        ("with a note of support", FAR - SECOND, True),
        ("with a note of support", FAR, False),
        ("resolved", FAR - SECOND, True),
        ("resolved", FAR, False),
        ("closed by support", FAR - SECOND, True),
        ("closed by support", FAR, False),
    ],
)
def test_news_is_told_for_two_weeks_and_waiting_for_as_long_as_it_waits(story, at, is_told):
    request = live(story)

    assert bool(of_requests(user=request.author, at=at)) is is_told


def test_notification_of_a_request_leads_to_it_and_is_its_authors_alone():
    request = live("closed by support")

    (found,) = of_requests(user=request.author, at=LATER)

    assert found.text == f"Support closed request {request.number}: Answered."
    assert found.about == "Windows Server 2022 · Sign-in fails"
    assert found.url == reverse("support:request", args=[request.number])
    assert of_requests(user=UserFactory(), at=LATER) == []


@pytest.mark.parametrize(
    ("steps", "title", "text"),
    [
        ((), None, None),
        (
            (lambda r: deduct(r, 3),),
            "Hours deducted",
            "The consultation of request {number} was held. 3 hours were deducted.",
        ),
        (
            (lambda r: deduct(r, 1), lambda r: change(r, State.RESOLVED, by=staff(), at=LATER)),
            "Resolved",
            "1 hour was deducted.",
        ),
        (
            (
                lambda r: deduct(r, 3),
                lambda r: close(r, by=staff(), at=LATER, reason=CloseReason.DUPLICATE),
            ),
            "Closed",
            "Duplicate. The 3 hours that were deducted are returned.",
        ),
        (
            (lambda r: deduct(r, 3), lambda r: note(r, by=staff(), at=LATER)),
            "Answered",
            "Support added a note to request {number}. 3 hours were deducted.",
        ),
    ],
)
def test_consultation_is_told_with_its_hours(steps, title, text):
    request = ask(member().partner).request
    for step in steps:
        step(request)
        request.refresh_from_db()

    found = of_requests(user=request.author, at=LATER + SECOND)

    assert [n.title for n in found] == ([title] if title else [])
    for n in found:
        assert n.text.endswith(text.format(number=request.number))
        assert n.about.startswith("Advisory · Windows Server 2022 · ")


@pytest.mark.parametrize(("read_at", "is_unread"), [(THEN, True), (LATER, False)])
def test_request_is_unread_until_read_after_its_last_change(read_at, is_unread):
    request = live("waiting, asked again")
    NotificationsRead.objects.create(account=request.author, read_at=read_at)

    assert [n.is_unread for n in of_requests(user=request.author, at=LATER)] == [is_unread]


@pytest.mark.parametrize(("rows", "told"), [(1, 1), (MOST + 1, MOST)])
def test_requests_are_read_in_one_statement_and_only_the_latest(rows, told):
    author = UserFactory()
    waiting = {"author": author, "state": State.WAITING_FOR_PARTNER, "billing": True}
    SupportRequestFactory.create_batch(rows, **waiting)

    with CaptureQueriesContext(connection) as captured:
        found = of_requests(user=author, at=LATER)

    assert (len(captured), len(found)) == (1, told)
