"""
What the page of a request shows beside its facts: the notes of both sides, and what can be done.

What is offered and why the rest is not comes from life.py, by the functions that services ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from partners.models import User
from portal.paging import Page, page_of
from portal.refusals import Explanation, NextStep
from support import life
from support.life import Action
from support.models import Note, SupportRequest

State = SupportRequest.State
# By tone a badge has its own icon: no two states look alike.
TONES = {
    State.OPEN: "neutral",
    State.IN_PROGRESS: "waiting",
    State.WAITING_FOR_PARTNER: "warning",
    State.RESOLVED: "good",
    State.CLOSED: "muted",
}


# --- notes -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownNote:
    """A note, and on which side it was written."""

    note: Note
    is_of_support: bool


@dataclass(frozen=True)
class Notes:
    """The notes of one page, the oldest first, and the page they are on."""

    shown: list[ShownNote]
    page: Page[Note]


def notes_of(request: SupportRequest, *, before: str) -> Notes:
    """
    Return the latest notes of a request.

    :param before: the key of a note, to go on with those before it ("" for the latest)
    """
    written = Note.objects.filter(request=request).select_related("author")
    page = page_of(
        written.order_by("-written_at", "-pk"),
        key=before if before.isascii() and before.isdigit() and len(before) < 19 else "",
        after=_before,
        key_of=lambda note: str(note.pk),
    )
    shown = [
        ShownNote(note, is_of_support=not life.is_author(request, by=note.author))
        for note in reversed(page.rows)
    ]
    return Notes(shown, page)


def _before(notes: "QuerySet[Note]", key: str) -> "QuerySet[Note]":
    last = notes.filter(pk=int(key)).first()
    if last is None:
        return notes
    return notes.filter(
        Q(written_at__lt=last.written_at) | Q(written_at=last.written_at, pk__lt=last.pk)
    )


# --- what can be done ------------------------------------------------------------------------


@dataclass(frozen=True)
class Impossible:
    """What cannot be done now, all of it for the same reason."""

    actions: tuple[Action, ...]
    explanation: Explanation

    @property
    def title(self) -> str:
        """The actions in words."""
        return " · ".join(title(action) for action in self.actions)


@dataclass(frozen=True)
class Offer:
    """What the account can do with a request now, and why not the rest."""

    possible: frozenset[Action]
    impossible: list[Impossible]

    @property
    def add_note(self) -> bool:
        """Whether a note can be added."""
        return Action.ADD_NOTE in self.possible

    @property
    def change_state(self) -> bool:
        """Whether the state can be set."""
        return Action.CHANGE_STATE in self.possible

    @property
    def close(self) -> bool:
        """Whether it can be closed."""
        return Action.CLOSE in self.possible

    @property
    def reopen(self) -> bool:
        """Whether it can be reopened."""
        return Action.REOPEN in self.possible

    @property
    def deduct_hours(self) -> bool:
        """Whether the hours of the consultation can be deducted."""
        return Action.DEDUCT_HOURS in self.possible


def offer_of(
    request: SupportRequest, *, by: User, at: datetime, returned_at: datetime | None
) -> Offer:
    """
    Return what the account can do with the request now; nothing vanishes.

    :param returned_at: when its incident was returned, read once for the whole page
    """
    refusals = {
        action: life.refusal_for(
            action, request, by=by, at=at, find_return=lambda _request: returned_at
        )
        for action in _in_order_of_page(request, by=by)
    }
    return Offer(
        possible=frozenset(action for action, refusal in refusals.items() if refusal is None),
        impossible=_grouped(
            (action, refusal.explanation) for action, refusal in refusals.items() if refusal
        ),
    )


def title(action: Action) -> str:
    """Return what is done, as a heading says it."""
    return {
        Action.ADD_NOTE: _("Add a note"),
        Action.CHANGE_STATE: _("Change the state"),
        Action.CLOSE: _("Close the request"),
        Action.REOPEN: _("Reopen the request"),
        Action.DEDUCT_HOURS: _("Deduct hours"),
    }[action]


def _in_order_of_page(request: SupportRequest, *, by: User) -> tuple[Action, ...]:
    """Return what the page is about; that only support deducts hours is no news to the others."""
    asked = (Action.ADD_NOTE, Action.CHANGE_STATE, Action.CLOSE, Action.REOPEN)
    if request.asks_for_hours and by.is_staff_member:
        return (Action.DEDUCT_HOURS, *asked)
    return asked


def _grouped(found: Iterable[tuple[Action, Explanation]]) -> list[Impossible]:
    groups: dict[tuple[str, NextStep | None], Impossible] = {}
    for action, explanation in found:
        key = (explanation.message, explanation.next_step)
        before = groups[key].actions if key in groups else ()
        groups[key] = Impossible((*before, action), explanation)
    return list(groups.values())
