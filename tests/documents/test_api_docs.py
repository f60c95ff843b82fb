"""docs/api.md: its commands run, its answers are those of the portal, its tables are complete."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from partners.scopes import ClientScope
from portal.refusals import Refusal
from portal.rest.schema import description
from tests.documents.shown import Example, different, examples_in
from tests.world.demo import DemoWorlds
from tests.world.server import Server

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "api.md"
EXAMPLES = examples_in(PAGE)
SEEN_AT = "2026-11-20T09:00:00Z"
DEMO = "http://127.0.0.1:8000"
BETWEEN = "@@ end of an example @@"
# What may be answered to any call, or outside of all operations.
EVERYWHERE = {("method_not_allowed", 405), ("server_error", 500)}


@pytest.fixture
def portal(demo_worlds: DemoWorlds, serve: Callable[..., Server]) -> Iterator[Server]:
    """Yield a server of a fresh demo world, on the day of the examples."""
    with demo_worlds.copy(now=SEEN_AT) as world:
        yield serve(world)


def run(examples: list[Example], *, portal: str, folder: Path) -> list[str]:
    """Run the commands of all examples in one shell; return what each printed."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not on the path")
    files = str(ROOT / "docs" / "examples")
    script = "".join(f"{e.commands}\nprintf '\\n{BETWEEN}\\n'\n" for e in examples)
    script = script.replace(DEMO, portal).replace("@docs/examples", f"@{files}")
    shell = subprocess.run(
        ["sh", "-eu"],
        input=script,
        cwd=folder,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (shell.returncode, shell.stderr) == (0, "")
    return shell.stdout.split(BETWEEN)[:-1]


def test_commands_of_the_page_are_answered_as_it_shows(portal: Server, tmp_path: Path):
    printed = run(EXAMPLES, portal=portal.url, folder=tmp_path)

    differences = {
        example.commands: found
        for example, output in zip(EXAMPLES, printed, strict=True)
        if (found := example.differences(output))
    }
    assert len(EXAMPLES) > 20
    assert differences == {}


def test_page_shows_every_field_of_an_entitlement_and_of_an_event():
    shown = "\n".join(example.shown for example in EXAMPLES)
    schemas = description()["components"]["schemas"]

    fields = chain(*(schemas[name]["properties"] for name in ("EntitlementShape", "EventShape")))

    assert [name for name in fields if f'"{name}":' not in shown] == []


# --- tables ----------------------------------------------------------------------------------


def table(first: str) -> list[list[str]]:
    """Return the cells of the table whose first heading is this."""
    text = PAGE.read_text(encoding="utf-8")
    (lines,) = re.findall(rf"^\| {first} \|.*\n\|.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [[c.strip(" `") for c in line.strip("|\n").split(" | ")] for line in lines.splitlines()]


def answered() -> set[tuple[str, int]]:
    """Return every code that the description names, with its status."""
    answers = (
        (status, content["schema"]["allOf"][1]["properties"]["code"]["enum"])
        for way in description()["paths"].values()
        for operation in way.values()
        for status, answer in operation["responses"].items()
        for media, content in answer.get("content", {}).items()
        if media == "application/problem+json"
    )
    return {(code, int(status)) for status, codes in answers for code in codes}


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Yield every refusal of the apps."""
    for below in kind.__subclasses__():
        if not below.__module__.startswith("tests."):
            yield below
            yield from refusals(below)


def test_table_of_codes_is_complete_and_has_the_right_status():
    listed = [(code, int(status)) for code, status, *_words in table("code")]

    assert len(listed) == len(set(listed))
    assert set(listed) == answered() | EVERYWHERE


def test_table_of_codes_agrees_with_the_refusals_that_have_them():
    known = {(r.code, r.status) for r in refusals() if hasattr(r, "code")}

    assert {(code, int(status)) for code, status, *_words in table("code")} - known == set()


def test_table_of_scopes_names_every_scope():
    assert [scope for scope, _for in table("scope")] == list(ClientScope.values)


# --- the control -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "real", "found"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ({"a": 1}, {"b": 2}, ["answer.a is missing"]),
        ({"a": 1}, {"a": True}, ["answer.a is True, shown is 1"]),
        ({"a": ["x"]}, {"a": ["x", "y"]}, []),
        ({"a": ["x"]}, {"a": []}, ["answer.a has 0 items"]),
        ({"a": "…"}, {"a": None}, ["answer.a is None, shown is '…'"]),
        ({"a": "at …!"}, {"a": "at nine!"}, []),
        ({"a": "at …!"}, {"a": "at nine"}, ["answer.a is 'at nine'"]),
    ],
)
def test_what_is_not_as_shown_would_be_found(shown: object, real: object, found: list[str]):
    assert different(shown, real, at="answer") == found
