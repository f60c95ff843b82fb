"""A cloud portal: linking there after Support for Business or with an Action Pack, and asking."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.benefit_steps import (
    ON_PREMISES,
    Pair,
    expand,
    open_technical_benefits,
    show_ids,
)
from tests.browser.support_steps import (
    SEVERITY,
    add_contract,
    go_on,
    shown_request_number,
    submit,
)

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]


def read_pair(page: Page, email: str) -> Pair:
    """Sign in, and read the two IDs under Technical benefits."""
    sign_in(page, email)
    open_technical_benefits(page)
    expand(page, ON_PREMISES)
    return show_ids(page)


def navigate(page: Page, *names: str) -> None:
    """Follow entries of the left navigation."""
    for name in names:
        main = page.get_by_role("navigation", name="Main")
        main.get_by_role("link", name=name, exact=True).click()


def link_in_azure(page: Page, pair: Pair) -> None:
    """Go to Azure by the left navigation, and type the two IDs there."""
    navigate(page, "Azure", "Link support benefits")
    add_contract(page, access=pair.access, contract=pair.contract)
    expect(page.get_by_role("heading", level=1)).to_have_text("Azure | Support plans")


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without"])
def test_fabrikam_links_in_azure_after_support_for_business_and_goes_on(
    open_window: OpenWindow,
    has_script: bool,  # noqa: FBT001
) -> None:
    page = open_window(java_script_enabled=has_script)
    pair = read_pair(page, "admin@fabrikam.example")
    page.goto("/supportforbusiness/plans")
    add_contract(page, access=pair.access, contract=pair.contract)
    read_message(page, "already linked")
    page.goto("/dashboard/")

    link_in_azure(page, pair)

    read_message(page, "already linked, since")
    read_message(page, "you can create a request now")
    number = opens_a_request(page)
    expect(page.get_by_role("main")).to_contain_text("The plan now has 5 incidents remaining")
    page.goto("/portals/azure/plans")
    cloud = page.get_by_role("row").filter(has_text="Signature 10-pack")
    expect(cloud.locator(".number-large")).to_have_text("5")
    page.goto("/supportforbusiness/manage")
    expect(page.get_by_role("main")).to_contain_text(number)


def opens_a_request(page: Page) -> str:
    """Walk through + New support request; return the number."""
    page.get_by_role("main").get_by_role("link", name="New support request").click()
    page.get_by_label("Technical").check()
    page.get_by_label("Service").select_option("Azure · Virtual Machines")
    page.get_by_label("Summary").fill("The machine does not start")
    page.get_by_label("Description").fill("It stops with error 0x80070005 since this morning.")
    go_on(page, to="Step 2")
    page.get_by_label("Problem type").select_option("CRASH")
    page.get_by_label(SEVERITY).select_option("C")
    go_on(page, to="Step 3")
    expect(page.get_by_role("main")).to_contain_text("Signature 10-pack: 6 → 5 remaining")
    return submit(page)


def test_adatum_links_in_azure_and_learns_what_the_action_pack_is_good_for(
    open_window: OpenWindow,
) -> None:
    page = open_window()
    pair = read_pair(page, "admin@adatum.example")

    link_in_azure(page, pair)

    read_message(page, "8 of 10 on-premises incidents left until")
    read_message(page, "Action Pack has no cloud support.")
    row = page.get_by_role("row").filter(has_text="On-premises support incidents")
    expect(row.locator(".number-large")).to_have_text("8")
    expect(row).to_contain_text("its incidents are for on-premises products")
    asks_about_a_bill(page)


def asks_about_a_bill(page: Page) -> None:
    """A request about a bill needs no plan, and uses nothing."""
    navigate(page, "+ New support request")
    page.get_by_label("Billing").check()
    page.get_by_label("Service").select_option("Azure · App Service")
    page.get_by_label("Summary").fill("The invoice is wrong")
    page.get_by_label("Description").fill("It names a machine that was deleted.")
    go_on(page, to="Step 2")
    page.get_by_label(SEVERITY).select_option("C")
    go_on(page, to="Step 3")
    expect(page.get_by_role("main")).to_contain_text("Submitting uses no incident.")
    page.get_by_role("button", name="Submit").click()
    assert len(shown_request_number(page)) == 15
    expect(page.get_by_role("main")).to_contain_text("It used no incident: Billing.")


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("admin@exhausted.example", "All 10 incidents have been used since "),
        ("admin@expired.example", "This plan ended on "),
    ],
    ids=["at zero", "ended"],
)
def test_what_the_original_hid_is_listed_in_all_portals(page: Page, email: str, reason: str):
    sign_in(page, email)

    for name in ("Azure", "Microsoft 365", "Dynamics 365", "Lifecycle Services"):
        page.goto("/dashboard/")
        navigate(page, name, "Support plans")
        row = page.get_by_role("row").filter(has_text="Signature 10-pack")
        expect(row.locator(".number-large")).to_have_text("0")
        expect(row).to_contain_text(re.compile(rf"{reason}\d+ \w+ 202\d"))
