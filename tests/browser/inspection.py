"""Looking at one page as different people see it: light and dark, wide, magnified and narrow."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.window import DESKTOP

HEIGHT = 900
# 640 px are a desktop at 200 %, 320 px one at 400 % or the smallest telephone; from 900 px on the
# navigation stands beside the page, and leaves it the least room.
WIDE, BESIDE_NAVIGATION, MAGNIFIED, NARROWEST = DESKTOP["width"], 900, 640, 320
SCHEMES = ("light", "dark")
OF_COLORS = ("color-contrast", "link-in-text-block")
# Target sizes are WCAG 2.2 AA, but axe leaves them out unless asked.
TARGETS = "target-size"


# No rule here asks for style sheets by themselves, and axe can't read one that imports another.
RESULTS: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}


def _only(*rules: str) -> dict[str, Any]:
    return {**RESULTS, "runOnly": {"type": "rule", "values": rules}}


BUT_COLORS = {
    **RESULTS,
    "rules": {TARGETS: {"enabled": True}, **{rule: {"enabled": False} for rule in OF_COLORS}},
}
COLORS = _only(*OF_COLORS)
# What the layout of a narrow window changes.
LAYOUT = _only(TARGETS, "scrollable-region-focusable")
RUN = "rules => axe.run(window.lookedAt ?? document, rules).then(results => results.violations)"
WIDER_THAN_THE_WINDOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const outside = [...document.body.querySelectorAll("*")]
    .filter(element => element.getBoundingClientRect().right > root.clientWidth + 1)
    .map(element => `${element.tagName}.${element.className}`);
  return [`${root.scrollWidth} px wide`, ...outside.slice(0, 5)];
}"""
# Words that run over the edge of the box around them, into what stands beside it.
OUT_OF_ITS_BOX = """() => {
  const boxes = ".tile, .panel, .alert, .table :is(td, th), .badge, .button, .plan-card, fieldset";
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange(), found = [];
  while (words.nextNode()) {
    const node = words.currentNode, box = node.parentElement.closest(boxes);
    const hidden = node.parentElement.closest(".visually-hidden, thead, svg, select");
    if (!node.data.trim() || !box || hidden || !node.parentElement.checkVisibility()) continue;
    range.selectNodeContents(node);
    const { left, right } = box.getBoundingClientRect();
    const isOut = ({ width, ...rect }) => width && (rect.left < left - 1 || rect.right > right + 1);
    if ([...range.getClientRects()].map(r => r.toJSON()).some(isOut))
      found.push(`out of ${box.tagName}.${box.className}: ${node.data.trim()}`);
  }
  const isOut = (element, column) => getComputedStyle(column).overflowX === "visible"
    && element.getBoundingClientRect().right > column.getBoundingClientRect().right + 1;
  for (const table of document.querySelectorAll("main table"))
    if (table.checkVisibility() && isOut(table, table.parentElement))
      found.push(`out of ${table.parentElement.className}: ${table.innerText.slice(0, 60)}`);
  return found;
}"""
# Scripts hear of another color scheme when the page is next drawn.
NEXT_FRAME = "new Promise(requestAnimationFrame)"
OPEN_ALL = "document.querySelectorAll('main details').forEach(details => details.open = true)"
# Colors come from tags, classes and states, an element's own and those around it, and never from
# width or place. Elements that are alike in all that are of one kind.
NEW_KINDS = """known => {
  const seen = new Set(known), kinds = new Map([[document.documentElement, ""]]);
  const states = /^(class|open|type|disabled|checked|lang|role|style|aria-(?!label|describ).+)$/;
  const kindOf = element => {
    if (!kinds.has(element)) {
      const own = [...element.attributes].filter(({ name }) => states.test(name))
        .map(({ name, value }) => `${name}=${value}`);
      kinds.set(element, `${kindOf(element.parentElement)}>${element.tagName} ${own.join(" ")}`);
    }
    return kinds.get(element);
  };
  const hasWords = element => element.matches("input, select, textarea, a, button")
    || [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  window.lookedAt = { include: [] };
  for (const element of document.body.querySelectorAll("*")) {
    if (!hasWords(element) || !element.checkVisibility()) continue;
    const kind = kindOf(element);
    if (seen.has(kind)) continue;
    seen.add(kind);
    window.lookedAt.include.push(element);
  }
  return [...seen].slice(known.length);
}"""


class Inspector:
    """Looks at pages, one after the other; what looks as before is not measured again."""

    def __init__(self) -> None:
        self._known: defaultdict[str, list[str]] = defaultdict(list)

    def inspect(self, page: Page, name: str) -> list[str]:
        """Return what is wrong with the page in any width and color scheme, once it is whole."""
        page.wait_for_load_state()
        # Colors that fade into each other would be measured half-way.
        page.emulate_media(reduced_motion="reduce", color_scheme="light")
        found = [f"{name}: {text}" for text in violations(page, rules=BUT_COLORS)]
        for width, scheme in product((WIDE, NARROWEST), SCHEMES):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.evaluate(NEXT_FRAME)
            found += [
                f"{name}, {scheme}, {width} px: {text}" for text in self._colors(page, scheme)
            ]
        found += [f"{name}, {width} px: {text}" for text in violations(page, rules=LAYOUT)]
        found += out_of_place(page, name)
        page.emulate_media(color_scheme="light")
        return found

    def _colors(self, page: Page, scheme: str) -> list[str]:
        """Return what of the kinds that were not seen in these colors before cannot be read."""
        new = page.evaluate(NEW_KINDS, self._known[scheme])
        self._known[scheme] += new
        found = list(violations(page, rules=COLORS)) if new else []
        page.evaluate("window.lookedAt = undefined")
        return found


def out_of_place(page: Page, name: str) -> list[str]:
    """Return what runs over an edge in any width, and leave the window as wide as it was."""
    found: list[str] = []
    for width in (NARROWEST, MAGNIFIED, BESIDE_NAVIGATION, WIDE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for check in (WIDER_THAN_THE_WINDOW, OUT_OF_ITS_BOX):
            found += [f"{name}, {width} px: {text}" for text in page.evaluate(check)]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    return found


def violations(page: Page, *, rules: dict[str, Any]) -> Iterator[str]:
    """Yield each of the rules that the page violates, with the elements that do."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for violation in page.evaluate(RUN, rules):
        places = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"])
        yield f"{violation['id']}: {violation['help']} ({places})"
