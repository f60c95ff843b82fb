"""Signing in, as whom one acts, and changing either."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.account_steps import (
    enter_password,
    sign_in,
    sign_in_with_another_account,
    switch_to,
)
from tests.browser.benefit_steps import ON_PREMISES, open_technical_benefits, read_plan

pytestmark = pytest.mark.browser


def test_switching_partner_shows_the_benefits_of_the_other_one(page: Page) -> None:
    sign_in(page, "multi@contoso.example")
    open_technical_benefits(page)
    assert read_plan(page, ON_PREMISES).badges == ["Not activated"]

    switch_to(page, "Fabrikam")

    open_technical_benefits(page)
    expect(page.get_by_role("main")).to_contain_text("Fabrikam · MPN ID 5234567")
    assert read_plan(page, ON_PREMISES).badges == ["Active"]
    switch_to(page, "Contoso")
    open_technical_benefits(page)
    expect(page.get_by_role("main")).to_contain_text("Contoso · MPN ID 5123456")


def test_signing_in_with_another_account_leaves_nothing_of_the_first(page: Page) -> None:
    sign_in(page, "admin@fabrikam.example")

    sign_in_with_another_account(page)
    enter_password(page, "pat@outlook.example", password="partner-center-demo")

    expect(page).to_have_url(re.compile("/supportforbusiness/plans$"))
    expect(page.get_by_role("banner")).to_contain_text("Pat Moore")
    expect(page.get_by_role("banner")).not_to_contain_text("Fabrikam")
    expect(page.get_by_role("main")).not_to_contain_text("Fabrikam")


def test_wrong_password_gets_one_answer_for_known_and_unknown_accounts(
    open_window: Callable[..., Page],
) -> None:
    answers = []
    for email in ("admin@contoso.example", "nobody@contoso.example"):
        page = open_window()
        page.goto("/accounts/login/")
        enter_password(page, email, password="not-the-password")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("Email")).to_have_value(email)
        expect(page.get_by_label("Password")).to_have_value("")
        page.wait_for_load_state()
        answers.append(page.get_by_role("main").inner_text())

    assert answers[0] == answers[1]
    assert "not correct" in answers[0]
