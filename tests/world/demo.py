"""
Copies of the demo world, so that each test has one of its own.

A world is built once per test session (migrated, loaded) and then copied. The test processes of a
session share what was built; the last one to leave takes it away. In a run of all parts, those on
SQLite share it too, and it goes with the folder of the run.
"""

import contextlib
import fcntl
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.checks import RESULTS, environment
from tests.world import processes
from tests.world.databases import Databases

MOST_SECONDS = 120


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
    """The worlds that were built in this test session, and the copies made of them."""

    def __init__(self, *, databases: Databases, folder: Path, static: Path, stays: bool) -> None:
        """
        Make worlds in a folder.

        :param static: exists when the static files were collected
        :param stays: whether what is built is left in the folder for those who come later
        """
        self._databases = databases
        self._folder = folder
        self._static = static
        self._stays = stays
        self._user = folder / f"used-by-{uuid.uuid4().hex}"

    def __enter__(self) -> "DemoWorlds":
        """Join the processes that use what is built here; static files are collected once."""
        with _locked(self._folder / "lock"):
            self._user.touch()
            if not self._static.exists():
                collect_static_files()
                self._static.touch()
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave; the last one drops what was built."""
        with _locked(self._folder / "lock"):
            self._user.unlink()
            if not self._stays and not list(self._folder.glob("used-by-*")):
                for built in self._folder.glob("built-*"):
                    self._databases.drop(built.read_text())
                    built.unlink()

    @contextlib.contextmanager
    def copy(self, *, now: str = "") -> Iterator[World]:
        """Yield a world of one's own, loaded and to be seen at `now` (the real time if empty)."""
        template = self._template(now=now)
        name = _fresh_name()
        try:
            yield World(database_url=self._databases.copy(name, of=template), now=now)
        finally:
            self._databases.drop(name)

    def _template(self, *, now: str) -> str:
        """Return the name of the world that was loaded at `now`; the first to ask builds it."""
        built = self._folder / f"built-{''.join(filter(str.isalnum, now))}"
        with _locked(self._folder / "lock"):
            if not built.exists():
                name = _fresh_name()
                world = World(database_url=self._databases.create(name), now=now)
                world.manage("migrate", "--verbosity", "0")
                world.manage("load_demo")
                built.write_text(name)
            return built.read_text()


def collect_static_files() -> None:
    """Collect the static files to where the server looks for them, as `make run` does."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    with _locked(RESULTS / "static.lock"):
        World(database_url="sqlite://:memory:").manage(
            "collectstatic", "--no-input", "--verbosity", "0"
        )


def _fresh_name() -> str:
    return f"world_{uuid.uuid4().hex[:16]}"


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time into the block."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
