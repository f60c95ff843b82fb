"""The look-up from the keyboard alone, and where scripts are off."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.account_steps import sign_in
from tests.browser.keyboard import strike
from tests.browser.staff_steps import look_up, tile

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]
ON_PREMISES = "On-premises support incidents"
CARD_OF_FABRIKAM = "/staff/partners/5234567"


class Strokes:
    """A keyboard whose strokes are counted; pasting is none of them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        """Press one key; Enter leads to another page."""
        self.count += 1
        if key == "Enter":
            strike(self.page)
        else:
            self.page.keyboard.press(key)

    def paste(self, text: str) -> None:
        """Paste what stands in the clipboard into the field that has the focus."""
        expect(self.page.locator(":focus")).to_be_editable()
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.page.keyboard.press("ControlOrMeta+v")


@pytest.fixture
def desk(open_window: OpenWindow) -> Page:
    """Return a window with a clipboard, in which a support agent is signed in."""
    page = open_window(permissions=["clipboard-read", "clipboard-write"])
    sign_in(page, "staff@portal.example")
    return page


def access_id(page: Page) -> str:
    """Return Fabrikam's Access ID as it stands on the card, and go to the desk."""
    page.goto(CARD_OF_FABRIKAM)
    number = tile(page, ON_PREMISES).locator(".id-number").inner_text()
    page.goto("/staff/")
    return number


def swapped(number: str) -> str:
    """Return the number with two different neighbours swapped."""
    digits = number.replace(" ", "")
    at = next(i for i in range(1, 8) if digits[i] != digits[i + 1])
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def box(page: Page) -> Locator:
    """Return the look-up box of the page."""
    return page.get_by_label("What the caller reads out")


def test_what_is_left_until_when_and_what_used_it_are_three_strokes_away(desk: Page) -> None:
    number, keys = access_id(desk), Strokes(desk)
    expect(box(desk)).to_be_focused()
    keys.paste(number)

    keys.press("Enter")

    expect(desk.get_by_role("heading", level=1)).to_have_text("Partner | Fabrikam")
    found = tile(desk, ON_PREMISES)
    answers = (
        found.locator(".number-large").filter(has_text="17"),
        found.get_by_text("of 20 left · ends"),
        found.get_by_text("last used by request"),
    )
    for answer in answers:
        expect(answer).to_be_in_viewport(ratio=1)
    expect(answers[2]).to_contain_text(re.compile(r"request [0-9]{15} on "))
    assert desk.evaluate("scrollY") == 0
    expect(box(desk)).to_have_value(number)
    assert keys.count <= 3


def test_swapped_digits_are_told_inline_and_corrected(desk: Page) -> None:
    number, keys = access_id(desk), Strokes(desk)
    keys.paste(swapped(number))
    keys.press("Enter")

    expect(desk.get_by_role("alert")).to_contain_text("The Access ID has a typing error")
    expect(desk.get_by_role("alert")).to_contain_text("with the digits at these places swapped")
    expect(box(desk)).to_be_focused()
    expect(box(desk)).to_have_value(swapped(number))

    keys.press("ControlOrMeta+a")
    keys.paste(number)
    keys.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Partner | Fabrikam")


def test_arrows_choose_in_the_list_and_enter_opens(desk: Page) -> None:
    desk.goto("/staff/")
    keys = Strokes(desk)
    keys.paste("multi@contoso.example")
    keys.press("Enter")
    links = desk.locator("[data-choose-by-arrows]").get_by_role("link")
    expect(links).to_have_text(["Contoso", "Fabrikam", "Contract of Fabrikam"])

    keys.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    keys.press("ArrowUp")
    expect(box(desk)).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    keys.press("Enter")

    expect(desk.get_by_role("heading", level=1)).to_have_text("Partner | Fabrikam")
    keys.press("/")
    expect(box(desk)).to_be_focused()
    expect(box(desk)).to_have_value("multi@contoso.example")


def test_slash_leads_to_the_box_from_the_page_of_a_request(desk: Page) -> None:
    desk.goto(CARD_OF_FABRIKAM)
    desk.get_by_role("table").first.get_by_role("link").first.click()
    desk.wait_for_load_state()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Request")

    desk.keyboard.press("/")

    expect(desk.get_by_role("searchbox")).to_be_focused()


def test_look_up_without_script_lists_tells_and_opens(open_window: OpenWindow) -> None:
    page = open_window(java_script_enabled=False)
    sign_in(page, "staff@portal.example")
    number = access_id(page)
    expect(page.get_by_text("key: /")).to_be_hidden()

    look_up(page, swapped(number))
    expect(page.get_by_role("alert")).to_contain_text("The Access ID has a typing error")
    look_up(page, "multi@contoso.example")
    page.get_by_role("link", name="Contract of Fabrikam").click()

    expect(tile(page, ON_PREMISES).locator(".number-large")).to_have_text("17")
    expect(box(page)).to_have_value("multi@contoso.example")
    look_up(page, number)
    expect(box(page)).to_have_value(number)
