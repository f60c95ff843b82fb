"""What people do about accounts, their own and others', by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from partnercenter.demo.accounts import PASSWORD
from tests.browser.account_steps import mailed_link, read_message, sign_in
from tests.browser.keyboard import (
    arrive,
    follow_error,
    press,
    press_in_navigation,
    strike,
    switch_on,
    write,
)
from tests.world.server import Server

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]
PAT = "pat@outlook.example"
NEW_PASSWORD = "a quiet afternoon in autumn"
TOO_SHORT = "This password is too short"


def press_in_account_menu(page: Page, role: str, name: str) -> None:
    """Open the account menu, and press a link or button in it."""
    press(page, page.locator("summary").filter(has_text="Account menu"))
    press(page, page.get_by_role("banner").get_by_role(role, name=name))  # type: ignore[arg-type]


def write_new_password(page: Page, text: str, *, button: str) -> None:
    """Type the new password twice, and send it."""
    write(page, page.get_by_label("New Password").first, text)
    write(page, page.get_by_label("New Password (again)"), text)
    press(page, page.get_by_role("button", name=button))


def sign_in_by_keyboard(page: Page, email: str, *, password: str) -> None:
    """Fill in the sign-in page that is open, and send it by Enter."""
    write(page, page.get_by_label("Email"), email)
    write(page, page.get_by_label("Password"), password)
    strike(page)


def test_password_is_changed_by_keyboard_alone(page: Page) -> None:
    sign_in(page, PAT)
    press_in_account_menu(page, "link", "My access")
    arrive(page, "My access")
    press(page, page.get_by_role("link", name="Change the password"))
    arrive(page, "Change your password")
    write(page, page.get_by_label("Current Password"), PASSWORD)
    write_new_password(page, "short", button="Change the password")
    new = page.get_by_label("New Password").first
    follow_error(page, to=new, described=TOO_SHORT)

    write(page, page.get_by_label("Current Password"), PASSWORD)
    write_new_password(page, NEW_PASSWORD, button="Change the password")

    read_message(page, "Your password is changed.")
    sign_in_by_keyboard(page, PAT, password=PASSWORD)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    sign_in_by_keyboard(page, PAT, password=NEW_PASSWORD)
    expect(page.get_by_text("Account menu:")).to_be_attached()
    press_in_account_menu(page, "button", "Sign out")
    read_message(page, "You are signed out.")


def test_forgotten_password_by_keyboard_alone_from_the_mail_to_the_account(
    page: Page, server: Server
) -> None:
    page.goto("/accounts/login/")
    press(page, page.get_by_role("link", name="Forgot your password?"))
    arrive(page, "Reset your password")
    email = page.get_by_label("Email")
    press(page, page.get_by_role("button", name="Send the link"))
    follow_error(page, to=email, described="This field is required.")
    page.keyboard.type(PAT)
    strike(page)
    arrive(page, "Look in your mail")

    link = mailed_link(server, to=PAT)
    page.goto(link)
    arrive(page, "Choose a new password")
    write_new_password(page, "short", button="Save the new password")
    new = page.get_by_label("New Password").first
    follow_error(page, to=new, described=TOO_SHORT)
    write_new_password(page, NEW_PASSWORD, button="Save the new password")
    arrive(page, "Your password is changed")
    press(page, page.get_by_role("main").get_by_role("link", name="Sign in"))
    sign_in_by_keyboard(page, PAT, password=NEW_PASSWORD)
    expect(page.get_by_text("Account menu:")).to_be_attached()

    page.goto(link)
    arrive(page, "This link no longer works")
    press(page, page.get_by_role("link", name="Ask for a new link"))
    arrive(page, "Reset your password")


def test_user_is_added_by_keyboard_alone_comes_by_the_mail_and_is_removed(
    open_window: OpenWindow, server: Server
) -> None:
    admin, ines = open_window(), open_window()
    sign_in(admin, "admin@contoso.example")
    press_in_navigation(admin, "Users and roles")
    press(admin, admin.get_by_role("link", name="Add a user"))
    arrive(admin, "Add a user")
    write(admin, admin.get_by_label("Name"), "Ines Costa")
    press(admin, admin.get_by_role("button", name="Add", exact=True))
    follow_error(admin, to=admin.get_by_label("E-mail"), described="This field is required.")
    admin.keyboard.type("ines@contoso.example")
    switch_on(admin, admin.get_by_role("checkbox", name="Admin agent"))
    press(admin, admin.get_by_role("button", name="Add", exact=True))
    read_message(admin, "ines@contoso.example can act for Contoso now.")

    ines.goto(mailed_link(server, to="ines@contoso.example"))
    arrive(ines, "Choose a new password")
    write_new_password(ines, NEW_PASSWORD, button="Save the new password")
    press(ines, ines.get_by_role("main").get_by_role("link", name="Sign in"))
    sign_in_by_keyboard(ines, "ines@contoso.example", password=NEW_PASSWORD)
    expect(ines.get_by_role("banner")).to_contain_text("Ines Costa")

    switch_on(admin, admin.get_by_role("checkbox", name="CSP", exact=True))
    press(admin, admin.get_by_role("button", name="Save programs"))
    read_message(admin, "The rights of Ines Costa are changed.")
    press(admin, admin.locator("summary").filter(has_text="Remove Ines Costa"))
    press(admin, admin.get_by_role("button", name="Remove this user"))
    read_message(admin, "Ines Costa no longer works for Contoso.")


def test_another_account_by_keyboard_alone_after_a_wrong_password(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    press_in_account_menu(page, "button", "Sign in with another account")
    arrive(page, "Sign in")
    sign_in_by_keyboard(page, "admin@contoso.example", password="not-the-password")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("not correct")
    sign_in_by_keyboard(page, "admin@contoso.example", password=PASSWORD)
    expect(page.get_by_role("banner")).to_contain_text("Ana Berg")

    press(page, page.get_by_role("banner").get_by_role("link", name="Notifications"))
    arrive(page, "Notifications")
    press(page, page.get_by_role("button", name="Mark all as read"))
    read_message(page, "marked as read")
