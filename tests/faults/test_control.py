"""The control: a naive consumption overspends, and the harness reports it."""

import json
from contextlib import ExitStack

import pytest

from tests.faults import books, naive, stages
from tests.faults.figures import tell
from tests.world.demo import World
from tests.world.processes import talking

pytestmark = pytest.mark.race
PROCESSES = 6


def consume_naively(world: World, *, plan: str) -> list[str]:
    """Let several processes read the balance, and only when all have read it, write."""
    with ExitStack() as stack:
        commands = [
            world.calling(naive.consume, plan=plan, number=f"99{number:013d}")
            for number in range(PROCESSES)
        ]
        processes = [
            stack.enter_context(talking(command, environment=world.environment))
            for command in commands
        ]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == naive.READ
        answers = [process.communicate(f"{naive.GO}\n", timeout=60) for process in processes]
    return [json.loads(answer) for answer in answers]


def test_naive_consumption_by_processes_at_once_is_reported_as_overspent(
    world: World, record_property
) -> None:
    plan = world.call(stages.last_incident, clients=0)["plan"]
    assert world.call(books.read)["problems"] == []
    world.call(stages.drop_constraints)

    outcomes = consume_naively(world, plan=plan)

    found = world.call(books.read)
    tell(record_property, overspent=found["overspent"], problems=len(found["problems"]))
    assert outcomes == ["used"] * PROCESSES
    assert found["overspent"] == [f"plan {plan}: {19 + PROCESSES} used of 20"]
    verified = world.manage("verify_ledger", exit_code=1).splitlines()
    assert verified[-1] == f"{len(verified) - 1} differences"
    assert f"plan {plan}: used is 20, the ledger says {19 + PROCESSES}" in verified
