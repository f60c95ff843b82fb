"""The languages that callers speak, and which of them the portal's sentences are translated to."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import translation

ENGLISH = "en"
# By their own names, for those who look for theirs.
NAMES = {
    ENGLISH: "English",
    "zh-hans": "简体中文",
    "zh-hant": "繁體中文",
    "ru": "русский",
    "hu": "magyar",
    "sv": "svenska",
}


def known(code: str) -> str:
    """Return the language that is asked for, or English when it is none of those known."""
    return code if code in NAMES else ENGLISH


@cache
def is_translated(code: str) -> bool:
    """Whether there is a catalogue of the portal's own sentences in this language."""
    name = translation.to_locale(code)
    catalogues = (Path(path) / name / "LC_MESSAGES" / "django.mo" for path in settings.LOCALE_PATHS)
    return code == ENGLISH or any(catalogue.exists() for catalogue in catalogues)
