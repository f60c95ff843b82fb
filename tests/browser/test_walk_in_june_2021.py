"""The same portal with its clock in June 2021, when Windows 10 passed the rule."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import read_message, sign_in
from tests.browser.benefit_steps import (
    ON_PREMISES,
    activate,
    expand,
    open_technical_benefits,
    show_ids,
)
from tests.browser.support_steps import (
    VERSION,
    add_contract,
    choose_product,
    open_tab,
    submit,
    types_of_support,
    walk_to_review,
)
from tests.world.demo import DemoWorlds, World
from tests.world.server import Server

pytestmark = pytest.mark.browser
JUNE_2021 = "2021-06-01T12:00:00Z"
BAND = "Demo clock: the rules see 1 June 2021, 12:00 UTC"


def test_walk_in_june_2021_pays_for_windows_10(
    demo_worlds: DemoWorlds,
    serve: Callable[[World], Server],
    open_window_at: Callable[..., Page],
) -> None:
    with demo_worlds.copy(now=JUNE_2021) as world:
        server = serve(world)
        admin, pat = open_window_at(server), open_window_at(server)

        sign_in(admin, "admin@contoso.example")
        expect(admin.get_by_role("region", name="Demo clock")).to_have_text(BAND)
        open_technical_benefits(admin)
        expand(admin, ON_PREMISES)
        activate(admin)
        pair = show_ids(admin)

        sign_in(pat, "pat@outlook.example")
        expect(pat.get_by_role("region", name="Demo clock")).to_have_text(BAND)
        open_tab(pat, "Create")
        choose_product(pat, "Windows", "10")
        add_contract(pat, access=pair.access, contract=pair.contract)
        read_message(pat, "20 of 20 on-premises incidents left until 1 May 2022")
        # Windows 11 was not out yet.
        expect(pat.get_by_label(VERSION).get_by_role("option")).to_have_text(["Choose…", "10"])
        card = types_of_support(pat, "Windows 10").locator(".plan-card")
        expect(card.get_by_role("radio")).to_be_checked()
        expect(card).to_contain_text("20 incidents remaining")

        walk_to_review(pat, "Windows", "10")
        number = submit(pat)
        assert number.startswith("210601")
        expect(pat.get_by_role("main")).to_contain_text("The plan now has 19 incidents remaining")
        open_tab(pat, "Plans")
        expect(pat.get_by_role("region", name="Demo clock")).to_have_text(BAND)
