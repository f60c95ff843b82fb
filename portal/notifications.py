"""
What the bell tells an account: derived when somebody looks, so nothing has to run.

Each app derives its own (benefits/notifications.py, support/notifications.py). Stored is only up to
which instant the account has read them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Subquery

from portal.models import NotificationsRead


@dataclass(frozen=True)
class Notification:
    """
    One thing that the account should know, and where it can be dealt with.

    `key` names it for as long as it holds; `since` is when it began to, or last changed. Title and
    `tone` make a badge, `about` says whose and what it is in a line.
    """

    key: str
    tone: str
    title: str
    text: str
    about: str
    since: datetime
    is_unread: bool
    url: str
    action: str


def read_until(account: AbstractBaseUser) -> Subquery:
    """Return, as part of another statement, the instant up to which the account has read."""
    return Subquery(NotificationsRead.objects.filter(account_id=account.pk).values("read_at")[:1])


def is_unread(since: datetime, *, read_at: datetime | None) -> bool:
    """Whether something that holds since then came, or changed, after the account read."""
    return read_at is None or since > read_at


def newest_first(notifications: Iterable[Notification]) -> list[Notification]:
    """Sort as the list shows them."""
    return sorted(notifications, key=lambda n: (n.since, n.key), reverse=True)


@transaction.atomic
def mark_read(*, until: datetime, by: AbstractBaseUser, at: datetime) -> None:
    """
    Mark as read what holds since `until` or longer: what the account was shown by then.

    It never goes back, whichever of two open lists is sent last, and never beyond now. A reader's
    own mark is no change of anything that is audited.
    """
    seen = min(until, at)
    NotificationsRead.objects.get_or_create(account_id=by.pk, defaults={"read_at": seen})
    NotificationsRead.objects.filter(account_id=by.pk, read_at__lt=seen).update(read_at=seen)
