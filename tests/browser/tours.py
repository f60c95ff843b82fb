"""Ways through what only forms and buttons open: each tour yields the names of its pages."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect

from tests.browser.account_steps import enter_password, open_account_menu, read_message, sign_in
from tests.browser.benefit_steps import (
    ON_PREMISES,
    account_row,
    activate,
    expand,
    open_linked_accounts,
    open_technical_benefits,
    replace_ids,
    show_ids,
)
from tests.browser.staff_steps import close_as, look_up, set_state
from tests.browser.support_steps import (
    SEVERITY,
    add_contract,
    add_note,
    answer_the_rest,
    choose_product,
    describe_the_issue,
    go_on,
    last_note,
    open_expander,
    submit,
)

Tour = Callable[[Page], Iterator[str]]
# Of what Swagger UI draws alike some is looked at: a tag with every kind of operation, some shapes.
DRAWN_ALIKE = """
  .opblock-tag-section:not(:has([data-tag=Contracts])), .models article:nth-child(n + 4)
"""
HIDE = "all => all.forEach(one => { one.style.display = 'none'; })"


def without_account(page: Page) -> Iterator[str]:
    """What forms and faults show before signing in."""
    page.goto("/accounts/login/")
    enter_password(page, "nobody@contoso.example", password="not-the-password")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "sign-in with an error"
    page.goto("/accounts/login/")
    page.context.clear_cookies()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="This form was opened before you signed in").wait_for()
    yield "403, form without its token"
    page.goto("/accounts/password/reset/")
    page.get_by_label("Email").fill("nobody")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "password reset with an error"


def as_admin_who_activates(page: Page) -> Iterator[str]:
    """The benefits of a partner, before and after activation."""
    sign_in(page, "admin@contoso.example")
    open_account_menu(page)
    yield "account menu"
    open_technical_benefits(page)
    expand(page, ON_PREMISES)
    activate(page)
    yield "activated"
    show_ids(page)
    yield "IDs shown"
    page.get_by_role("button", name="Link it to my account").click()
    read_message(page, "linked")
    yield "linked"


def as_one_who_asks_for_support(page: Page) -> Iterator[str]:
    """The wizard, with and without errors, and the lists."""
    for email in ("admin@exhausted.example", "admin@expired.example"):
        sign_in(page, email)
        page.goto("/supportforbusiness/create")
        choose_product(page, "Windows", "11")
        yield f"step 1 of {email}"
        page.context.clear_cookies()
    sign_in(page, "admin@fabrikam.example")
    page.goto("/supportforbusiness/create")
    choose_product(page, "Windows", "10")
    yield "step 1, nothing usable"
    add_contract(page, access="123 456 789", contract="12")
    expect(page.get_by_label("Access ID", exact=True)).to_have_value("123 456 789")
    yield "step 1, IDs mistyped"
    page.get_by_label("Access ID", exact=True).clear()
    choose_product(page, "Windows", "11")
    open_expander(page, "#unavailable")
    yield "step 1, plans"
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "step 1, errors"
    answer_the_rest(page)
    go_on(page, to="Step 2")
    yield "step 2"
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "step 2, errors"
    describe_the_issue(page)
    go_on(page, to="Step 3")
    yield "step 3"
    page.get_by_label("E-mail").fill("not an address")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "step 3, errors"
    page.get_by_label("E-mail").fill("admin@fabrikam.example")
    submit(page)
    yield "request"
    add_note(page, "0x80070005" * 40)
    last_note(page).wait_for()
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "request with a note, an error"
    page.get_by_role("button", name="Close as solved").click()
    read_message(page, "is closed")
    yield "request, closed"


def as_one_in_the_cloud_portals(page: Page) -> Iterator[str]:
    """The four portals: what remains, why not, linking, and the wizard with errors."""
    sign_in(page, "admin@fabrikam.example")
    page.goto("/portals/azure/create")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "azure, step 1, errors"
    page.get_by_label("Technical").check()
    page.get_by_label("Service").select_option("Azure · App Service")
    page.get_by_label("Summary").fill("It stops")
    page.get_by_label("Description").fill("Since this morning.")
    go_on(page, to="Step 2")
    open_expander(page, "#unavailable")
    yield "azure, step 2"
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    yield "azure, step 2, errors"
    page.get_by_label("Problem type").select_option("CRASH")
    page.get_by_label(SEVERITY).select_option("C")
    go_on(page, to="Step 3")
    yield "azure, step 3"


def as_admin_of_programs(page: Page) -> Iterator[str]:
    """API clients: none, with errors, the secret, one of many, a revoked one with a long name."""
    sign_in(page, "admin@northwind.example")
    page.goto("/dashboard/notifications")
    page.get_by_role("button", name="Mark all as read").click()
    read_message(page, "marked as read")
    yield "notifications, read"
    page.get_by_role("link", name="API clients").click()
    page.get_by_text("No API clients yet").wait_for()
    yield "no API clients yet"
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "API clients, an error"
    page.get_by_label("Name").fill("Warehouse" * 13)
    page.get_by_role("button", name="Register").click()
    page.locator("#client-secret").wait_for()
    yield "API client with its secret"
    page.goto("/dashboard/account/api-clients")
    yield "API clients"
    page.get_by_role("link", name="WarehouseWarehouse").click()
    page.get_by_role("button", name="Revoke").click()
    read_message(page, "is revoked")
    yield "API clients, one revoked"


def as_admin_who_looks_after_a_contract(page: Page) -> Iterator[str]:
    """Replacing the IDs; linked accounts, one about to be revoked, one revoked, none found."""
    sign_in(page, "admin@fabrikam.example")
    open_technical_benefits(page)
    expand(page, ON_PREMISES)
    replace_ids(page)
    yield "IDs replaced"
    open_linked_accounts(page)
    account_row(page, "Kofi Mensah").locator("summary").click()
    yield "linked accounts, confirmation open"
    page.get_by_role("button", name="Revoke Kofi Mensah").click()
    read_message(page, "taken away")
    yield "linked accounts, one revoked"
    page.get_by_label("Name or e-mail begins with").fill("nobody of that name")
    page.get_by_role("button", name="Filter").click()
    page.get_by_text("No linked account begins with").wait_for()
    yield "linked accounts, none found"


def as_staff(page: Page) -> Iterator[str]:
    """The desk and the card."""
    sign_in(page, "staff@portal.example")
    look_up(page, "123456789")
    expect(page.get_by_role("alert")).to_be_visible()
    yield "staff desk, typing error"
    look_up(page, "multi@contoso.example")
    yield "staff desk, several found"
    page.goto("/staff/")
    look_up(page, "fabrikam")
    page.get_by_role("row").filter(has_text="Kofi Mensah").get_by_role("link").last.click()
    add_note(page, "Please send the log.")
    set_state(page, "WAITING_FOR_PARTNER")
    read_message(page, "Waiting for partner")
    yield "request as staff see it"
    close_as(page, "Duplicate")
    read_message(page, "its incident was returned")
    yield "request with its incident returned"


def as_administrator(page: Page) -> Iterator[str]:
    """The Django admin's form of an account: with errors, and refused."""
    sign_in(page, "root@portal.example")
    page.goto("/admin/partners/user/add/")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Please correct the errors below.")).to_be_visible()
    yield "administration, account with errors"
    page.goto("/admin/partners/user/?q=root@portal.example")
    page.get_by_role("main").get_by_role("link", name="Rut Olsen").click()
    page.get_by_label("Active").uncheck()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Nobody changes their own account.").wait_for()
    yield "administration, account that may not be changed"


def as_reader_of_the_api(page: Page) -> Iterator[str]:
    """What Swagger UI draws: operations, a call with its answer, shapes; the dialog."""
    page.goto("/api/v1/docs")
    operation = page.locator("[id$=-listContracts]")
    expect(operation).to_be_visible()
    page.locator(DRAWN_ALIKE).evaluate_all(HIDE)
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table .response").wait_for()
    yield "API, a call that was made"
    page.locator(".opblock-tag-section, .models").evaluate_all(HIDE)
    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_role("heading", name="Available authorizations").wait_for()
    yield "API, dialog"


BY_HAND: tuple[Tour, ...] = (
    without_account,
    as_admin_who_activates,
    as_one_who_asks_for_support,
    as_one_in_the_cloud_portals,
    as_admin_of_programs,
    as_admin_who_looks_after_a_contract,
    as_staff,
    as_administrator,
    as_reader_of_the_api,
)
