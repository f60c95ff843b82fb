"""A browser window: how it is opened, and what is complained about in it."""

from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, Response

DESKTOP = {"width": 1280, "height": 900}
SERVER_ERRORS = range(500, 600)
# What the server says no to is a page of its own; the browser calls its status an error.
REFUSED_PAGE = "Failed to load resource: the server responded with a status of 4"


def context_options(base_url: str, **options: Any) -> dict[str, Any]:
    """Return how windows are opened unless a test says otherwise: English, UTC, on a desktop."""
    return {
        "base_url": base_url,
        "locale": "en",
        "timezone_id": "UTC",
        "viewport": DESKTOP,
        **options,
    }


class Complaints:
    """What consoles, scripts and the server had to complain about; Chromium reports CSP there."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def listen_to(self, page: Page) -> None:
        """Listen from now on."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.heard.append(f"script: {error}"))
        page.on("response", self._answered)
        page.on("requestfailed", self._failed)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        about = message.location["url"]
        if message.text.startswith(REFUSED_PAGE) and "/static/" not in about:
            return
        self.heard.append(f"console: {message.text} ({about})")

    def _answered(self, response: Response) -> None:
        if response.status in SERVER_ERRORS:
            self.heard.append(f"server: {response.status} {response.url}")

    def _failed(self, request: Request) -> None:
        # A page that is left may not have loaded everything.
        if request.failure != "net::ERR_ABORTED":
            self.heard.append(f"network: {request.failure} {request.url}")
