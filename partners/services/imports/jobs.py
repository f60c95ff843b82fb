"""
The life of an import as people drive it: asked for, checked again.

It is checked in the background, requested by a person, and written in the background (work.py).
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from partners import permissions
from partners.imports.models import Import, ImportChunk, ImportProgress, ImportState
from partners.models import User
from partners.roles import StaffPermission
from portal import audit, background, clock, origin
from portal.refusals import NextStep, Refusal


class ImportNotPossible(Refusal):
    """The import is not in the state in which this can be done."""

    code = "import_not_possible"
    status = 409


@audit.attempt("partners.request_import", target_kind="import", target_from="import_id")
@transaction.atomic
def request_import(*, import_id: uuid.UUID, by: User | None, at: datetime) -> Import:
    """
    Ask for a checked import to be written; asked again, it is written once all the same.

    :raises Import.DoesNotExist: no such import
    :raises NotAuthorized: `by` is of no kind of staff that imports
    :raises ImportNotPossible: something is wrong in it, there is nothing to write, it failed
    """
    found = locked_import(import_id=import_id, by=by)
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
    keep_progress(import_pk=found.pk, line=0)
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
    found = locked_import(import_id=import_id, by=by)
    is_at_work = found.is_open and not found.is_interrupted(real_now=clock.real_now())
    if found.is_done or is_at_work or not _has_file(found):
        raise _not_possible(found)
    found.state, found.failure = ImportState.UPLOADED, ""
    found.save(update_fields=["state", "failure"])
    keep_progress(import_pk=found.pk, line=0)
    audit.record("partners.check_import_again", by=by, at=at, target=("import", found.public_id))
    return found


def start_worker() -> None:
    """Let a process of its own work on what waits, once this transaction is committed."""
    transaction.on_commit(lambda: background.start_command("work_on_imports"), robust=True)


def locked_import(*, import_id: uuid.UUID, by: User | None) -> Import:
    """Lock the import until the transaction ends; then see whether `by` may still import."""
    found = Import.objects.select_for_update(of=("self",), no_key=True).get(public_id=import_id)
    if by is not None:
        permissions.require_staff(StaffPermission.IMPORTS, by=User.objects.get(pk=by.pk))
    return found


def keep_progress(*, import_pk: int, line: int) -> None:
    """Say that somebody is at work on the import, and in which line; in real time."""
    ImportProgress.objects.filter(of_id=import_pk).update(lines_done=line, beat_at=clock.real_now())


def _has_file(found: Import) -> bool:
    return ImportChunk.objects.filter(of=found, number=0).exists()


def _not_possible(found: Import) -> ImportNotPossible:
    facts = {"state": found.state}
    if found.is_done:
        sentence, step = _("This file is imported already."), _("Upload another one.")
    elif found.is_open:
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
