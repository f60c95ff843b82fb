"""
Copies of the demo world, so that each test has one of its own.

A world is built once (migrated, loaded) and then copied.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.checks import RESULTS, environment
from tests.world import processes
from tests.world.templates import Templates, locked

# Building takes seconds; a machine with other work takes its time.
MOST_SECONDS = 600


class CommandFailedError(Exception):
    """What a command of a world's own process said before it failed."""


@dataclass(frozen=True)
class World:
    """A database with the demo world, and the clock of those who look at it."""

    database_url: str
    now: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which the portal sees this world."""
        clock = {"PORTAL_NOW": self.now} if self.now else {}
        return environment({"DATABASE_URL": self.database_url, **clock})

    def manage(self, *arguments: str, exit_code: int = 0) -> str:
        """Run a management command; return what it printed."""
        return self._run(["manage.py", *arguments], exit_code=exit_code)

    def call(self, function: Callable[..., Any], **arguments: Any) -> Any:
        """Call a function in a process of its own that has this world as its database."""
        printed = self._run(self.calling(function, **arguments), exit_code=0)
        return json.loads(printed.splitlines()[-1])

    def calling(self, function: Callable[..., Any], **arguments: Any) -> list[str]:
        """Return the command of Python that calls the function, for those who talk to it."""
        place = f"{function.__module__}:{function.__qualname__}"
        return ["-m", "tests.world.inside", place, json.dumps(arguments)]

    def _run(self, command: Sequence[str], *, exit_code: int) -> str:
        process = processes.run(command, environment=self.environment, timeout=MOST_SECONDS)
        if process.returncode != exit_code:
            raise CommandFailedError(f"{' '.join(command)}\n{process.stdout}{process.stderr}")
        return process.stdout


class DemoWorlds:
    """The worlds of this test session: copies of those that were loaded once."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    @contextlib.contextmanager
    def copy(self, *, now: str = "") -> Iterator[World]:
        """Yield a world of one's own, loaded and to be seen at `now` (the real time if empty)."""

        def load(url: str) -> None:
            World(database_url=url, now=now).manage("load_demo")

        instant = "".join(filter(str.isalnum, now))
        loaded = self._templates.built(f"world-{instant}", build=load, of=migrated(self._templates))
        with self._templates.copy(of=loaded) as url:
            yield World(database_url=url, now=now)


def migrated(templates: Templates) -> str:
    """Return the name of a database that has all tables, and no rows but what migrations put in."""

    def migrate(url: str) -> None:
        World(database_url=url).manage("migrate", "--verbosity", "0")

    return templates.built("migrated", build=migrate)


def collect_static_files(*, once: Path) -> None:
    """
    Collect the static files to where the server looks for them, as `make run` does.

    :param once: is there when this has been done
    """
    RESULTS.mkdir(parents=True, exist_ok=True)
    with locked(RESULTS / "static.lock"):
        if not once.exists():
            World(database_url="sqlite://:memory:").manage(
                "collectstatic", "--no-input", "--verbosity", "0"
            )
            once.touch()
