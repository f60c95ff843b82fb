"""
What a kind of import is: its columns, and how its rows are judged and written, a batch at a time.

A kind judges rows against what is in the database: each is new, changed, unchanged or has a
problem. In the pass that writes, it locks first what it judges. Apps above have kinds of their own;
support/imports.py has the list of all.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.utils.functional import Promise

from partners.imports.columns import Column
from partners.imports.problems import Problem, shown
from partners.imports.scratch import Scratch
from partners.models import Partner, User


class Change(StrEnum):
    """What a row does to what is there."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"


@dataclass(slots=True)
class Row:
    """A row on its way: what its cells hold, what is wrong with it, what it changes."""

    line: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    change: Change = Change.UNCHANGED
    # What the kind found while it judged, and needs to write.
    found: Any = None

    def refuse(self, column: str, code: str, **facts: Any) -> None:
        """Say what is wrong with it."""
        texts = {name: shown(v) if isinstance(v, str) else v for name, v in facts.items()}
        self.problems.append(Problem(self.line, column, code, texts))


@dataclass(frozen=True)
class Pass:
    """One pass over a file: in whose name, when, for which import, and whether it writes."""

    by: User | None
    at: datetime
    import_id: str
    writes: bool
    scratch: Scratch

    @property
    def actor_id(self) -> int | None:
        """The key of who asked, or None for a command in nobody's name."""
        return self.by.pk if self.by is not None else None


class Kind(ABC):
    """One kind of rows."""

    name: ClassVar[str]
    label: ClassVar[Promise]
    # What it does to what is there, for the page about its columns.
    explained: ClassVar[Sequence[Promise]]
    columns: ClassVar[Sequence[Column]]
    # The columns that say what a row is about: no two rows of a file have the same in them.
    about: ClassVar[Sequence[str]]
    # The problems that rows of other kinds don't have, by code.
    sentences: ClassVar[Mapping[str, Promise]] = {}

    @abstractmethod
    def judge(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Say of each row what it changes, or what is wrong with it; lock first when writing."""

    @abstractmethod
    def write(self, rows: Sequence[Row], *, over: Pass) -> None:
        """Write the rows that change something, with their audit records."""

    def conclude(self, *, over: Pass) -> Iterable[Problem]:
        """Return what is wrong with the file as a whole."""
        return ()


def partners_by_mpn_id(*, mpn_ids: Collection[str], over: Pass) -> dict[str, Partner]:
    """Return the partners that have these MPN IDs; locked, one after the other, when writing."""
    partners = Partner.objects.filter(mpn_id__in=set(mpn_ids)).order_by("pk")
    if over.writes:
        partners = partners.select_for_update(of=("self",), no_key=True)
    return {partner.mpn_id: partner for partner in partners}


def require_partner(*, row: Row, partners: dict[str, Partner]) -> Partner | None:
    """Return the active partner that the row names, or say what is wrong and return None."""
    mpn_id = row.values["mpn_id"]
    partner = partners.get(mpn_id)
    if partner is None:
        row.refuse("mpn_id", "unknown_partner", value=mpn_id)
    elif not partner.is_active:
        row.refuse("mpn_id", "inactive_partner", value=mpn_id)
    else:
        return partner
    return None


def users_by_email(*, emails: Collection[str]) -> dict[str, User]:
    """Return the accounts that have these addresses."""
    found = User.objects.filter(email__in=set(emails)).order_by("pk")
    return {user.email: user for user in found if user.email}


def is_usable(*, row: Row, user: User) -> bool:
    """Whether the account is an active one of no staff; says what is wrong if not."""
    if user.is_staff_member:
        row.refuse("email", "staff_account", value=user.email)
    elif not user.is_active:
        row.refuse("email", "inactive_account", value=user.email)
    return not row.problems
