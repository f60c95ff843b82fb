"""What people do in Support for Business."""

from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from tests.browser.benefit_steps import digits

FAMILY, VERSION = "Select the product family", "Select the product version"
CATEGORY = "Which category best describes the issue?"
SEVERITY = "What is the severity of your issue?"
COUNTRY = "Where are you located?"
CHOICES: Mapping[str, str] = {CATEGORY: "CRASH", SEVERITY: "C", COUNTRY: "SE"}
SHOWS_PLANS = "Show support plans"


def open_tab(page: Page, name: str) -> None:
    """Choose Manage, Plans or Create."""
    tabs = page.get_by_role("navigation", name="Support for Business")
    tabs.get_by_role("link", name=name).click()
    page.wait_for_load_state()


def choose_product(page: Page, family: str, version: str) -> None:
    """Choose family and version as far as they aren't chosen; the plans appear by themselves."""
    # Nothing hears of a choice before the scripts are there.
    page.wait_for_load_state()
    for label, value in ((FAMILY, family), (VERSION, version)):
        if page.get_by_label(label).input_value() != value:
            page.get_by_label(label).select_option(value)
            wait_for_the_rest(page)
    types_of_support(page, f"{family} {version}").wait_for()


def wait_for_the_rest(page: Page) -> None:
    """Wait until what a choice changes on the page has arrived."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def choose_product_without_script(page: Page, family: str, version: str) -> None:
    """Choose the family, have its versions shown; choose the version, have its plans shown."""
    page.get_by_label(FAMILY).select_option(family)
    page.get_by_role("button", name=SHOWS_PLANS).click()
    page.get_by_label(VERSION).select_option(version)
    page.get_by_role("button", name=SHOWS_PLANS).click()
    types_of_support(page, f"{family} {version}").wait_for()


def types_of_support(page: Page, product: str) -> Locator:
    """Return the group of plans that can pay for the product."""
    return page.get_by_role("group", name=f"Types of support for {product}")


def unavailable_plans(page: Page) -> Locator:
    """Return the plans that cannot pay, with their reasons."""
    return page.locator("#unavailable .plan-card")


def add_contract(page: Page, *, access: str, contract: str) -> None:
    """Type both IDs and press Add contract, wherever the page offers it."""
    open_expander(page, "#add-contract")
    page.get_by_label("Access ID", exact=True).fill(access)
    page.get_by_label("Contract ID", exact=True).fill(contract)
    page.get_by_role("button", name="Add contract").click()


def open_expander(page: Page, selector: str) -> None:
    """Open an expander unless it is open, or not one, or not on the page."""
    page.wait_for_load_state()
    summary = page.locator(f"details{selector}:not([open]) > summary")
    if summary.count():
        summary.click()


def field_error(page: Page, label: str) -> Locator:
    """Return the error that is tied to the field."""
    field = page.get_by_label(label, exact=True)
    tied = (field.get_attribute("aria-describedby") or "").split()
    (error,) = [name for name in tied if name.endswith("_error")]
    return page.locator(f"#{error}")


def answer_the_rest(page: Page) -> None:
    """Choose category, severity and country."""
    for label, value in CHOICES.items():
        page.get_by_label(label).select_option(value)


def go_on(page: Page, *, to: str) -> None:
    """Press Continue."""
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name=to)).to_be_visible()


def describe_the_issue(page: Page) -> None:
    """Fill in the second step."""
    page.get_by_label("Title").fill("Setup stops at 80 %")
    page.get_by_label("Description").fill("It stops with error 0x80070005 since this morning.")


def walk_to_review(page: Page, family: str, version: str) -> None:
    """Fill in the wizard up to its last step, from the tab Create on."""
    open_tab(page, "Create")
    choose_product(page, family, version)
    answer_the_rest(page)
    go_on(page, to="Step 2")
    describe_the_issue(page)
    go_on(page, to="Step 3")


def submit(page: Page) -> str:
    """Press Submit; return the number of the request that is shown."""
    page.get_by_role("button", name="Submit").click()
    return shown_request_number(page)


def shown_request_number(page: Page) -> str:
    """Return the number in the title of a request's page."""
    title = page.get_by_role("heading", level=1, name="Request |")
    title.wait_for()
    return digits(title.inner_text())


def add_note(page: Page, text: str) -> None:
    """Write a note on the request that is open, and add it."""
    page.get_by_label("Your note").fill(text)
    page.get_by_role("button", name="Add note").click()


def last_note(page: Page) -> Locator:
    """Return the latest note on the page."""
    return page.locator(".note").last


def state_of_request(page: Page) -> Locator:
    """Return the badge with the state of the request that is open."""
    return page.get_by_role("main").locator(".facts .badge")
