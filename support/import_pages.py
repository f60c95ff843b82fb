"""What the pages of imports and the command show: the list, one import, its problems in words."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partners.imports.columns import names_of
from partners.imports.models import (
    Import,
    ImportChunk,
    ImportProblem,
    ImportQuerySet,
    ImportState,
)
from partners.imports.problems import sentence_of
from partners.services.imports.kinds import Kind
from portal.paging import Page, page_of
from support.imports import KINDS

LONGEST_KEY = 18
_TONES = {
    ImportState.CHECKED: "neutral",
    ImportState.DONE: "good",
    ImportState.FAILED: "danger",
}


@dataclass(frozen=True)
class ProblemLine:
    """One problem in words."""

    line: int
    column: str
    code: str
    sentence: str


@dataclass(frozen=True)
class ImportRow:
    """An import as the list and its own page show it."""

    found: Import
    kind: Kind
    is_interrupted: bool

    @property
    def state(self) -> str:
        """How far it is, in words."""
        if self.is_interrupted:
            return _("Interrupted")
        if self.found.is_checked and self.found.problem_count:
            return _("Has errors")
        return self.found.get_state_display()

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        if self.is_interrupted or (self.found.is_checked and self.found.problem_count):
            return "warning"
        return _TONES.get(ImportState(self.found.state), "waiting")

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has it, or will soon."""
        return self.found.is_open and not self.is_interrupted

    @property
    def is_writing(self) -> bool:
        """Whether what is at work, or was interrupted, is the import and not the check."""
        return self.found.state in (ImportState.REQUESTED, ImportState.WRITING)

    @property
    def may_be_checked_again(self) -> bool:
        """Whether the file may be gone over once more."""
        return not self.found.is_done and not self.is_at_work

    @property
    def lines_done(self) -> int:
        """How many lines the worker is done with."""
        return min(self.found.progress.lines_done, self.found.lines)


def import_row(found: Import, *, real_now: datetime) -> ImportRow:
    """Return how an import, read with its progress, is shown."""
    return ImportRow(found, KINDS[found.kind], found.is_interrupted(real_now=real_now))


def imports() -> ImportQuerySet:
    """Return all imports with what is shown of them, the newest first."""
    found: ImportQuerySet = Import.objects.select_related("progress", "uploaded_by", "requested_by")
    return found.newest_first()


def page_of_imports(*, kind: str, key: str) -> Page[Import]:
    """Return one page of the imports, of one kind or of all, in one statement."""
    found = imports()
    if kind in KINDS:
        found = found.of_kind(kind)
    return page_of(
        found,
        key=_number(key),
        after=lambda query, last: query.filter(pk__lt=int(last)),
        key_of=lambda row: str(row.pk),
    )


def page_of_problems(found: Import, *, key: str) -> Page[ImportProblem]:
    """Return one page of the problems, in the order in which they were found."""
    return page_of(
        ImportProblem.objects.filter(of=found).order_by("number"),
        key=_number(key),
        after=lambda query, last: query.filter(number__gt=int(last)),
        key_of=lambda row: str(row.number),
    )


def in_words(problems: Iterable[ImportProblem], *, kind: Kind) -> Iterator[ProblemLine]:
    """Yield the problems in words."""
    for problem in problems:
        sentence = sentence_of(problem.code, problem.facts, of_kind=kind.sentences)
        yield ProblemLine(problem.line, problem.column, problem.code, sentence)


def all_problems(found: Import, *, kind: Kind) -> Iterator[ProblemLine]:
    """Yield all problems of an import in words, a thousand rows in memory at most."""
    problems = ImportProblem.objects.filter(of=found).order_by("number")
    return in_words(problems.iterator(chunk_size=1000), kind=kind)


def problem_lines(found: Import, *, kind: Kind) -> Iterator[str]:
    """Yield a line of text for each problem, as a command prints it."""
    for problem in all_problems(found, kind=kind):
        where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
        yield f"{where}: {problem.sentence} [{problem.code}]"


def template_of(kind: Kind) -> str:
    """Return a file of the kind with its header and one row to show how it goes."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names_of(kind.columns))
    writer.writerow([column.example for column in kind.columns])
    return text.getvalue()


def has_file(found: Import) -> bool:
    """Whether the file is still kept."""
    return ImportChunk.objects.filter(of=found, number=0).exists()


def _number(key: str) -> str:
    return key if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY else ""


def counts_of(found: Import) -> list[tuple[str, Any]]:
    """Return what the last pass has counted, with its words."""
    return [
        (pgettext("rows", "New"), found.new_rows),
        (_("Changed"), found.changed_rows),
        (_("Unchanged"), found.unchanged_rows),
        (_("With errors"), found.wrong_rows),
    ]
