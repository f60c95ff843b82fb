"""Guessing pairs in parallel: exactly ten tries are answered, whatever the processes."""

import time
from functools import partial

import pytest

from tests.faults import books, clients, stages
from tests.faults.figures import tell
from tests.world.server import Server

pytestmark = pytest.mark.race
GUESSES = 40
ALLOWED = 10
PLANS = "/supportforbusiness/plans"


def test_guessing_forty_pairs_at_once_answers_exactly_ten(server: Server, record_property) -> None:
    world = server.world
    (session,) = world.call(stages.sessions, emails=["pat@outlook.example"])
    guesser = clients.Visitor(server.url, session)
    assert guesser.open(PLANS).status == 200
    windows = [
        clients.Visitor(server.url, session, cookies=clients.copy_of(guesser.cookies))
        for _ in range(GUESSES)
    ]
    pairs = world.call(stages.pairs_never_issued, count=GUESSES)
    started = time.monotonic()

    answers = clients.all_at_once(
        [
            partial(window.send, PLANS, {"access_id": access, "contract_id": contract})
            for window, (access, contract) in zip(windows, pairs, strict=True)
        ]
    )

    tell(
        record_property,
        seconds=f"{time.monotonic() - started:.1f}",
        answers=dict(clients.statuses(answers)),
        unavailable=clients.unavailable(answers),
    )
    assert clients.statuses(answers) == {400: ALLOWED, 429: GUESSES - ALLOWED}
    for answer in answers:
        assert ("don&#x27;t belong together" in answer.text) == (answer.status == 400)
        assert ("Too many attempts" in answer.text) == (answer.status == 429)
        assert bool(answer.retry_after) == (answer.status == 429)
    waits = [int(answer.retry_after) for answer in answers if answer.retry_after]
    assert all(0 < wait <= 15 * 60 for wait in waits)
    assert world.call(books.read)["refused"] == {
        "pair_not_found": ALLOWED,
        "too_many_attempts": GUESSES - ALLOWED,
    }
