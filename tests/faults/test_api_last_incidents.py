"""A hundred API clients race for three incidents, in real processes over real connections."""

import time
from functools import partial

import pytest

from tests.faults import books, callers, clients, stages
from tests.faults.figures import tell
from tests.world.server import Server

pytestmark = pytest.mark.race
CLIENTS = 100
LEFT = 3


def test_three_incidents_raced_for_by_a_hundred_clients_go_to_three(
    server: Server, record_property
) -> None:
    world = server.world
    scene = world.call(stages.last_incidents_of_clients, left=LEFT, clients=CLIENTS)
    body = callers.request(plan=scene["plan"], product=callers.ON_PREMISES)
    racers = [callers.ApiCaller(server.url, token) for token in scene["tokens"]]
    before = world.call(books.read)
    assert before["remaining"][scene["plan"]] == LEFT
    started = time.monotonic()

    replies = clients.all_at_once([partial(racer.submit, body, key="mine") for racer in racers])

    tell(
        record_property,
        seconds=f"{time.monotonic() - started:.1f}",
        answers=dict(callers.outcomes(replies)),
        repeats=callers.repeats(replies),
    )
    assert callers.outcomes(replies) == {
        (201, None): LEFT,
        (409, "no_incidents_remaining"): CLIENTS - LEFT,
    }
    created = [reply.body for reply in replies if reply.status == 201]
    assert sorted(request["remainingAfter"] for request in created) == list(range(LEFT))
    assert {request["number"] for request in created} <= set(world.call(books.request_numbers))
    after = world.call(books.read)
    assert after == {
        **before,
        **books.with_uses(before, plan=scene["plan"], times=LEFT),
        "refused": {"no_incidents_remaining": CLIENTS - LEFT},
    }
    assert world.manage("verify_ledger").splitlines() == ["0 differences"]
