"""Every state of a plan has a demo account that shows it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from partnercenter.demo import accounts
from tests.browser.account_steps import sign_in
from tests.browser.benefit_steps import CLOUD, ON_PREMISES, open_technical_benefits, read_plan
from tests.browser.staff_steps import look_up, say_line

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]
DAY = r"\d{1,2} [A-Z][a-z]{2} \d{4}"


@dataclass(frozen=True)
class State:
    """A state: whose plan shows it, and what its badges, its number and its line are."""

    email: str
    title: str
    badges: str
    number: str
    line: str


STATES = [
    State("admin@scheduled.example", ON_PREMISES, "Starts later", "15", f"from {DAY}"),
    State(
        "admin@contoso.example",
        ON_PREMISES,
        "Not activated",
        "20",
        f"incidents after activation · activate by {DAY}",
    ),
    State(
        "user@contoso.example",
        ON_PREMISES,
        "Not activated",
        "20",
        f"incidents after activation · activate by {DAY}",
    ),
    State(
        "admin@pending.example",
        ON_PREMISES,
        "Pending",
        "20",
        f"requested {DAY} by Paul Enders · ready by {DAY}",
    ),
    State(
        "admin@fabrikam.example",
        ON_PREMISES,
        "Active",
        "17",
        rf"of 20 left · ends {DAY}, in \d+ days",
    ),
    State(
        "admin@northwind.example",
        ON_PREMISES,
        "Few left",
        "3",
        rf"of 15 left · ends {DAY}, in \d+ days",
    ),
    State(
        "admin@northwind.example", CLOUD, "Few left", "1", rf"of 5 left · ends {DAY}, in \d+ days"
    ),
    State(
        "admin@exhausted.example",
        CLOUD,
        "Used up",
        "0",
        rf"of 10 left · since {DAY}, request \d{{15}} · ends {DAY}",
    ),
    State(
        "admin@expired.example",
        ON_PREMISES,
        "Ended",
        "0",
        f"ended {DAY} · 4 of 20 were unused",
    ),
    State(
        "admin@tailspin.example",
        CLOUD,
        "Active",
        "Unlimited",
        rf"4 used since {DAY} · ends {DAY}, in \d+ days",
    ),
    State(
        "admin@renewal.example",
        ON_PREMISES,
        r"Active, Ends in \d+ days",
        "11",
        rf"of 20 left · ends {DAY}, in \d+ days",
    ),
    State("admin@adatum.example", ON_PREMISES, "Active", "8", rf"of 10 left · ends {DAY}, in .+"),
]
SAID = {
    accounts.SCHEDULED: r"Starts on .+\.",
    accounts.CONTOSO: (
        r"Your company has 20 on-premises incidents and unlimited cloud support but hasn't "
        r"activated them\. Ana Berg or Li Wei can\."
    ),
    accounts.PENDING: r"Requested on the \d+\w\w, ready by the \d+\w\w\.",
    accounts.FABRIKAM: (
        r"17 of 20 on-premises incidents left until .+\. 6 of 10 cloud incidents left until .+\."
    ),
    accounts.NORTHWIND: (
        r"Only 3 of 15 on-premises incidents left until .+\. "
        r"Only 1 of 5 cloud incidents left until .+\."
    ),
    accounts.EXHAUSTED: (
        r"None left since .+; cloud needs a paid plan\. On-premises none left since .+\."
    ),
    accounts.EXPIRED: (
        r"Ended on .+; 4 unused on-premises incidents and 3 cloud incidents lapsed\."
    ),
    accounts.TAILSPIN: (
        r"14 of 15 on-premises incidents left until .+\. Cloud is unlimited until .+\."
    ),
}


def test_every_state_of_a_plan_is_shown_by_a_demo_account(open_window: OpenWindow) -> None:
    for state in STATES:
        page = open_window()
        sign_in(page, state.email)
        open_technical_benefits(page)

        shown = read_plan(page, state.title)

        assert re.fullmatch(state.badges, ", ".join(shown.badges)), (state, shown)
        assert shown.number == state.number, (state, shown)
        assert re.fullmatch(state.line, shown.line), (state, shown)
        page.context.close()


def test_every_state_of_a_package_has_a_line_for_staff_to_say(page: Page) -> None:
    sign_in(page, "staff@portal.example")
    said = {}
    for mpn_id in SAID:
        page.goto("/staff/")
        look_up(page, mpn_id)
        said[mpn_id] = say_line(page)

    wrong = {mpn_id: line for mpn_id, line in said.items() if not re.fullmatch(SAID[mpn_id], line)}
    assert wrong == {}
