"""
Counting what must not be tried too often, exactly, across worker processes.

A bucket holds the instants of the last hits of one account or address. Whoever wants to try locks
the buckets first, tries, and counts a miss before the locks go: two tries never overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from portal.models import ThrottleBucket
from portal.refusals import NextStep, Refusal

# No window is longer: what is older counts nowhere.
LONGEST_WINDOW = timedelta(hours=1)
BATCH = 500


@dataclass(frozen=True)
class Limit:
    """At most `hits` within `window`, for each key of a scope."""

    scope: str
    hits: int
    window: timedelta

    def __post_init__(self) -> None:
        """Hold every limit to the window after which hits are forgotten."""
        assert self.window <= LONGEST_WINDOW, f"{self.scope}: old hits are deleted earlier"


class TooManyAttempts(Refusal):
    """The limit is reached; `until` (real time) is when the next try is allowed."""

    code = "too_many_attempts"
    status = 429

    def __init__(self, *, until: datetime) -> None:
        self.until = until
        super().__init__(
            _("Too many attempts. You can try again at %(time)s.")
            % {"time": formats.time_format(timezone.localtime(until))},
            facts={"until": until.isoformat()},
            next_step=NextStep(_("Meanwhile, check the numbers with whoever gave them to you.")),
        )

    @property
    def retry_after(self) -> int | None:
        """Seconds until the oldest counted attempt leaves the window."""
        return max(1, int((self.until - timezone.now()).total_seconds()) + 1)


class Attempt:
    """A try under locked buckets: call `count()` when it was a miss."""

    def __init__(self, *, limit: Limit, buckets: Sequence[ThrottleBucket], at: datetime) -> None:
        self._limit = limit
        self._buckets = buckets
        self._at = at

    def count(self) -> None:
        """Count this try against every key."""
        for bucket in self._buckets:
            bucket.hits = [*_recent(bucket, self._limit, self._at), self._at.timestamp()]
        ThrottleBucket.objects.bulk_update(self._buckets, ["hits"])


def begin(*, limit: Limit, keys: Sequence[str], at: datetime | None = None) -> Attempt:
    """
    Lock the buckets of `keys` until the transaction ends and allow one try.

    :param at: real time, not the clock of the rules
    :raises TooManyAttempts: a key has reached the limit
    """
    moment = at or timezone.now()
    buckets = _locked(limit.scope, keys)
    # Between being found and being locked one may have been cleared: then there is a fresh one.
    while len(buckets) < len(set(keys)):
        buckets = _locked(limit.scope, keys)
    for bucket in buckets:
        recent = _recent(bucket, limit, moment)
        if len(recent) >= limit.hits:
            oldest = datetime.fromtimestamp(recent[-limit.hits], tz=UTC)
            raise TooManyAttempts(until=oldest + limit.window)
    return Attempt(limit=limit, buckets=buckets, at=moment)


def _locked(scope: str, keys: Sequence[str]) -> list[ThrottleBucket]:
    """Make sure that the buckets are there and lock them."""
    ThrottleBucket.objects.bulk_create(
        [ThrottleBucket(scope=scope, key=key) for key in keys], ignore_conflicts=True
    )
    # One order for everybody, so that two tries with the same keys cannot lock crosswise.
    return list(
        ThrottleBucket.objects.select_for_update(of=("self",), no_key=True)
        .filter(scope=scope, key__in=keys)
        .order_by("key")
    )


def _recent(bucket: ThrottleBucket, limit: Limit, at: datetime) -> list[float]:
    since = (at - limit.window).timestamp()
    return [hit for hit in bucket.hits if hit > since]


@transaction.atomic
def count_all(attempts: Sequence[tuple[Limit, str]]) -> None:
    """
    Count one attempt against each limit and key, all of them or, when one is reached, none.

    :raises TooManyAttempts: a key has reached its limit
    """
    for limit, key in attempts:
        begin(limit=limit, keys=[key]).count()


@transaction.atomic
def take_back(*, limit: Limit, key: str) -> None:
    """Forget the newest counted hit of a key: the attempt turned out to be right."""
    bucket = (
        ThrottleBucket.objects.select_for_update(of=("self",), no_key=True)
        .filter(scope=limit.scope, key=key)
        .first()
    )
    if bucket is not None and bucket.hits:
        bucket.hits = bucket.hits[:-1]
        bucket.save(update_fields=["hits"])


def is_full(*, limit: Limit, key: str) -> bool:
    """Whether the key has reached its limit, as a look without a lock can tell."""
    bucket = ThrottleBucket.objects.filter(scope=limit.scope, key=key).first()
    return bucket is not None and len(_recent(bucket, limit, timezone.now())) >= limit.hits


def clear_old(*, at: datetime | None = None) -> int:
    """
    Delete the buckets in which no hit counts any more, and return how many they were.

    :param at: real time, not the clock of the rules
    """
    since = ((at or timezone.now()) - LONGEST_WINDOW).timestamp()
    deleted, last = 0, 0
    while found := list(ThrottleBucket.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        old = [bucket.pk for bucket in found if all(hit <= since for hit in bucket.hits)]
        deleted += sum(_delete_if_still_old(pk, since=since) for pk in old)
        last = found[-1].pk
    return deleted


@transaction.atomic
def _delete_if_still_old(pk: int, *, since: float) -> int:
    """
    Lock first, read after: a bucket may have got a hit meanwhile.

    One lock in each transaction, so that it cannot lock crosswise with tries that take several.
    """
    # no_key=False: it is deleted.
    locked = ThrottleBucket.objects.select_for_update(of=("self",), no_key=False)
    bucket = locked.filter(pk=pk).first()
    if bucket is None or any(hit > since for hit in bucket.hits):
        return 0
    return bucket.delete()[0]
