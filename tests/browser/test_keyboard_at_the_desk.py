"""What staff do at their desk, by keyboard alone; and where the focus is after each step."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.import_steps import BAD, GOOD, csv_file, import_state
from tests.browser.keyboard import (
    arrive,
    follow_error,
    press,
    skip_to_main,
    strike,
    switch_on,
    tab_to,
    write,
)
from tests.browser.staff_steps import say_line

pytestmark = pytest.mark.browser
SUMMARY = "[data-error-summary]"


def upload(page: Page, name: str, text: str) -> None:
    """Choose a file, and have it checked."""
    skip_to_main(page)
    tab_to(page, page.get_by_role("radio", name="Partners"))
    file = page.get_by_label("File")
    tab_to(page, file)
    file.set_input_files(csv_file(name, text))
    press(page, page.get_by_role("button", name="Upload and check"))
    page.get_by_role("heading", level=1, name=name).wait_for()


def test_import_by_keyboard_alone_from_refused_lines_to_its_end(page: Page) -> None:
    sign_in(page, "manager@portal.example")
    page.goto("/staff/imports")
    upload(page, "bad.csv", BAD)
    # The page changes by itself; whoever is somewhere in it by then stays there.
    skip_to_main(page)
    columns = page.get_by_role("main").get_by_role("link", name="Columns")
    tab_to(page, columns)
    expect(import_state(page)).to_contain_text("2 errors were found.")
    expect(columns).to_be_focused()
    expect(page.get_by_role("row").filter(has_text="Line 2")).to_contain_text("not an MPN ID")

    download = page.get_by_role("link", name="Download all as CSV")
    with page.expect_download() as downloaded:
        press(page, download)
    report = Path(downloaded.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in report] == [
        ["line", "column"],
        ["2", "mpn_id"],
        ["3", "country"],
    ]
    expect(download).to_be_focused()
    press(page, page.get_by_role("link", name="Upload another file"))
    page.wait_for_url("**/staff/imports")

    upload(page, "good.csv", GOOD)
    expect(import_state(page)).to_contain_text("Nothing is imported yet.")
    press(page, page.get_by_role("button", name="Import", exact=True))
    expect(import_state(page)).to_contain_text("Imported: 2 new rows, 0 changed.")
    press(page, page.get_by_role("link", name="Import another file"))
    page.wait_for_url("**/staff/imports")
    row = page.get_by_role("row").filter(has_text="good.csv")
    expect(row.locator(".badge")).to_have_text("Imported")


def test_past_day_by_keyboard_alone_and_back_to_today(page: Page) -> None:
    sign_in(page, "staff@portal.example")
    page.goto("/staff/partners/5234567")
    today, day = datetime.now(UTC), page.get_by_label("Day", exact=True)
    show = page.get_by_role("button", name="Show the balance")

    write(page, day, f"{today + timedelta(days=2):%m%d%Y}")
    press(page, show)
    follow_error(page, to=day, described="This day lies in the future. Enter a past one.")
    page.keyboard.type(f"{today - timedelta(days=2):%m%d%Y}")
    press(page, show)

    band = page.locator("#as-of")
    expect(band).to_contain_text("not today")
    back = band.get_by_role("link", name="Back to today")
    page.keyboard.press("Tab")
    expect(back).to_be_focused()
    strike(page)
    expect(band).to_have_count(0)
    assert say_line(page).startswith("17 of 20 on-premises incidents left until")


def test_claim_of_another_agent_is_taken_over_by_keyboard_alone(
    open_window: Callable[..., Page],
) -> None:
    manager, agent = open_window(), open_window()
    sign_in(manager, "manager@portal.example")
    manager.goto("/staff/requests?claimed=NOBODY")
    claim = manager.get_by_role("button", name="Claim").first
    name = claim.inner_text()
    sign_in(agent, "staff@portal.example")
    agent.goto("/staff/requests")
    agent.get_by_role("button", name=name).click()
    read_message(agent, "You are working on request")

    press(manager, claim)
    expect(manager.locator(SUMMARY)).to_be_focused()
    expect(manager.locator(SUMMARY)).to_contain_text("has been working on this request since")
    manager.goto(f"/supportforbusiness/manage/{name.split()[-1]}")
    take = manager.get_by_role("button", name="Take over")
    why = manager.get_by_label("Why do you take it over?")
    press(manager, take)
    follow_error(manager, to=why, described="Say why.")
    manager.keyboard.type("The agent is on leave.")
    press(manager, take)

    read_message(manager, "You are working on request")
    skip_to_main(manager)
    tab_to(manager, manager.get_by_role("button", name="Release"))
    agent.get_by_role("button", name=f"Release {name.split()[-1]}").click()
    expect(agent.locator(SUMMARY)).to_be_focused()


def test_partner_and_its_membership_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "manager@portal.example")
    page.goto("/staff/partners")
    press(page, page.get_by_role("link", name="Add a partner"))
    arrive(page, "Add a partner")
    write(page, page.get_by_label("MPN ID"), "7123456")
    write(page, page.get_by_label("Name"), "Adventure Works")
    write(page, page.get_by_label("Country"), "Sweden")
    press(page, page.get_by_role("button", name="Add the partner"))
    page.get_by_role("heading", level=1, name="Adventure Works").wait_for()

    press(page, page.get_by_role("link", name="Add a membership"))
    arrive(page, "Add a membership")
    switch_on(page, page.get_by_role("radio", name="Gold"))
    write(page, page.get_by_label("Starts on"), f"{datetime.now(UTC):%m%d%Y}")
    switch_on(page, page.get_by_role("checkbox", name="DevOps"))
    press(page, page.get_by_role("button", name="Add the membership"))
    row = page.get_by_role("row").filter(has_text="DevOps")
    expect(row).to_contain_text("Gold")

    press(page, row.get_by_role("link", name="Correct"))
    arrive(page, "Correct a membership")
    tab_to(page, page.get_by_role("radio", name="Gold"))
    page.keyboard.press("ArrowDown")
    press(page, page.get_by_role("button", name="Show what changes"))
    press(page, page.get_by_role("button", name="Correct the membership"))
    expect(row).to_contain_text("Silver")
    press(page, row.get_by_role("link", name="End early"))
    arrive(page, "End a membership early")
    press(page, page.get_by_role("button", name="End the membership today"))
    expect(row).to_contain_text("ended")


def test_correction_of_a_plan_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "manager@portal.example")
    page.goto("/staff/partners/5234567")
    press(page, page.get_by_role("link", name="Correct On-premises support incidents"))
    arrive(page, "Correct a plan")
    press(page, page.get_by_role("button", name="Book the correction"))
    expect(page.locator(SUMMARY)).to_be_focused()
    switch_on(page, page.get_by_role("radio", name="Add to what the plan gave"))
    write(page, page.get_by_label("How many"), "2")
    write(page, page.get_by_label("Reason"), "Given by the manager")
    press(page, page.get_by_role("button", name="Book the correction"))
    page.get_by_role("heading", level=1, name="Fabrikam").wait_for()
    assert say_line(page).startswith("19 of 22 on-premises incidents left until")
