"""What a browser can read from a field of its own kinds; it shows nothing where it cannot."""

import re
from collections.abc import Callable
from datetime import date

_NUMBER = re.compile(r"-?[0-9]+([.][0-9]+)?")


def is_readable(kind: str, text: str) -> bool:
    """Return whether HTML allows the text as the value of an input of this kind; most take all."""
    check = _CHECKS.get(kind)
    return check is None or check(text)


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


_CHECKS: dict[str, Callable[[str], bool]] = {
    "date": _is_day,
    "month": lambda text: _is_day(f"{text}-01"),
    "number": lambda text: _NUMBER.fullmatch(text) is not None,
}
