"""An answer that never reaches its client: the same call again finds what the first one did."""

import time

import pytest

from partnercenter.demo import accounts
from tests.faults import books, callers, clients, stages
from tests.faults.figures import tell
from tests.world.server import Server

pytestmark = pytest.mark.race
TIMES = 6


def wait_for_requests(caller: callers.ApiCaller, *, count: int) -> list[str]:
    """Wait until the partner has so many requests; return their numbers, newest first."""
    deadline = time.monotonic() + clients.PATIENCE
    while time.monotonic() < deadline:
        found = caller.get(f"{callers.REQUESTS}?size=200").body
        if found["totalCount"] >= count:
            return [request["number"] for request in found["items"]]
        time.sleep(0.02)
    raise AssertionError("the request was never written")


def test_answer_lost_after_commit_is_given_again_to_the_same_key(
    server: Server, record_property
) -> None:
    world = server.world
    (token,) = world.call(stages.tokens, mpn_ids=[accounts.FABRIKAM])
    plan = world.call(stages.plan_id, mpn_id=accounts.FABRIKAM, scope="ON_PREMISES")
    caller = callers.ApiCaller(server.url, token)
    body = callers.request(plan=plan, product=callers.ON_PREMISES)
    known = wait_for_requests(caller, count=0)
    before = world.call(books.read)
    lost, found_again = [], []

    for number in range(TIMES):
        caller.submit_and_hang_up(body, key=f"lost-{number}")
        newest = wait_for_requests(caller, count=len(known) + 1)
        lost += sorted(set(newest) - set(known))
        known = newest
        found_again.append(caller.submit(body, key=f"lost-{number}"))

    tell(record_property, lost=len(lost), repeats=callers.repeats(found_again))
    assert callers.outcomes(found_again) == {(201, None): TIMES}
    assert [reply.body["number"] for reply in found_again] == lost
    assert {reply.headers.get("Idempotency-Replayed") for reply in found_again} == {"true"}
    after = world.call(books.read)
    assert after == {**before, **books.with_uses(before, plan=plan, times=TIMES)}
    assert world.manage("verify_ledger").splitlines() == ["0 differences"]
