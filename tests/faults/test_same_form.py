"""One form, sent many times at once: one request, one incident, one number for everybody."""

import time
from functools import partial

import pytest

from partnercenter.demo import accounts
from tests.faults import books, clients, stages
from tests.faults.figures import tell
from tests.world.server import Server

pytestmark = pytest.mark.race
TIMES = 50


def test_same_form_sent_fifty_times_at_once_creates_one_request(
    server: Server, record_property
) -> None:
    world = server.world
    (session,) = world.call(stages.sessions, emails=["admin@fabrikam.example"])
    plan = world.call(stages.plan_id, mpn_id=accounts.FABRIKAM, scope="ON_PREMISES")
    visitor = clients.Visitor(server.url, session)
    review = clients.walk_to_review(visitor, plan=plan, product=clients.ON_PREMISES)
    before = world.call(books.read)
    windows = [
        clients.Visitor(server.url, session, cookies=clients.copy_of(visitor.cookies))
        for _ in range(TIMES)
    ]
    started = time.monotonic()

    answers = clients.all_at_once(
        [partial(window.send, review, clients.CONTACT) for window in windows]
    )

    tell(
        record_property,
        seconds=f"{time.monotonic() - started:.1f}",
        answers=dict(clients.statuses(answers)),
        unavailable=clients.unavailable(answers),
    )
    assert clients.statuses(answers) == {302: TIMES}
    (number,) = {answer.request_number for answer in answers}
    assert number in world.call(books.request_numbers)
    again = visitor.send(review, clients.CONTACT)
    assert again.request_number == number

    after = world.call(books.read)
    assert after["problems"] == []
    assert after["requests"] == before["requests"] + 1
    assert after["remaining"][plan] == before["remaining"][plan] - 1
    assert after["entries"]["CONSUME"] == before["entries"]["CONSUME"] + 1
    assert after["done"]["support.submit_request"] == before["done"]["support.submit_request"] + 1
    assert after["refused"] == before["refused"]
