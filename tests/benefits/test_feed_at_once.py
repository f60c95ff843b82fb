"""The feed while others commit: in which order transactions end is nobody's to choose."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction

from benefits.models import Event, FeedHead
from benefits.services.events import append_activated, read_feed, relay
from tests.factories import USED_AT, EventFactory, PackageFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30
RELAYS = 8


class Writer:
    """Writes one event in a connection of its own, and commits when it may."""

    def __init__(self, package):
        self.package = package
        self.has_written = threading.Event()
        self.may_commit = threading.Event()

    def write(self):
        """Write, wait, commit; return the key of the event."""
        try:
            with transaction.atomic():
                event = append_activated(package=self.package, at=USED_AT)
                self.has_written.set()
                assert self.may_commit.wait(PATIENCE)
            return event.pk
        finally:
            connection.close()


class ReaderOfIds:
    """The control: takes the ids for the order of the feed, and goes on behind the last one."""

    def __init__(self):
        self.seen = []

    def read(self):
        """Read what is new."""
        last = self.seen[-1] if self.seen else 0
        behind = Event.objects.filter(pk__gt=last).order_by("pk")
        self.seen += behind.values_list("pk", flat=True)


class ReaderOfTheFeed:
    """Goes on behind the last position."""

    def __init__(self):
        self.staff = UserFactory(staff=True)
        self.last = 0
        self.seen = []

    def read(self):
        """Read what is new."""
        for event in read_feed(user=self.staff, acting_for=None, after=self.last, size=10):
            self.last = event.position or 0
            self.seen.append(event.pk)


def test_event_committed_late_is_missed_by_ids_and_not_by_the_feed():
    package = PackageFactory()
    slow, quick = Writer(package), Writer(package)
    by_ids, by_feed = ReaderOfIds(), ReaderOfTheFeed()
    quick.may_commit.set()

    with ThreadPoolExecutor(max_workers=2) as pool:
        writing_slowly = pool.submit(slow.write)
        assert slow.has_written.wait(PATIENCE)
        writing_quickly = pool.submit(quick.write)
        # PostgreSQL lets the second one commit now, SQLite only after the first.
        wait([writing_quickly], timeout=1)
        by_ids.read()
        by_feed.read()
        slow.may_commit.set()
        first, second = writing_slowly.result(PATIENCE), writing_quickly.result(PATIENCE)
    by_ids.read()
    by_feed.read()

    assert first < second
    if connection.vendor == "postgresql":
        assert (by_ids.seen, by_feed.seen) == ([second], [second, first])
    else:
        assert (by_ids.seen, by_feed.seen) == ([first, second], [first, second])


def test_relays_at_once_give_each_position_once_without_gaps():
    EventFactory.create_batch(100)
    together = threading.Barrier(RELAYS, timeout=PATIENCE)

    def relay_everything():
        together.wait()
        try:
            return sum(iter(lambda: relay(most=7), 0))
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=RELAYS) as pool:
        counts = list(pool.map(lambda _number: relay_everything(), range(RELAYS)))

    positions = Event.objects.order_by("pk").values_list("position", flat=True)
    assert sum(counts) == 100
    assert list(positions) == list(range(1, 101))
    assert FeedHead.objects.get().last == 100
