"""Walks over the edge of a year: renewed, upgraded without a hole, active by the clock alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.benefit_steps import (
    CLOUD,
    ON_PREMISES,
    activate,
    expand,
    open_technical_benefits,
    read_plan,
)
from tests.browser.support_steps import (
    answer_the_rest,
    choose_product,
    describe_the_issue,
    go_on,
    open_tab,
    submit,
    types_of_support,
    unavailable_plans,
)
from tests.browser.year_steps import membership_row, open_offers, renew, upgrade
from tests.world.demo import DemoWorlds, World
from tests.world.server import Server

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]
FAMILY, VERSION = "Windows Server", "2025"
GOLD, SILVER = "Partner support Gold 20pack", "Partner support Silver 15pack"


def plans_offered(page: Page) -> list[str]:
    """Open the wizard from the start; return the names of the plans that can pay, in order."""
    page.goto("/supportforbusiness/create")
    choose_product(page, FAMILY, VERSION)
    cards = types_of_support(page, f"{FAMILY} {VERSION}").locator(".plan-card")
    return [name for text in cards.all_inner_texts() for name in (GOLD, SILVER) if name in text]


def create_request(page: Page, *, plan: str) -> None:
    """Create a request that this plan pays, whichever is the default."""
    plans_offered(page)
    card = types_of_support(page, f"{FAMILY} {VERSION}").locator(".plan-card", has_text=plan)
    card.last.get_by_role("radio").check()
    answer_the_rest(page)
    go_on(page, to="Step 2")
    describe_the_issue(page)
    go_on(page, to="Step 3")
    submit(page)
    expect(page.get_by_role("main")).to_contain_text(plan)


def test_walk_of_a_renewal_lets_the_linked_user_go_on(open_window: OpenWindow) -> None:
    admin, user = open_window(), open_window()
    sign_in(admin, "admin@renewal.example")
    sign_in(user, "user@renewal.example")
    assert plans_offered(user) == [GOLD]

    open_offers(admin)
    renew(admin, level="Gold")
    activate(admin)
    read_message(admin, "2 accounts linked to the contract before go on without them.")
    # Two of each now: the old ones to their printed end, the new ones for a year.
    rows = admin.get_by_role("row").filter(has=admin.get_by_role("link", name=ON_PREMISES))
    expect(rows.locator(".number-large")).to_have_text(["11", "20"])

    assert plans_offered(user) == [GOLD, GOLD]
    create_request(user, plan=GOLD)
    admin.reload()
    expect(rows.locator(".number-large")).to_have_text(["11", "19"])
    open_offers(admin)
    expect(membership_row(admin, "Gold", "Renewed")).to_have_count(1)
    expect(membership_row(admin, "Gold", "Running")).to_have_count(1)


def test_walk_of_an_upgrade_leaves_no_hole(page: Page) -> None:
    sign_in(page, "admin@northwind.example")
    open_offers(page)
    upgrade(page)

    # Gold is there, not activated; Silver pays on.
    create_request(page, plan=SILVER)
    page.goto("/dashboard/")
    open_technical_benefits(page)
    silver = page.get_by_role("row").filter(has_text=SILVER)
    expect(silver.locator(".number-large")).to_have_text("2")

    gold = page.get_by_role("row").filter(has_text=GOLD)
    gold.get_by_role("link", name=ON_PREMISES).click()
    activate(page)
    read_message(page, "1 account linked to the contract before goes on without them.")
    expect(silver.locator(".badge")).to_have_text("Ended")
    expect(silver).to_contain_text("2 of 15 were unused")

    create_request(page, plan=GOLD)
    open_tab(page, "Create")
    choose_product(page, FAMILY, VERSION)
    assert plans_offered(page) == [GOLD]
    expect(unavailable_plans(page).filter(has_text=SILVER)).to_contain_text("replaced by Gold")


def test_walk_of_a_pending_activation_becomes_active_by_the_clock_alone(
    demo_worlds: DemoWorlds,
    serve: Callable[..., Server],
    open_window_at: OpenWindow,
) -> None:
    loaded, ready = "2026-11-20T09:00:00Z", "2026-11-21T09:00:01Z"
    with demo_worlds.copy(now=loaded) as world:
        before = open_window_at(serve(world))
        sign_in(before, "admin@pending.example")
        open_technical_benefits(before)
        assert read_plan(before, ON_PREMISES).badges == ["Pending"]
        expand(before, ON_PREMISES)
        expect(before.locator("#ids")).to_have_count(0)

        later = World(database_url=world.database_url, now=ready)
        after = open_window_at(serve(later))
        sign_in(after, "admin@pending.example")
        open_technical_benefits(after)
        assert [read_plan(after, title).badges for title in (ON_PREMISES, CLOUD)] == [
            ["Active"],
            ["Active"],
        ]
        expand(after, ON_PREMISES)
        expect(after.locator("#access-id")).to_have_text(re.compile(r"^\d{3} \d{3} \d{3}$"))
        after.locator("#ids").get_by_role("button", name="Link").click()
        read_message(after, "20 of 20 on-premises incidents left until")
        create_request(after, plan=GOLD)
