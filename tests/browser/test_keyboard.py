"""Every flow by keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from partnercenter.demo.accounts import PASSWORD
from tests.browser.account_steps import read_message, sign_in
from tests.browser.benefit_steps import (
    ON_PREMISES,
    expand,
    open_technical_benefits,
    plan_row,
    show_ids,
)
from tests.browser.keyboard import (
    arrive,
    choose,
    press,
    skip_to_main,
    strike,
    switch_on,
    tab_to,
    write,
)
from tests.browser.staff_steps import say_line
from tests.browser.support_steps import (
    CATEGORY,
    COUNTRY,
    FAMILY,
    SEVERITY,
    VERSION,
    shown_request_number,
    types_of_support,
)
from tests.browser.year_steps import membership_row, open_offers

pytestmark = pytest.mark.browser


def test_activation_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    press(page, page.get_by_role("main").get_by_role("link", name="Sign in"))
    page.wait_for_url("**/accounts/login/")
    write(page, page.get_by_label("Email"), "admin@contoso.example")
    write(page, page.get_by_label("Password"), PASSWORD)
    strike(page)
    page.wait_for_url("**/dashboard/")

    press(page, page.get_by_role("link", name="Skip to main content"))
    expect(page.get_by_role("main")).to_be_focused()
    press(page, page.get_by_role("link", name="Open Technical benefits"))
    page.wait_for_url("**/technical")
    press(page, plan_row(page, ON_PREMISES).get_by_role("link", name=ON_PREMISES))
    page.locator("#details").wait_for()
    press(page, page.get_by_role("button", name="Activate"), key="Space")
    read_message(page, "Your benefits are active.")

    show = page.locator("#ids").get_by_role("button", name="Show", exact=True)
    press(page, show, key="Space")
    expect(show).to_have_count(0)
    expect(page.locator("#ids dd .id-number")).to_have_count(2)
    press(page, page.get_by_role("button", name="Link it to my account"))
    read_message(page, "linked to your account")


def test_wizard_by_keyboard_alone_up_to_the_number(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    page.goto("/supportforbusiness/create")

    choose(page, page.get_by_label(FAMILY), "Windows")
    choose(page, page.get_by_label(VERSION), "11")
    choose(page, page.get_by_label(CATEGORY), "CRASH")
    card = types_of_support(page, "Windows 11").get_by_role("radio")
    switch_on(page, card)
    expect(card).to_be_checked()
    choose(page, page.get_by_label(SEVERITY), "B")
    tab_to(page, page.get_by_role("radio", name="Only during business hours"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="24 hours a day")).to_be_checked()
    choose(page, page.get_by_label(COUNTRY), "GR")
    press(page, page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", name="Step 2")).to_be_visible()

    write(page, page.get_by_label("Title"), "Setup stops at 80 %")
    write(page, page.get_by_label("Description"), "It stops with error 0x80070005.")
    press(page, page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", name="Step 3")).to_be_visible()
    press(page, page.get_by_role("button", name="Submit"))

    assert len(shown_request_number(page)) == 15
    expect(page.get_by_role("main")).to_contain_text("The plan now has 16 incidents remaining")


def test_errors_by_keyboard_take_the_focus_and_lead_to_their_fields(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")
    page.goto("/supportforbusiness/create")
    choose(page, page.get_by_label(FAMILY), "Windows")
    choose(page, page.get_by_label(VERSION), "11")

    press(page, page.get_by_role("button", name="Continue"))

    summary = page.get_by_role("alert").filter(has_text="need your attention")
    expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label(CATEGORY)).to_be_focused()
    expect(page.get_by_label(CATEGORY)).to_have_accessible_description("This field is required.")


def test_account_menu_by_keyboard_opens_and_closes(page: Page) -> None:
    sign_in(page, "multi@contoso.example")
    menu = page.locator("summary").filter(has_text="Account menu")

    press(page, menu)
    switch = page.get_by_role("button", name="Fabrikam")
    expect(switch).to_be_visible()
    page.keyboard.press("Escape")
    expect(switch).to_be_hidden()
    expect(menu).to_be_focused()

    page.keyboard.press("Enter")
    press(page, switch)
    read_message(page, "You now act for Fabrikam.")


def test_staff_looks_up_by_slash_paste_and_enter(open_window: Callable[..., Page]) -> None:
    page = open_window(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, "staff@portal.example")
    page.goto("/staff/partners/5345678")
    page.evaluate("navigator.clipboard.writeText(' 523 45 67 ')")

    page.keyboard.press("/")
    expect(page.get_by_label("What the caller reads out")).to_be_focused()
    page.keyboard.press("ControlOrMeta+v")
    strike(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("Partner | Fabrikam")
    assert say_line(page).startswith("17 of 20 on-premises incidents left until")


def test_pair_by_keyboard_alone_is_linked_unlinked_and_linked_in_a_cloud_portal(
    open_window: Callable[..., Page],
) -> None:
    admin, page = open_window(), open_window()
    sign_in(admin, "admin@fabrikam.example")
    open_technical_benefits(admin)
    expand(admin, ON_PREMISES)
    pair = show_ids(admin)
    sign_in(page, "pat@outlook.example")
    access = page.get_by_label("Access ID", exact=True)
    page.goto("/supportforbusiness/plans")

    write(page, access, pair.access[:-1])
    write(page, page.get_by_label("Contract ID", exact=True), pair.contract)
    press(page, page.get_by_role("button", name="Add contract"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(access).to_have_accessible_description(re.compile("8 digits; it must have nine"))
    write(page, access, pair.access)
    write(page, page.get_by_label("Contract ID", exact=True), pair.contract)
    press(page, page.get_by_role("button", name="Add contract"))
    read_message(page, "Fabrikam's contract is linked to your account.")
    press(page, page.get_by_role("button", name="Unlink contract").first)
    read_message(page, "The contract is no longer linked to your account.")

    page.goto("/portals/azure/link")
    write(page, access, pair.access)
    write(page, page.get_by_label("Contract ID", exact=True), pair.contract)
    strike(page)
    arrive(page, "Azure | Support plans")
    press(page, page.get_by_role("main").get_by_role("link", name="New support request"))
    arrive(page, "Azure | New support request")


def test_cloud_portal_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "pat@outlook.example")
    page.goto("/portals/azure/create")
    tab_to(page, page.get_by_role("radio", name="Technical"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Billing")).to_be_checked()
    choose(page, page.get_by_label("Service"), "Azure · Virtual Machines")
    write(page, page.get_by_label("Summary"), "The bill is too high")
    write(page, page.get_by_label("Description"), "It names a machine that was deleted.")
    press(page, page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", name="Step 2")).to_be_visible()
    choose(page, page.get_by_label(SEVERITY), "C")
    write(page, page.get_by_label(COUNTRY), "Greece")
    expect(page.get_by_label(COUNTRY)).to_have_value("GR")
    press(page, page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", name="Step 3")).to_be_visible()
    press(page, page.get_by_role("button", name="Submit"))
    assert len(shown_request_number(page)) == 15


def test_users_and_language_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "admin@contoso.example")
    page.goto("/dashboard/account/usermanagement")

    write(page, page.get_by_label("Name or e-mail begins with"), "Ingrid")
    strike(page)
    page.wait_for_url("**/usermanagement?name=Ingrid")
    press(page, page.get_by_role("main").get_by_role("link", name="Ingrid Holm"))
    page.get_by_role("heading", level=1, name="Ingrid Holm").wait_for()
    switch_on(page, page.get_by_role("group", name="Roles").get_by_label("Admin agent"))
    press(page, page.get_by_role("button", name="Save roles"))
    read_message(page, "The rights of Ingrid Holm are changed.")

    press(page, page.locator("summary").filter(has_text="Account menu"))
    press(page, page.get_by_role("banner").get_by_role("button", name="magyar"))
    expect(page.locator("html")).to_have_attribute("lang", "hu")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ingrid Holm")


def test_copying_the_ids_by_keyboard_keeps_the_focus_and_is_told(
    open_window: Callable[..., Page],
) -> None:
    page = open_window(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, "admin@fabrikam.example")
    page.goto("/dashboard/mpn/membership/benefits/technical")
    press(page, plan_row(page, ON_PREMISES).get_by_role("link", name=ON_PREMISES))
    page.locator("#details").wait_for()
    copy = page.locator("#ids").get_by_role("button", name="Copy both")

    press(page, copy)

    expect(page.locator("#announcer")).to_have_text("Copied")
    assert page.evaluate("document.activeElement.matches('[data-copy-pair=both]')")
    assert page.evaluate("navigator.clipboard.readText()").startswith("Access ID: ")


def test_card_tools_queue_and_upload_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "root@portal.example")
    page.goto("/staff/partners/5234567")
    press(page, page.get_by_role("button", name="Check the pair"))
    expect(page.locator("[data-error-summary]")).to_be_focused()
    choose(page, page.get_by_label("Product and version"), "Windows/11")
    press(page, page.get_by_role("button", name="Ask"))
    expect(page.locator("#answer")).to_be_visible()

    page.goto("/staff/requests")
    press(page, page.get_by_role("button", name="Claim").first)
    read_message(page, "You are working on request")
    press(page, page.get_by_role("main").get_by_role("table").get_by_role("link").first)
    page.wait_for_url("**/supportforbusiness/manage/*")
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    press(page, page.get_by_role("button", name="Close with this reason"))
    read_message(page, "is closed")

    page.goto("/staff/imports")
    tab_to(page, page.get_by_label("File"))
    press(page, page.get_by_role("button", name="Upload and check"))
    expect(page.locator("[data-error-summary]")).to_be_focused()


def test_renewal_and_upgrade_by_keyboard_alone(open_window: Callable[..., Page]) -> None:
    page = open_window()
    sign_in(page, "admin@renewal.example")
    open_offers(page)
    skip_to_main(page)
    press(page, membership_row(page, "Gold", "To be renewed").get_by_role("link", name="Renew"))
    arrive(page, "Renew Gold")
    press(page, page.get_by_role("link", name="Renew as Silver"))
    page.wait_for_url("**?level=SILVER")
    skip_to_main(page)
    press(page, page.get_by_role("button", name="Renew as Silver"))
    read_message(page, "The membership is Silver up to")
    # The page opens at the new package, and the next stops are its own.
    page.keyboard.press("Tab")
    expect(page.locator("tr:target, #details").locator(":focus")).to_have_count(1)

    other = open_window()
    sign_in(other, "admin@northwind.example")
    open_offers(other)
    press(other, other.get_by_role("link", name="Upgrade to Gold"))
    arrive(other, "Upgrade Silver to Gold")
    press(other, other.get_by_role("button", name="Upgrade to Gold"))
    read_message(other, "The membership is Gold up to")
