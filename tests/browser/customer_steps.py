"""What an agent of a CSP partner does for a customer."""

from playwright.sync_api import Page, expect

from tests.browser.support_steps import go_on


def open_customers(page: Page) -> None:
    """Choose Customers in the navigation of the dashboard."""
    page.goto("/dashboard/")
    main = page.get_by_role("navigation", name="Main")
    main.get_by_role("link", name="Customers", exact=True).click()
    page.get_by_role("heading", level=1, name="Customers").wait_for()


def search_customer(page: Page, text: str, *, finds: str) -> None:
    """Search by how the name begins, and open the customer that is found."""
    page.get_by_label("Name or domain begins with").fill(text)
    page.get_by_role("button", name="Search").click()
    rows = page.get_by_role("main").get_by_role("row")
    expect(rows).to_have_count(2)
    page.get_by_role("link", name=finds).click()
    page.get_by_role("heading", level=1, name=finds).wait_for()


def start_request(page: Page, workload: str, *, customer: str) -> None:
    """Press New request, and choose the workload."""
    page.get_by_role("link", name="New request").click()
    page.get_by_label(workload).check()
    go_on(page, to="Step 1")
    expect_band(page, customer)
    page.get_by_role("heading", level=1, name=f"{workload} | New support request").wait_for()


def expect_band(page: Page, customer: str) -> None:
    """Look at the band that says for whom one acts."""
    band = page.get_by_role("region", name="Acting for a customer")
    expect(band).to_contain_text(f"You act for {customer}")


def describe_a_technical_problem(page: Page, *, service: str) -> None:
    """Fill in the first step."""
    page.get_by_label("Technical").check()
    page.get_by_label("Service").select_option(service)
    page.get_by_label("Summary").fill("The service does not start")
    page.get_by_label("Description").fill("It stops with error 0x80070005 since this morning.")
    go_on(page, to="Step 2")
