"""Looking at one page as different people see it: light and dark, wide and narrow."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.window import DESKTOP

HEIGHT = 900
WIDTHS = (1280, 360)
SCHEMES = ("light", "dark")
NARROWEST = 320
# Target sizes are WCAG 2.2 AA, but axe leaves them out unless asked.
ALL_RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# The dark scheme sets other colors and nothing else (static/css/tokens.css).
RULES_OF_COLOR = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
RULES = {"light": ALL_RULES, "dark": RULES_OF_COLOR}
RUN = "rules => axe.run(document, rules).then(results => results.violations)"
WIDER_THAN_THE_WINDOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const outside = [...document.body.querySelectorAll("*")]
    .filter(element => element.getBoundingClientRect().right > root.clientWidth + 1)
    .map(element => `${element.tagName}.${element.className}`);
  return [`${root.scrollWidth} px wide`, ...outside.slice(0, 5)];
}"""


def inspect(page: Page, name: str) -> list[str]:
    """Return what is wrong with the page in any width and color scheme."""
    # Colors that fade into each other would be measured half-way.
    page.emulate_media(reduced_motion="reduce")
    found = []
    for width, scheme in product(WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        problems = violations(page, rules=RULES[scheme])
        found += [f"{name}, {scheme}, {width} px: {text}" for text in problems]
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHT})
    found += [f"{name}, {NARROWEST} px: {text}" for text in page.evaluate(WIDER_THAN_THE_WINDOW)]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    return found


def violations(page: Page, *, rules: dict[str, Any]) -> Iterator[str]:
    """Yield each of the rules that the page violates, with the elements that do."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for violation in page.evaluate(RUN, rules):
        places = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"])
        yield f"{violation['id']}: {violation['help']} ({places})"
