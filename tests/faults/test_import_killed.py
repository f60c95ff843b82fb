"""A worker that is killed in the middle of a large import."""

import signal
from typing import Any

import pytest

from tests.faults import imports, processes
from tests.faults.figures import tell
from tests.world.demo import World

pytestmark = pytest.mark.race
ROWS = 4_000
HALFWAY_DONE = {"now": "Being imported", "later": "Interrupted", "waits": False}


def kill_at(world: World, moment: str, *, import_id: str) -> dict[str, Any]:
    """Kill a worker with SIGKILL at a moment; return what others saw there until its death."""
    command = world.calling(imports.work_up_to, import_id=import_id, moment=moment)
    with processes.process(command, environment=world.environment) as worker:
        seen: dict[str, Any] = world.call(imports.what_is_there, import_id=import_id)
        worker.kill()
        assert worker.wait(processes.PATIENCE) == -signal.SIGKILL
    return seen


def test_import_whose_worker_is_killed_is_there_once_and_whole_or_not_at_all(
    world: World, record_property
) -> None:
    """
    The promise of docs/adr/0015-imports-run-beside-the-web.md, held at each of its edges.

    Whenever a worker dies, an import was written, once and with all that belongs to its rows, or it
    wrote nothing; nothing has to be cleaned up. No other worker takes it up by itself: after two
    minutes of silence its page says that it was interrupted, and offers to check the file again.
    Then it goes on to its end. While it is being written, others read on and see nothing of it.
    """
    import_id = world.call(imports.stage, rows=ROWS)
    before = world.call(imports.what_is_there, import_id=import_id)
    told = {}

    for moment in ("checked in part", "written in part", "not committed"):
        assert kill_at(world, moment, import_id=import_id) == before, moment
        assert world.call(imports.what_is_there, import_id=import_id) == before, moment
        told[moment] = world.call(imports.what_is_told, import_id=import_id)
        assert world.manage("work_on_imports") == ""
        assert world.call(imports.check_again, import_id=import_id) == ""
    # The last one dies after its commit, before it could say so to anybody.
    kill_at(world, "committed", import_id=import_id)

    after = world.call(imports.what_is_there, import_id=import_id)
    tell(record_property, rows=ROWS, before=before, after=after)
    assert told == {
        "checked in part": {**HALFWAY_DONE, "now": "Being checked"},
        "written in part": HALFWAY_DONE,
        "not committed": HALFWAY_DONE,
    }
    assert (before["records"], before["wrong"]) == ([0, 0], [])
    assert after == {
        "Membership": before["Membership"] + ROWS,
        "Competency": before["Competency"] + 2 * ROWS,
        "Package": before["Package"] + ROWS,
        # On-premises and cloud incidents, and the hours that are granted at once.
        "Plan": before["Plan"] + 3 * ROWS,
        "LedgerEntry": before["LedgerEntry"] + ROWS,
        "records": [ROWS, 1],
        "wrong": [],
    }
    done = {"now": "Imported", "later": "Imported", "waits": False}
    assert world.call(imports.what_is_told, import_id=import_id) == done
    refused = world.call(imports.check_again, import_id=import_id)
    assert refused == "This file is imported already."
    assert world.manage("work_on_imports") == ""
    assert world.call(imports.what_is_there, import_id=import_id) == after
