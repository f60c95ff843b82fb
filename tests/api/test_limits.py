"""How many calls a caller has, through real calls; the counting itself: portal/test_rate_limit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.models import CallWindow
from portal.rest.rate_limit import METER
from tests.api.calls import Caller
from tests.api.raw import refused
from tests.api.visits import actor, changed_since
from tests.stories import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
LIMIT = 7


class Clock:
    """The real time, as this test has it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    """Let the minute begin, with a small limit."""
    settings.API_CALLS_PER_MINUTE = LIMIT
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


def statuses(caller: Caller, calls: int) -> list[int]:
    """Return how so many calls are answered."""
    return [caller.get("partners").status_code for _call in range(calls)]


def test_caller_has_exactly_as_many_calls_as_the_limit_says(clock: Clock):
    assert statuses(actor("cli"), LIMIT + 3) == [200] * LIMIT + [429] * 3


def test_each_answer_says_how_many_calls_are_left(clock: Clock):
    caller = actor("cli")
    clock.wait(20)

    answers = [caller.get("partners") for _call in range(LIMIT + 1)]

    assert [a["RateLimit"] for a in answers] == [
        f'"default";r={left};t=41' for left in (6, 5, 4, 3, 2, 1, 0, 0)
    ]
    assert {a["RateLimit-Policy"] for a in answers} == {'"default";q=7;w=60'}


def test_refusal_says_when_to_go_on_and_then_it_works(clock: Clock):
    caller = actor("cli")
    clock.wait(15)
    statuses(caller, LIMIT)

    response = caller.get("partners")

    assert refused(response, 429, "rate_limited") == []
    assert response.json()["facts"] == {"limit": LIMIT, "seconds": 46}
    assert response["Retry-After"] == "46"
    clock.wait(46)
    assert statuses(caller, LIMIT + 1) == [200] * LIMIT + [429]


def test_minute_ends_with_its_last_moment(clock: Clock):
    caller = actor("cli")
    statuses(caller, LIMIT)

    clock.wait(59.999)
    assert statuses(caller, 1) == [429]
    clock.wait(0.001)
    assert statuses(caller, 1) == [200]


def test_callers_do_not_share_their_calls(clock: Clock):
    first, second, person = actor("cli"), actor("cli"), actor("own")
    assert statuses(first, LIMIT + 1)[-1] == 429

    assert statuses(second, 1) + statuses(person, 1) == [200, 200]


def test_calls_that_fail_are_counted_too(clock: Clock):
    caller = actor("cli")

    answers = [caller.get("entitlements?foo=1").status_code for _call in range(LIMIT + 1)]

    assert answers == [400] * LIMIT + [429]


def test_nobody_uses_up_no_calls(clock: Clock):
    answers = [actor("nob").get("partners").status_code for _call in range(LIMIT + 1)]

    assert (answers, CallWindow.objects.count()) == ([401] * (LIMIT + 1), 0)


def test_refused_call_reads_who_calls_and_writes_nothing(clock: Clock):
    caller = actor("cli")
    statuses(caller, LIMIT)
    before = row_counts()

    with CaptureQueriesContext(
        connection,
    ) as statements:
        assert statuses(caller, 3) == [429] * 3

    assert [s["sql"].partition(" ")[0] for s in statements] == ["SELECT"] * 3
    assert changed_since(before) == {}


def test_reading_writes_only_when_a_block_is_leased(clock: Clock, settings: Any):
    settings.API_CALLS_PER_MINUTE = 200
    caller = actor("cli")
    assert statuses(caller, 1) == [200]

    with CaptureQueriesContext(connection) as statements:
        assert statuses(caller, 9) == [200] * 9

    assert {s["sql"].partition(" ")[0] for s in statements} == {"SELECT"}


def test_refused_purchase_of_a_call_opens_no_request(clock: Clock):
    caller = actor("cli")
    statuses(caller, LIMIT)
    before = row_counts()

    response = caller.post("supportRequests", {}, headers={"Idempotency-Key": "a-key"})

    assert (response.status_code, changed_since(before)) == (429, {})


def test_worker_that_begins_anew_grants_no_call_twice(clock: Clock):
    caller = actor("cli")
    answers = statuses(caller, 3)

    METER.forget()

    assert answers + statuses(caller, LIMIT) == [200] * LIMIT + [429] * 3
