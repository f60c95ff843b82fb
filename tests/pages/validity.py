"""What every page owes its readers: sound markup that a screen reader can make sense of."""

from collections import Counter
from collections.abc import Iterator

from tests.pages.html import Element

NAMED_BY_ITSELF = ("hidden", "submit", "button")
POINTERS = ("aria-describedby", "aria-labelledby", "for", "popovertarget")
INLINE = ("style", "onclick", "onload", "onsubmit", "onchange")


def problems_of(page: Element) -> Iterator[str]:
    """Yield what is wrong with a page; nothing for a sound one."""
    yield from _frame(page)
    yield from _ids(page)
    yield from _names(page)
    yield from _headings(page)
    yield from _forms(page)
    yield from _inline(page)


def _frame(page: Element) -> Iterator[str]:
    if page.one("html").attrs.get("lang") != "en":
        yield "no language"
    # Pictures have titles of their own.
    title = page.one("head").one("title").text.strip("⟦⟧")
    if not title.endswith("Partner Center (Simulation)"):
        yield f"title: {title}"
    for tag in ("main", "h1"):
        if len(page.all(tag)) != 1:
            yield f"{len(page.all(tag))} of <{tag}>"


def _ids(page: Element) -> Iterator[str]:
    ids = Counter(element.attrs["id"] for element in page if "id" in element.attrs)
    yield from (f"id {name!r} {count} times" for name, count in ids.items() if count > 1)
    for element in page:
        for pointer in POINTERS:
            for name in element.attrs.get(pointer, "").split():
                if name not in ids:
                    yield f"{pointer}={name!r} points nowhere"
        href = element.attrs.get("href", "")
        if element.tag == "a" and len(href) > 1 and href[0] == "#" and href[1:] not in ids:
            yield f"link to {href!r} points nowhere"


def _names(page: Element) -> Iterator[str]:
    labelled = {label.attrs.get("for") for label in page.all("label")}
    inside = {id(field) for label in page.all("label") for field in label if label.text}
    for field in page:
        is_field = field.tag in ("input", "select", "textarea")
        if is_field and field.attrs.get("type") not in NAMED_BY_ITSELF:
            has_label = field.attrs.get("id") in labelled or id(field) in inside
            if not (has_label or field.attrs.get("aria-label")):
                yield f"field {field.attrs.get('name')!r} without a label"
        is_pressed = field.tag in ("a", "button", "summary")
        if is_pressed and not field.text and field.attrs.get("aria-hidden") != "true":
            yield f"<{field.tag}> without words: {field.attrs}"


def _headings(page: Element) -> Iterator[str]:
    before = 1
    for element in page.one("main"):
        if element.tag in ("h1", "h2", "h3", "h4"):
            level = int(element.tag[1])
            if level > before + 1:
                yield f"<{element.tag}> {element.text!r} follows a level {before}"
            before = level


def _forms(page: Element) -> Iterator[str]:
    for form in page.all("form"):
        has_token = form.has("input", name="csrfmiddlewaretoken")
        if (form.attrs.get("method") == "post") != has_token:
            yield f"form to {form.attrs.get('action')!r}: token {has_token}"
        if not form.all("button"):
            yield f"form to {form.attrs.get('action')!r} without a button"


def _inline(page: Element) -> Iterator[str]:
    for element in page:
        if element.tag == "script" and not element.attrs.get("src"):
            yield "script inside the page"
        if element.tag == "style":
            yield "style inside the page"
        yield from (f"{name}= on <{element.tag}>" for name in INLINE if name in element.attrs)
