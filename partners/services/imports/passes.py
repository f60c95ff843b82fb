"""
One pass over a file: the same for checking and for importing, so that both find the same.

A batch of rows is read, judged and, in the pass that writes, written; then the next. Whatever the
size of the file, no more than a batch is in memory.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from partners.imports.cells import control_character_in
from partners.imports.columns import Column
from partners.imports.problems import CellProblem, Problem
from partners.imports.reading import Record, records_of
from partners.services.imports.kinds import Change, Kind, Pass, Row

AT_ONCE = 2_000


@dataclass
class Counts:
    """What a pass has found: rows by what they change, and how much is wrong."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    wrong: int = 0
    problems: int = 0


def go_over(
    *,
    pieces: Iterable[bytes],
    kind: Kind,
    over: Pass,
    report: Callable[[Sequence[Problem]], None],
    tell: Callable[[int], None],
) -> Counts:
    """
    Read, judge and (if the pass writes) write all rows of a file; return what it found.

    :param report: is given the problems of each batch, in the order of lines
    :param tell: is told after each batch in which line it is
    """
    counts = Counts()
    for rows in _batches(pieces, kind):
        _refuse_repeated(rows, kind=kind, over=over)
        kind.judge([row for row in rows if not row.problems], over=over)
        good = [row for row in rows if not row.problems]
        problems = sorted(
            (problem for row in rows for problem in row.problems), key=lambda found: found.line
        )
        _count(counts, good, wrong=len(rows) - len(good), problems=len(problems))
        if problems:
            report(problems)
        if over.writes:
            kind.write([row for row in good if row.change != Change.UNCHANGED], over=over)
        tell(rows[-1].line)
    at_the_end = sorted(kind.conclude(over=over), key=lambda found: found.line)
    if at_the_end:
        counts.problems += len(at_the_end)
        counts.wrong += len({problem.line for problem in at_the_end})
        report(at_the_end)
    return counts


def _count(counts: Counts, good: Sequence[Row], *, wrong: int, problems: int) -> None:
    counts.new += sum(row.change == Change.NEW for row in good)
    counts.changed += sum(row.change == Change.CHANGED for row in good)
    counts.unchanged += sum(row.change == Change.UNCHANGED for row in good)
    counts.wrong += wrong
    counts.problems += problems


def _batches(pieces: Iterable[bytes], kind: Kind) -> Iterator[list[Row]]:
    records = records_of(pieces)
    header = next(records).cells
    by_name = {column.name: column for column in kind.columns}
    columns = [by_name[name] for name in header]
    missing = {c.name: c.default for c in kind.columns if c.name not in header}
    rows = (_row(record, columns, missing) for record in records)
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _row(record: Record, columns: Sequence[Column], missing: dict[str, object]) -> Row:
    row = Row(record.line, dict(missing))
    if record.broken:
        row.refuse("", record.broken)
        return row
    found, expected = len(record.cells), len(columns)
    if found != expected:
        code = "too_many_cells" if found > expected else "too_few_cells"
        row.refuse("", code, found=found, expected=expected)
        return row
    for column, cell in zip(columns, record.cells, strict=True):
        _read(row, column, cell)
    return row


def _read(row: Row, column: Column, cell: str) -> None:
    """Read a cell into the row's values, or say what is wrong with it."""
    text = cell.strip()
    if not text:
        if column.is_required:
            row.refuse(column.name, "missing_value", example=column.example)
        else:
            row.values[column.name] = column.default
        return
    control = control_character_in(text)
    if control is not None:
        row.refuse(column.name, "control_character", name=control)
        return
    try:
        row.values[column.name] = column.read(text)
    except CellProblem as problem:
        row.refuse(column.name, problem.code, **problem.facts)


def _refuse_repeated(rows: Sequence[Row], *, kind: Kind, over: Pass) -> None:
    """Refuse rows that are about the same as an earlier one, whatever else is wrong with it."""
    keyed = [(row, key) for row in rows if (key := _key(row, kind)) is not None]
    before = over.scratch.seen([key for _row, key in keyed])
    new: dict[str, tuple[int, str]] = {}
    for row, key in keyed:
        name = str(row.values.get("name") or "")
        earlier = before.get(key) or new.get(key)
        if earlier is None:
            new[key] = (row.line, name)
            continue
        line, other = earlier
        what = key.replace("\n", ", ")
        if name and other and name != other:
            row.refuse("name", "other_name", other=line, what=what, name=other)
        else:
            row.refuse(kind.about[0], "repeated_row", other=line, what=what)
    over.scratch.remember((key, line, name) for key, (line, name) in new.items())


def _key(row: Row, kind: Kind) -> str | None:
    parts = [row.values.get(name) for name in kind.about]
    return None if None in parts else "\n".join(map(str, parts))
