"""A cloud portal as somebody walks through it, step by step."""

import uuid
from typing import Any

from django.test import Client
from django.urls import reverse

from benefits.models import Plan
from support.portals import CLOUD_PORTALS
from tests.pages.html import Element
from tests.pages.visits import page_of
from tests.pages.wizard import CHOSEN, CONTACT, ISSUE

PORTALS = list(CLOUD_PORTALS.values())
NAMES = {
    "azure": "Azure",
    "microsoft365": "Microsoft 365",
    "dynamics365": "Dynamics 365",
    "lifecycle-services": "Lifecycle Services",
}


class PortalWizard:
    """One draft of + New support request in one browser; each step answers as it came."""

    def __init__(self, client: Client, slug: str = "azure") -> None:
        self.client: Any = client
        self.portal = CLOUD_PORTALS[slug]
        self.draft_id = uuid.uuid4()

    def url(self, step: str) -> str:
        """Return the address of a step: problem, details, review."""
        return reverse(f"support:portal-{step}", args=[self.portal, self.draft_id])

    def see(self, step: str) -> Element:
        """Return a step's page."""
        response = self.client.get(self.url(step))
        assert response.status_code == 200, response.headers.get("Location")
        return page_of(response)

    def problem(self, **fields: str) -> Any:
        """Send step 1: a technical problem with the portal's first service, unless changed."""
        about = {"kind": "TECHNICAL", "service": self.portal.services[0].name}
        return self.client.post(self.url("problem"), {**about, **ISSUE, **fields})

    def details(self, **fields: str) -> Any:
        """Send step 2, without a plan unless one is named."""
        sent = {**CHOSEN, **CONTACT, "action": "continue", **fields}
        return self.client.post(self.url("details"), sent)

    def review(self, **fields: str) -> Any:
        """Send step 3."""
        return self.client.post(self.url("review"), {"action": "submit", **fields})

    def at_review(self, plan: Plan | None = None, **fields: str) -> "PortalWizard":
        """Walk to step 3: with a plan, or about a bill."""
        kind = "TECHNICAL" if plan else "BILLING"
        assert self.problem(**{"kind": kind, **fields}).url == self.url("details")
        response = self.details(plan=str(plan.public_id) if plan else "")
        assert response.status_code == 302, page_of(response).one("main").text
        assert response.url == self.url("review")
        return self
