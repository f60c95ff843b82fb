"""The client in docs/examples: waits and repeats where it may, and nowhere else."""

from dataclasses import dataclass, field

import pytest

from docs.examples.client import NO_ANSWER, Client, Problem
from tests.documents.fake import Asked, FakePortal, Says, fake_portal

REQUEST = {"title": "Sign-in fails"}
REQUESTS = "/api/v1/supportRequests"
CREATED = Says(201, {"number": "261120000000001"})
BUSY = Says(503, {"code": "unavailable"}, {"Retry-After": "5"})
IN_PROGRESS = Says(409, {"code": "request_in_progress"}, {"Retry-After": "1"})
LIMITED = Says(429, {"code": "rate_limited"}, {"Retry-After": "17"})
CUT_OFF = Says(None)
REFUSED = Says(
    409,
    {
        "code": "no_incidents_remaining",
        "detail": "All 20 incidents have been used.",
        "facts": {"total": 20},
        "nextStep": {"text": "Compare the partner support plans.", "url": None, "people": []},
    },
    {"MS-RequestId": "call-1"},
)


@dataclass
class Waited:
    """A clock that does not tick: it only remembers for how many whole seconds it was to wait."""

    seconds: list[int] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        """Remember."""
        self.seconds.append(int(seconds))


def client_of(portal: FakePortal, waited: Waited | None = None) -> Client:
    """Return a client of the portal that does not really wait."""
    return Client(portal.url, "me", "secret", attempts=3, sleep=waited or Waited())


@pytest.mark.parametrize(
    ("first", "seconds"), [(LIMITED, 17), (BUSY, 5), (IN_PROGRESS, 1), (CUT_OFF, 1)]
)
def test_opening_that_was_not_answered_well_is_repeated_with_the_same_key(
    first: Says, seconds: int
):
    waited = Waited()
    with fake_portal(first, CREATED) as portal:
        opened = client_of(portal, waited).open_request(REQUEST, key="key-1")

    asked = Asked("POST", REQUESTS, "token-1", "key-1", REQUEST)
    assert (opened, portal.asked, waited.seconds) == (CREATED.body, [asked, asked], [seconds])


@pytest.mark.parametrize("first", [BUSY, CUT_OFF, Says(502, "a proxy's words")])
def test_write_without_a_key_that_may_have_been_done_is_not_repeated(first: Says):
    with fake_portal(first) as portal, pytest.raises((Problem, *NO_ANSWER)):
        client_of(portal).call("POST", f"{REQUESTS}/261120000000001/notes", {"text": "Hello"})

    assert len(portal.asked) == 1


def test_write_without_a_key_that_was_not_let_in_is_repeated():
    with fake_portal(LIMITED, Says(201, {"text": "Hello"})) as portal:
        note = client_of(portal).call("POST", f"{REQUESTS}/1/notes", {"text": "Hello"})

    assert (note, len(portal.asked)) == ({"text": "Hello"}, 2)


@pytest.mark.parametrize("again", [BUSY, CUT_OFF, Says(504)])
def test_read_that_fails_is_repeated_until_it_was_tried_often_enough(again: Says):
    waited = Waited()
    with fake_portal(again, again, again) as portal, pytest.raises((Problem, *NO_ANSWER)):
        next(client_of(portal, waited).entitlements())

    assert len(portal.asked) == 3
    assert waited.seconds == ([5, 5] if again is BUSY else [1, 2])


def test_refusal_is_raised_at_once_with_code_facts_and_next_step():
    with fake_portal(REFUSED) as portal, pytest.raises(Problem) as raised:
        client_of(portal).open_request(REQUEST, key="key-1")

    problem = raised.value
    assert (problem.status, problem.code, problem.facts, problem.request_id) == (
        409,
        "no_incidents_remaining",
        {"total": 20},
        "call-1",
    )
    assert problem.next_step == REFUSED.body["nextStep"]
    assert "All 20 incidents have been used." in str(problem)


def test_token_that_was_stopped_is_renewed_once_and_then_given_up():
    stopped = Says(401, {"code": "not_authenticated"})
    with fake_portal(stopped, CREATED, stopped, stopped) as portal:
        client = client_of(portal)
        client.open_request(REQUEST, key="key-1")
        with pytest.raises(Problem, match="401 not_authenticated"):
            client.open_request(REQUEST, key="key-2")

    tokens = [(asked.key, asked.token) for asked in portal.asked]
    assert tokens == [
        ("key-1", "token-1"),
        ("key-1", "token-2"),
        ("key-2", "token-2"),
        ("key-2", "token-3"),
    ]


def page(*items: str, following: str | None) -> Says:
    """Return a page of things with these ids."""
    found = [{"id": item, "cursor": f"at-{item}"} for item in items]
    return Says(200, {"items": found, "links": {"next": following and {"uri": following}}})


def test_entitlements_on_several_pages_are_read_to_the_last():
    with fake_portal(page("a", "b", following="/p2"), page("c", following=None)) as portal:
        found = [e["id"] for e in client_of(portal).entitlements(status="ACTIVE")]

    assert found == ["a", "b", "c"]
    assert [asked.path for asked in portal.asked] == [
        "/api/v1/entitlements?size=200&status=ACTIVE",
        "/p2",
    ]


def test_feed_is_followed_from_the_cursor_and_waits_at_its_end():
    stored: list[str] = []
    waited = Waited()
    pages = (page("a", following="/2"), page(following="/2"), page("b", following="/3"))
    with fake_portal(*pages) as portal:
        feed = client_of(portal, waited).follow(after="at-0", store=stored.append, pause=30)
        seen = [next(feed)["id"], next(feed)["id"]]

    assert (seen, stored, waited.seconds) == (["a", "b"], ["at-a"], [30])
    assert [asked.path for asked in portal.asked] == [
        "/api/v1/events?size=200&after=at-0",
        "/2",
        "/2",
    ]


def test_feed_that_fails_in_the_middle_stores_only_what_was_dealt_with():
    stored: list[str] = []
    with fake_portal(page("a", "b", following="/2")) as portal:
        feed = client_of(portal).follow(after=None, store=stored.append, pause=None)
        for event in feed:
            if event["id"] == "b":
                break

    assert stored == ["at-a"]
