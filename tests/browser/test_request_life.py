"""A request after it was submitted: its author and support write, wait, close and reopen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.staff_steps import close_as, look_up, set_state
from tests.browser.support_steps import add_note, last_note, open_tab, state_of_request

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["script", "none"])
def test_request_from_note_to_the_incident_returned(
    open_window: OpenWindow, options: dict[str, bool]
) -> None:
    author = open_window(**options)
    sign_in(author, "consultant@outlook.example")
    open_tab(author, "Manage")
    author.get_by_role("link", name="Open", exact=True).click()
    author.get_by_role("table").get_by_role("link").click()
    add_note(author, "It happens on a second machine too.")
    read_message(author, "Its state: Open.")

    staff = open_window(**options)
    sign_in(staff, "staff@portal.example")
    look_up(staff, "fabrikam")
    staff.get_by_role("row").filter(has_text="Kofi Mensah").get_by_role("link").last.click()
    expect(last_note(staff)).to_contain_text("It happens on a second machine too.")
    set_state(staff, "WAITING_FOR_PARTNER")
    read_message(staff, "is now: Waiting for partner.")

    add_note(author, "Here is the log.")
    expect(state_of_request(author)).to_have_text("In progress")
    author.get_by_role("button", name="Close as solved").click()
    read_message(author, "It can be reopened until")
    author.get_by_role("button", name="Reopen").click()
    read_message(author, "It used no new incident.")

    close_as(staff, "Product defect")
    read_message(staff, "its incident was returned: 18 of 20 left.")
    add_note(author, "Typed while support closes it.")
    expect(author.get_by_role("alert")).to_contain_text("Open a new request instead.")
    kept = author.get_by_label("Your text")
    expect(kept).to_have_value("Typed while support closes it.")
