"""
The nine-digit Access ID and Contract ID: making them, checking them, reading what people type.

Source: "Access ID and Contract ID". The last digit is a Damm check digit, which finds every single
wrong digit and every swap of neighbours.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.refusals import NextStep, Refusal
from portal.sentences import in_a_row

LENGTH = 9
# Nobody pastes more than this around two numbers on purpose.
LONGEST_TEXT = 400
# H. Michael Damm's totally anti-symmetric quasigroup of order ten.
_QUASIGROUP = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_NUMBER_AS_TYPED = re.compile(r"\d(?:[ \t\u00a0\u2009\u202f.\-\u2010-\u2015]*\d)*")

ACCESS_FIELD = "access_id"
CONTRACT_FIELD = "contract_id"


class MalformedId(Refusal):
    """An ID that cannot be one: wrong length or check digit. `problems` maps field to sentence."""

    code = "malformed_id"
    status = 400

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(
            in_a_row(problems.values()),
            facts={"fields": sorted(problems)},
            next_step=NextStep(
                _("Compare the number with the one you were given, then correct it.")
            ),
        )


def check_digit(digits: str) -> int:
    """Return the digit that makes `digits` plus itself valid."""
    interim = 0
    for digit in digits:
        interim = _QUASIGROUP[interim][int(digit)]
    return interim


def is_well_formed(digits: str) -> bool:
    """Whether the ASCII digits are nine, do not begin with 0, and end with their check digit."""
    return len(digits) == LENGTH and digits[0] != "0" and check_digit(digits) == 0


def draw() -> int:
    """Return a fresh well-formed number from the operating system's random source."""
    payload = str(secrets.choice("123456789")) + f"{secrets.randbelow(10**7):07d}"
    return int(payload + str(check_digit(payload)))


def numbers_in(text: str) -> list[str]:
    """
    Return the numbers in what somebody typed or pasted, as ASCII digits, in order.

    Spaces, hyphens and full-width digits are forgiven, and so are words around the numbers; two
    IDs written one after the other are two.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST_TEXT])
    found = []
    for match in _NUMBER_AS_TYPED.finditer(plain):
        digits = "".join(str(int(char)) for char in match.group() if char.isdigit())
        if len(digits) == 2 * LENGTH:
            found += [digits[:LENGTH], digits[LENGTH:]]
        else:
            found.append(digits)
    return found


# Without a repr: in swapped fields either may be the Contract ID, which belongs in no log.
@dataclass(frozen=True, repr=False)
class TypedPair:
    """The two numbers as typed, each well-formed; which is which only the issued IDs tell."""

    access: int
    contract: int


def read_pair(*, access_text: str, contract_text: str) -> TypedPair:
    """
    Read the pair from its two fields; both may stand in one of them.

    :raises MalformedId: a number is missing, has the wrong length, or a typing error
    """
    in_access, in_contract = numbers_in(access_text), numbers_in(contract_text)
    if len(in_access) == 2 and in_contract in ([], in_access[1:], in_access):
        in_access, in_contract = in_access[:1], in_access[1:]
    elif len(in_contract) == 2 and in_access in ([], in_contract[:1]):
        in_access, in_contract = in_contract[:1], in_contract[1:]
    problems = {}
    for field, numbers in ((ACCESS_FIELD, in_access), (CONTRACT_FIELD, in_contract)):
        problem = _problem(numbers, field=field)
        if problem:
            problems[field] = problem
    if problems:
        raise MalformedId(problems)
    return TypedPair(access=int(in_access[0]), contract=int(in_contract[0]))


def problem_with(text: str) -> str:
    """Return what is wrong with a single typed Access ID, or nothing."""
    return _problem(numbers_in(text), field=ACCESS_FIELD)


def swaps_that_fit(digits: str) -> list[int]:
    """Return the places, from 1, of digits that give a well-formed ID swapped with the next one."""
    return [
        place + 1
        for place, (digit, following) in enumerate(pairwise(digits))
        if digit != following
        and is_well_formed(digits[:place] + following + digit + digits[place + 2 :])
    ]


def _problem(numbers: list[str], *, field: str) -> str:
    name = {ACCESS_FIELD: _("Access ID"), CONTRACT_FIELD: _("Contract ID")}[field]
    if not numbers:
        return _("Enter the %(name)s: nine digits.") % {"name": name}
    if len(numbers) > 1:
        return _("The %(name)s field holds more than one number.") % {"name": name}
    digits = numbers[0]
    if len(digits) != LENGTH:
        return ngettext(
            "The %(name)s has %(count)d digit; it must have nine.",
            "The %(name)s has %(count)d digits; it must have nine.",
            len(digits),
        ) % {"name": name, "count": len(digits)}
    if not is_well_formed(digits):
        return _(
            "The %(name)s has a typing error: check neighbouring digits, two of them may be "
            "swapped, or one is wrong."
        ) % {"name": name}
    return ""


def may_be_shown_again(access_text: str) -> bool:
    """
    Whether the Access ID field's text cannot hold a Contract ID.

    After a refusal only such text is shown again: a number that is well-formed may be the other
    one, typed into the wrong field, and looking it up to find out would tell a stranger.
    """
    numbers = numbers_in(access_text)
    # Two mistyped IDs written one after the other read as one long number.
    is_short = len(access_text) <= LONGEST_TEXT and sum(map(len, numbers)) <= LENGTH
    names_the_other = "contract" in access_text.casefold()
    holds_an_id = len(numbers) > 1 or any(map(is_well_formed, numbers))
    return is_short and not names_the_other and not holds_an_id
