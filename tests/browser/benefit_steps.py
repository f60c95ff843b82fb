"""What people do on Technical benefits."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

ON_PREMISES, CLOUD = "On-premises support incidents", "Cloud support incidents"
SHOWN_ID = re.compile(r"^[1-9]\d{2} \d{3} \d{3}$")


@dataclass(frozen=True)
class Pair:
    """The two IDs as digits, without the spaces that make them easier to read."""

    access: str
    contract: str


@dataclass(frozen=True)
class ShownPlan:
    """What a row of the table says of its plan."""

    number: str
    line: str
    badges: list[str]


def open_technical_benefits(page: Page) -> None:
    """Choose Technical benefits in the navigation of the dashboard."""
    page.get_by_role("navigation", name="Main").get_by_role(
        "link", name="Technical benefits"
    ).click()
    page.wait_for_url("**/technical")


def plan_row(page: Page, title: str) -> Locator:
    """Return the row of the plan with that title."""
    link = page.get_by_role("link", name=title, exact=True)
    return page.get_by_role("row").filter(has=link)


def expand(page: Page, title: str) -> None:
    """Open the row of a plan."""
    plan_row(page, title).get_by_role("link", name=title).click()
    page.locator("#details").wait_for()


def read_plan(page: Page, title: str) -> ShownPlan:
    """Read the large number, the small line and the badges of a plan."""
    # The badges do not wait for themselves, and any number of them is right.
    page.wait_for_load_state()
    row = plan_row(page, title)
    return ShownPlan(
        number=row.locator(".number-large").inner_text(),
        line=row.locator(".number-large + .secondary").inner_text(),
        badges=row.locator(".badge").all_inner_texts(),
    )


def activate(page: Page) -> None:
    """Press Activate in the open row."""
    page.get_by_role("button", name="Activate").click()
    page.locator("#ids").wait_for()


def show_ids(page: Page) -> Pair:
    """Press Show and read both IDs."""
    page.locator("#ids").get_by_role("button", name="Show", exact=True).click()
    numbers = page.locator("#ids dd .id-number")
    expect(numbers).to_have_text([SHOWN_ID, SHOWN_ID])
    access, contract = numbers.all_inner_texts()
    return Pair(access=digits(access), contract=digits(contract))


def digits(text: str) -> str:
    """Return only the digits of a text."""
    return re.sub(r"\D", "", text)


def replace_ids(page: Page) -> None:
    """Choose so in the open row, and confirm it."""
    page.get_by_role("link", name="Replace the IDs").click()
    page.get_by_role("button", name="Replace the IDs").click()
    page.locator("#ids").wait_for()


def open_linked_accounts(page: Page) -> None:
    """Open the list from the open row."""
    page.get_by_role("link", name="All linked accounts").click()
    page.get_by_role("heading", level=1, name="Linked accounts").wait_for()


def account_row(page: Page, name: str) -> Locator:
    """Return the row of a linked account."""
    return page.get_by_role("row").filter(has_text=name)


def revoke(page: Page, name: str) -> None:
    """Open the confirmation in the account's row, and confirm it."""
    account_row(page, name).locator("summary").click()
    page.get_by_role("button", name=f"Revoke {name}").click()
