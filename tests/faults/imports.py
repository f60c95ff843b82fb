"""
Importing while workers die; called inside a process of the portal.

A worker is let go up to a moment. There it says that it is ready, and stands still, with all locks
that it holds, until it is killed.
"""

import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection

from benefits.models import Competency, LedgerEntry, Membership, Package, Plan
from benefits.verification import differences
from partners.imports.models import SILENT_FOR, Import, ImportProgress
from partners.services.imports.jobs import ImportNotPossible, request_import, start_again
from partners.services.imports.work import waiting_imports, work_on
from portal import clock
from portal.models import AuditRecord
from support.import_pages import import_row
from support.imports import KINDS
from tests.faults.processes import READY
from tests.imports import imported, text_of, uploaded
from tests.world.loaded import NOW

FIRST = 4_800_000
# Between two batches of a pass.
HALFWAY = 2_001
Tell = Callable[[int], None]


def stage(*, rows: int) -> str:
    """Have so many partners, and a file with a year for each that waits; return the import's id."""
    numbers = range(FIRST, FIRST + rows)
    imported("partners", [f"{number},Partner {number},SE,MPN" for number in numbers])
    years = [f"{number},GOLD,2026-01-01,Cloud Platform|DevOps" for number in numbers]
    return str(uploaded("memberships", text_of("memberships", years)).public_id)


def work_up_to(*, import_id: str, moment: str) -> None:
    """Work on the import, and stand still at the moment of that name."""
    if moment != "checked in part":
        _work(import_id)
        request_import(import_id=uuid.UUID(import_id), by=None, at=NOW)
    with _standing_still_before_the_commit() if moment == "not committed" else _nothing():
        _work(import_id, tell=_stand_still_halfway if moment.endswith("in part") else None)
    _stand_still()


def what_is_there(*, import_id: str) -> dict[str, Any]:
    """Return how many rows an import writes there are, and what is wrong with them."""
    written = AuditRecord.objects.filter(facts__import=import_id)
    whole = AuditRecord.objects.filter(action="partners.import_data", target_id=import_id)
    return {
        **{
            model.__name__: model.objects.count()
            for model in (Membership, Competency, Package, Plan, LedgerEntry)
        },
        "records": [written.count(), whole.count()],
        "wrong": [str(difference) for difference in differences()],
    }


def what_is_told(*, import_id: str) -> dict[str, Any]:
    """Return the state in the words of its page, now and when nobody was heard of for long."""
    found = Import.objects.select_related("progress").get(public_id=import_id)
    now = clock.real_now()
    later = now + SILENT_FOR + timedelta(seconds=1)
    return {
        "now": import_row(found, real_now=now).state,
        "later": import_row(found, real_now=later).state,
        "waits": uuid.UUID(import_id) in waiting_imports(),
    }


def check_again(*, import_id: str) -> str:
    """Press the button of that name when nothing was heard for long; return what was refused."""
    silent = clock.real_now() - 2 * SILENT_FOR
    ImportProgress.objects.filter(of__public_id=import_id).update(beat_at=silent)
    try:
        start_again(import_id=uuid.UUID(import_id), by=None, at=NOW)
    except ImportNotPossible as refusal:
        return refusal.message
    return ""


def _work(import_id: str, *, tell: Tell | None = None) -> None:
    assert work_on(import_id=uuid.UUID(import_id), kinds=KINDS, tell=tell) is not None


def _stand_still_halfway(line: int) -> None:
    if line >= HALFWAY:
        _stand_still()


@contextmanager
def _standing_still_before_the_commit() -> Iterator[None]:
    """Stand still when all was written and the import said to be done, in the transaction."""

    def run(execute: Callable[..., Any], sql: str, params: Any, *how: Any) -> Any:
        result = execute(sql, params, *how)
        if sql.startswith('UPDATE "partners_import" ') and "DONE" in params:
            assert connection.in_atomic_block
            _stand_still()
        return result

    with connection.execute_wrapper(run):
        yield


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _stand_still() -> None:
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    time.sleep(3600)
