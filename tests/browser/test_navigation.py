"""The left navigation in a real browser: what somebody closes stays closed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import sign_in

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]


def test_closed_section_and_closed_column_stay_closed_on_the_next_page(open_window: OpenWindow):
    page = open_window()
    sign_in(page, "admin@fabrikam.example")
    column = page.get_by_role("navigation", name="Main")
    plans = column.get_by_role("link", name="My plans")
    expect(plans).to_be_visible()

    heading = column.locator("summary", has_text="Support")
    heading.focus()
    page.keyboard.press("Enter")
    expect(plans).to_be_hidden()
    column.get_by_role("link", name="Offers").click()
    page.wait_for_load_state()
    expect(column.get_by_role("link", name="Competencies")).to_be_visible()
    expect(plans).to_be_hidden()
    heading.click()
    expect(plans).to_be_visible()

    menu = page.get_by_role("button", name="Menu")
    expect(menu).to_have_attribute("aria-expanded", "true")
    menu.press("Enter")
    expect(column).to_be_hidden()
    page.reload()
    expect(column).to_be_hidden()
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.click()
    expect(column).to_be_visible()
    page.reload()
    expect(plans).to_be_visible()
    assert [c for c in page.context.cookies() if c.get("name") == "closed_navigation"] == []
