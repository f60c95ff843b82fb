"""Counting misses exactly, in a window that slides."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from portal import throttle
from portal.models import ThrottleBucket
from portal.throttle import Limit, TooManyAttempts

pytestmark = pytest.mark.django_db

THREE_IN_A_MINUTE = Limit(scope="test", hits=3, window=timedelta(minutes=1))
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def at(seconds):
    """Return so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def miss(seconds, *keys, limit=THREE_IN_A_MINUTE):
    """Try and miss, so many seconds after noon."""
    with transaction.atomic():
        throttle.begin(limit=limit, keys=keys or ("account:1",), at=at(seconds)).count()


def refused_until(seconds, *keys):
    """Try; return until when that is refused, in seconds after noon, or None."""
    try:
        with transaction.atomic():
            throttle.begin(limit=THREE_IN_A_MINUTE, keys=keys or ("account:1",), at=at(seconds))
    except TooManyAttempts as refused:
        return (refused.until - NOON).total_seconds()
    return None


def test_old_buckets_are_cleared_and_those_that_count_are_kept():
    miss(0, "old")
    miss(1, "counts", limit=Limit(scope="hour", hits=3, window=timedelta(hours=1)))
    refused_until(2, "empty")

    assert throttle.clear_old(at=at(3600)) == 2
    assert [bucket.key for bucket in ThrottleBucket.objects.all()] == ["counts"]
    assert throttle.clear_old(at=at(3600)) == 0


def test_more_old_buckets_than_one_batch_are_all_cleared():
    keys = [f"account:{number}" for number in range(throttle.BATCH + 1)]
    ThrottleBucket.objects.bulk_create(
        ThrottleBucket(scope="test", key=key, hits=[at(0).timestamp()]) for key in keys
    )

    assert throttle.clear_old(at=at(3600)) == len(keys)


def test_command_clears_and_says_how_many():
    miss(0)
    out = StringIO()

    call_command("clear_old_attempts", stdout=out)

    assert out.getvalue() == "1 counters deleted\n"


def test_limit_over_a_longer_window_than_hits_are_kept_is_a_mistake():
    with pytest.raises(AssertionError, match="old hits are deleted earlier"):
        Limit(scope="test", hits=3, window=timedelta(hours=1, seconds=1))


def test_misses_up_to_the_limit_are_allowed():
    for second in (0, 1, 2):
        miss(second)

    assert refused_until(3) == 60


def test_try_that_is_not_counted_costs_nothing():
    for second in range(10):
        assert refused_until(second) is None

    assert [bucket.hits for bucket in ThrottleBucket.objects.all()] == [[]]


@pytest.mark.parametrize(
    ("seconds", "until"), [(30, 60), (59, 60), (60, None), (69, None), (70, None)]
)
def test_window_slides_over_the_oldest_miss(seconds, until):
    for second in (0, 10, 20):
        miss(second)

    assert refused_until(seconds) == until


def test_next_wait_ends_with_the_next_oldest_miss():
    for second in (0, 10, 20, 60):
        miss(second)

    assert refused_until(61) == 70


def test_old_misses_are_forgotten_when_a_new_one_is_counted():
    for second in (0, 10, 20, 200):
        miss(second)

    assert ThrottleBucket.objects.get().hits == [at(200).timestamp()]


def test_one_key_at_its_limit_refuses_the_try():
    for second in (0, 1, 2):
        miss(second, f"account:{second}", "address:203.0.113.7")

    assert refused_until(3, "account:9", "address:203.0.113.7") == 60
    assert refused_until(3, "account:0", "address:198.51.100.1") is None


def test_refused_try_counts_for_no_key():
    for second in (0, 1, 2):
        miss(second, "account:1")
    assert refused_until(3, "account:1", "address:203.0.113.7") == 60

    assert ThrottleBucket.objects.filter(key="address:203.0.113.7").count() == 0


def test_scopes_are_counted_apart():
    for second in (0, 1, 2):
        miss(second, limit=Limit(scope="another", hits=9, window=timedelta(minutes=1)))

    assert refused_until(3) is None


def test_try_without_a_moment_is_counted_in_real_time():
    with transaction.atomic():
        throttle.begin(limit=THREE_IN_A_MINUTE, keys=["account:1"]).count()

    (hit,) = ThrottleBucket.objects.get().hits
    assert abs(hit - timezone.now().timestamp()) < 60


def take_back(key="account:1"):
    """Forget the newest miss of a key."""
    throttle.take_back(limit=THREE_IN_A_MINUTE, key=key)


def test_miss_that_was_right_after_all_is_taken_back():
    for second in (0, 1, 2):
        miss(second)

    take_back()

    assert ThrottleBucket.objects.get().hits == [at(0).timestamp(), at(1).timestamp()]
    assert refused_until(3) is None


@pytest.mark.parametrize("misses", [0, 1])
def test_nothing_more_is_taken_back_than_there_is(misses):
    for second in range(misses):
        miss(second)

    for _time in range(2):
        take_back()

    assert [bucket.hits for bucket in ThrottleBucket.objects.all()] == [[]] * misses


def test_other_keys_keep_their_misses():
    miss(0, "account:1", "address:203.0.113.7")

    take_back("account:1")

    assert {b.key: len(b.hits) for b in ThrottleBucket.objects.all()} == {
        "account:1": 0,
        "address:203.0.113.7": 1,
    }


def test_refusal_says_until_when():
    refusal = TooManyAttempts(until=at(60))

    assert refusal.explanation.as_dict() == {
        "code": "too_many_attempts",
        "message": "Too many attempts. You can try again at 12:01.",
        "facts": {"until": "2026-11-20T12:01:00+00:00"},
        "nextStep": {
            "text": "Meanwhile, check the numbers with whoever gave them to you.",
            "url": None,
            "people": [],
        },
    }


@pytest.mark.parametrize(("seconds", "least", "most"), [(90, 60, 91), (0, 1, 1), (-30, 1, 1)])
def test_refusal_says_after_how_many_seconds_to_retry(seconds, least, most):
    refusal = TooManyAttempts(until=timezone.now() + timedelta(seconds=seconds))

    assert least <= refusal.retry_after <= most
