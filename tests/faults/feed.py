"""Writing to the change feed and following it; called inside processes of the portal."""

import random
import sys
import time
from pathlib import Path

from django.db import transaction

from benefits.models import Event, Package
from benefits.services import events
from partners.models import User
from portal import clock
from tests.faults.journals import append, read
from tests.faults.processes import READY

GO = "go"
# Most transactions are short; some stay open while many others commit.
SECONDS_OPEN = (0.0, 0.01, 0.02, 0.05, 0.3)
UNDONE = 0.2
PAGE = 20


def write(*, seed: int, seconds: float) -> list[str]:
    """
    Write events for so long, each in a transaction that stays open for a random time; some are
    rolled back. Says READY, begins at GO, returns the public ids of what was committed.
    """
    chance = random.Random(seed)
    package = Package.objects.order_by("pk")[0]
    _say(READY)
    assert sys.stdin.readline().strip() == GO
    committed = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        is_undone = chance.random() < UNDONE
        with transaction.atomic():
            event = events.append_activated(package=package, at=clock.now())
            time.sleep(chance.choice(SECONDS_OPEN))
            transaction.set_rollback(is_undone)
        if not is_undone:
            committed.append(str(event.public_id))
    return committed


def follow(*, journal: str, to_the_end: bool) -> None:
    """
    Read page after page into the journal, a line for each event, from where it ends.

    A page and the place up to which was read are one write, so a reader that dies has stored both
    or neither. Says READY, and returns at the end of the feed if that was asked for.
    """
    reader = User.objects.get(email="auditor@portal.example")
    last = int((read(Path(journal)) or [("0", "")])[-1][0])
    _say(READY)
    while True:
        page = events.read_feed(user=reader, acting_for=None, after=last, size=PAGE)
        if not page and to_the_end:
            return
        # Time to die in, between reading and storing.
        time.sleep(random.uniform(0, 0.01))
        append(journal, "".join(f"{event.position} {event.public_id}\n" for event in page))
        last = (page and page[-1].position) or last


def stored() -> list[tuple[int | None, str]]:
    """Return position and public id of all events, in the order of their ids."""
    rows = Event.objects.order_by("pk").values_list("position", "public_id")
    return [(position, str(public_id)) for position, public_id in rows]


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()
