"""A hundred clients race for the last incident, in real processes over real connections."""

import time
from functools import partial

import pytest

from tests.faults import books, clients, stages
from tests.faults.figures import tell
from tests.world.server import Server

pytestmark = pytest.mark.race
CLIENTS = 100


def test_last_incident_raced_for_by_a_hundred_clients_goes_to_one(
    server: Server, record_property
) -> None:
    world = server.world
    scene = world.call(stages.last_incident, clients=CLIENTS)
    sessions = scene["sessions"]
    first = clients.Visitor(server.url, sessions[0])
    clients.walk_to_review(first, plan=scene["plan"], product=clients.ON_PREMISES)
    drafts = world.call(stages.copy_draft, of=sessions[0], to=sessions)
    visitors = [
        clients.Visitor(server.url, session, cookies=clients.copy_of(first.cookies))
        for session in sessions
    ]
    before = world.call(books.read)
    assert before["remaining"][scene["plan"]] == 1
    started = time.monotonic()

    answers = clients.all_at_once(
        [
            partial(visitor.send, clients.review_of(draft), clients.CONTACT)
            for visitor, (draft,) in zip(visitors, drafts, strict=True)
        ]
    )

    tell(
        record_property,
        racing=f"{time.monotonic() - started:.1f} s",
        answers=dict(clients.statuses(answers)),
        unavailable=clients.unavailable(answers),
    )
    assert clients.statuses(answers) == {302: 1, 409: CLIENTS - 1}
    assert all("incidents have been used" in a.text for a in answers if a.status == 409)
    (number,) = (a.request_number for a in answers if a.status == 302)
    winner = next(v for v, a in zip(visitors, answers, strict=True) if a.status == 302)
    request = winner.open(f"/supportforbusiness/manage/{number}")
    assert (request.status, number in request.text) == (200, True)

    after = world.call(books.read)
    assert after["problems"] == []
    assert after["remaining"] == {**before["remaining"], scene["plan"]: 0}
    assert after["requests"] == before["requests"] + 1
    assert after["entries"] == {
        **before["entries"],
        "CONSUME": before["entries"]["CONSUME"] + 1,
    }
    assert after["done"]["support.submit_request"] == before["done"]["support.submit_request"] + 1
    assert after["refused"] == {"no_incidents_remaining": CLIENTS - 1}
    assert number in world.call(books.request_numbers)
    assert world.manage("verify_ledger").splitlines() == ["0 differences"]
