"""A server that is told to stop while it works: what it acknowledged is there, and it ends well."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import httpx
import pytest

from partnercenter.demo import accounts
from tests.faults import books, clients, stages
from tests.faults.figures import tell
from tests.world.demo import World
from tests.world.server import Server

pytestmark = pytest.mark.race
CLIENTS = 8
FORMS_EACH = 5
ENOUGH = 8


@dataclass
class Outcome:
    """The forms that were answered with a number, and those whose answer never came."""

    acknowledged: list[str] = field(default_factory=list)
    unanswered: list[tuple[clients.Visitor, str]] = field(default_factory=list)
    enough: threading.Event = field(default_factory=threading.Event)

    def submit(self, visitor: clients.Visitor, reviews: list[str]) -> None:
        """Send one form after the other, also when nobody answers any more."""
        for review in reviews:
            try:
                answer = visitor.send(review, clients.CONTACT)
            except httpx.TransportError:
                self.unanswered.append((visitor, review))
            else:
                assert answer.request_number, answer
                self.acknowledged.append(answer.request_number)
            if len(self.acknowledged) >= ENOUGH:
                self.enough.set()


def fill_in_forms(server: Server) -> list[tuple[clients.Visitor, list[str]]]:
    """Let several people have filled in several forms each, for a plan that is unlimited."""
    plan = server.world.call(stages.plan_id, mpn_id=accounts.TAILSPIN, scope="CLOUD")
    email = "admin@tailspin.example"
    sessions = server.world.call(stages.sessions, emails=[email] * CLIENTS)
    first = clients.Visitor(server.url, sessions[0])
    clients.walk_to_review(first, plan=plan, product=clients.CLOUD)
    drafts = server.world.call(stages.copy_draft, of=sessions[0], to=sessions, times=FORMS_EACH)
    return [
        (
            clients.Visitor(server.url, session, cookies=clients.copy_of(first.cookies)),
            [clients.review_of(draft) for draft in kept],
        )
        for session, kept in zip(sessions, drafts, strict=True)
    ]


def test_sigterm_while_requests_run_loses_nothing_acknowledged(
    world: World, serve: Callable[[World], Server], record_property
) -> None:
    server = serve(world)
    forms = fill_in_forms(server)
    before = world.call(books.read)
    outcome = Outcome()

    with ThreadPoolExecutor(max_workers=CLIENTS) as pool:
        running = [pool.submit(outcome.submit, *form) for form in forms]
        assert outcome.enough.wait(timeout=clients.PATIENCE)
        server.ask_to_stop()
        exit_code = server.stop()
    for result in running:
        result.result()

    stopped = world.call(books.read)
    written = set(world.call(books.request_numbers))
    tell(
        record_property,
        acknowledged=len(outcome.acknowledged),
        unanswered=len(outcome.unanswered),
        written=stopped["requests"] - before["requests"],
        exit_code=exit_code,
    )
    assert exit_code == 0
    assert outcome.unanswered, "the server stopped only after everything was done"
    assert stopped["problems"] == []
    assert len(set(outcome.acknowledged)) == len(outcome.acknowledged)
    assert set(outcome.acknowledged) <= written

    # Sent again to the next server, what was not answered becomes a request, once.
    url = serve(world).url
    repeated = [
        replace(visitor, url=url).send(review, clients.CONTACT).request_number
        for visitor, review in outcome.unanswered
    ]
    assert all(repeated)
    after = world.call(books.read)
    assert after["problems"] == []
    assert len({*outcome.acknowledged, *repeated}) == CLIENTS * FORMS_EACH
    assert after["requests"] == before["requests"] + CLIENTS * FORMS_EACH
