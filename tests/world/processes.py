"""Processes of the portal: real ones, forked by a nursery that has imported it (nursery.py)."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from scripts.checks import ROOT
from tests.world.messages import HEAD, NUMBER

STDERR = 2
# What was killed is gone sooner than this.
END_SECONDS = 60


class Process:
    """A process that was forked: what `subprocess.Popen` knows of one that it started."""

    def __init__(
        self, *, ending: int, stdin: IO[str] | None = None, stdout: IO[str] | None = None
    ) -> None:
        """Take over the pipe that tells the process's id, and later how it ended."""
        self.stdin, self.stdout = stdin, stdout
        self.returncode: int | None = None
        self._ending = ending
        self._lock = threading.Lock()
        self.pid = self._told()

    def poll(self) -> int | None:
        """Return how the process ended, or None while it runs."""
        with self._lock:
            if self.returncode is None and select.select([self._ending], [], [], 0)[0]:
                self.returncode = self._told()
                os.close(self._ending)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Return how the process ended; raise TimeoutExpired when it takes longer."""
        deadline = time.monotonic() + timeout
        while (ended := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(0.005)
        return ended

    def communicate(self, text: str = "", *, timeout: float) -> str:
        """Send a text, and return what the process says until it ends."""
        assert self.stdin is not None
        assert self.stdout is not None
        with self.stdin:
            self.stdin.write(text)
        # Who waits too long for the last word is stopped by it.
        watch = threading.Timer(timeout, self.kill)
        watch.start()
        with self.stdout:
            said = self.stdout.read()
        watch.cancel()
        self.wait(timeout)
        return said

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process without asking it."""
        self.send_signal(signal.SIGKILL)

    def _told(self) -> int:
        """Return the next number; a process that nobody tells of any more was killed."""
        told = os.read(self._ending, NUMBER.size)
        number: int = NUMBER.unpack(told)[0] if told else -signal.SIGKILL
        return number


class Nursery:
    """The process that forks."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start it; it imports while others go on."""
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.world.nursery", str(theirs.fileno())],
                cwd=ROOT,
                env=dict(environment),
                pass_fds=[theirs.fileno()],
            )
        self._lock = threading.Lock()

    def fork(
        self, command: Sequence[str], *, environment: Mapping[str, str], streams: Sequence[int]
    ) -> int:
        """
        Let a command of Python run with this environment and these three streams.

        :returns: the pipe that `Process` reads
        """
        order = json.dumps({"command": command, "environment": dict(environment)}).encode()
        ending, theirs = os.pipe()
        with self._lock:
            socket.send_fds(self._control, [HEAD.pack(len(order))], [*streams, theirs])
            self._control.sendall(order)
        os.close(theirs)
        return ending

    def close(self) -> None:
        """Let it end, and what it forked."""
        self._control.close()
        self._process.wait()


def start(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    said: IO[str],
    complained: IO[str] | None = None,
) -> Process:
    """Start a command of Python, `-m module …` or `file …`, that writes to these files."""
    with Path(os.devnull).open() as nothing:
        streams = [nothing.fileno(), said.fileno(), (complained or said).fileno()]
        ending = _nursery().fork(command, environment=environment, streams=streams)
    return Process(ending=ending)


@contextmanager
def talking(command: Sequence[str], *, environment: Mapping[str, str]) -> Iterator[Process]:
    """Run a command of Python to talk with; it is killed when the block ends before it does."""
    their_in, our_in = os.pipe()
    our_out, their_out = os.pipe()
    streams = [their_in, their_out, STDERR]
    ending = _nursery().fork(command, environment=environment, streams=streams)
    os.close(their_in)
    os.close(their_out)
    with (
        os.fdopen(our_in, "w", buffering=1) as stdin,
        os.fdopen(our_out, "r") as stdout,
    ):
        process = Process(ending=ending, stdin=stdin, stdout=stdout)
        try:
            yield process
        finally:
            process.kill()
            process.wait(END_SECONDS)


def run(
    command: Sequence[str], *, environment: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run a command of Python to its end; return how it ended and what it said."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        process = start(command, environment=environment, said=said, complained=complained)
        try:
            ended = process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        said.seek(0)
        complained.seek(0)
        return subprocess.CompletedProcess(
            command, ended, stdout=said.read(), stderr=complained.read()
        )


@cache
def _nursery() -> Nursery:
    """Return the one nursery of this test process."""
    nursery = Nursery({**os.environ})
    atexit.register(nursery.close)
    return nursery
