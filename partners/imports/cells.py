"""How cells are read: each reader takes the text, trimmed and not empty, and returns its value."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from partners.imports.problems import CellProblem, shown
from partners.models import User
from partners.naming import LONGEST_NAME, acceptable_email, acceptable_name
from partners.roles import Role
from partners.services.affiliations import PROGRAMS
from portal import places

MPN_ID = re.compile(r"[0-9]{7}")
DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# Roles and competencies are of several words, programs are not.
BETWEEN_WORDS = re.compile(r"[|;,+\s]+")
BETWEEN_NAMES = re.compile(r"\s*[|;,]\s*")


def control_character_in(text: str) -> str | None:
    """Return how the first control character is called, a line break among them, or None."""
    if text.isprintable():
        return None
    for letter in text:
        if unicodedata.category(letter) in ("Cc", "Cs"):
            return f"U+{ord(letter):04X}"
    return None


def mpn_id(text: str) -> str:
    """Read an MPN ID: seven ASCII digits."""
    if not MPN_ID.fullmatch(text):
        raise CellProblem("bad_mpn_id", value=shown(text))
    return text


def name(text: str) -> str:
    """Read a name, with single spaces."""
    read = acceptable_name(text=text)
    if read is None:
        raise CellProblem("too_long", length=len(text), most=LONGEST_NAME)
    return read


def country(text: str) -> str:
    """Read a country by its code, in capitals or not."""
    code = text.upper()
    if code not in _COUNTRIES:
        raise CellProblem("unknown_country", value=shown(text))
    return code


def programs(text: str) -> tuple[str, ...]:
    """Read one program or both, in their order."""
    wanted = [part.upper() for part in BETWEEN_WORDS.split(text) if part]
    for part in wanted:
        if part not in PROGRAMS:
            raise CellProblem("unknown_program", value=shown(part))
    return tuple(program for program in PROGRAMS if program in wanted)


def email(text: str) -> str:
    """Read an e-mail address, case-folded as accounts keep it."""
    address = acceptable_email(text=text)
    if address is None:
        raise CellProblem("malformed_email", value=shown(text))
    return address


def account_kind(text: str) -> str:
    """Read the kind of a person's account."""
    kind = text.upper()
    if kind not in (User.Kind.WORK, User.Kind.PERSONAL):
        raise CellProblem("unknown_account_kind", value=shown(text))
    return kind


def roles(text: str) -> tuple[str, ...]:
    """Read roles by their codes or names, in the order of the table."""
    held = {_known(_ROLES, part, code="unknown_role") for part in BETWEEN_NAMES.split(text) if part}
    return tuple(role.value for role in Role if role.value in held)


def one_of(known: Mapping[str, Any], *, code: str) -> Callable[[str], Any]:
    """Return what reads one of the values that `known` has by their case-folded words."""
    return lambda text: _known(known, text, code=code)


def some_of(known: Mapping[str, Any], *, code: str) -> Callable[[str], tuple[Any, ...]]:
    """Return what reads several of them, separated by | or ; once each."""

    def read(text: str) -> tuple[Any, ...]:
        parts = (part.strip() for part in re.split(r"[|;]", text))
        return tuple(dict.fromkeys(_known(known, part, code=code) for part in parts if part))

    return read


def day(text: str) -> date:
    """Read a day of the calendar such as 2026-11-20."""
    match = DATE.fullmatch(text)
    if match is None:
        raise CellProblem("bad_date", value=shown(text))
    year, month, number = map(int, match.groups())
    try:
        return date(year, month, number)
    except ValueError:
        raise CellProblem("impossible_date", value=text) from None


def folded(values: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return the values by their words, case-folded."""
    return {words.casefold(): value for words, value in values}


def _known(known: Mapping[str, Any], text: str, *, code: str) -> Any:
    found = known.get(text.casefold())
    if found is None:
        words = ", ".join(dict.fromkeys(str(value) for value in known.values()))
        raise CellProblem(code, value=shown(text), known=words)
    return found


# The codes are the same in every language.
_COUNTRIES = frozenset(code for code, _name in places.countries())
_ROLES = folded(
    [(role.value, role.value) for role in Role]
    + [(role.value.replace("_", " "), role.value) for role in Role]
)
