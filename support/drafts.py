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
    """
    What was chosen and typed so far, by step; `submitted` is the number it became.

    `portal` is the cloud portal in which it is written, empty for Support for Business; `customer`
    the public id of the customer for whom, empty for one's own company.
    """

    id: uuid.UUID
    product: dict[str, Any] = field(default_factory=dict)
    issue: dict[str, Any] = field(default_factory=dict)
    contact: dict[str, Any] = field(default_factory=dict)
    product_done: bool = False
    issue_done: bool = False
    submitted: str = ""
    portal: str = ""
    customer: str = ""

    @property
    def key(self) -> str:
        """The idempotency key of the form."""
        return str(self.id)


def new_draft(*, portal: str = "", customer: str = "") -> Draft:
    """Return an empty draft; it is kept only once something is saved."""
    return Draft(id=uuid.uuid4(), portal=portal, customer=customer)


def load(request: HttpRequest, draft_id: uuid.UUID, *, portal: str = "") -> Draft | None:
    """Return the draft from the session, or None when the portal has none (any more)."""
    kept = request.session.get(SESSION_KEY, {}).get(str(draft_id))
    draft = Draft(id=draft_id, **kept) if kept is not None else None
    return draft if draft is not None and draft.portal == portal else None


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
        "portal": draft.portal,
        "customer": draft.customer,
    }
    request.session[SESSION_KEY] = dict(list(drafts.items())[-MOST_DRAFTS:])


def finish(request: HttpRequest, draft: Draft, *, number: str) -> None:
    """Keep only what the form became: what was typed is in the request now."""
    save(request, Draft(id=draft.id, submitted=number, portal=draft.portal))
