"""What a company does beside activating and asking for support, by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.benefit_steps import ON_PREMISES, account_row, plan_row
from tests.browser.keyboard import (
    arrive,
    follow_error,
    press,
    press_in_navigation,
    skip_to_main,
    strike,
    switch_on,
    tab_to,
    write,
)
from tests.browser.support_steps import last_note, shown_request_number

pytestmark = pytest.mark.browser
TECHNICAL = "/dashboard/mpn/membership/benefits/technical"


def test_pair_and_linked_accounts_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    page.goto(TECHNICAL)
    press(page, plan_row(page, ON_PREMISES).get_by_role("link", name=ON_PREMISES))
    page.locator("#details").wait_for()
    press(page, page.get_by_role("link", name="Replace the IDs"))
    arrive(page, "Replace the IDs")
    press(page, page.get_by_role("button", name="Replace the IDs"))
    read_message(page, "New IDs are issued.")

    press(page, page.get_by_role("link", name="All linked accounts"))
    arrive(page, "Linked accounts")
    press(page, account_row(page, "Mia Torres").locator("summary"))
    press(page, page.get_by_role("button", name="Revoke Mia Torres"))
    read_message(page, "The contract is taken away from Mia Torres")
    press(page, account_row(page, "Mia Torres").get_by_role("button", name="Restore"))
    read_message(page, "linked to the account of Mia Torres again")


def test_advice_and_the_life_of_a_request_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    page.goto(TECHNICAL)
    press(page, page.get_by_role("link", name="Submit a request"))
    arrive(page, "New request")
    switch_on(page, page.get_by_role("radio", name="Presales"))
    write(page, page.get_by_label("Product"), "SQL Server 2022")
    write(page, page.get_by_label("Topic"), "Licensing")
    write(page, page.get_by_label("Title"), "Which edition fits?")
    write(page, page.get_by_label("Description"), "Two servers, one of them for tests.")
    write(page, page.get_by_label("Phone"), "+46 8 123 456")
    press(page, page.get_by_role("button", name="Submit"))
    assert len(shown_request_number(page)) == 15

    write(page, page.get_by_label("Your note"), "They run Windows Server 2025.")
    press(page, page.get_by_role("button", name="Add note"))
    expect(last_note(page)).to_contain_text("They run Windows Server 2025.")
    press(page, page.get_by_role("button", name="Close as solved"))
    read_message(page, "is closed")
    press(page, page.get_by_role("button", name="Reopen"))
    expect(page.get_by_role("button", name="Close as solved")).to_be_visible()


def test_plan_is_bought_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    press_in_navigation(page, "Partner support plans")
    press(page, page.get_by_role("link", name="Advanced Support for Partners"))
    arrive(page, "Advanced Support for Partners")
    press(page, page.get_by_role("link", name="Buy this plan"))
    arrive(page, "Buy a support plan")
    press(page, page.get_by_role("button", name="Buy it, without charge"))
    page.wait_for_url("**#plan-*")
    bought = page.get_by_role("region", name="Advanced Support for Partners")
    tab_to(page, bought.get_by_role("button", name="Copy Access ID"))


def test_api_client_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    press_in_navigation(page, "API clients")
    name, secret = page.get_by_label("Name"), page.locator(".secret")
    press(page, page.get_by_role("button", name="Register"))
    follow_error(page, to=name, described="required")
    page.keyboard.type("Nightly report")
    press(page, page.get_by_role("button", name="Register"))
    first = secret.inner_text()

    press_in_navigation(page, "API clients")
    press(page, page.get_by_role("link", name="Nightly report"))
    arrive(page, "Nightly report")
    switch_on(page, page.get_by_role("checkbox", name="Link and unlink contracts"))
    press(page, page.get_by_role("button", name="Save rights"))
    read_message(page, "The rights of Nightly report are changed.")
    press(page, page.get_by_role("button", name="Give it a new secret"))
    expect(secret).not_to_have_text(first)
    press(page, page.get_by_role("button", name="Revoke this client"))
    read_message(page, "Nightly report is revoked")


def test_request_for_a_customer_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "agent@contoso.example")
    press_in_navigation(page, "Customers")
    write(page, page.get_by_label("Name or domain begins with"), "RELE")
    strike(page)
    page.wait_for_url("**?search=RELE")
    skip_to_main(page)
    press(page, page.get_by_role("link", name="Relecloud"))
    arrive(page, "Relecloud")
    press(page, page.get_by_role("link", name="New request"))
    arrive(page, "New request")
    switch_on(page, page.get_by_role("radio", name="Azure"))
    press(page, page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Azure | New support request")
    expect(page.get_by_role("region", name="Acting for a customer")).to_contain_text("Relecloud")
