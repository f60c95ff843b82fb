"""Working without a mouse: Tab, Enter, Space, arrows; every stop on the way must be visible."""

import re

from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 60
# The focused element, or the label around it, shows that by an outline or a shadow.
SHOWS_FOCUS = """element => [element, element.closest("label")].some(shown => {
  if (!shown) return false;
  const style = getComputedStyle(shown);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== "none";
})"""
IS_FOCUSED = "element => element === document.activeElement"
# What an address or a script focused (the main part, an error summary) is no stop of Tab.
STOP = ":focus:not([tabindex='-1'])"


def tab_to(page: Page, target: Locator) -> None:
    """Wait for the page that has the target, and press Tab until the target has the focus."""
    target.wait_for()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.locator(STOP)
        if not focused.count():
            continue
        expect(focused).to_be_visible()
        assert focused.evaluate(SHOWS_FOCUS), f"no visible focus: {focused.aria_snapshot()}"
        if target.evaluate(IS_FOCUSED):
            return
    raise AssertionError(f"Tab never reached {target}")


def press(page: Page, target: Locator, *, key: str = "Enter") -> None:
    """Go to a link or button and press it."""
    tab_to(page, target)
    page.keyboard.press(key)


def write(page: Page, target: Locator, text: str) -> None:
    """Go to a field and type."""
    tab_to(page, target)
    page.keyboard.type(text)


def choose(page: Page, target: Locator, value: str) -> None:
    """Go to a list and press the arrow until it says what is wanted; the focus stays there."""
    tab_to(page, target)
    for _ in range(MOST_STOPS):
        if target.input_value() == value:
            return
        page.keyboard.press("ArrowDown")
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        expect(target).to_be_focused()
    raise AssertionError(f"{target} never said {value}")


def skip_to_main(page: Page) -> None:
    """Take the first stop of a page that was just opened: it leads over all that stands above."""
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def arrive(page: Page, title: str) -> None:
    """Wait for the page that a link or button leads to, and pass over what stands above it."""
    page.get_by_role("heading", level=1, name=title).wait_for()
    skip_to_main(page)


def switch_on(page: Page, target: Locator) -> None:
    """Go to a box or a choice, and take it."""
    tab_to(page, target)
    page.keyboard.press("Space")
    expect(target).to_be_checked()


def follow_error(page: Page, *, to: Locator, described: str) -> None:
    """Go from the summary, which has the focus and shows it, to the one field that is wrong."""
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    assert summary.evaluate(SHOWS_FOCUS), "the summary does not show that it has the focus"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(to).to_be_focused()
    expect(to).to_have_accessible_description(re.compile(re.escape(described)))
