"""Counting calls: never above the limit, however many workers and threads there are."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from portal.models import CallWindow
from portal.rest.problems import RateLimited
from portal.rest.rate_limit import Allowance, Meter
from tests.factories import UserFactory

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
THREADS = 8


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the minute begin and never end."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)


def taken(meter: Meter, caller: int, *, most: int = 10_000) -> int:
    """Take calls until one is refused; return how many were granted."""
    for count in range(most):
        try:
            meter.take(caller=caller)
        except RateLimited:
            return count
    return most


# --- one after the other ---------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 7, 19, 20, 21, 100, 600])
def test_one_worker_grants_exactly_the_limit(settings: Any, limit: int):
    settings.API_CALLS_PER_MINUTE = limit

    assert taken(Meter(), UserFactory().pk) == limit


@pytest.mark.django_db
def test_allowance_counts_down_to_nothing(settings: Any):
    settings.API_CALLS_PER_MINUTE = 45
    meter, caller = Meter(), UserFactory().pk

    found = [meter.take(caller=caller) for _call in range(45)]

    assert found == [Allowance(limit=45, remaining=left, seconds=61) for left in range(44, -1, -1)]


@pytest.mark.django_db
def test_refusal_says_the_limit_and_the_seconds(settings: Any):
    settings.API_CALLS_PER_MINUTE = 2
    meter, caller = Meter(), UserFactory().pk
    taken(meter, caller, most=2)

    with pytest.raises(RateLimited) as refused:
        meter.take(caller=caller)

    assert refused.value.explanation.as_dict() == {
        "code": "rate_limited",
        "message": "You have made all 2 calls of this minute.",
        "facts": {"limit": 2, "seconds": 61},
        "nextStep": {
            "text": "Wait until Retry-After has passed, then go on.",
            "url": None,
            "people": [],
        },
    }


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 7, 40, 100])
def test_two_workers_in_turn_grant_exactly_the_limit_together(settings: Any, limit: int):
    settings.API_CALLS_PER_MINUTE = limit
    caller, workers, granted = UserFactory().pk, [Meter(), Meter()], 0

    for _turn in range(limit + 1):
        granted += sum(taken(worker, caller, most=1) for worker in workers)

    assert granted == limit


@pytest.mark.django_db
def test_what_an_idle_worker_has_leased_is_lost_and_no_more(settings: Any):
    settings.API_CALLS_PER_MINUTE = 100
    caller, idle = UserFactory().pk, Meter()
    idle.take(caller=caller)

    # A block is a twentieth of the limit.
    assert taken(Meter(), caller) == 95
    assert taken(idle, caller) == 4


@pytest.mark.django_db
def test_callers_are_counted_apart(settings: Any):
    settings.API_CALLS_PER_MINUTE = 30
    meter, callers = Meter(), [UserFactory().pk for _caller in range(3)]

    assert [taken(meter, caller) for caller in callers] == [30, 30, 30]


@pytest.mark.django_db
@pytest.mark.parametrize("leased_before", [0, 20])
def test_next_minute_begins_anew_in_the_same_row(
    settings: Any, monkeypatch: pytest.MonkeyPatch, leased_before: int
):
    settings.API_CALLS_PER_MINUTE = 20
    meter, caller = Meter(), UserFactory().pk
    taken(meter, caller, most=leased_before)

    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(seconds=60))

    assert (taken(meter, caller), CallWindow.objects.count()) == (20, 1)


@pytest.mark.django_db
def test_worker_whose_clock_is_behind_gives_no_calls_of_another_minute(
    settings: Any, monkeypatch: pytest.MonkeyPatch
):
    settings.API_CALLS_PER_MINUTE = 20
    caller = UserFactory().pk
    assert taken(Meter(), caller) == 20

    monkeypatch.setattr(timezone, "now", lambda: NOON - timedelta(seconds=1))

    assert taken(Meter(), caller) == 0


@pytest.mark.django_db
def test_limit_that_was_lowered_holds_for_the_next_block(settings: Any):
    settings.API_CALLS_PER_MINUTE = 100
    meter, caller = Meter(), UserFactory().pk
    taken(meter, caller, most=50)

    settings.API_CALLS_PER_MINUTE = 20

    assert taken(meter, caller) == 0


# --- at once ---------------------------------------------------------------------------------


def at_once(meters: list[Meter], caller: int) -> int:
    """Let one thread for each meter take all it gets, at once; return how much that is in all."""
    begin = threading.Barrier(len(meters))

    def work(meter: Meter) -> int:
        try:
            begin.wait(timeout=30)
            return taken(meter, caller)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(meters)) as pool:
        return sum(pool.map(work, meters))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [3, 100])
def test_threads_of_one_worker_grant_exactly_the_limit(settings: Any, limit: int):
    settings.API_CALLS_PER_MINUTE = limit

    assert at_once([Meter()] * THREADS, UserFactory().pk) == limit


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [3, 100])
def test_workers_at_once_grant_exactly_the_limit_together(settings: Any, limit: int):
    settings.API_CALLS_PER_MINUTE = limit

    assert at_once([Meter() for _worker in range(THREADS)], UserFactory().pk) == limit
    assert CallWindow.objects.get().leased == limit


@pytest.mark.django_db(transaction=True)
def test_caller_that_waits_for_its_block_keeps_no_other_caller_waiting():
    meter, slow, quick = Meter(), UserFactory().pk, UserFactory().pk
    meter.take(caller=quick)

    def take(caller: int) -> Allowance:
        try:
            return meter.take(caller=caller)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as pool:
        with transaction.atomic():
            # Its row is being written: on PostgreSQL that row is locked, on SQLite everything.
            CallWindow.objects.create(caller_id=slow, minute=0, leased=0)
            waiting = pool.submit(take, slow)
            wait([waiting], timeout=0.5)
            granted = pool.submit(take, quick).result(timeout=10)
            was_waiting = not waiting.done()
        waiting.result(timeout=30)

    assert was_waiting
    assert granted.remaining == granted.limit - 2
