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
# Asked in one go, so that nothing can move meanwhile: whether the target has the focus, and what is
# wrong with what has it. What an address or a script focused (the main part, an error summary) is
# no stop of Tab; the button that the browser draws in a field for a date is none of the page's.
LOOK = f"""target => {{
  const showsFocus = {SHOWS_FOCUS};
  const stop = document.querySelector(":focus:not([tabindex='-1'])");
  if (!stop) return [false, ""];
  const {{ width, height, top, bottom, left, right }} = stop.getBoundingClientRect();
  const isInWindow = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  const isSeen = width && height && isInWindow && stop.checkVisibility();
  const wrong = !isSeen ? "not in sight" : !showsFocus(stop) ? "no visible focus" : "";
  return [stop === target, wrong && `${{wrong}}: ${{stop.outerHTML}}`];
}}"""


def tab_to(page: Page, target: Locator) -> None:
    """Wait for the page that has the target, and press Tab until the target has the focus."""
    target.wait_for()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        is_reached, wrong = target.evaluate(LOOK)
        assert not wrong, wrong
        if is_reached:
            return
    raise AssertionError(f"Tab never reached {target}")


def strike(page: Page, key: str = "Enter") -> None:
    """
    Press a key on what has the focus; where that leads to another page, wait until it is whole.

    Before, the page would still be the old one, or lack its scripts and the place that its address
    names: what is pressed next would be lost, or the focus be taken away again.
    """
    # A keyboard's press returns at once; that of an element waits for the page it leads to.
    page.locator(":focus").press(key)
    page.wait_for_load_state()


def press(page: Page, target: Locator, *, key: str = "Enter") -> None:
    """Go to a link or button and press it."""
    tab_to(page, target)
    strike(page, key)


def write(page: Page, target: Locator, text: str) -> None:
    """Go to a field and type; Tab selects what a line of text holds, so it goes."""
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


def press_in_navigation(page: Page, name: str) -> None:
    """Open a page from the navigation of the dashboard, by its name."""
    navigation = page.get_by_role("navigation", name="Main")
    press(page, navigation.get_by_role("link", name=name, exact=True))
    arrive(page, name)


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
