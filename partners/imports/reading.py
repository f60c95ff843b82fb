"""
From the bytes of a file to its rows, one piece at a time: whatever its size, little is in memory.

What is no text in UTF-8, or has no header that fits, is refused before anything is kept. After
that, everything wrong is a problem of one row.
"""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.imports.columns import Column, names_of
from partners.imports.problems import shown
from portal.refusals import NextStep, Refusal
from portal.sentences import all_of, in_a_row, listed

LARGEST_FILE = 32 * 1024 * 1024
PIECE = 256 * 1024
DELIMITERS = (",", ";")
LONGEST_HEADER = 4_000
OTHER_KINDS = (
    (b"PK\x03\x04", gettext_lazy("This is a spreadsheet or an archive, not a CSV file.")),
    (b"\xd0\xcf\x11\xe0", gettext_lazy("This is a spreadsheet, not a CSV file.")),
    (b"%PDF", gettext_lazy("This is a PDF document, not a CSV file.")),
    (b"\x1f\x8b", gettext_lazy("This is a compressed file, not a CSV file.")),
)


class FileUnreadable(Refusal):
    """The file is no CSV of this kind: too large, not UTF-8, or with another header."""

    code = "validation_error"
    status = 400


@dataclass
class Received:
    """What is known of a file once its last piece has passed."""

    size: int = 0
    lines: int = 0
    sha256: str = ""
    head: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Record:
    """One row as it stands in the file: the line it begins in, its cells, what broke it."""

    line: int
    cells: Sequence[str]
    broken: str = ""


def checked_pieces(pieces: Iterable[bytes], *, into: Received) -> Iterator[bytes]:
    """
    Pass a file on in pieces of one size, and look at each: size, encoding, how many lines.

    :raises FileUnreadable: larger than allowed, empty, or no text in UTF-8
    """
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    for piece in _of_one_size(pieces):
        into.size += len(piece)
        if into.size > LARGEST_FILE:
            raise _too_large()
        if not into.head:
            _refuse_other_kinds(piece)
            into.head = piece
        _decode(decoder, piece, lines_before=into.lines)
        into.lines += piece.count(b"\n")
        digest.update(piece)
        yield piece
    if not into.size:
        raise _unreadable(_("The file is empty."))
    _decode(decoder, b"", lines_before=into.lines, final=True)
    into.lines += 1
    into.sha256 = digest.hexdigest()


def require_header(head: bytes, *, columns: Sequence[Column]) -> None:
    """
    Make sure that the file begins with a header that names these columns, each once.

    :param head: the first piece of the file
    :raises FileUnreadable: unknown, missing or repeated columns, by name
    """
    text = head.decode("utf-8-sig", errors="ignore")[:LONGEST_HEADER]
    header, _delimiter = _header_of(text)
    known = names_of(columns)
    required = [column.name for column in columns if column.is_required]
    wrong = [
        (_("These columns are not known: %(columns)s."), [n for n in header if n not in known]),
        (_("These columns are missing: %(columns)s."), [n for n in required if n not in header]),
        (
            _("These columns appear more than once: %(columns)s."),
            sorted({n for n in header if n in known and header.count(n) > 1}),
        ),
    ]
    sentences = [
        sentence % {"columns": all_of([f"“{shown(name)}”" for name in names])}
        for sentence, names in wrong
        if names
    ]
    if sentences:
        step = _("The first line names the columns, in any order: %(columns)s.")
        raise _unreadable(in_a_row(sentences), next_step=step % {"columns": listed(known)})


def records_of(pieces: Iterable[bytes]) -> Iterator[Record]:
    """
    Yield the header, its names in lower case, and then each row that is not blank.

    Lines are those of the file, so a value of several lines counts as many. Behind a quote that
    is never closed nothing can be read: the record that says so is the last one.
    """
    lines = _lines_of(pieces)
    first = next(lines, "")
    header, delimiter = _header_of(first)
    yield Record(1, header)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begins = 2
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            is_endless = "unexpected end" in str(error) or "field larger" in str(error)
            yield Record(begins, (), broken="endless_quotes" if is_endless else "broken_quotes")
            if is_endless:
                return
        else:
            if cells:
                yield Record(begins, cells)
        begins = reader.line_num + 2


class _Pieces(io.RawIOBase):
    """The pieces as one stream."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._left = iter(pieces), b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer as far as the piece at hand reaches."""
        if not self._left:
            self._left = next(self._pieces, b"")
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def _lines_of(pieces: Iterable[bytes]) -> Iterator[str]:
    stream = io.BufferedReader(_Pieces(pieces), buffer_size=PIECE)
    return iter(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))


def _header_of(text: str) -> tuple[list[str], str]:
    """Return the names in the first line, in lower case, and the separator it is written with."""
    line = text.splitlines()[0] if text.strip() else ""
    delimiter = max(DELIMITERS, key=line.count)
    names = next(csv.reader([line], delimiter=delimiter), [])
    return [name.strip().casefold() for name in names], delimiter


def _of_one_size(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting = b""
    for piece in pieces:
        waiting += piece
        while len(waiting) >= PIECE:
            yield waiting[:PIECE]
            waiting = waiting[PIECE:]
    if waiting:
        yield waiting


def _refuse_other_kinds(head: bytes) -> None:
    for beginning, sentence in OTHER_KINDS:
        if head.startswith(beginning):
            raise _unreadable(str(sentence))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _unreadable(_("This file is written in UTF-16, not in UTF-8."))
    # UTF-16 without a mark, or no text at all: the header of a CSV file holds none.
    if b"\x00" in head.partition(b"\n")[0][:LONGEST_HEADER]:
        raise _unreadable(
            _("This file is not text in UTF-8: it holds NUL characters in its first line.")
        )


def _decode(
    decoder: codecs.IncrementalDecoder, piece: bytes, *, lines_before: int, final: bool = False
) -> None:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError as error:
        line = lines_before + error.object[: error.start].count(b"\n") + 1
        raise _unreadable(
            _("This file is not written in UTF-8: line %(line)d holds other bytes.")
            % {"line": line}
        ) from error


def _too_large() -> FileUnreadable:
    return _unreadable(
        _("The file is larger than %(megabytes)d MB.")
        % {"megabytes": LARGEST_FILE // (1024 * 1024)},
        next_step=_("Divide it: several files are imported one after the other."),
    )


def _unreadable(sentence: str, *, next_step: str = "") -> FileUnreadable:
    step = next_step or _("Save it as CSV in UTF-8 (in a spreadsheet: “CSV UTF-8”).")
    return FileUnreadable(sentence, facts={"field": "file"}, next_step=NextStep(step))
