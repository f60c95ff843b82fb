"""Pages as trees: what a test reads instead of markup. Markup that does not nest is a failure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# A browser closes these by itself; templates of this project close them in words.
UNREAD = frozenset(("script", "style", "template"))
# Of these, nothing but their own end is a tag.
TEXTS = frozenset(("script", "style", "textarea", "title"))
# Text, and after it a tag, in the form that templates of this project write them in.
PLAIN = re.compile(
    r"""([^<]*)<(?:
        /([a-z][a-z0-9]*)>
      | ([a-z][a-z0-9]*)((?:\s+[A-Za-z][\w:-]*(?:="[^"]*")?)*)\s*(/?)>
      | !(doctype[ ]html)>
    )""",
    re.ASCII | re.VERBOSE,
)
ATTRIBUTE = re.compile(r'([\w:-]+)(?:="([^"]*)")?', re.ASCII)


class MalformedError(Exception):
    """An end tag that closes nothing, or an element left open."""


@dataclass
class Element:
    """One element with what it contains."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    def __iter__(self) -> "Iterator[Element]":
        """Walk over every element inside, in the order of the page."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            if element is not self:
                yield element
            waiting += [child for child in element.children[::-1] if not isinstance(child, str)]

    @property
    def text(self) -> str:
        """The words inside, with single spaces, as a reader sees them."""
        return " ".join("".join(self._words()).split())

    @property
    def classes(self) -> list[str]:
        """The names in the class attribute."""
        return self.attrs.get("class", "").split()

    def all(self, tag: str = "", *, cls: str = "", **attrs: str) -> "list[Element]":
        """Return the elements inside with this tag, this class and these attributes."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [
            element
            for element in self
            if (not tag or element.tag == tag)
            and (not cls or cls in element.classes)
            and all(element.attrs.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", *, cls: str = "", **attrs: str) -> "Element":
        """Return the only such element inside; several, or none, fail the test."""
        found = self.all(tag, cls=cls, **attrs)
        assert len(found) == 1, f"{len(found)} of {tag} {cls} {attrs} in {self.text[:500]}"
        return found[0]

    def has(self, tag: str = "", *, cls: str = "", **attrs: str) -> bool:
        """Whether there is such an element inside."""
        return bool(self.all(tag, cls=cls, **attrs))

    def texts(self, tag: str = "", *, cls: str = "", **attrs: str) -> list[str]:
        """Return the words of each such element."""
        return [element.text for element in self.all(tag, cls=cls, **attrs)]

    def _words(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in UNREAD:
                yield from child._words()
                # Words of neighbouring blocks don't run together.
                yield " " if child.tag not in ("strong", "code") else ""


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#page")
        self.open = [self.root]

    def feed_plain(self, html: str) -> None:
        """Read what is written plainly, in a third of the time, and `feed` what comes otherwise."""
        end = 0
        while (token := PLAIN.match(html, end)) and self._takes(token, html):
            end = token.end()
        self.rawdata = html
        self.updatepos(0, end)
        self.rawdata = ""
        self.feed(html[end:])

    def _takes(self, token: re.Match[str], html: str) -> bool:
        """Take the token; False for one that Python's own parser is to judge."""
        text, closed, tag, written, slash, doctype = token.groups()
        attrs = _attributes(written) if written else {}
        if attrs is None or (closed and closed != self.open[-1].tag):
            return False
        if tag in TEXTS and not html.startswith(f"</{tag}>", html.find("<", token.end())):
            return False
        if text:
            is_code = self.open[-1].tag in ("script", "style")
            self.handle_data(text if is_code else unescape(text))
        if doctype:
            self.handle_decl(doctype)
        elif closed:
            self.open.pop()
        else:
            element = Element(tag, {**attrs})
            self.open[-1].children.append(element)
            if not slash and tag not in VOID:
                self.open.append(element)
        return True

    def handle_decl(self, decl: str) -> None:
        self.root.attrs["doctype"] = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        if len(set(names)) != len(names):
            raise MalformedError(f"<{tag}> at {self.getpos()} has an attribute twice: {names}")
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            raise MalformedError(f"</{tag}> at {self.getpos()} closes <{self.open[-1].tag}>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@lru_cache(maxsize=10_000)
def _attributes(written: str) -> dict[str, str] | None:
    """Return what a tag says about its element; None when it says one thing twice."""
    found = ATTRIBUTE.findall(written)
    attrs = {name.lower(): unescape(value) for name, value in found}
    return attrs if len(attrs) == len(found) else None


def parsed(html: str) -> Element:
    """
    Return the page as a tree.

    :raises MalformedError: an element is not closed, or closed out of order
    """
    builder = _Builder()
    builder.feed_plain(html)
    builder.close()
    if builder.open != [builder.root]:
        raise MalformedError(f"left open: {[element.tag for element in builder.open[1:]]}")
    return builder.root


def digits_in(html: str) -> set[str]:
    """Return every number of nine digits, also where it is written in groups of three."""
    plain = re.sub(r"<[^>]*>", " ", html)
    loose = re.findall(r"(?<!\d)(\d{3})[\s-]?(\d{3})[\s-]?(\d{3})(?!\d)", plain)
    return {"".join(groups) for groups in loose} | set(re.findall(r"(?<!\d)\d{9}(?!\d)", html))


def values_in(form: Element) -> dict[str, str]:
    """Return what the form's fields hold, by name; buttons and what is not chosen left out."""
    held: dict[str, str] = {}
    for field_ in form:
        name = field_.attrs.get("name", "")
        if field_.tag == "textarea":
            held[name] = "".join(c for c in field_.children if isinstance(c, str)).strip("\r\n")
        elif field_.tag == "select":
            chosen = [o for o in field_.all("option") if "selected" in o.attrs]
            held[name] = chosen[0].attrs["value"] if chosen else ""
        elif field_.tag == "input" and field_.attrs.get("type") in ("radio", "checkbox"):
            if "checked" in field_.attrs:
                held[name] = field_.attrs["value"]
        elif field_.tag == "input" and name != "csrfmiddlewaretoken":
            held[name] = field_.attrs.get("value", "")
    return held
