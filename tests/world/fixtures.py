"""The fixtures of tests that need a world and a server of their own; conftest files import them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import dj_database_url
import pytest
from django.db import connection

from scripts.checks import SHARED_FOLDER
from tests.world.databases import databases
from tests.world.demo import DemoWorlds, World, collect_static_files, migrated
from tests.world.server import Server, serving
from tests.world.templates import Templates


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """Yield what was built once, on the kind of database that DATABASE_URL names."""
    own = shared_by_processes(tmp_path_factory) / "worlds"
    url = os.environ.get("DATABASE_URL", "")
    # A server's databases are for this session to drop; files go with the folder of the whole run.
    folder = own if url else Path(os.environ.get(SHARED_FOLDER, own))
    folder.mkdir(exist_ok=True)
    with Templates(
        databases=databases(url=url, folder=folder), folder=folder, stays=folder != own
    ) as built:
        yield built


def shared_by_processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of this session that all its test processes see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def django_db_setup(
    templates: Templates, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """
    Have a database of this process's own for its tests: a copy of the one that was migrated.

    In place of pytest-django's, which migrates in each process.
    """
    with templates.copy(of=migrated(templates)) as url:
        connection.settings_dict["NAME"] = dj_database_url.parse(url)["NAME"]
        yield
        with django_db_blocker.unblock():
            connection.close()


@pytest.fixture(scope="session")
def demo_worlds(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> DemoWorlds:
    """Return the worlds of this session; the static files are there for their servers."""
    own = shared_by_processes(tmp_path_factory)
    shared = Path(os.environ.get(SHARED_FOLDER, own))
    collect_static_files(once=shared / "static-files-are-collected")
    return DemoWorlds(templates)


@pytest.fixture
def world(demo_worlds: DemoWorlds) -> Iterator[World]:
    """Yield a demo world of the test's own."""
    with demo_worlds.copy() as copied:
        yield copied


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """
    Yield a function that starts a server for a world; it runs until the test ends.

    What it is given by name goes into the server's environment.
    """
    with ExitStack() as stack:

        def start(served: World, **variables: str) -> Server:
            log = tmp_path / "server.log"
            return stack.enter_context(serving(served, log=log, variables=variables))

        yield start


@pytest.fixture
def server(world: World, serve: Callable[..., Server]) -> Server:
    """Return a running server of the test's own world."""
    return serve(world)
