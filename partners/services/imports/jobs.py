"""
The life of an import: checked in the background, requested by a person, written in the background.

A worker takes work up by a conditional update, so no import is worked on twice. The pass that
writes is one transaction: rows, audit and the import's own state are there together or not at all.
So whatever kills a worker leaves an import that was written, or one that wrote nothing
(docs/adr/0016-imports-run-beside-the-web.md).
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from partners import permissions
from partners.imports.models import (
    WORKING,
    Import,
    ImportChunk,
    ImportProblem,
    ImportProgress,
    ImportState,
)
from partners.imports.problems import Problem
from partners.imports.scratch import Scratch
from partners.models import User
from partners.roles import StaffPermission
from partners.services.imports.files import pieces_of
from partners.services.imports.kinds import Kind, Pass
from partners.services.imports.passes import Counts, go_over
from portal import audit, background, clock, origin
from portal.origin import Channel, Origin
from portal.refusals import NextStep, Refusal

Tell = Callable[[int], None]


class ImportNotPossible(Refusal):
    """The import is not in the state in which this can be done."""

    code = "import_not_possible"
    status = 409


class ChangedMeanwhile(ImportNotPossible):
    """What the check found to be right is not right any more."""


@dataclass(frozen=True)
class _Step:
    """What a worker does with an import that waits for it."""

    waiting: ImportState
    working: ImportState


CHECK = _Step(ImportState.UPLOADED, ImportState.CHECKING)
WRITE = _Step(ImportState.REQUESTED, ImportState.WRITING)


@audit.attempt("partners.request_import", target_kind="import", target_from="import_id")
@transaction.atomic
def request_import(*, import_id: uuid.UUID, by: User | None, at: datetime) -> Import:
    """
    Ask for a checked import to be written; asked again, it is written once all the same.

    :raises Import.DoesNotExist: no such import
    :raises NotAuthorized: `by` is of no kind of staff that imports
    :raises ImportNotPossible: something is wrong in it, there is nothing to write, it failed
    """
    found = _locked(import_id, by=by)
    if found.state in (ImportState.REQUESTED, ImportState.WRITING, ImportState.DONE):
        return found
    if not found.may_be_requested or not _has_file(found):
        raise _not_possible(found)
    source = origin.current()
    found.state, found.requested_at, found.requested_by = ImportState.REQUESTED, at, by
    found.channel, found.address = source.channel, source.address
    found.request_id = source.request_id
    found.save(
        update_fields=[
            *("state", "requested_at", "requested_by", "channel", "address", "request_id")
        ]
    )
    _beat(found.pk, 0)
    audit.record("partners.request_import", by=by, at=at, target=("import", found.public_id))
    return found


@audit.attempt("partners.check_import_again", target_kind="import", target_from="import_id")
@transaction.atomic
def start_again(*, import_id: uuid.UUID, by: User | None, at: datetime) -> Import:
    """
    Let an import be checked once more: after it failed or was interrupted, or for its own sake.

    :raises Import.DoesNotExist: no such import
    :raises NotAuthorized: `by` is of no kind of staff that imports
    :raises ImportNotPossible: it is imported, or a worker has it, or its file is gone
    """
    found = _locked(import_id, by=by)
    is_at_work = found.is_open and not found.is_interrupted(real_now=clock.real_now())
    if found.is_done or is_at_work or not _has_file(found):
        raise _not_possible(found)
    found.state, found.failure = ImportState.UPLOADED, ""
    found.save(update_fields=["state", "failure"])
    _beat(found.pk, 0)
    audit.record("partners.check_import_again", by=by, at=at, target=("import", found.public_id))
    return found


def start_worker() -> None:
    """Let a process of its own work on what waits, once this transaction is committed."""
    transaction.on_commit(lambda: background.start_command("work_on_imports"), robust=True)


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
        with _beating_beside() as beat, transaction.atomic():
            _write_all(claimed, kind, _telling(claimed, tell, beat=beat))
    except Refusal as refusal:
        _fail(claimed, refusal)
    except IntegrityError:
        # Somebody wrote the same between the look and the writing of it.
        _fail(claimed, _changed_meanwhile())


def _write_all(claimed: Import, kind: Kind, tell: Tell) -> None:
    _one_after_the_other()
    mine = _locked(claimed.public_id, by=claimed.requested_by)
    if (mine.state, mine.attempt) != (WRITE.working, claimed.attempt):
        # Another worker was given it, for this one seemed dead.
        return
    assert mine.requested_at is not None, "nobody writes what was not asked for"
    counts = _go_over(
        mine,
        kind,
        by=mine.requested_by,
        at=mine.requested_at,
        writes=True,
        report=_refuse_problems,
        tell=tell,
    )
    numbers = _numbers(counts)
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
        state=ImportState.DONE, finished_at=clock.now(), **numbers
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
    _beat(claimed.pk, 0)
    return claimed


def _locked(import_id: uuid.UUID, *, by: User | None) -> Import:
    """Lock the import until the transaction ends; then see whether `by` may still import."""
    found = Import.objects.select_for_update(of=("self",), no_key=True).get(public_id=import_id)
    if by is not None:
        permissions.require_staff(StaffPermission.IMPORTS, by=User.objects.get(pk=by.pk))
    return found


def _telling(claimed: Import, tell: Tell | None, *, beat: Callable[[int, int], None]) -> Tell:
    def told(line: int) -> None:
        beat(claimed.pk, line)
        if tell is not None:
            tell(line)

    return told


def _beat(import_pk: int, line: int) -> None:
    ImportProgress.objects.filter(of_id=import_pk).update(lines_done=line, beat_at=clock.real_now())


@contextmanager
def _beating_beside() -> Iterator[Callable[[int, int], None]]:
    """Yield what keeps the progress by a connection of its own; on SQLite only one can write."""
    if connection.vendor == "sqlite":
        yield lambda _pk, _line: None
        return
    beside = connection.copy()
    table = ImportProgress._meta.db_table
    # The table is the model's own.
    sql = f"UPDATE {table} SET lines_done = %s, beat_at = %s WHERE of_id = %s"  # noqa: S608

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


def _has_file(found: Import) -> bool:
    return ImportChunk.objects.filter(of=found, number=0).exists()


def _changed_meanwhile() -> ChangedMeanwhile:
    return ChangedMeanwhile(
        _("Since the check something has changed that this file needs. Nothing was imported."),
        next_step=NextStep(_("Check the file again: it says what is wrong now.")),
    )


def _not_possible(found: Import) -> ImportNotPossible:
    facts = {"state": found.state}
    if found.is_done:
        sentence, step = _("This file is imported already."), _("Upload another one.")
    elif found.state in WORKING or found.is_open:
        sentence, step = _("This file is being worked on."), _("Wait until it is done.")
    elif not _has_file(found):
        sentence = _("The file is not kept any longer.")
        step = _("Upload it again.")
    elif found.problem_count:
        sentence, step = _("This file has errors."), _("Correct them and upload it again.")
    else:
        sentence = _("There is nothing to import: everything in this file is there already.")
        step = _("Nothing has to be done.")
    return ImportNotPossible(sentence, facts=facts, next_step=NextStep(step))
