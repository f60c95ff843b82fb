"""The client in docs/examples at a real portal, as a program and as a library."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import get_type_hints

import pytest

from docs.examples import client as example
from docs.examples.client import Client, Problem
from portal.rest.schema import description
from tests.world import api_client
from tests.world.demo import World
from tests.world.server import Server

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "examples"
REQUEST = json.loads((FOLDER / "request.json").read_text(encoding="utf-8"))
SHAPES = {
    example.Entitlement: "EntitlementShape",
    example.Verdict: "Verdict",
    example.SupportRequest: "RequestShape",
    example.Event: "EventShape",
    example.Explanation: "ExplanationShape",
}


@pytest.fixture
def client(server: Server) -> Client:
    """Return Fabrikam's client at the test's own server."""
    return Client(server.url, api_client.DEMO.client_id, api_client.DEMO.secret)


def test_example_run_as_a_program_shows_what_remains_and_changes_nothing(client: Client):
    told = {
        "PORTAL_URL": client.portal,
        "API_CLIENT_ID": client.client_id,
        "API_CLIENT_SECRET": client.secret,
    }
    runs = [
        subprocess.run(
            [sys.executable, "-I", FOLDER / "client.py"],
            env={**os.environ, **told},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for _run in range(2)
    ]

    assert runs == 2 * [
        [
            "Partner support Gold 20pack | ACTIVE | 17",
            "Signature 10-pack | ACTIVE | 6",
            "Technical presales and deployment | ACTIVE | 44",
            "Partner support Gold 20pack would pay and have left: 16",
        ]
    ]


def test_example_opens_once_for_each_key_and_reads_it_in_the_feed(client: Client, world: World):
    stored: list[str] = []
    before = list(client.follow(after=None, store=stored.append, pause=None))
    key = str(uuid.uuid4())

    opened = client.open_request(REQUEST, key=key)
    assert world.call(api_client.stop_tokens) == 1
    again = client.open_request(REQUEST, key=key)

    after = list(client.follow(after=stored[-1], store=stored.append, pause=None))
    assert (opened, opened["remainingAfter"], len(before) > 5) == (again, 16, True)
    assert [(e["type"], e["requestNumber"], e["remainingAfter"]) for e in after] == [
        ("CONSUMED", opened["number"], 16)
    ]
    assert stored == [event["cursor"] for event in [*before, *after]]


def test_example_that_is_refused_raises_what_the_portal_said(client: Client):
    with pytest.raises(Problem) as raised:
        client.open_request({**REQUEST, "colour": "red"}, key="key-1")
    with pytest.raises(Problem, match="401 invalid_client"):
        list(Client(client.portal, client.client_id, "wrong").entitlements())

    problem = raised.value
    assert (problem.status, problem.code) == (400, "unknown_field")
    assert problem.invalid_parameters == [{"name": "colour", "reason": "Unknown field."}]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_example_names_only_fields_that_are_described(shape: type):
    described = description()["components"]["schemas"][SHAPES[shape]]["properties"]

    assert set(get_type_hints(shape)) - set(described) == set()
