"""One call of the API, sent many times at once under one key: one request, one answer for all."""

import time
from functools import partial

import pytest

from partnercenter.demo import accounts
from tests.faults import books, callers, clients, stages
from tests.faults.figures import tell
from tests.world.server import Server

pytestmark = pytest.mark.race
TIMES = 50


def test_same_key_sent_fifty_times_at_once_creates_one_request(
    server: Server, record_property
) -> None:
    world = server.world
    (token,) = world.call(stages.tokens, mpn_ids=[accounts.FABRIKAM])
    plan = world.call(stages.plan_id, mpn_id=accounts.FABRIKAM, scope="ON_PREMISES")
    caller = callers.ApiCaller(server.url, token)
    body = callers.request(plan=plan, product=callers.ON_PREMISES)
    before = world.call(books.read)
    started = time.monotonic()

    replies = clients.all_at_once([partial(caller.submit, body, key="only-once")] * TIMES)

    tell(
        record_property,
        seconds=f"{time.monotonic() - started:.1f}",
        answers=dict(callers.outcomes(replies)),
        repeats=callers.repeats(replies),
    )
    assert callers.outcomes(replies) == {(201, None): TIMES}
    (answer,) = {reply.text for reply in replies}
    replayed = [reply.headers.get("Idempotency-Replayed") for reply in replies]
    assert sorted(replayed, key=str) == [None] + ["true"] * (TIMES - 1)
    other = caller.submit({**body, "title": "Something else"}, key="only-once")
    assert callers.outcomes([other]) == {(422, "idempotency_key_reused"): 1}
    assert caller.submit(body, key="only-once").text == answer
    after = world.call(books.read)
    assert after == {
        **before,
        **books.with_uses(before, plan=plan, times=1),
        "refused": {"idempotency_key_reused": 1},
    }
    assert world.manage("verify_ledger").splitlines() == ["0 differences"]
