"""What people do to sign in, and where they go from there."""

import re

from playwright.sync_api import Page, expect

from partnercenter.demo.accounts import PASSWORD
from tests.world.server import Server


def sign_in(page: Page, email: str, *, password: str = PASSWORD) -> None:
    """Sign in by the sign-in page; the page that it leads to has its scripts."""
    page.goto("/accounts/login/")
    enter_password(page, email, password=password)
    expect(page.get_by_text("Account menu:")).to_be_attached()
    page.wait_for_load_state()


def enter_password(page: Page, email: str, *, password: str) -> None:
    """Fill in the sign-in page that is open, and send it."""
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def mailed_link(server: Server, *, to: str) -> str:
    """Return the address for a new password in the last mail to somebody; the demo's are logged."""
    *_earlier, last = server.log.read_text().split(f"\nTo: {to}\n")
    link = re.search(r"^http\S+/accounts/password/reset/key/\S+$", last, re.MULTILINE)
    assert link, last
    return link[0]


def open_account_menu(page: Page) -> None:
    """Open the account menu in the top bar."""
    page.locator("summary").filter(has_text="Account menu").click()


def sign_in_with_another_account(page: Page) -> None:
    """Choose so in the account menu."""
    open_account_menu(page)
    page.get_by_role("button", name="Sign in with another account").click()


def switch_to(page: Page, partner: str) -> None:
    """Choose another partner in the account menu."""
    open_account_menu(page)
    page.get_by_role("button", name=partner).click()
    read_message(page, f"You now act for {partner}.")


def read_message(page: Page, text: str) -> None:
    """Wait until the page says so about the last thing done."""
    expect(page.locator("#messages")).to_contain_text(text)
