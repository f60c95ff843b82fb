"""Importing in tests: a file as text, through the services that page and command use."""

from collections.abc import Iterable, Sequence

from partners.imports.models import Import, ImportProblem
from partners.models import User
from partners.services.imports.files import Upload, receive_file
from partners.services.imports.jobs import request_import
from partners.services.imports.work import work_on
from support.imports import KINDS
from tests.world.loaded import NOW

HEADERS = {
    "partners": "mpn_id,name,country,programs",
    "memberships": "mpn_id,level,starts_on,competencies",
    "users": "email,name,kind",
    "roles": "email,mpn_id,programs,roles",
}


def text_of(kind: str, lines: Iterable[str]) -> str:
    """Return a file of the kind with these lines under its header."""
    return "\n".join([HEADERS[kind], *lines]) + "\n"


def uploaded(kind: str, content: str | bytes, *, by: User | None = None) -> Import:
    """Upload a file."""
    data = content.encode() if isinstance(content, str) else content
    upload = Upload(name=f"{kind}.csv", pieces=[data])
    return receive_file(kind=KINDS[kind], upload=upload, by=by, at=NOW)


def worked(on: Import) -> Import:
    """Let a worker do what the import waits for."""
    found = work_on(import_id=on.public_id, kinds=KINDS)
    assert found is not None
    return found


def checked(kind: str, content: str | bytes, *, by: User | None = None) -> Import:
    """Upload a file and check it."""
    return worked(uploaded(kind, content, by=by))


def requested(kind: str, content: str | bytes, *, by: User | None = None) -> Import:
    """Upload a file, check it, and ask for its import."""
    found = checked(kind, content, by=by)
    return request_import(import_id=found.public_id, by=by, at=NOW)


def imported(kind: str, lines: Iterable[str], *, by: User | None = None) -> Import:
    """Import lines under the header of their kind, all the way."""
    return worked(requested(kind, text_of(kind, lines), by=by))


def counts(of: Import) -> tuple[int, int, int, int]:
    """Return how many rows were new, changed, unchanged, wrong."""
    return (of.new_rows, of.changed_rows, of.unchanged_rows, of.wrong_rows)


def problems(of: Import) -> Sequence[tuple[int, str, str]]:
    """Return line, column and code of everything wrong, in the order found."""
    found = ImportProblem.objects.filter(of=of).order_by("number")
    return list(found.values_list("line", "column", "code"))
