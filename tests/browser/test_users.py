"""A Global admin gives a role, which works at once, and cannot give up the last one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.account_steps import open_account_menu, read_message, sign_in
from tests.browser.benefit_steps import (
    ON_PREMISES,
    activate,
    expand,
    open_technical_benefits,
    show_ids,
)

pytestmark = pytest.mark.browser


def open_user(page: Page, name: str) -> None:
    """Open the page of a user by navigation, search and list."""
    navigation = page.get_by_role("navigation", name="Main")
    navigation.get_by_role("link", name="Users and roles").click()
    page.get_by_label("Name or e-mail begins with").fill(name)
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("main").get_by_role("link", name=name).click()
    page.get_by_role("heading", level=1, name=name).wait_for()


def role(page: Page, name: str) -> Locator:
    """Return the box of a role."""
    return page.get_by_role("group", name="Roles").get_by_label(name)


def save_roles(page: Page) -> None:
    """Send the form of roles."""
    page.get_by_role("button", name="Save roles").click()


def test_role_given_in_one_window_lets_activate_in_another_at_once(
    open_window: Callable[..., Page],
) -> None:
    ingrid, ana = open_window(), open_window()
    sign_in(ingrid, "user@contoso.example")
    open_technical_benefits(ingrid)
    expand(ingrid, ON_PREMISES)
    expect(ingrid.get_by_role("button", name="Activate")).to_have_attribute("aria-disabled", "true")
    sign_in(ana, "admin@contoso.example")
    open_user(ana, "Ingrid Holm")

    role(ana, "MPN partner admin").check()
    save_roles(ana)

    read_message(ana, "The rights of Ingrid Holm are changed.")
    ingrid.reload()
    activate(ingrid)
    assert len(show_ids(ingrid).access) == 9
    navigation = ana.get_by_role("navigation", name="Main")
    navigation.get_by_role("link", name="Audit trail").click()
    rows = ana.get_by_role("row")
    expect(rows.filter(has_text="Activate the benefits")).to_contain_text("Ingrid Holm")
    expect(rows.filter(has_text="Given: MPN partner admin.")).to_contain_text("Ana Berg")


def test_last_global_admin_cannot_take_the_own_role(page: Page) -> None:
    sign_in(page, "admin@contoso.example")
    open_user(page, "Ana Berg")

    role(page, "Global admin").uncheck()
    save_roles(page)

    refusal = page.get_by_role("main").get_by_role("alert")
    expect(refusal).to_contain_text("Ana Berg is the last Global admin of Contoso.")
    expect(role(page, "Global admin")).not_to_be_checked()
    open_account_menu(page)
    page.get_by_role("banner").get_by_role("link", name="My access").click()
    manages = page.get_by_role("row").filter(has_text="Manage users and roles")
    expect(manages).to_contain_text("Yes")
