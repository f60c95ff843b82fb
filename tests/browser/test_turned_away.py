"""Accounts that see no benefits: each is told why, and what to do now."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import sign_in
from tests.browser.benefit_steps import (
    CLOUD,
    ON_PREMISES,
    ShownPlan,
    open_technical_benefits,
    read_plan,
)

pytestmark = pytest.mark.browser
TECHNICAL = "/dashboard/mpn/membership/benefits/technical"
NOT_AUTHORIZED = "You are not authorized for this action"
NO_BENEFITS = "Looks like you don't have any benefits yet"


def other_account_is_offered(page: Page) -> None:
    """One press signs out and opens the sign-in page."""
    main = page.get_by_role("main")
    main.get_by_role("button", name="Sign in with another account").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")


@pytest.mark.parametrize(
    ("email", "reasons"),
    [
        (
            "csponly@contoso.example",
            ["associated with CSP only", "an account associated with MPN", "Ana Berg or Li Wei"],
        ),
        ("admin@litware.example", ["Litware isn't enrolled in MPN"]),
    ],
)
def test_csp_only_account_is_told_why_and_offered_another_account(
    page: Page, email: str, reasons: list[str]
) -> None:
    sign_in(page, email)

    answer = page.goto(TECHNICAL)

    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text(NOT_AUTHORIZED)
    for reason in reasons:
        expect(page.get_by_role("main")).to_contain_text(reason)
    other_account_is_offered(page)


def test_partner_without_membership_has_no_benefits_yet(page: Page) -> None:
    sign_in(page, "admin@proseware.example")

    open_technical_benefits(page)

    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name=NO_BENEFITS)).to_be_visible()
    expect(main).to_contain_text("You may have signed in using the wrong account.")
    expect(main.get_by_role("table")).to_have_count(0)
    other_account_is_offered(page)


def test_partner_whose_benefits_ended_keeps_seeing_them_as_earlier_ones(page: Page) -> None:
    sign_in(page, "admin@expired.example")

    open_technical_benefits(page)

    headings = page.get_by_role("main").get_by_role("heading", level=2)
    assert headings.all_inner_texts()[0] == NO_BENEFITS
    expect(headings.last).to_contain_text("Earlier benefits")
    ended = {title: read_plan(page, title) for title in (ON_PREMISES, CLOUD)}
    assert ended == {
        ON_PREMISES: ShownPlan("0", ended[ON_PREMISES].line, ["Ended"]),
        CLOUD: ShownPlan("0", ended[CLOUD].line, ["Ended"]),
    }
    assert ended[ON_PREMISES].line.endswith("4 of 20 were unused")
    assert ended[CLOUD].line.endswith("3 of 10 were unused")
    other_account_is_offered(page)
