"""
The draft of a support request, while it is being written.

It lives in the session: opening the wizard or leaving it creates nothing and uses nothing. The
draft's id stands in the address, so several tabs don't mix, and is the form's idempotency key.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

SESSION_KEY = "request_drafts"
MOST_DRAFTS = 8


@dataclass
class Draft:
    """What was chosen and typed so far, by step; `submitted` is the number it became."""

    id: uuid.UUID
    product: dict[str, Any] = field(default_factory=dict)
    issue: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, Any] = field(default_factory=dict)
    product_done: bool = False
    issue_done: bool = False
    submitted: str = ""

    @property
    def key(self) -> str:
        """The idempotency key of the form."""
        return str(self.id)


def new_draft() -> Draft:
    """Return an empty draft; it is kept only once something is saved."""
    return Draft(id=uuid.uuid4())


def load(request: HttpRequest, draft_id: uuid.UUID) -> Draft | None:
    """Return the draft from the session, or None when it isn't there (any more)."""
    kept = request.session.get(SESSION_KEY, {}).get(str(draft_id))
    return Draft(id=draft_id, **kept) if kept is not None else None


def save(request: HttpRequest, draft: Draft) -> None:
    """Keep the draft; the oldest ones make room."""
    drafts = dict(request.session.get(SESSION_KEY, {}))
    drafts.pop(draft.key, None)
    drafts[draft.key] = {
        "product": draft.product,
        "issue": draft.issue,
        "contact": draft.contact,
        "product_done": draft.product_done,
        "issue_done": draft.issue_done,
        "submitted": draft.submitted,
    }
    request.session[SESSION_KEY] = dict(list(drafts.items())[-MOST_DRAFTS:])


def finish(request: HttpRequest, draft: Draft, *, number: str) -> None:
    """Keep only what the form became: what was typed is in the request now."""
    save(request, Draft(id=draft.id, submitted=number))
