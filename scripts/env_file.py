"""The .env file: written once for a local portal, read before every start."""

import os
import re
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

LINE = re.compile(r"(?P<name>[A-Z][A-Z0-9_]*)\s*=\s*(?P<value>.*)")
QUOTES = ("'", '"')
SECRET_BYTES = 50
CONTENT = """\
# Written once by `make run` for this machine. .env.example explains every variable.
SECRET_KEY={secret_key}
DEMO=True
"""


def create(path: Path) -> bool:
    """Write a .env for a local demo, readable by its owner only; leave an existing one alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(CONTENT.format(secret_key=secrets.token_urlsafe(SECRET_BYTES)))
    return True


def load(path: Path) -> None:
    """Put the file's variables into the environment; what is set there already wins."""
    for name, value in parse(path.read_text(encoding="utf-8")).items():
        os.environ.setdefault(name, value)


def parse(text: str) -> dict[str, str]:
    """Return the variables of `KEY=VALUE` lines; blank lines and # comments are skipped."""
    variables = {}
    for number, raw_line in enumerate(text.splitlines(), start=1):
        line = raw_line.strip()
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if match is None:
            # Not the line itself: it may hold a secret.
            raise ImproperlyConfigured(f".env, line {number}: expected NAME=value.")
        variables[match["name"]] = _unquoted(match["value"])
    return variables


def _unquoted(value: str) -> str:
    for quote in QUOTES:
        if len(value) > 1 and value.startswith(quote) and value.endswith(quote):
            return value[1:-1]
    return value
