"""What people set in their system holds: no colors but the system's own, no motion."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.account_steps import open_account_menu, sign_in

pytestmark = pytest.mark.browser
OpenWindow = Callable[..., Page]
TECHNICAL = "/dashboard/mpn/membership/benefits/technical"
CURRENT, LANGUAGE = ".navigation [aria-current]", ".languages [aria-current]"
# What one thing tells from another, and the property that still does where colors are forced.
TOLD_APART = [
    ("/gallery/", ".meter__fill", ".meter__track", "fill"),
    ("/gallery/", ".chart__line", ".chart__ground", "stroke fill"),
    ("/gallery/", ".chart__area:not([class*=below])", ".chart__ground", "fill"),
    ("/gallery/", ".button--primary", ".button--secondary", "border-top-width"),
    ("/gallery/", ".plan-card:has(:checked)", ".plan-card:not(:has(:checked))", "border-top-width"),
    ("/gallery/", ".badge", "body", "border-top-style"),
    ("/gallery/", ".alert", "body", "border-left-style"),
    ("/gallery/", ".steps__marker", "body", "border-top-style"),
    ("/gallery/", ".icon", ".chart__ground", "color fill"),
    (TECHNICAL, f"{CURRENT}::before", ".navigation a::before", "border-left-style"),
    (
        TECHNICAL,
        ".languages [aria-current]",
        ".languages :not([aria-current])",
        "border-left-color",
    ),
    (TECHNICAL, ".account-menu .bar-menu__panel", "body", "border-top-style"),
]
STYLE = """([selector, property]) => {
  const [place, pseudo] = selector.split("::");
  const element = [...document.querySelectorAll(place)].find(found => found.checkVisibility());
  return getComputedStyle(element, pseudo ? `::${pseudo}` : null).getPropertyValue(property);
}"""
OUTLINE = "() => getComputedStyle(document.activeElement).outlineStyle"
LONGEST_MOTION_S = """() => Math.max(...[...document.querySelectorAll("*")].flatMap(element =>
  ["", "::before", "::after"].flatMap(pseudo => {
    const style = getComputedStyle(element, pseudo || null);
    return `${style.transitionDuration}, ${style.animationDuration}`.split(",").map(parseFloat);
  })))"""
# As a style sheet of the portal could say.
MOVE = "document.styleSheets[0].insertRule('a { transition: color 2s; animation: x 3s }')"


@pytest.mark.parametrize("first", ["", "delete globalThis.Temporal"], ids=["new", "old"])
def test_browser_tells_its_time_zone_by_whichever_way_it_knows(
    open_window: OpenWindow, first: str
) -> None:
    page = open_window(timezone_id="Asia/Tokyo")
    page.add_init_script(first)

    page.goto("/accounts/login/")

    assert page.evaluate("document.cookie") == "time_zone=Asia/Tokyo"


def test_forced_colors_leave_every_mark_to_be_seen(open_window: OpenWindow) -> None:
    page = open_window(forced_colors="active")
    sign_in(page, "admin@fabrikam.example")
    told: dict[str, bool] = {}
    for url, one, other, properties in TOLD_APART:
        if not page.url.endswith(url):
            page.goto(url)
            if url == TECHNICAL:
                open_account_menu(page)
        first, *last = properties.split()
        seen = page.evaluate(STYLE, [one, first])
        told[one] = seen != page.evaluate(STYLE, [other, (last or [first])[0]])

    assert [one for one, differs in told.items() if not differs] == []
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate(OUTLINE) == "solid"


@pytest.mark.parametrize(("motion", "seconds"), [("reduce", 0.001), ("no-preference", 3)])
def test_reduced_motion_stops_what_moves(
    open_window: OpenWindow, motion: str, seconds: float
) -> None:
    page = open_window(reduced_motion=motion)
    page.goto("/gallery/")

    page.evaluate(MOVE)

    assert page.evaluate(LONGEST_MOTION_S) == seconds
