"""Sixteen processes write events and commit out of order; readers that die miss none of them."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.faults import feed, journals, processes
from tests.faults.figures import tell
from tests.faults.processes import PATIENCE
from tests.world.demo import World
from tests.world.processes import Process

pytestmark = pytest.mark.race
WRITERS = 16
READERS = 2
SECONDS = 6.0


def process(world: World, *call: Any, **arguments: Any) -> AbstractContextManager[Process]:
    """Run a function in a process of the portal; the block begins when it is ready."""
    return processes.process(world.calling(*call, **arguments), environment=world.environment)


def write_at_once(world: World) -> list[str]:
    """Let all writers begin in the same moment; return the public ids of what they committed."""
    with ExitStack() as stack:
        writers = [
            stack.enter_context(process(world, feed.write, seed=number, seconds=SECONDS))
            for number in range(WRITERS)
        ]
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write(f"{feed.GO}\n")
        answers = [writer.communicate(timeout=PATIENCE) for writer in writers]
    return [public_id for answer in answers for public_id in json.loads(answer)]


def test_feed_followed_by_readers_that_die_while_many_write_misses_nothing(
    world: World, tmp_path: Path, record_property
) -> None:
    before = [public_id for _position, public_id in world.call(feed.stored)]
    kept = [tmp_path / f"reader-{number}" for number in range(READERS)]
    over = threading.Event()
    started = time.monotonic()

    with ThreadPoolExecutor(max_workers=READERS) as pool:
        following = [
            pool.submit(
                processes.follow_and_die,
                partial(process, world, feed.follow, journal=str(journal)),
                over=over,
                seed=journal.name,
            )
            for journal in kept
        ]
        try:
            committed = write_at_once(world)
        finally:
            over.set()
        deaths = [follower.result(PATIENCE) for follower in following]

    stored = [(position, public_id) for position, public_id in world.call(feed.stored)]
    positions = [position for position, _public_id in stored]
    late = sum(after < position for position, after in pairwise(positions))
    tell(
        record_property,
        seconds=f"{time.monotonic() - started:.1f}",
        events=len(committed),
        out_of_order=late,
        deaths=deaths,
    )
    assert sorted(public_id for _position, public_id in stored) == sorted([*before, *committed])
    assert sorted(positions) == list(range(1, len(stored) + 1))
    in_order = [(str(position), public_id) for position, public_id in sorted(stored)]
    assert [journals.read(journal) for journal in kept] == [in_order] * READERS
    # Else the test would prove nothing: readers died, and on PostgreSQL ids were no order.
    assert min(deaths) > 0
    assert (late > 0) is world.database_url.startswith("postgresql")
