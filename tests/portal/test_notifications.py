"""Read and unread: up to which instant an account has read its notifications."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.models import NotificationsRead
from portal.notifications import Notification, is_unread, mark_read, newest_first
from tests.factories import UserFactory

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def notification(key: str, since: datetime) -> Notification:
    """Return a notification of which only key and instant matter."""
    return Notification(key, "neutral", "", "", "", since, is_unread=True, url="/", action="")


@pytest.mark.parametrize(
    ("since", "read_at", "expected"),
    [
        (NOW, None, True),
        (NOW, NOW - MINUTE, True),
        (NOW, NOW, False),
        (NOW, NOW + MINUTE, False),
    ],
)
def test_notification_is_unread_if_it_came_after_the_account_read(since, read_at, expected):
    assert is_unread(since, read_at=read_at) is expected


def test_newest_comes_first_and_of_one_instant_the_order_never_changes():
    old, a, b = notification("z", NOW - MINUTE), notification("a", NOW), notification("b", NOW)

    assert newest_first([old, a, b]) == newest_first([b, a, old]) == [b, a, old]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("marks", "read_at"),
    [
        ([NOW - MINUTE], NOW - MINUTE),
        ([NOW - 2 * MINUTE, NOW - MINUTE], NOW - MINUTE),
        # An older list that is sent last takes nothing back.
        ([NOW - MINUTE, NOW - 2 * MINUTE], NOW - MINUTE),
        # What comes later was not shown, whatever a form says.
        ([NOW + MINUTE], NOW),
    ],
)
def test_marking_as_read_goes_forward_and_not_beyond_now(marks, read_at):
    reader, other = UserFactory(), UserFactory()
    mark_read(until=NOW - 3 * MINUTE, by=other, at=NOW)

    for until in marks:
        mark_read(until=until, by=reader, at=NOW)

    rows = NotificationsRead.objects.order_by("pk").values_list("account_id", "read_at")
    assert dict(rows) == {other.pk: NOW - 3 * MINUTE, reader.pk: read_at}
