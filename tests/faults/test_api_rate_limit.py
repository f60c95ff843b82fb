"""One client and two server processes: together they answer no more calls than a minute has."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest

from partnercenter.demo import accounts
from tests.faults import callers, stages
from tests.faults.figures import tell
from tests.world.demo import World
from tests.world.server import Server

pytestmark = pytest.mark.race
LIMIT = 60
# What a process leases at once, and may keep to itself at the end.
BLOCK = 3
CALLS = 150
AT_ONCE = 8
LATEST_SECOND = 40


def wait_for_a_minute_with_time_left() -> None:
    """Return early in a minute of the clock, so that what follows stays within it."""
    second = time.time() % 60
    if second > LATEST_SECOND:
        time.sleep(60.1 - second)


def test_calls_beyond_the_limit_are_refused_by_all_processes_together(
    world: World, serve: Callable[..., Server], record_property
) -> None:
    server = serve(world, API_CALLS_PER_MINUTE=str(LIMIT))
    tokens = world.call(stages.tokens, mpn_ids=[accounts.FABRIKAM] * 2)
    busy, quiet = (callers.ApiCaller(server.url, token) for token in tokens)
    wait_for_a_minute_with_time_left()

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        replies = list(pool.map(lambda _: busy.get(f"{callers.API}/products?size=1"), range(CALLS)))

    minutes = {parsedate_to_datetime(r.headers["Date"]).replace(second=0) for r in replies}
    answers = Counter(reply.status for reply in replies)
    tell(record_property, answers=dict(answers), minutes=len(minutes))
    assert len(minutes) == 1, "the calls took longer than the rest of a minute"
    assert set(answers) == {200, 429}
    assert LIMIT - BLOCK < answers[200] <= LIMIT
    refused = [reply for reply in replies if reply.status == 429]
    assert {reply.body["code"] for reply in refused} == {"rate_limited"}
    assert all(0 < int(reply.headers["Retry-After"]) <= 60 for reply in refused)
    assert quiet.get(f"{callers.API}/products?size=1").status == 200
