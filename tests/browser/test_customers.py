"""An Admin agent asks for a customer: without an incident in Azure, elsewhere on a contract."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.benefit_steps import CLOUD, activate, expand, open_technical_benefits
from tests.browser.customer_steps import (
    describe_a_technical_problem,
    expect_band,
    open_customers,
    search_customer,
    start_request,
)
from tests.browser.inspection import Inspector
from tests.browser.support_steps import SEVERITY, go_on, submit

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]


def test_agent_opens_requests_for_a_customer(open_window: OpenWindow) -> None:
    page = open_window()
    sign_in(page, "agent@contoso.example")
    problems = opens_one_under_csp_in_azure(page)
    activates(open_window())
    opens_one_on_the_contract_in_dynamics(page)
    expect(page.get_by_role("row").filter(has_text="1 incident of a contract")).to_have_count(1)
    no_incident = page.get_by_role("row").filter(has_text="no incident")
    expect(no_incident).to_have_count(2)
    assert [*problems, *Inspector().inspect(page, "a customer")] == []


def opens_one_under_csp_in_azure(page: Page) -> list[str]:
    """Nothing is activated yet: Azure needs no contract. Return what is wrong with its plans."""
    open_customers(page)
    search_customer(page, "RELE", finds="Relecloud")
    start_request(page, "Azure", customer="Relecloud")
    describe_a_technical_problem(page, service="Azure · Virtual Machines")
    problems = Inspector().inspect(page, "plans for a customer")
    expect(page.get_by_label("Cloud Solution Provider")).to_be_checked()
    answer_and_go_on(page)
    expect(page.get_by_role("main")).to_contain_text("Submitting uses no incident")
    expect_band(page, "Relecloud")
    submit(page)
    expect(page.get_by_role("main")).to_contain_text("It used no incident")
    return problems


def answer_and_go_on(page: Page) -> None:
    """Choose problem type and severity; the plan is chosen already."""
    page.get_by_label("Problem type").select_option("CRASH")
    page.get_by_label(SEVERITY).select_option("C")
    go_on(page, to="Step 3")


def activates(page: Page) -> None:
    """Contoso's admin activates the package."""
    sign_in(page, "admin@contoso.example")
    open_technical_benefits(page)
    expand(page, CLOUD)
    activate(page)


def opens_one_on_the_contract_in_dynamics(page: Page) -> None:
    """Dynamics 365 needs a contract: the agent links the company's with one click."""
    page.get_by_role("link", name="Relecloud").click()
    start_request(page, "Dynamics 365", customer="Relecloud")
    describe_a_technical_problem(page, service="Dynamics 365 · Customer Service")
    expect(page.get_by_label("Cloud Solution Provider")).to_have_count(0)
    page.get_by_role("button", name="Link it now").click()
    read_message(page, "Contoso's contract is linked to your account.")
    expect_band(page, "Relecloud")
    answer_and_go_on(page)
    expect(page.get_by_role("main")).to_contain_text(
        "Submitting uses 1 incident of Signature Cloud Support, which is unlimited."
    )
    submit(page)
    expect(page.get_by_role("main")).to_contain_text("It used 1 incident of Signature Cloud")
    page.get_by_role("link", name="Relecloud").click()
