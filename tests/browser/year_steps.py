"""What people do on Offers."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.account_steps import read_message


def open_offers(page: Page) -> None:
    """Choose Offers in the navigation of the dashboard."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Offers").click()
    page.get_by_role("heading", level=1, name="Offers").wait_for()


def membership_row(page: Page, level: str, state: str) -> Locator:
    """Return the row of the membership of that level in that state."""
    named = page.get_by_role("row").filter(has_text=level)
    return named.filter(has=page.locator(".badge", has_text=state))


def renew(page: Page, *, level: str) -> None:
    """Open the preview of the membership to be renewed, choose the level, confirm."""
    membership_row(page, "Gold", "To be renewed").get_by_role("link", name="Renew").click()
    page.get_by_role("link", name=f"Renew as {level}").click()
    page.get_by_role("button", name=f"Renew as {level}").click()
    read_message(page, f"The membership is {level} up to")


def upgrade(page: Page) -> None:
    """Open the preview of the Silver membership, and confirm."""
    page.get_by_role("link", name="Upgrade to Gold").click()
    expect(page.get_by_role("main")).to_contain_text("there is no gap")
    page.get_by_role("button", name="Upgrade to Gold").click()
    read_message(page, "The membership is Gold up to")
