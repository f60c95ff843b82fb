"""Processes that are talked to, and readers that are killed and begin again where they were."""

import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from tests.world.processes import Process, talking

READY = "ready"
PATIENCE = 120


@contextmanager
def process(command: Sequence[str], *, environment: Mapping[str, str]) -> Iterator[Process]:
    """Run a command of Python; the block begins when it has said that it is ready."""
    with talking(command, environment=environment) as running:
        assert running.stdout is not None
        assert running.stdout.readline().strip() == READY
        yield running


def follow_and_die(
    begin: Callable[..., AbstractContextManager[Process]], *, over: threading.Event, seed: str
) -> int:
    """
    Follow something with readers that are killed, then to its end; return how many died.

    :param begin: starts a reader; `to_the_end` says whether it stops there
    :param over: tells that there will be nothing more
    """
    chance = random.Random(seed)
    deaths = 0
    while not over.is_set():
        with begin(to_the_end=False) as reader:
            over.wait(chance.uniform(0.05, 0.8))
            reader.kill()
        deaths += 1
    with begin(to_the_end=True) as reader:
        assert reader.wait(PATIENCE) == 0
    return deaths
