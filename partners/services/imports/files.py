"""The file of an import: received and looked at, kept in pieces, read again, thrown away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Subquery

from partners import permissions
from partners.imports.models import Import, ImportChunk, ImportProgress, ImportState
from partners.imports.reading import Received, checked_pieces, require_header
from partners.models import User
from partners.roles import StaffPermission
from partners.services.imports.kinds import Kind
from portal import audit, clock, origin

LONGEST_NAME = 120
# What was never imported is not kept for ever: it holds names and addresses.
KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Upload:
    """A file as it comes in."""

    name: str
    pieces: Iterable[bytes]


@audit.attempt("partners.upload_import")
@transaction.atomic
def receive_file(*, kind: Kind, upload: Upload, by: User | None, at: datetime) -> Import:
    """
    Keep a file to be checked, and throw away the files that were left lying.

    :param by: who uploads it; None: a command on the machine itself
    :raises NotAuthorized: `by` is of no kind of staff that imports
    :raises FileUnreadable: too large, no text in UTF-8, or not with the columns of its kind
    """
    if by is not None:
        permissions.require_staff(StaffPermission.IMPORTS, by=by)
    throw_away_old_files(real_now=clock.real_now())
    source = origin.current()
    uploaded = Import.objects.create(
        kind=kind.name,
        file_name=_printable(upload.name),
        size=0,
        lines=0,
        uploaded_at=at,
        uploaded_by=by,
        channel=source.channel,
        address=source.address,
        request_id=source.request_id,
    )
    received = Received()
    for number, piece in enumerate(checked_pieces(upload.pieces, into=received)):
        if number == 0:
            require_header(piece, columns=kind.columns)
        ImportChunk.objects.create(of=uploaded, number=number, content=piece)
    uploaded.size, uploaded.lines = received.size, received.lines
    uploaded.sha256 = received.sha256
    uploaded.save(update_fields=["size", "lines", "sha256"])
    ImportProgress.objects.create(of=uploaded, beat_at=clock.real_now())
    audit.record(
        "partners.upload_import",
        by=by,
        at=at,
        target=("import", uploaded.public_id),
        facts={"kind": kind.name, "file": uploaded.file_name, "sha256": uploaded.sha256},
    )
    return uploaded


def pieces_of(*, uploaded: Import) -> Iterator[bytes]:
    """Yield the pieces of a file that is kept, in their order, one in memory at a time."""
    chunks = ImportChunk.objects.filter(of=uploaded)
    for number in range(chunks.count()):
        yield bytes(chunks.get(number=number).content)


def throw_away_old_files(*, real_now: datetime) -> None:
    """Delete the files of imports that nobody has worked on for a week; the imports stay."""
    left = Import.objects.filter(progress__beat_at__lt=real_now - KEPT_FOR).exclude(
        state=ImportState.DONE
    )
    ImportChunk.objects.filter(of__in=Subquery(left.values("pk"))).delete()


def _printable(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable())[:LONGEST_NAME] or "-"
