"""The page to read and try the API: lists every operation, gets a token, makes calls."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.rest.schema import description
from tests.browser.account_steps import sign_in
from tests.browser.inspection import SCHEMES, WIDER_THAN_THE_WINDOW
from tests.world import api_client

pytestmark = pytest.mark.browser
DOCS = "/api/v1/docs"
NARROW = {"width": 360, "height": 800}


def open_docs(page: Page) -> None:
    """Open the page and wait for the operations."""
    page.goto(DOCS)
    expect(page.locator(".opblock").first).to_be_visible()


def unfold(page: Page, name: str) -> Locator:
    """Open one operation."""
    operation = page.locator(f"[id$=-{name}]")
    operation.locator(".opblock-summary-control").click()
    return operation


def call(operation: Locator) -> str:
    """Try the operation with what its form holds; return status and body."""
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response")
    expect(answer).to_be_visible()
    return answer.inner_text()


def authorize(page: Page, client_id: str, secret: str) -> None:
    """Get a token by the dialog."""
    page.locator(".scheme-container").get_by_role("button", name="Authorize").click()
    dialog = page.locator(".modal-ux")
    dialog.get_by_label("client_id").fill(client_id)
    dialog.get_by_label("client_secret").fill(secret)
    dialog.get_by_label("Apply given OAuth2 credentials").click()
    expect(dialog.get_by_text("Authorized", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()


def test_api_docs_list_every_operation_of_the_description(page: Page) -> None:
    open_docs(page)

    names = {
        says["operationId"] for way in description()["paths"].values() for says in way.values()
    }
    expect(page.locator(".opblock")).to_have_count(len(names))
    shown = page.locator(".opblock").evaluate_all("all => all.map(one => one.id)")
    assert sorted(name.rpartition("-")[2] for name in shown) == sorted(names)
    expect(unfold(page, "listEntitlements")).to_contain_text("Nothing vanishes")


def test_api_docs_try_a_call_with_the_token_of_a_client(page: Page) -> None:
    open_docs(page)

    authorize(page, api_client.DEMO.client_id, api_client.DEMO.secret)

    answer = call(unfold(page, "listEntitlements"))
    assert re.match(r"200\b", answer)
    assert '"partnerName": "Fabrikam"' in answer
    assert [cookie["name"] for cookie in page.context.cookies()] == ["csrftoken", "time_zone"]


def test_api_docs_try_a_call_as_the_account_that_is_signed_in(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    open_docs(page)

    answer = call(unfold(page, "checkEntitlements"))

    assert re.match(r"200\b", answer)
    assert '"allowed": true' in answer


def test_api_docs_tell_a_stranger_to_get_a_token(page: Page) -> None:
    open_docs(page)

    answer = call(unfold(page, "listEntitlements"))

    assert re.match(r"401\b", answer)
    assert "Get a token at /oauth/token" in answer


@pytest.mark.parametrize("scheme", SCHEMES)
def test_api_docs_are_no_wider_than_a_narrow_window(
    open_window: Callable[..., Page], scheme: str
) -> None:
    page = open_window(viewport=NARROW, color_scheme=scheme)
    open_docs(page)
    call(unfold(page, "listEntitlements"))

    assert page.evaluate(WIDER_THAN_THE_WINDOW) == []
    assert page.locator("html.dark-mode").count() == (scheme == "dark")


def test_api_docs_lead_back_to_the_portal(page: Page) -> None:
    open_docs(page)

    page.get_by_role("link", name="Back to the portal").click()

    expect(page).not_to_have_url(re.compile(f"{DOCS}$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
