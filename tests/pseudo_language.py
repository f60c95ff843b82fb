"""
A language of no people: every text that is marked for translation stands in brackets.

What stands on a page outside of brackets was never marked, or is data. It is told by a run over
all pages with this language in English's place.
"""

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import F, Model, TextField, Value
from django.db.models.functions import Concat
from django.utils.translation import trans_real

from partners.models import Affiliation, ApiClient, Customer, Partner, User
from support.models import Note, SupportRequest
from tests.pages.html import Element

OPEN, CLOSE = "⟦", "⟧"
BRACKET = re.compile(f"([{OPEN}{CLOSE}])")
CONTEXT = "\x04"
# What a person reads, or hears, from an attribute.
SPOKEN = ("alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title")
BUTTONS = ("button", "reset", "submit")
UNTRANSLATED = ("code", "pre", "script", "style", "template")
# Addresses, UUIDs and other identifiers.
NO_WORDS = re.compile(r"\S+@\S+|https?://\S+|\b[0-9a-f]+(?:-[0-9a-f]+)+\b|\w*\d\w*")
WRITTEN: dict[type[Model], tuple[str, ...]] = {
    Partner: ("name",),
    User: ("name",),
    Customer: ("name", "domain"),
    Affiliation: ("known_as",),
    ApiClient: ("name",),
    SupportRequest: ("topic", "title", "description", "tried", "contact_name"),
    Note: ("text",),
}
WORD = re.compile(r"[^\W\d_]{2,}")


class PseudoTranslation(gettext.NullTranslations):
    """Puts each text into brackets, whatever it says."""

    def gettext(self, message: str) -> str:
        """Return the text in brackets; one without a letter needs no translation."""
        text = message.rpartition(CONTEXT)[2]
        return f"{OPEN}{text}{CLOSE}" if WORD.search(text) else text

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for so many, in brackets."""
        return self.gettext(msgid1 if n == 1 else msgid2)

    def to_language(self) -> str:
        """Answer for English: the portal has no other reason to treat it differently."""
        return "en"

    def language(self) -> str:
        """Answer as `to_language`, in the form of a locale."""
        return "en"


@contextmanager
def speaking_pseudo() -> Iterator[None]:
    """Let everything in the block be said in brackets."""
    active = trans_real.get_language()
    trans_real.__dict__["_translations"]["en"] = PseudoTranslation()
    trans_real.activate("en")
    try:
        yield
    finally:
        del trans_real.__dict__["_translations"]["en"]
        trans_real.activate(active or "en")


def put_data_in_brackets() -> None:
    """Let what people have written count as translated: it is theirs, not the portal's."""
    for model, names in WRITTEN.items():
        for name in names:
            model._default_manager.exclude(**{name: ""}).update(
                **{name: Concat(Value(OPEN), F(name), Value(CLOSE), output_field=TextField())}
            )


def unmarked(page: Element) -> set[str]:
    """Return the words of a page that stand outside of brackets, in the page's own language."""
    language = page.one("html").attrs["lang"]
    said = [_text(page, language), *_spoken(page, language)]
    return {word for text in said for word in WORD.findall(NO_WORDS.sub(" ", _outside(text)))}


def _text(page: Element, language: str) -> str:
    """Return what is read as text; code and initials are the same in every language."""
    words = []
    for child in page.children:
        if isinstance(child, str):
            words.append(child)
        elif _is_read(child, language):
            # Words of neighbouring elements don't run together.
            words += [" ", _text(child, language), " "]
    return "".join(words)


def _is_read(element: Element, language: str) -> bool:
    is_ours = element.attrs.get("lang", language) == language
    return is_ours and element.tag not in UNTRANSLATED and "avatar" not in element.classes


def _spoken(element: Element, language: str) -> Iterator[str]:
    if element.attrs.get("lang", language) != language:
        return
    for name in SPOKEN:
        yield element.attrs.get(name, "")
    if element.tag == "input" and element.attrs.get("type") in BUTTONS:
        yield element.attrs.get("value", "")
    for child in element.children:
        if not isinstance(child, str):
            yield from _spoken(child, language)


def _outside(text: str) -> str:
    """Return what stands outside of brackets; data inside a sentence counts as its part."""
    kept, depth = [], 0
    for part in BRACKET.split(text):
        depth += (part == OPEN) - (part == CLOSE)
        if depth == 0 and part != CLOSE:
            kept.append(part)
    return " ".join(kept)
