"""IDs that got about are replaced, and an account that used them loses the contract."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.benefit_steps import (
    ON_PREMISES,
    Pair,
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

    old, new = admin_replaces_the_ids(admin)
    pat_links_with_the_new_ones_only(pat, old, new)
    admin_takes_the_contract_away_and_gives_it_back(admin, pat)
    staff_hear_of_it(staff, old)


def admin_replaces_the_ids(page: Page) -> tuple[Pair, Pair]:
    """The admin confirms, and has the new pair shown."""
    sign_in(page, "admin@fabrikam.example")
    open_technical_benefits(page)
    expand(page, ON_PREMISES)
    old = show_ids(page)
    replace_ids(page)
    read_message(page, "New IDs are issued. The old ones no longer link")
    return old, show_ids(page)


def pat_links_with_the_new_ones_only(page: Page, old: Pair, new: Pair) -> None:
    """The old pair is no longer found."""
    sign_in(page, "pat@outlook.example")
    page.goto(PLANS)
    add_contract(page, access=old.access, contract=old.contract)
    expect(page.get_by_role("main")).to_contain_text("there is no such contract")
    add_contract(page, access=new.access, contract=new.contract)
    read_message(page, "Fabrikam's contract is linked to your account.")


def admin_takes_the_contract_away_and_gives_it_back(admin: Page, pat: Page) -> None:
    """In between, the account is told."""
    open_linked_accounts(admin)
    revoke(admin, "Pat Moore")
    read_message(admin, "The contract is taken away from Pat Moore")
    pat.goto(PLANS)
    expect(pat.get_by_role("main")).to_contain_text("took this contract away from your account")
    account_row(admin, "Pat Moore").get_by_role("button", name="Restore").click()
    read_message(admin, "linked to the account of Pat Moore again")
    expect(account_row(admin, "Pat Moore")).to_contain_text("In force")


def staff_hear_of_it(page: Page, old: Pair) -> None:
    """The old Access ID still opens the card, which outlines the contract."""
    sign_in(page, "staff@portal.example")
    look_up(page, old.access)
    read_message(page, "The Access ID you looked up was replaced on")
    expect(page.locator(".tile--found")).to_have_count(2)
