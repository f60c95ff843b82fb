"""What scripts add to pages: plans that load by themselves, and buttons that copy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.account_steps import sign_in
from tests.browser.benefit_steps import ON_PREMISES, expand, open_technical_benefits, show_ids
from tests.browser.support_steps import (
    CATEGORY,
    FAMILY,
    SEVERITY,
    VERSION,
    choose_product,
    types_of_support,
    wait_for_the_rest,
)

pytestmark = pytest.mark.browser


def test_choices_made_while_the_plans_load_are_kept(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    page.goto("/supportforbusiness/create")
    choose_product(page, "Windows", "11")
    held: list[Route] = []
    # A method of a built-in type is none that the route can be given.
    page.route("**/product", lambda route: held.append(route))  # noqa: PLW0108

    with page.expect_request("**/product"):
        page.get_by_label(VERSION).select_option("10")
    page.get_by_label(CATEGORY).select_option("CRASH")
    page.get_by_label(SEVERITY).select_option("C")
    (route,) = held
    route.continue_()

    types_of_support(page, "Windows 10").wait_for()
    wait_for_the_rest(page)
    expect(page.get_by_label(CATEGORY)).to_have_value("CRASH")
    expect(page.get_by_label(SEVERITY)).to_have_value("C")


def test_choice_made_before_htmx_arrives_is_not_lost(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    held: list[Route] = []
    page.route("**/htmx-2.min*.js", lambda route: held.append(route))  # noqa: PLW0108

    with page.expect_request("**/htmx-2.min*.js"):
        page.goto("/supportforbusiness/create")
    page.get_by_label(FAMILY).select_option("Windows")
    (route,) = held
    route.continue_()

    page.get_by_label(VERSION).select_option("11")
    types_of_support(page, "Windows 11").wait_for()


def test_copying_both_ids_does_not_show_them(open_window: Callable[..., Page]) -> None:
    page = open_window(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, "admin@fabrikam.example")
    open_technical_benefits(page)
    expand(page, ON_PREMISES)
    ids = page.locator("#ids")
    masked = ids.inner_text()

    ids.get_by_role("button", name="Copy both").click()

    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    copied = page.evaluate("navigator.clipboard.readText()")
    expect(ids.get_by_role("button", name="Copy both")).to_be_visible()
    assert ids.inner_text() == masked
    pair = show_ids(page)
    assert copied == f"Access ID: {pair.access}, Contract ID: {pair.contract}"
