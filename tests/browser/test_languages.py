"""Another language in a real browser: the same address, and what was typed is still there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import sign_in

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]

CONSULTATION = "/dashboard/mpn/membership/benefits/technical/createadvisoryhours-servicerequest"
PLANS = "/supportforbusiness/plans"
TYPED = {"title": "Mail for 40 people", "description": "From on-premises\nto the cloud."}


def choose(page: Page, language: str) -> None:
    """Open the menu and choose the language by its own name."""
    menu = page.locator(".language-menu")
    menu.locator("summary").click()
    menu.get_by_role("button", name=language).click()


def test_language_is_changed_and_what_was_typed_is_kept(open_window: OpenWindow):
    page = open_window()
    sign_in(page, "admin@fabrikam.example")
    page.goto(f"{CONSULTATION}?from=here")
    for name, text in TYPED.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("[name=country]").select_option("HU")

    choose(page, "magyar")

    expect(page.locator("html")).to_have_attribute("lang", "hu")
    assert page.url.endswith(f"{CONSULTATION}?from=here")
    for name, text in TYPED.items():
        expect(page.locator(f"[name={name}]")).to_have_value(text)
    expect(page.locator("[name=country]")).to_have_value("HU")
    page.reload()
    expect(page.locator("[name=title]")).to_have_value("")


def test_pair_of_ids_and_password_are_not_kept(open_window: OpenWindow):
    page = open_window()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill("admin@fabrikam.example")
    page.locator("[name=password]").fill("partner-center-demo")

    choose(page, "svenska")

    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.locator("[name=login]")).to_have_value("admin@fabrikam.example")
    expect(page.locator("[name=password]")).to_have_value("")
    choose(page, "English")
    sign_in(page, "admin@fabrikam.example")
    page.goto(PLANS)
    page.locator("[name=contract_id]").fill("100000006")
    choose(page, "svenska")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.locator("[name=contract_id]")).to_have_value("")


def test_language_is_changed_without_script(open_window: OpenWindow):
    page = open_window(java_script_enabled=False)
    page.goto("/help/remaining?a=1")

    choose(page, "русский")

    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert page.url.endswith("/help/remaining?a=1")
