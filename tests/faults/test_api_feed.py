"""Clients write at once; a reader of the feed that dies over and over misses nothing."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults import callers, feed, journals, processes, stages
from tests.faults.figures import tell
from tests.world.demo import World
from tests.world.processes import Process
from tests.world.server import Server

pytestmark = pytest.mark.race
WRITERS = 16
SECONDS = 6.0
SECONDS_WITHOUT_ROW_LOCKS = 3.0


def write(url: str, writer: dict[str, str], *, seconds: float) -> list[str]:
    """Open one request after the other for so long; return their numbers."""
    caller = callers.ApiCaller(url, writer["token"])
    body = callers.request(plan=writer["plan"], product=callers.CLOUD)
    numbers: list[str] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reply = caller.submit(body, key=f"request-{len(numbers)}")
        assert reply.status == 201, reply
        numbers.append(reply.body["number"])
    return numbers


def reader(
    server: Server, token: str, journal: Path, *, to_the_end: bool
) -> AbstractContextManager[Process]:
    """Run a reader of the feed in a process of its own."""
    arguments = [server.url, token, str(journal), str(to_the_end)]
    return processes.process(
        ["-m", "tests.faults.api_reader", *arguments],
        environment=server.world.environment,
    )


def test_feed_followed_by_a_reader_that_dies_while_clients_write_misses_nothing(
    world: World, serve: Callable[..., Server], tmp_path: Path, record_property
) -> None:
    server = serve(world, API_CALLS_PER_MINUTE="100000")
    has_row_locks = world.database_url.startswith("postgresql")
    seconds = SECONDS if has_row_locks else SECONDS_WITHOUT_ROW_LOCKS
    scene = world.call(stages.feed_scene, writers=WRITERS)
    before = world.call(feed.stored)
    journal, over = tmp_path / "journal", threading.Event()
    begin = partial(reader, server, scene["reader"], journal)

    with ThreadPoolExecutor(max_workers=WRITERS + 1) as pool:
        following = pool.submit(processes.follow_and_die, begin, over=over, seed="api")
        writing = [
            pool.submit(write, server.url, writer, seconds=seconds) for writer in scene["writers"]
        ]
        try:
            numbers = [number for writer in writing for number in writer.result()]
        finally:
            over.set()
        deaths = following.result(processes.PATIENCE)

    stored = world.call(feed.stored)
    positions = [position for position, _public_id in stored]
    late = sum(after < position for position, after in pairwise(positions))
    tell(record_property, requests=len(numbers), deaths=deaths, out_of_order=late)
    assert sorted(positions) == list(range(1, len(stored) + 1))
    in_order = [public_id for _position, public_id in sorted(stored)]
    assert [public_id for _cursor, public_id in journals.read(journal)] == in_order
    # Each request is one event: the plans have no thresholds.
    assert len(set(numbers)) == len(numbers) == len(stored) - len(before)
    assert deaths > 1
    assert world.manage("verify_ledger").splitlines() == ["0 differences"]
