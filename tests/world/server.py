"""A real server for a world: the command of `make run`, on a port of its own."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.run import server_command
from scripts.servers import HOST, STOP_SECONDS, NoPortalError, comes_up, free_port
from tests.world import processes
from tests.world.demo import World


class Server:
    """A running server: gunicorn with two processes of four threads."""

    def __init__(
        self, world: World, *, log: Path, variables: Mapping[str, str] | None = None
    ) -> None:
        self.world = world
        self.log = log
        port = free_port()
        self.url = f"http://{HOST}:{port}"
        with log.open("a") as output:
            self._process = processes.start(
                server_command(host=HOST, port=port, dev=False),
                environment={**world.environment, **(variables or {})},
                said=output,
            )

    def wait_until_ready(self) -> None:
        """Return when the server and its database answer."""
        if not comes_up(self.url, ended=self._process.poll):
            raise NoPortalError(self.log.read_text())

    def ask_to_stop(self) -> None:
        """Send SIGTERM: running requests are finished, new ones are not accepted."""
        self._process.send_signal(signal.SIGTERM)

    def stop(self) -> int:
        """Stop the server unless it has stopped already; return its exit code."""
        if self._process.poll() is None:
            self.ask_to_stop()
        try:
            return self._process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise


@contextlib.contextmanager
def serving(
    world: World, *, log: Path, variables: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """
    Run a server for the length of the block; it must end in peace and without a bug's trace.

    :param variables: what its environment has besides the world's
    """
    server = Server(world, log=log, variables=variables)
    try:
        server.wait_until_ready()
        yield server
    finally:
        exit_code = server.stop()
        # Pytest shows it when the test fails, and keeps it to itself otherwise.
        sys.stdout.write(log.read_text())
    assert exit_code == 0, f"the server ended with {exit_code}"
    assert "Traceback" not in log.read_text(), "the server met a bug"
