"""
What a worker does with imports: it checks them, and writes them.

It takes work up by a conditional update, so no import is worked on twice. What it writes is one
transaction: rows, audit and the import's own state are there together or not at all. So whatever
kills a worker leaves an import that was written, or one that wrote nothing
(docs/adr/0015-imports-run-beside-the-web.md).
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from partners.imports.models import (
    Import,
    ImportChunk,
    ImportProblem,
    ImportProgress,
    ImportState,
)
from partners.imports.problems import Problem
from partners.imports.scratch import Scratch
from partners.services.imports.files import pieces_of
from partners.services.imports.jobs import ImportNotPossible, keep_progress, locked_import
from partners.services.imports.kinds import Kind, Pass
from partners.services.imports.passes import Counts, go_over
from portal import audit, bulk, clock, origin
from portal.models import AuditRecord
from portal.origin import Channel, Origin
from portal.refusals import NextStep, Refusal

Tell = Callable[[int], None]
# How often the work is done again because others changed something, before they have to wait.
TRIES = 3


class ChangedMeanwhile(ImportNotPossible):
    """What the check found to be right is not right any more."""


@dataclass(frozen=True)
class _Step:
    """What a worker does with an import that waits for it."""

    waiting: ImportState
    working: ImportState


CHECK = _Step(ImportState.UPLOADED, ImportState.CHECKING)
WRITE = _Step(ImportState.REQUESTED, ImportState.WRITING)


def waiting_imports() -> list[uuid.UUID]:
    """Return the imports that wait for a worker, the oldest first."""
    waiting = Import.objects.filter(state__in=[CHECK.waiting, WRITE.waiting])
    return list(waiting.order_by("pk").values_list("public_id", flat=True))


def work_on(
    *, import_id: uuid.UUID, kinds: Mapping[str, Kind], tell: Tell | None = None
) -> Import | None:
    """
    Do what the import waits for: check it, or write it. None when it waits for nothing.

    :param kinds: what can be imported, by name
    :param tell: is told the line that is done with; the import's own progress is kept anyway
    """
    for step in (CHECK, WRITE):
        claimed = _claim(import_id, step)
        if claimed is not None:
            run = _check if step is CHECK else _write
            with origin.working_for(_origin_of(claimed)):
                run(claimed, kinds[claimed.kind], tell)
            return Import.objects.get(pk=claimed.pk)
    return None


# --- checking --------------------------------------------------------------------------------


def _check(claimed: Import, kind: Kind, tell: Tell | None) -> None:
    ImportProblem.objects.filter(of=claimed).delete()
    kept = 0

    def report(problems: Sequence[Problem]) -> None:
        nonlocal kept
        ImportProblem.objects.bulk_create(
            ImportProblem(
                of=claimed,
                number=kept + place,
                line=problem.line,
                column=problem.column,
                code=problem.code,
                facts=dict(problem.facts),
            )
            for place, problem in enumerate(problems, start=1)
        )
        kept += len(problems)

    counts = _go_over(
        claimed,
        kind,
        by=claimed.uploaded_by,
        at=claimed.uploaded_at,
        writes=False,
        report=report,
        tell=_telling(claimed, tell, beat=_beat),
    )
    mine = Import.objects.filter(pk=claimed.pk, state=CHECK.working, attempt=claimed.attempt)
    mine.update(state=ImportState.CHECKED, **_numbers(counts))


# --- writing ---------------------------------------------------------------------------------


def _write(claimed: Import, kind: Kind, tell: Tell | None) -> None:
    try:
        if connection.vendor == "sqlite" and _write_from_aside(claimed, kind, tell):
            return
        with _beating_beside() as beat, transaction.atomic():
            mine = _mine(claimed)
            if mine is not None:
                _finish(mine, _pass_that_writes(mine, kind, _telling(mine, tell, beat=beat)))
    except Refusal as refusal:
        _fail(claimed, refusal)
    except IntegrityError:
        # Somebody wrote the same between the look and the writing of it.
        _fail(claimed, _changed_meanwhile())


def _write_from_aside(claimed: Import, kind: Kind, tell: Tell | None) -> bool:
    """
    Do all work before the lock is taken, then write in one go; False when others changed too much.

    While one writes on SQLite all others wait, so the lock is held for the writing alone. Whether
    what was judged without it still holds, the audit says: every change leaves a record.
    """
    for _time in range(TRIES):
        before = _last_change()
        with bulk.kept_aside() as aside:
            counts = _pass_that_writes(claimed, kind, _telling(claimed, tell, beat=_beat))
            with transaction.atomic():
                mine = _mine(claimed)
                if mine is None:
                    return True
                if _last_change() == before:
                    aside.write()
                    _finish(mine, counts)
                    return True
    return False


def _last_change() -> int:
    """Return the newest audit record of a change that an import could meet."""
    changes = AuditRecord.objects.done().exclude(action__startswith="support.")
    newest = changes.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def _mine(claimed: Import) -> Import | None:
    """Lock the import to write it, after others; None when another worker was given it."""
    _one_after_the_other()
    mine = locked_import(import_id=claimed.public_id, by=claimed.requested_by)
    is_mine = (mine.state, mine.attempt) == (WRITE.working, claimed.attempt)
    return mine if is_mine else None


def _pass_that_writes(mine: Import, kind: Kind, tell: Tell) -> Counts:
    assert mine.requested_at is not None, "nobody writes what was not asked for"
    return _go_over(
        mine,
        kind,
        by=mine.requested_by,
        at=mine.requested_at,
        writes=True,
        report=_refuse_problems,
        tell=tell,
    )


def _finish(mine: Import, counts: Counts) -> None:
    """Record the import and let it be done, in the transaction of what it wrote."""
    assert mine.requested_at is not None, "nobody writes what was not asked for"
    audit.record(
        "partners.import_data",
        by=mine.requested_by,
        at=mine.requested_at,
        target=("import", mine.public_id),
        facts={
            "kind": mine.kind,
            "file": mine.file_name,
            "sha256": mine.sha256,
            "new": counts.new,
            "changed": counts.changed,
            "unchanged": counts.unchanged,
        },
    )
    ImportChunk.objects.filter(of=mine).delete()
    Import.objects.filter(pk=mine.pk).update(
        state=ImportState.DONE, finished_at=clock.now(), **_numbers(counts)
    )


def _one_after_the_other() -> None:
    """Wait for the import that writes: all lock the same row first, the oldest import."""
    oldest = Import.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    list(oldest.only("pk")[:1])


def _refuse_problems(problems: Sequence[Problem]) -> None:
    raise _changed_meanwhile()


def _fail(claimed: Import, refusal: Refusal) -> None:
    """Say why nothing was imported, after the rollback."""
    mine = Import.objects.filter(pk=claimed.pk, state=WRITE.working, attempt=claimed.attempt)
    if not mine.update(state=ImportState.FAILED, failure=refusal.code):
        return
    audit.record_refused(
        "partners.import_data",
        refusal=refusal,
        by=claimed.requested_by,
        at=clock.now(),
        target=("import", claimed.public_id),
    )


# --- what both do ----------------------------------------------------------------------------


def _go_over(claimed: Import, kind: Kind, *, writes: bool, **how: Any) -> Counts:
    with closing(Scratch()) as scratch:
        over = Pass(
            by=how.pop("by"),
            at=how.pop("at"),
            import_id=str(claimed.public_id),
            writes=writes,
            scratch=scratch,
        )
        return go_over(pieces=pieces_of(uploaded=claimed), kind=kind, over=over, **how)


def _claim(import_id: uuid.UUID, step: _Step) -> Import | None:
    """Take the import up, unless another worker was quicker."""
    waiting = Import.objects.filter(public_id=import_id, state=step.waiting)
    if not waiting.update(state=step.working, attempt=F("attempt") + 1):
        return None
    claimed = Import.objects.select_related("uploaded_by", "requested_by").get(public_id=import_id)
    keep_progress(import_pk=claimed.pk, line=0)
    return claimed


def _telling(claimed: Import, tell: Tell | None, *, beat: Callable[[int, int], None]) -> Tell:
    def told(line: int) -> None:
        beat(claimed.pk, line)
        if tell is not None:
            tell(line)

    return told


def _beat(import_pk: int, line: int) -> None:
    keep_progress(import_pk=import_pk, line=line)


@contextmanager
def _beating_beside() -> Iterator[Callable[[int, int], None]]:
    """Yield what keeps the progress by a connection of its own; on SQLite only one can write."""
    if connection.vendor == "sqlite":
        yield lambda _pk, _line: None
        return
    beside = connection.copy()
    table = ImportProgress._meta.db_table
    # The table is the model's own. Progress is worth no wait: a row that somebody holds is left.
    sql = (
        f"UPDATE {table} SET lines_done = %s, beat_at = %s WHERE id IN "  # noqa: S608
        f"(SELECT id FROM {table} WHERE of_id = %s FOR NO KEY UPDATE SKIP LOCKED)"
    )

    def beat(import_pk: int, line: int) -> None:
        with beside.cursor() as cursor:
            cursor.execute(sql, [line, clock.real_now(), import_pk])

    try:
        yield beat
    finally:
        beside.close()


def _origin_of(claimed: Import) -> Origin:
    return Origin(
        channel=Channel(claimed.channel),
        request_id=claimed.request_id,
        address=claimed.address,
    )


def _numbers(counts: Counts) -> dict[str, int]:
    return {
        "new_rows": counts.new,
        "changed_rows": counts.changed,
        "unchanged_rows": counts.unchanged,
        "wrong_rows": counts.wrong,
        "problem_count": counts.problems,
    }


def _changed_meanwhile() -> ChangedMeanwhile:
    return ChangedMeanwhile(
        _("Since the check something has changed that this file needs. Nothing was imported."),
        next_step=NextStep(_("Check the file again: it says what is wrong now.")),
    )
