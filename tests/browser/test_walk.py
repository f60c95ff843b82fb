"""From a benefit that nobody has activated to the request that it paid for."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.benefit_steps import (
    ON_PREMISES,
    Pair,
    activate,
    expand,
    open_technical_benefits,
    read_plan,
    show_ids,
)
from tests.browser.staff_steps import look_up, say_line, section, tile
from tests.browser.support_steps import (
    add_contract,
    answer_the_rest,
    choose_product,
    describe_the_issue,
    field_error,
    go_on,
    open_tab,
    shown_request_number,
    submit,
    types_of_support,
    unavailable_plans,
    walk_to_review,
)

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]
PLAN = "Partner support Gold 20pack"


def test_walk_from_activation_to_the_staff_card(open_window: OpenWindow) -> None:
    user_sees_who_can_activate(open_window())
    pair = admin_activates(open_window())
    user_sees_the_pair(open_window(), pair)

    pat = open_window()
    sign_in(pat, "pat@outlook.example")
    open_tab(pat, "Create")
    pat_links_in_spite_of_mistakes(pat, pair)
    pat_sees_what_pays_for_what(pat, pair)
    pat_leaves_at_step_two(pat)
    number = pat_submits_once(pat)

    staff_sees_it_all(open_window(), pair, number)


def user_sees_who_can_activate(page: Page) -> None:
    """Without a role Activate is disabled, and says who can."""
    sign_in(page, "user@contoso.example")
    open_technical_benefits(page)
    expand(page, ON_PREMISES)
    button = page.get_by_role("button", name="Activate")
    expect(button).to_have_attribute("aria-disabled", "true")
    reason = re.compile(r"Ana Berg or Li Wei What does this mean\?$")
    expect(button).to_have_accessible_description(reason)
    expect(page.locator("#ids")).to_have_count(0)


def admin_activates(page: Page) -> Pair:
    """The Global admin activates, and has the pair shown."""
    sign_in(page, "admin@contoso.example")
    open_technical_benefits(page)
    expand(page, ON_PREMISES)
    activate(page)
    read_message(page, "Your benefits are active.")
    assert read_plan(page, ON_PREMISES).badges == ["Active"]
    return show_ids(page)


def user_sees_the_pair(page: Page, pair: Pair) -> None:
    """Once activated, every MPN user of the partner sees the pair."""
    sign_in(page, "user@contoso.example")
    open_technical_benefits(page)
    expand(page, ON_PREMISES)
    assert show_ids(page) == pair


def pat_links_in_spite_of_mistakes(page: Page, pair: Pair) -> None:
    """A typing error is told beside its field; swapped fields and spaces are forgiven."""
    choose_product(page, "Windows", "11")
    expect(types_of_support(page, "Windows 11")).to_contain_text("no usable support plan")

    mistyped = neighbours_swapped(pair.access)
    add_contract(page, access=mistyped, contract=pair.contract)
    expect(field_error(page, "Access ID")).to_contain_text("typing error: check neighbouring")
    expect(page.get_by_label("Access ID", exact=True)).to_have_value(mistyped)
    expect(page.get_by_label("Contract ID", exact=True)).to_have_value("")

    add_contract(page, access=pair.contract, contract=pair.access)
    read_message(page, "Contoso's contract is linked")
    read_message(page, "20 of 20 on-premises incidents left until")

    add_contract(page, access=spaced(pair.access), contract=spaced(pair.contract))
    read_message(page, "already linked")
    read_message(page, "20 of 20 on-premises incidents left until")


def pat_sees_what_pays_for_what(page: Page, pair: Pair) -> None:
    """Windows 11 has a plan that pays; with Windows 10 it stays in sight, with the reason."""
    card = types_of_support(page, "Windows 11").locator(".plan-card")
    expect(card).to_contain_text(f"{PLAN} - Access ID: {spaced(pair.access)}")
    expect(card).to_contain_text("20 incidents remaining")
    expect(card.get_by_role("radio")).to_be_checked()

    choose_product(page, "Windows", "10")
    expect(types_of_support(page, "Windows 10").get_by_role("radio")).to_have_count(0)
    expect(unavailable_plans(page)).to_have_count(2)
    refused = unavailable_plans(page).filter(has_text=PLAN)
    expect(refused).to_be_visible()
    expect(refused.locator(".number-large")).to_have_text("20")
    expect(refused).to_contain_text("newest version and the one before it (N-1)")
    expect(refused).to_contain_text("mainstream support ended on 14 October 2025")
    expect(refused).to_contain_text("Covered today: Windows 11.")
    expect(refused).to_contain_text("The guide of 2021 names it")


def pat_leaves_at_step_two(page: Page) -> None:
    """Until the form is submitted, nothing is used."""
    choose_product(page, "Windows", "11")
    answer_the_rest(page)
    go_on(page, to="Step 2")
    describe_the_issue(page)
    open_tab(page, "Plans")
    assert shown_remaining(page) == "20"


def pat_submits_once(page: Page) -> str:
    """Submitting uses one; going back and sending the same form again uses nothing more."""
    walk_to_review(page, "Windows", "11")
    expect(page.get_by_role("main")).to_contain_text(f"1 incident of {PLAN}: 20 → 19 remaining")
    second_window = page.context.new_page()
    second_window.goto(page.url)
    number = submit(page)
    assert re.fullmatch(r"\d{15}", number)
    expect(page.get_by_role("main")).to_contain_text("The plan now has 19 incidents remaining")

    # Going back leads to the request at once; another window still shows the form.
    page.go_back()
    assert shown_request_number(page) == number
    assert submit(second_window) == number
    for window in (page, second_window):
        read_message(window, "submitted already. Nothing more was used.")
        expect(window.get_by_role("main")).to_contain_text(
            "The plan now has 19 incidents remaining"
        )
    open_tab(page, "Plans")
    assert shown_remaining(page) == "19"
    open_tab(page, "Manage")
    expect(page.get_by_role("row")).to_have_count(2)
    return number


def staff_sees_it_all(page: Page, pair: Pair, number: str) -> None:
    """The Access ID opens one card with everything on it."""
    sign_in(page, "staff@portal.example")
    look_up(page, f"Access ID: {spaced(pair.access)}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Partner | Contoso")
    expect(tile(page, "On-premises").locator(".number-large")).to_have_text("19")
    expect(tile(page, "On-premises")).to_contain_text("of 20 left")
    assert say_line(page).startswith("19 of 20 on-premises incidents left until")
    newest = section(page, "Last movements").get_by_role("row").nth(1)
    expect(newest).to_contain_text(PLAN)
    expect(newest).to_contain_text("Used")
    expect(newest).to_contain_text(number)
    expect(section(page, "Open requests")).to_contain_text(number)
    expect(page.get_by_role("main")).to_contain_text("Pat Moore pat@outlook.example")
    expect(page.get_by_role("main")).not_to_contain_text(spaced(pair.contract))


def shown_remaining(page: Page) -> str:
    """Return what My plans says is left on the on-premises plan."""
    return page.get_by_role("row").filter(has_text=PLAN).locator(".number-large").inner_text()


def neighbours_swapped(number: str) -> str:
    """Return the number with its first two different neighbours swapped, zeros in front aside."""
    at = next(i for i in range(1, len(number) - 1) if number[i] != number[i + 1])
    return f"{number[:at]}{number[at + 1]}{number[at]}{number[at + 2 :]}"


def spaced(number: str) -> str:
    """Return the number in groups of three, as people write it."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"
