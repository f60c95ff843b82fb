"""What a reader of the feed has stored: a line for each event, its place and its id."""

import os
from pathlib import Path


def append(journal: str, text: str) -> None:
    """Write the text in one go: all of it is there, or nothing."""
    file = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        assert os.write(file, text.encode()) == len(text)
    finally:
        os.close(file)


def read(journal: Path) -> list[tuple[str, str]]:
    """Return place and public id of every event that a journal holds."""
    lines = journal.read_text().splitlines() if journal.exists() else []
    return [(place, public_id) for place, public_id in map(str.split, lines)]
