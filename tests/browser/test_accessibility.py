"""No page violates a rule of axe, in light or dark, wide or narrow, nor scrolls sideways."""

from collections.abc import Callable
from functools import partial

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from scripts.servers import HOST
from tests.browser import addresses, too_often, tours
from tests.browser.inspection import OPEN_ALL, Inspector, out_of_place
from tests.browser.tours import Tour
from tests.world.server import Server

pytestmark = pytest.mark.browser
EMPTY = """() => {
  for (const field of document.querySelectorAll("main form [name]")) {
    if (["checkbox", "radio"].includes(field.type)) field.checked = false;
    else if (field.type !== "hidden" && field.type !== "submit") field.value = "";
  }
}"""


def enter(page: Page, session: str) -> None:
    """Go on with the session of somebody, or as nobody."""
    page.context.clear_cookies()
    if session:
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": session, "domain": HOST, "path": "/"}])


@pytest.mark.parametrize("tour", addresses.TOURS)
def test_no_page_violates_a_rule_or_scrolls_sideways(page: Page, server: Server, tour: str) -> None:
    inspector, found = Inspector(), []
    for session, urls in server.world.call(addresses.stops, tour=tour):
        enter(page, session)
        for url in urls:
            page.goto(url)
            found += inspector.inspect(page, url)

    assert found == []


@pytest.mark.parametrize("tour", addresses.TOURS)
def test_no_page_with_everything_open_runs_over_an_edge_in_the_language_of_long_words(
    open_window: Callable[..., Page], server: Server, tour: str
) -> None:
    page, found = open_window(locale="ru"), []
    for session, urls in server.world.call(addresses.stops, tour=tour):
        enter(page, session)
        for url in urls:
            page.goto(url)
            page.evaluate(OPEN_ALL)
            found += out_of_place(page, url)

    assert found == []


@pytest.mark.parametrize("of", addresses.FORMS)
def test_no_form_sent_without_anything_in_it_violates_a_rule(
    page: Page, server: Server, of: str
) -> None:
    inspector, found = Inspector(), []
    for session, forms in server.world.call(addresses.emptied, of=of):
        enter(page, session)
        for url, button in forms:
            page.goto(url)
            page.evaluate(EMPTY)
            page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
            expect(page.locator("[data-error-summary]")).to_be_focused()
            found += inspector.inspect(page, f"{url} sent empty")

    assert found == []


def test_no_page_about_a_fault_violates_a_rule(page: Page, server: Server) -> None:
    inspector, found = Inspector(), []
    for status, html in server.world.call(addresses.faults).items():
        page.route(f"**/{status}", partial(Route.fulfill, body=html, content_type="text/html"))
        page.goto(f"/{status}")
        found += inspector.inspect(page, status)

    assert found == []


def test_no_form_that_was_sent_too_often_violates_a_rule(page: Page, server: Server) -> None:
    inspector, found = Inspector(), []
    for session, url, typed, button in server.world.call(too_often.last_tries):
        enter(page, session)
        page.goto(url)
        for name, text in typed.items():
            page.locator(f"main [name={name}]").fill(text)
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
        expect(page.locator("[data-error-summary]")).to_contain_text("Too many attempts")
        found += inspector.inspect(page, f"{url} too often")

    assert found == []


@pytest.mark.parametrize("tour", tours.BY_HAND)
def test_nothing_that_is_opened_by_hand_violates_a_rule(page: Page, tour: Tour) -> None:
    inspector = Inspector()

    found = [problem for name in tour(page) for problem in inspector.inspect(page, name)]

    assert found == []
