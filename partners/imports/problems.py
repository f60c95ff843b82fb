"""
What may be wrong with a row, and the sentence for it: what is wrong, and what would be right.

A problem is a code and facts, which are stored; the sentence is made in the reader's language.
Kinds of apps above bring codes of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: in which line of the file, in which column ("": the whole row)."""

    line: int
    column: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class CellProblem(Exception):  # noqa: N818 - anticipated, it is not an error
    """A cell cannot be read as what its column holds."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


SENTENCES: dict[str, Promise] = {
    # --- the row as a whole
    "too_many_cells": gettext_lazy(
        "This row has %(found)s cells and the header %(expected)s. Put a value that holds the "
        "separator between quotes."
    ),
    "too_few_cells": gettext_lazy(
        "This row has %(found)s cells and the header %(expected)s. Write a separator for each "
        "empty cell too."
    ),
    "broken_quotes": gettext_lazy(
        "The quotes of this row don't fit together. Put a quote before and after the value, and "
        "double each one inside."
    ),
    "endless_quotes": gettext_lazy(
        "A quote opens in this row and is never closed, so nothing after it could be read. Close "
        "it behind its value."
    ),
    "repeated_row": gettext_lazy(
        "Line %(other)s is about the same: %(what)s. Keep one of the two rows."
    ),
    "other_name": gettext_lazy(
        "Line %(other)s gives %(what)s the name “%(name)s”. Keep the row with the right name."
    ),
    # --- cells
    "missing_value": gettext_lazy(
        "This cell is empty. Every row needs a value, such as %(example)s."
    ),
    "too_long": gettext_lazy("This has %(length)s characters. Write %(most)s at most."),
    "control_character": gettext_lazy(
        "This holds the control character %(name)s. Remove it: a value is text in one line."
    ),
    "bad_mpn_id": gettext_lazy(
        "“%(value)s” is not an MPN ID. Write seven digits; a spreadsheet may have "
        "dropped zeros in front."
    ),
    "unknown_country": gettext_lazy(
        "There is no country “%(value)s”. Write the two letters of ISO 3166-1, such as SE."
    ),
    "unknown_program": gettext_lazy(
        "There is no program “%(value)s”. Write MPN, CSP, or both as MPN|CSP."
    ),
    "malformed_email": gettext_lazy(
        "“%(value)s” is not an e-mail address. Write one such as name@company.com."
    ),
    "unknown_account_kind": gettext_lazy(
        "There is no kind of account “%(value)s”. Write WORK or PERSONAL."
    ),
    "unknown_role": gettext_lazy("There is no role “%(value)s”. Write one of %(known)s."),
    # --- what is there already
    "unknown_partner": gettext_lazy(
        "There is no partner with the MPN ID %(value)s. Import the partner first, or correct the "
        "ID."
    ),
    "inactive_partner": gettext_lazy(
        "The partner %(value)s is deactivated. Leave the row out, or have it activated first."
    ),
    "program_taken": gettext_lazy(
        "%(partner)s is enrolled in %(programs)s, which this row would take away. Write "
        "%(needed)s: an import adds programs and takes none."
    ),
    "unknown_email": gettext_lazy(
        "There is no account with the address %(value)s. Import the user first, or correct the "
        "address."
    ),
    "inactive_account": gettext_lazy(
        "The account %(value)s is deactivated. Leave the row out, or have it activated first."
    ),
    "staff_account": gettext_lazy(
        "The account %(value)s belongs to the portal's staff. Leave the row out: staff are changed "
        "by an administrator."
    ),
    "account_kind_differs": gettext_lazy(
        "The account %(value)s is of the kind %(kind)s. Write that: the kind of an account never "
        "changes."
    ),
    "not_enrolled": gettext_lazy(
        "%(partner)s isn't enrolled in %(programs)s. Write only programs of the partner."
    ),
    "role_needs_mpn": gettext_lazy(
        "The role %(role)s is about MPN. Add MPN to the programs of this row, or leave the role "
        "out."
    ),
    "last_global_admin": gettext_lazy(
        "%(partner)s would have no Global admin left. Give the role to another account in this "
        "file."
    ),
    "last_global_admin_in_mpn": gettext_lazy(
        "%(partner)s would have no Global admin in MPN left. Give the role to another account of "
        "MPN in this file."
    ),
}


def sentence_of(code: str, facts: Mapping[str, Any], *, of_kind: Mapping[str, Promise]) -> str:
    """
    Return what is wrong and what would be right; problems outlive the shape of their facts.

    :param of_kind: the sentences that only rows of the file's kind have
    """
    sentence = of_kind.get(code) or SENTENCES.get(code)
    try:
        return str(sentence) % facts if sentence is not None else code
    except KeyError:
        return code


def shown(value: str) -> str:
    """Return a value as a sentence may quote it: printable, and not longer than fits."""
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
