"""Sixteen processes write events and commit out of order; readers that die miss none of them."""

import json
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from scripts.checks import ROOT
from tests.faults import feed
from tests.faults.figures import tell
from tests.world.demo import World

pytestmark = pytest.mark.race
WRITERS = 16
READERS = 2
SECONDS = 6.0
PATIENCE = 120


@contextmanager
def process(world: World, *call: Any, **arguments: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a function in a process of the portal; the block begins when it is ready."""
    with subprocess.Popen(
        world.calling(*call, **arguments),
        cwd=ROOT,
        env=world.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stdout is not None
            assert running.stdout.readline().strip() == feed.READY
            yield running
        finally:
            running.kill()


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
            writer.stdin.flush()
        answers = [writer.communicate(timeout=PATIENCE)[0] for writer in writers]
    return [public_id for answer in answers for public_id in json.loads(answer)]


def follow_and_die(world: World, journal: Path, over: threading.Event) -> int:
    """Follow the feed with readers that are killed, then to the end; return how many died."""
    chance = random.Random(journal.name)
    deaths = 0
    while not over.is_set():
        with process(world, feed.follow, journal=str(journal), to_the_end=False) as reader:
            over.wait(chance.uniform(0.05, 0.8))
            reader.kill()
        deaths += 1
    with process(world, feed.follow, journal=str(journal), to_the_end=True) as reader:
        assert reader.wait(PATIENCE) == 0
    return deaths


def test_feed_followed_by_readers_that_die_while_many_write_misses_nothing(
    world: World, tmp_path: Path, record_property
) -> None:
    before = [public_id for _position, public_id in world.call(feed.stored)]
    journals = [tmp_path / f"reader-{number}" for number in range(READERS)]
    over = threading.Event()
    started = time.monotonic()

    with ThreadPoolExecutor(max_workers=READERS) as pool:
        following = [pool.submit(follow_and_die, world, journal, over) for journal in journals]
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
    assert [feed.read(journal) for journal in journals] == [sorted(stored)] * READERS
    # Else the test would prove nothing: readers died, and on PostgreSQL ids were no order.
    assert min(deaths) > 0
    assert (late > 0) is world.database_url.startswith("postgresql")
