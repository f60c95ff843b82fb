"""The texts that the code marks for translation, read without gettext's own programs."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("benefits", "partnercenter", "partners", "portal", "support")
CONTEXT = (1, "c")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (CONTEXT, 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (CONTEXT, 2, 3)),
}
# Context, text, and its plural; what is not there is "".
Marked = tuple[str, str, str]


@cache
def marked_texts() -> frozenset[Marked]:
    """Return every text of code and templates that is to be translated."""
    return frozenset(text for source in _sources() for text in _marked_in(source))


def _sources() -> Iterator[bytes]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            yield path.read_bytes()
    for path in (ROOT / "templates").rglob("*.*"):
        code = templatize(path.read_text(encoding="utf-8"))
        # Python's tokenizer minds the indentation that a template has for its readers.
        yield "\n".join(line.strip() for line in code.splitlines()).encode()


def _marked_in(source: bytes) -> Iterator[Marked]:
    for _line, found, _comments, context in extract("python", BytesIO(source), keywords=KEYWORDS):
        text, plural = (found, "") if isinstance(found, str) else (found[0], found[1])
        yield context or "", text, plural
