"""Whether a page is valid HTML: elements where they may stand, with attributes they may have."""

import re
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import date
from functools import lru_cache

from tests.pages.elements import (
    ARIA,
    AUTOCOMPLETE,
    BARE,
    BOOLEAN,
    EVERYWHERE,
    HEADINGS,
    INPUTS,
    LABELABLE,
    NAMELESS,
    NUMBERS,
    PICTURE,
    REQUIRED,
    RULES,
    TEXT,
    VALUES,
)
from tests.pages.html import Element

NAME = re.compile(r"\S+")
NUMBER = re.compile(r"-?\d+")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*")
ADDRESS = re.compile(r"[^\s<>\"{}|\\^`]*")
# No element of the second kind stands anywhere inside one of the first.
SECTIONS = frozenset("aside footer header nav section".split())
PRESSED = frozenset("a button details input label select textarea".split())
NEVER_INSIDE = {
    "a": PRESSED,
    "button": PRESSED,
    "label": frozenset(("label",)),
    "form": frozenset(("form",)),
    "dt": SECTIONS | HEADINGS,
    "th": SECTIONS | HEADINGS,
    "caption": frozenset(("table",)),
    "header": frozenset("footer header main".split()),
    "footer": frozenset("footer header main".split()),
    "aside": frozenset(("main",)),
    "nav": frozenset(("main",)),
}
NOT_EVERYWHERE = frozenset[str]().union(*NEVER_INSIDE.values())
# What a browser reads from fields of these types; it shows nothing where it cannot.
READ: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "month": lambda value: date.fromisoformat(f"{value}-01"),
    "number": float,
}
# HTML lets lists be empty; here nothing says that a list has nothing in it.
FILLED = frozenset("dl ol select tr ul".split())


def faults_of(page: Element) -> Iterator[str]:
    """Yield what is not HTML about a page; nothing for a valid one."""
    if page.attrs.get("doctype", "").lower() != "doctype html":
        yield "no doctype"
    for element in page.children:
        if isinstance(element, Element):
            yield from _faults(element, allowed=frozenset(("html",)), around=())
    yield from _labels(page)


def _faults(element: Element, *, allowed: Set[str], around: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with an element that stands where these are allowed, and inside it."""
    tag = element.tag
    place = around[-1] if around else "the page"
    rule = RULES.get(tag)
    if rule is None:
        yield f"<{tag}> is not known"
        return
    if tag not in allowed:
        yield f"<{tag}> in <{place}>"
    if tag in NOT_EVERYWHERE:
        found = (outer for outer in around if _may_not_hold(outer, element))
        yield from (f"<{tag}> inside <{outer}>" for outer in found)
    yield from _attributes(tag, tuple(element.attrs.items()))
    yield from _order(element)
    yield from _columns(element)
    if tag == "svg":
        yield from _picture(element)
        return
    inside = allowed if rule.is_transparent else rule.inside
    for child in element.children:
        if isinstance(child, Element):
            yield from _faults(child, allowed=inside, around=(*around, tag))
        elif child.strip() and not inside >= TEXT and tag not in ("script", "style"):
            yield f"text in <{tag}>: {child.strip()[:40]!r}"


def _may_not_hold(outer: str, element: Element) -> bool:
    is_hidden = element.attrs.get("type") == "hidden"
    return element.tag in NEVER_INSIDE.get(outer, ()) and not is_hidden


def _order(element: Element) -> Iterator[str]:
    """What comes first in some elements, and once."""
    tags = [child.tag for child in element.children if isinstance(child, Element)]
    if element.tag == "details" and (tags[:1] != ["summary"] or tags.count("summary") > 1):
        yield "<details> does not begin with its only <summary>"
    if "legend" in tags[1:]:
        yield "<legend> does not come first"
    if element.tag == "dl" and "div" not in tags and (tags[:1] != ["dt"] or tags[-1:] != ["dd"]):
        yield "<dl> is not made of <dt> and <dd>"
    if (element.tag in FILLED and not tags) or (element.tag in HEADINGS and not element.text):
        yield f"<{element.tag}> is empty"
    if element.tag == "select" and "required" in element.attrs:
        placeholder = element.all("option")[0].attrs
        if placeholder.get("value"):
            yield "required <select> without an empty choice"


def _columns(table: Element) -> Iterator[str]:
    """Every row of a table is as wide as its first one."""
    if table.tag != "table":
        return
    parts = [part for part in table.children if isinstance(part, Element)]
    lines = [line for part in (table, *parts) for line in part.children]
    rows = [line for line in lines if isinstance(line, Element) and line.tag == "tr"]
    widths = {
        sum(int(cell.attrs.get("colspan", 1)) for cell in row.children if isinstance(cell, Element))
        for row in rows
    }
    if len(widths) > 1:
        yield f"<table> with rows of {sorted(widths)} columns"


@lru_cache(maxsize=10_000)
def _attributes(tag: str, written: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return what is wrong with the attributes; most stand on every page."""
    return tuple(_faults_of_attributes(tag, dict(written)))


def _faults_of_attributes(tag: str, attrs: Mapping[str, str]) -> Iterator[str]:
    own = RULES[tag].attributes
    if tag == "input":
        own = own | set(INPUTS.get(attrs.get("type", ""), "").split())
        if attrs.get("type") not in INPUTS:
            yield f"<input> of type {attrs.get('type')!r}"
        elif attrs.get("value") and not _can_be_read(attrs["type"], attrs["value"]):
            yield f"value={attrs['value']!r} on <input> of type {attrs['type']!r}"
    yield from (f"<{tag}> without {name}" for name in REQUIRED.get(tag, ()) if name not in attrs)
    for name, value in attrs.items():
        if not (name in own or name in EVERYWHERE or name in ARIA or name.startswith("data-")):
            yield f"{name}= on <{tag}>"
        elif not _is_value_of(value, tag=tag, name=name):
            yield f"{name}={value!r} on <{tag}>"
    is_named = "aria-label" in attrs or "aria-labelledby" in attrs
    if is_named and tag in NAMELESS and "role" not in attrs:
        yield f"a name for <{tag}>, which has no role"


def _can_be_read(kind: str, value: str) -> bool:
    try:
        READ.get(kind, str)(value)
    except ValueError:
        return False
    return True


def _is_value_of(value: str, *, tag: str, name: str) -> bool:
    """Whether the attribute may say so."""
    if name in BOOLEAN:
        return value in ("", name)
    if name in NUMBERS:
        return NUMBER.fullmatch(value) is not None
    known = VALUES.get(f"{tag} {name}", VALUES.get(name))
    if known:
        return value in known.split() or (name in BARE and not value)
    if name in ("id", "for", "list", "popovertarget"):
        return NAME.fullmatch(value) is not None
    if name in ("href", "src", "action"):
        return ADDRESS.fullmatch(value) is not None and (name != "src" or bool(value))
    if name in ("lang", "hreflang"):
        return LANGUAGE.fullmatch(value) is not None
    if name == "autocomplete":
        return value in AUTOCOMPLETE
    return True


def _labels(page: Element) -> Iterator[str]:
    """Labels and lists must belong to what can have them."""
    by_id = {element.attrs["id"]: element for element in page if "id" in element.attrs}
    for element in page:
        labelled = by_id.get(element.attrs["for"]) if "for" in element.attrs else None
        if labelled and labelled.tag not in LABELABLE:
            yield f"<label> for <{labelled.tag}>"
        listed = by_id.get(element.attrs["list"]) if "list" in element.attrs else None
        if "list" in element.attrs and (listed is None or listed.tag != "datalist"):
            yield f"list={element.attrs['list']!r} is no <datalist>"


def _picture(svg: Element) -> Iterator[str]:
    """A picture is made of shapes, and of nothing that belongs to a page."""
    for element in svg:
        known = PICTURE.get(element.tag)
        if known is None:
            yield f"<{element.tag}> in a picture"
            continue
        allowed = known | {"class", "id"}
        yield from (f"{name}= on <{element.tag}>" for name in element.attrs if name not in allowed)
