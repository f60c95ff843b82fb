"""
A process that has imported the portal once, and forks what is asked of it: `python -m
tests.world.nursery 3`, with a socket as that file descriptor (tests/world/processes.py).

Importing the portal takes longer than most of what a process of it does in a test. What is forked
is a process like any other, with an environment, a database and a death of its own: it leaves the
loop below, forgets the settings, and becomes the command, as Python would have started it.
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from dataclasses import dataclass, field
from typing import Any

import django
from django.conf import settings
from django.db import connections
from django.utils.functional import empty

from tests.world.messages import HEAD, NUMBER

# What servers and commands would import one by one.
IMPORTED = (
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "partnercenter.demo.world",
    "partnercenter.urls",
    "support.verification",
)


@dataclass
class Nursery:
    """Forks as told through `control`; tells on a pipe of each child its id and how it ended."""

    control: socket.socket
    endings: dict[int, int] = field(default_factory=dict)

    def next_command(self) -> list[str] | None:
        """Fork until nobody tells any more; return in each child what it is to become."""
        try:
            return self._serve()
        finally:
            self._end_all()

    def _serve(self) -> list[str] | None:
        woken, wake = socket.socketpair()
        wake.settimeout(0)
        signal.set_wakeup_fd(wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while True:
            told, _, _ = select.select([self.control, woken], [], [])
            if woken in told:
                woken.recv(4096)
                self._report_ends()
            if self.control in told:
                order = self._receive()
                if order is None:
                    return None
                if self._fork(order):
                    return list(order["command"])

    def _end_all(self) -> None:
        """Stop what still runs: whoever asked for it is gone. A child has none."""
        for child in self.endings:
            os.kill(child, signal.SIGTERM)

    def _receive(self) -> dict[str, Any] | None:
        head, streams, _, _ = socket.recv_fds(self.control, HEAD.size, 4)
        if not head:
            return None
        length = HEAD.unpack(head)[0]
        text = bytearray()
        while len(text) < length:
            text += self.control.recv(length - len(text))
        return {**json.loads(text), "streams": streams}

    def _fork(self, order: dict[str, Any]) -> bool:
        """Return whether this is the child."""
        *streams, ending = order["streams"]
        child = os.fork()
        if child:
            self.endings[child] = ending
            os.write(ending, NUMBER.pack(child))
            for stream in streams:
                os.close(stream)
            return False
        self._leave()
        os.close(ending)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.environ.clear()
        os.environ.update(order["environment"])
        return True

    def _leave(self) -> None:
        """Keep nothing of the nursery in a child."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.control.close()
        for ending in self.endings.values():
            os.close(ending)
        self.endings.clear()

    def _report_ends(self) -> None:
        while self.endings:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            ending = self.endings.pop(child)
            os.write(ending, NUMBER.pack(os.waitstatus_to_exitcode(status)))
            os.close(ending)


def main() -> None:
    """Import, then fork until told no more; in a child, become the command."""
    # Ctrl-C is for the tests: they stop what they started.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    for module in IMPORTED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    command = Nursery(socket.socket(fileno=int(sys.argv[1]))).next_command()
    if command is not None:
        _forget_settings()
        _become(command)


def _forget_settings() -> None:
    """Let the settings be read again, from the environment that the process has now."""
    del sys.modules["partnercenter.settings"]
    settings._wrapped = empty
    for connection in connections.all(initialized_only=True):
        del connections[connection.alias]
    vars(connections).pop("settings", None)
    connections._settings = None  # type: ignore[attr-defined]


def _become(command: list[str]) -> None:
    """Run the arguments of Python: `-m module …` or `file …`."""
    if command[0] == "-m":
        sys.argv = command[1:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    main()
