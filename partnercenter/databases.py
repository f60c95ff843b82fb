"""The rules each database engine runs by (docs/adr/0008-sqlite-and-postgresql-rules.md)."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# SQLite's write-ahead log can corrupt under two writers before this release.
SAFE_WAL = (3, 51, 3)

WEB_TIMEOUTS = {
    "lock_timeout": "2s",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
}


def with_rules(database: Mapping[str, Any], *, web: bool) -> dict[str, Any]:
    """Return the parsed DATABASE_URL with the options that keep the portal's promises."""
    if database["ENGINE"] == "django.db.backends.sqlite3":
        return {**database, "OPTIONS": {**database.get("OPTIONS", {}), **_sqlite_options()}}
    if database["ENGINE"] == "django.db.backends.postgresql":
        options = {**database.get("OPTIONS", {}), **_postgresql_options(web=web)}
        return {**database, "OPTIONS": options, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    raise ImproperlyConfigured(
        f"DATABASE_URL must name SQLite or PostgreSQL, not {database['ENGINE']}."
    )


def _sqlite_options() -> dict[str, Any]:
    journal = "WAL" if sqlite3.sqlite_version_info >= SAFE_WAL else "DELETE"
    return {
        # SQLite ignores SELECT ... FOR UPDATE. BEGIN IMMEDIATE makes writers queue instead.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # recursive_triggers: else INSERT OR REPLACE walks around the append-only triggers.
        "init_command": (
            f"PRAGMA journal_mode={journal};PRAGMA synchronous=FULL;"
            "PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;"
        ),
    }


def _postgresql_options(*, web: bool) -> dict[str, Any]:
    options: dict[str, Any] = {
        "connect_timeout": 3,
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    if web:
        options["options"] = " ".join(f"-c {name}={value}" for name, value in WEB_TIMEOUTS.items())
    return options
