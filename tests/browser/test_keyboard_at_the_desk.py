"""What staff do at their desk, by keyboard alone; and where the focus is after each step."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import addresses
from tests.browser.account_steps import read_message, sign_in
from tests.browser.import_steps import BAD, GOOD, csv_file, import_state
from tests.browser.keyboard import (
    arrive,
    choose,
    follow_error,
    press,
    skip_to_main,
    strike,
    switch_on,
    tab_to,
    write,
)
from tests.browser.staff_steps import say_line
from tests.world.server import Server

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


def test_partner_and_its_competencies_change_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "manager@portal.example")
    page.goto("/staff/partners/5234567/memberships")
    press(page, page.get_by_role("link", name="Change the partner"))
    arrive(page, "Change the partner")
    name = page.get_by_label("Name")
    tab_to(page, name)
    page.keyboard.press("Delete")
    press(page, page.get_by_role("button", name="Save"))
    follow_error(page, to=name, described="Enter the name of the company.")
    page.keyboard.type("Fabrikam Works")
    strike(page)
    read_message(page, "Fabrikam Works is changed.")

    press(page, page.get_by_role("link", name="Competencies"))
    arrive(page, "Competencies")
    competency, add = page.get_by_label("Competency"), page.get_by_role("button", name="Add")
    press(page, add)
    follow_error(page, to=competency, described="Choose a competency.")
    choose(page, competency, "DevOps")
    write(page, page.get_by_label("Attained on"), f"{datetime.now(UTC):%m%d%Y}")
    press(page, add)
    read_message(page, "DevOps is attained.")
    press(page, page.get_by_role("button", name="Take away DevOps"))
    read_message(page, "DevOps is taken away.")
    expect(page.get_by_role("row").filter(has_text="DevOps")).to_have_count(0)


def test_hours_of_a_consultation_are_deducted_by_keyboard_alone(page: Page, server: Server) -> None:
    address = server.world.call(addresses.consultation_of_another_agent)
    sign_in(page, "manager@portal.example")
    page.goto(address)
    hours = page.get_by_label("Hours to deduct")
    deduct = page.get_by_role("button", name="Deduct", exact=True)
    press(page, deduct)
    follow_error(page, to=hours, described="Enter whole hours, such as 3.")
    page.keyboard.type("999")
    press(page, deduct)
    expect(page.locator(SUMMARY)).to_be_focused()
    expect(hours).to_have_value("999")
    write(page, hours, "3")
    strike(page)

    read_message(page, "3 hours are deducted for request")
    expect(deduct).to_have_count(0)
    choose(page, page.get_by_label("New state"), "WAITING_FOR_PARTNER")
    press(page, page.get_by_role("button", name="Set the state"))
    read_message(page, "is now: Waiting for partner.")


def type_month(page: Page, month: str, year: int) -> None:
    """Type into the two parts of the field for a month that has the focus."""
    page.keyboard.type(month)
    page.keyboard.press("ArrowRight")
    page.keyboard.type(str(year))


def test_lists_are_filtered_by_keyboard_alone(page: Page) -> None:
    sign_in(page, "root@portal.example")
    page.goto("/staff/requests")
    choose(page, page.get_by_label("Portal"), "AZURE")
    press(page, page.get_by_role("button", name="Filter"))
    page.wait_for_url("**portal=AZURE**")
    press(page, page.get_by_role("main").get_by_role("link", name="Show all"))
    page.wait_for_url("**/staff/requests")

    page.goto("/staff/partners")
    press(page, page.get_by_role("main").get_by_role("link", name="Used up"))
    expect(page.get_by_role("main").get_by_role("row")).to_have_count(2)
    write(page, page.get_by_label("Name begins with"), "Tail")
    strike(page)
    page.wait_for_url("**name=Tail**")

    page.goto("/staff/reports")
    last = page.get_by_label("To month")
    tab_to(page, page.get_by_label("From month"))
    type_month(page, "November", 2021)
    tab_to(page, last)
    type_month(page, "October", 2021)
    press(page, page.get_by_role("button", name="Show", exact=True))
    follow_error(page, to=last, described="The last month is before the first one.")
    type_month(page, "December", 2021)
    press(page, page.get_by_role("button", name="Show", exact=True))
    expect(page.locator(SUMMARY)).to_have_count(0)
    with page.expect_download():
        press(page, page.get_by_role("link", name="Download as CSV").first)

    page.goto("/staff/audit")
    write(page, page.get_by_label("Who"), "nobody of that name")
    strike(page)
    press(page, page.get_by_role("main").get_by_role("link", name="Show all"))
    page.wait_for_url("**/staff/audit")


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
