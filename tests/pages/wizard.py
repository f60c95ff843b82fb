"""Support for Business as somebody walks through it, step by step."""

import uuid
from typing import Any

from django.test import Client
from django.urls import reverse

from benefits.models import Plan
from tests.pages.html import Element
from tests.pages.visits import page_of

SERVER = {"family": "Windows Server", "version": "2025"}
AZURE = {"family": "Azure", "version": "Virtual Machines"}
WINDOWS_10 = {"family": "Windows", "version": "10"}

CHOSEN = {
    "category": "CONFIGURATION",
    "severity": "C",
    "hours": "BUSINESS",
    "country": "SE",
    "time_zone": "Europe/Stockholm",
    "contact_method": "EMAIL",
}
ISSUE = {
    "title": "Sign-in fails",
    "description": "Sign-in fails since the host was renamed.",
    "tried": "Restarted it.",
}
CONTACT = {
    "contact_name": "Fritz Baum",
    "contact_email": "fritz@fabrikam.example",
    "contact_phone": "",
}


class Wizard:
    """
    One draft in one browser. Each step answers with the response, as it came.

    The draft's id is drawn by the page that opens the wizard; here the test draws it.
    """

    def __init__(self, client: Client) -> None:
        self.client: Any = client
        self.draft_id = uuid.uuid4()

    def url(self, step: str) -> str:
        """Return the address of a step: product, issue, review."""
        return reverse(f"support:create-{step}", args=[self.draft_id])

    def see(self, step: str) -> Element:
        """Return a step's page."""
        response = self.client.get(self.url(step))
        assert response.status_code == 200, response.headers.get("Location")
        return page_of(response)

    def show(self, **fields: str) -> Element:
        """Ask for the plans that fit the product; return the page with them."""
        response = self.product(action="show", **fields)
        assert response.status_code == 302
        return self.see("product")

    def product(self, **fields: str) -> Any:
        """Send step 1: Windows Server 2025 unless changed, and no plan unless one is named."""
        sent = {**SERVER, **CHOSEN, "action": "continue", **fields}
        return self.client.post(self.url("product"), sent)

    def issue(self, **fields: str) -> Any:
        """Send step 2."""
        return self.client.post(self.url("issue"), {**ISSUE, "action": "continue", **fields})

    def review(self, **fields: str) -> Any:
        """Send step 3."""
        return self.client.post(self.url("review"), {**CONTACT, "action": "submit", **fields})

    def at_issue(self, plan: Plan, **fields: str) -> "Wizard":
        """Walk to step 2 with a plan."""
        response = self.product(plan=str(plan.public_id), **fields)
        assert response.status_code == 302, page_of(response).one("main").text
        assert response.url == self.url("issue")
        return self

    def at_review(self, plan: Plan, **fields: str) -> "Wizard":
        """Walk to step 3 with a plan."""
        assert self.at_issue(plan, **fields).issue().url == self.url("review")
        return self


def unavailable(page: Element) -> dict[str, Element]:
    """Return the cards of the plans that don't pay, by the plan's id."""
    return {card.attrs["data-plan"]: card for card in page.all(cls="plan-card--unavailable")}


def radios(page: Element) -> dict[str, Element]:
    """Return the cards of the plans that can be chosen, by the plan's id."""
    cards = page.all("label", cls="plan-card")
    return {card.one("input", name="plan").attrs["value"]: card for card in cards}


def form_of(page: Element) -> Element:
    """Return the form of the step that the page shows."""
    (form,) = [form for form in page.one("main").all("form") if form.has("button", name="action")]
    return form


def errors_in(page: Element) -> dict[str, str]:
    """Return what is wrong with each field, by the field's name."""
    return {
        element.attrs["id"].removeprefix("id_").removesuffix("_error"): element.text
        for element in page.one("main")
        if element.attrs.get("id", "").endswith("_error")
    }
