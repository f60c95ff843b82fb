"""Everything works where scripts are off."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in, switch_to
from tests.browser.benefit_steps import (
    ON_PREMISES,
    activate,
    expand,
    open_technical_benefits,
    read_plan,
    show_ids,
)
from tests.browser.import_steps import GOOD, csv_file, import_state
from tests.browser.staff_steps import look_up, say_line
from tests.browser.support_steps import (
    add_contract,
    answer_the_rest,
    choose_product_without_script,
    describe_the_issue,
    field_error,
    go_on,
    open_tab,
    submit,
    types_of_support,
)

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]


@pytest.fixture
def open_plain_window(open_window: OpenWindow) -> OpenWindow:
    """Return a function that opens a window in which scripts don't run."""
    return lambda: open_window(java_script_enabled=False)


def test_activation_and_request_without_script(open_plain_window: OpenWindow) -> None:
    admin = open_plain_window()
    sign_in(admin, "admin@contoso.example")
    open_technical_benefits(admin)
    expand(admin, ON_PREMISES)
    activate(admin)
    assert read_plan(admin, ON_PREMISES).badges == ["Active"]
    pair = show_ids(admin)
    admin.get_by_role("button", name="Link it to my account").click()
    read_message(admin, "linked to your account")

    pat = open_plain_window()
    sign_in(pat, "pat@outlook.example")
    open_tab(pat, "Create")
    choose_product_without_script(pat, "Windows", "11")
    add_contract(pat, access=pair.access[:-1], contract=pair.contract)
    expect(field_error(pat, "Access ID")).to_contain_text("8 digits; it must have nine")
    add_contract(pat, access=pair.access, contract=pair.contract)
    card = types_of_support(pat, "Windows 11").locator(".plan-card")
    expect(card).to_contain_text("20 incidents remaining")
    answer_the_rest(pat)
    go_on(pat, to="Step 2")
    describe_the_issue(pat)
    go_on(pat, to="Step 3")
    number = submit(pat)
    expect(pat.get_by_role("main")).to_contain_text("The plan now has 19 incidents remaining")

    staff = open_plain_window()
    sign_in(staff, "staff@portal.example")
    look_up(staff, pair.access)
    assert say_line(staff).startswith("19 of 20 on-premises incidents left until")
    expect(staff.get_by_role("main")).to_contain_text(number)


def test_own_contract_without_script_is_linked_from_the_wizard(
    open_plain_window: OpenWindow,
) -> None:
    page = open_plain_window()
    sign_in(page, "multi@contoso.example")
    switch_to(page, "Fabrikam")
    page.get_by_role("link", name="My plans").click()
    row = page.get_by_role("row").filter(has_text="Partner support Gold 20pack")
    row.get_by_role("button", name="Unlink").click()
    read_message(page, "The contract is no longer linked to your account.")

    open_tab(page, "Create")
    choose_product_without_script(page, "Windows", "11")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Fabrikam's contract is not linked to this account")
    main.get_by_role("button", name="Link it now").click()

    read_message(page, "Fabrikam's contract is linked to your account.")
    expect(types_of_support(page, "Windows 11").get_by_role("radio")).to_be_checked()


def test_desk_without_script_filters_checks_and_claims(open_plain_window: OpenWindow) -> None:
    page = open_plain_window()
    sign_in(page, "staff@portal.example")
    look_up(page, "fabrikam")
    main = page.get_by_role("main")
    main.get_by_label("Access ID", exact=True).fill("123456789")
    main.get_by_role("button", name="Check the pair").click()
    expect(page.locator("#check").get_by_role("alert").first).to_be_visible()
    page.get_by_label("Product and version").select_option("Windows/11")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("#answer")).to_contain_text("Windows 11")

    page.goto("/staff/requests")
    page.get_by_label("Portal").select_option("AZURE")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile("portal=AZURE"))
    page.get_by_role("button", name="Claim").first.click()
    read_message(page, "You are working on request")


def test_import_without_script_goes_on_by_itself_to_its_end(open_plain_window: OpenWindow) -> None:
    page = open_plain_window()
    sign_in(page, "manager@portal.example")
    page.goto("/staff/imports")
    page.get_by_label("File").set_input_files(csv_file("good.csv", GOOD))
    page.get_by_role("button", name="Upload and check").click()
    expect(import_state(page)).to_contain_text("Nothing is imported yet.")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(import_state(page)).to_contain_text("Imported: 2 new rows, 0 changed.")
