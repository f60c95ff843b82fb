"""What people do on the page of a request, and what stands there."""

import uuid
from datetime import timedelta
from typing import Any

from django.urls import reverse

from partnercenter.demo.accounts import FABRIKAM
from support.models import SupportRequest
from tests.pages.html import Element
from tests.pages.visits import account, client_of, page_of, plan
from tests.stories import product, submit
from tests.world.loaded import NOW

AUTHOR = "consultant@outlook.example"
# Every action, filled in.
ACTIONS: dict[str, dict[str, str]] = {
    "note": {"text": "It happens again.", "key": "a-key"},
    "state": {"state": "IN_PROGRESS"},
    "close": {"reason": "SOLVED_BY_PARTNER"},
    "reopen": {},
}

WAY_TO_HELP = " What does this mean?"


def open_request() -> SupportRequest:
    """Return a request that the outsider opened yesterday with one of Fabrikam's incidents."""
    chosen = plan(FABRIKAM).public_id
    about = product("Windows Server", "2025")
    yesterday = NOW - timedelta(days=1)
    return submit(by=account(AUTHOR), plan_id=chosen, product=about, at=yesterday).request


def address(request: SupportRequest, action: str = "") -> str:
    """Return the address of the request's page, or of what is done there."""
    name = f"support:request-{action}" if action else "support:request"
    return reverse(name, args=[request.number])


def press(
    who: str, request: SupportRequest, action: str, *, status: int = 200, **fields: str
) -> Element:
    """Send one of the page's forms as this account; return the page that answers in the end."""
    if action == "note":
        fields.setdefault("key", str(uuid.uuid5(uuid.NAMESPACE_URL, fields["text"])))
    response: Any = client_of(who).post(address(request, action), fields, follow=True)
    assert response.status_code == status
    if status == 200:
        assert response.redirect_chain == [(address(request), 302)]
    return page_of(response)


def key_on(page: Element) -> str:
    """Return the key in the form for notes."""
    return page.one("input", name="key").attrs["value"]


def notes_on(main: Element) -> list[tuple[str, str]]:
    """Return the notes from top to bottom: who and when, and the text."""
    return [
        (note.one("p", cls="note__head").text, note.one("p", cls="note__text").text)
        for note in main.all("li", cls="note")
    ]


def reasons_not_to(main: Element) -> list[str]:
    """Return what is not possible now, with the reasons; each leads on to what it means."""
    sections = main.all("section", aria_labelledby="not-possible")
    reasons = [item for section in sections for item in section.texts("li")]
    assert all(reason.endswith(WAY_TO_HELP) for reason in reasons)
    return [reason.removesuffix(WAY_TO_HELP) for reason in reasons]
