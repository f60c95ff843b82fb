"""Databases that come and go by name: files on SQLite, databases of one server on PostgreSQL."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql


class Databases(Protocol):
    """Where databases can be made and copied; nobody may be connected to one that is copied."""

    def create(self, name: str) -> str:
        """Make an empty database and return its DATABASE_URL."""

    def copy(self, name: str, *, of: str) -> str:
        """Make a copy under a new name and return its DATABASE_URL."""

    def drop(self, name: str) -> None:
        """Delete the database, whether or not it is there and somebody is connected."""


def databases(*, url: str, folder: Path) -> Databases:
    """Return databases of the kind that the DATABASE_URL names; SQLite's files go into `folder`."""
    if url.startswith(("postgres://", "postgresql://")):
        return PostgresDatabases(url)
    return SqliteDatabases(folder)


@dataclass(frozen=True)
class SqliteDatabases:
    """One file for each."""

    folder: Path

    def create(self, name: str) -> str:
        """Return where the file will be; SQLite makes it by itself."""
        return f"sqlite:///{self._path(name)}"

    def copy(self, name: str, *, of: str) -> str:
        """Copy the file."""
        source = self._path(of)
        assert not list(self.folder.glob(f"{source.name}-*")), "somebody is still writing to it"
        shutil.copyfile(source, self._path(name))
        return self.create(name)

    def drop(self, name: str) -> None:
        """Delete the file and what SQLite put beside it."""
        for path in self.folder.glob(f"{self._path(name).name}*"):
            path.unlink()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"


@dataclass(frozen=True)
class PostgresDatabases:
    """Databases beside the one that the URL names."""

    url: str

    def create(self, name: str) -> str:
        """Make an empty database."""
        self._execute("CREATE DATABASE {}", name)
        return self._url(name)

    def copy(self, name: str, *, of: str) -> str:
        """Copy a database, as PostgreSQL copies templates."""
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, of)
        return self._url(name)

    def drop(self, name: str) -> None:
        """Drop the database; connections that are still open are cut."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def _execute(self, statement: str, *names: str) -> None:
        with _autocommit(self.url) as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextlib.contextmanager
def _autocommit(url: str) -> Iterator[Any]:
    """Yield a cursor outside of any transaction, which is where databases are made."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
