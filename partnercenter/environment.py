"""Read the process environment, and refuse nonsense before anything starts."""

import os
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.utils.dateparse import parse_datetime, parse_duration


def env_text(name: str, *, default: str | None = None) -> str:
    """Return the variable's text; without a default a missing or empty one is an error."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example for what it means.")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    """Return True or False; anything but the words 'True' and 'False' is an error."""
    value = env_text(name, default=str(default))
    if value not in ("True", "False"):
        raise ImproperlyConfigured(f"{name} must be 'True' or 'False', not {value!r}.")
    return value == "True"


def env_int(name: str, *, default: int, least: int = 0) -> int:
    """Return a whole number that is at least `least`."""
    value = env_text(name, default=str(default))
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(
            f"{name} must be a whole number, {least} or more, not {value!r}."
        )
    return int(value)


def env_list(name: str, *, default: str) -> list[str]:
    """Return the comma-separated items, trimmed, without empty ones."""
    return [item.strip() for item in env_text(name, default=default).split(",") if item.strip()]


def env_duration(name: str, *, default: str) -> timedelta:
    """Return a length of time such as 'P3D', 'PT12H' or '3 00:00:00'; never a negative one."""
    value = env_text(name, default=default)
    try:
        duration = parse_duration(value)
    except (ValueError, OverflowError):
        duration = None
    if duration is None or duration < timedelta(0) or value.isdigit():
        raise ImproperlyConfigured(
            f"{name} must be a length of time such as 'P3D' or 'PT12H', not {value!r}."
        )
    return duration


def env_instant(name: str) -> datetime | None:
    """Return an instant with its UTC offset such as '2021-06-01T12:00:00Z', or None if unset."""
    value = env_text(name, default="")
    if not value:
        return None
    try:
        instant = parse_datetime(value)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ImproperlyConfigured(
            f"{name} must be an instant with its offset such as '2021-06-01T12:00:00Z', "
            f"not {value!r}."
        )
    return instant.astimezone(UTC)
