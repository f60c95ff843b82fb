"""The fixtures of tests that need a world and a server of their own; conftest files import them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from scripts.checks import SHARED_FOLDER
from tests.world.databases import databases
from tests.world.demo import DemoWorlds, World
from tests.world.server import Server, serving


@pytest.fixture(scope="session")
def demo_worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoWorlds]:
    """Yield the worlds of this session, on the kind of database that DATABASE_URL names."""
    base = tmp_path_factory.getbasetemp()
    # With several test processes, the folder above is the one that they share.
    own = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "worlds"
    shared = Path(os.environ.get(SHARED_FOLDER, own))
    url = os.environ.get("DATABASE_URL", "")
    # A server's databases are for this session to drop; files go with the folder of the whole run.
    folder = own if url else shared
    folder.mkdir(exist_ok=True)
    with DemoWorlds(
        databases=databases(url=url, folder=folder),
        folder=folder,
        static=shared / "static-files-are-collected",
        stays=folder != own,
    ) as worlds:
        yield worlds


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
