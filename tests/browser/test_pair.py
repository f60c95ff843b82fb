"""IDs that got about are replaced, and an account that used them loses the contract."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.benefit_steps import (
    ON_PREMISES,
    account_row,
    expand,
    open_linked_accounts,
    open_technical_benefits,
    replace_ids,
    revoke,
    show_ids,
)
from tests.browser.staff_steps import look_up
from tests.browser.support_steps import add_contract

pytestmark = pytest.mark.browser
PLANS = "/supportforbusiness/plans"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_pair_is_replaced_and_a_link_taken_away_and_given_back(
    open_window: Callable[..., Page], *, script: bool
) -> None:
    admin, pat, staff = (open_window(java_script_enabled=script) for _ in range(3))
    sign_in(admin, "admin@fabrikam.example")
    open_technical_benefits(admin)
    expand(admin, ON_PREMISES)
    old = show_ids(admin)
    replace_ids(admin)
    read_message(admin, "New IDs are issued. The old ones no longer link")
    new = show_ids(admin)

    sign_in(pat, "pat@outlook.example")
    pat.goto(PLANS)
    add_contract(pat, access=old.access, contract=old.contract)
    expect(pat.get_by_role("main")).to_contain_text("there is no such contract")
    add_contract(pat, access=new.access, contract=new.contract)
    read_message(pat, "Fabrikam's contract is linked to your account.")

    open_linked_accounts(admin)
    revoke(admin, "Pat Moore")
    read_message(admin, "The contract is taken away from Pat Moore")
    pat.goto(PLANS)
    expect(pat.get_by_role("main")).to_contain_text("took this contract away from your account")
    account_row(admin, "Pat Moore").get_by_role("button", name="Restore").click()
    read_message(admin, "linked to the account of Pat Moore again")
    expect(account_row(admin, "Pat Moore")).to_contain_text("In force")

    sign_in(staff, "staff@portal.example")
    look_up(staff, old.access)
    read_message(staff, "The Access ID you looked up was replaced on")
    expect(staff.locator(".tile--found")).to_have_count(2)
