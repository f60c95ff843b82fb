"""
Databases that take long to build, built once and copied from then on.

The test processes of a session share what was built; the last one to leave takes it away. In a run
of all parts, those on SQLite share it too, and it goes with the folder of the run.
"""

import contextlib
import fcntl
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.world.databases import Databases


class Templates:
    """What was built in this test session, by the word for it, and the copies made of it."""

    def __init__(self, *, databases: Databases, folder: Path, stays: bool) -> None:
        """
        Build in a folder.

        :param stays: whether what is built is left in the folder for those who come later
        """
        self._databases = databases
        self._folder = folder
        self._stays = stays
        self._user = folder / f"used-by-{uuid.uuid4().hex}"

    def __enter__(self) -> "Templates":
        """Join the processes that use what is built here."""
        with locked(self._folder / "lock"):
            self._user.touch()
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave; the last one drops what was built."""
        with locked(self._folder / "lock"):
            self._user.unlink()
            if not self._stays and not list(self._folder.glob("used-by-*")):
                for built in self._folder.glob("built-*"):
                    self._databases.drop(built.read_text())
                    built.unlink()

    def built(self, word: str, *, build: Callable[[str], None], of: str | None = None) -> str:
        """
        Return the name of the database for that word; the first to ask builds it.

        :param build: is given the URL of an empty database, or of a copy of the one named by `of`
        """
        with locked(self._folder / f"lock-{word}"):
            built = self._folder / f"built-{word}"
            if not built.exists():
                name = _fresh_name()
                build(self._databases.copy(name, of=of) if of else self._databases.create(name))
                built.write_text(name)
            return built.read_text()

    @contextlib.contextmanager
    def copy(self, *, of: str) -> Iterator[str]:
        """Yield the URL of a copy of one's own, gone when the block ends."""
        name = _fresh_name()
        try:
            yield self._databases.copy(name, of=of)
        finally:
            self._databases.drop(name)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time into the block."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fresh_name() -> str:
    return f"world_{uuid.uuid4().hex[:16]}"
