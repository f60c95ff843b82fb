"""The languages that the portal speaks, and which of them it can speak here."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import translation

ENGLISH = "en"
# By their own names, for those who look for theirs. The settings take their languages from here.
NAMES = {
    ENGLISH: "English",
    "zh-hans": "简体中文",
    "zh-hant": "繁體中文",
    "ru": "русский",
    "hu": "magyar",
    "sv": "svenska",
}


def known(code: str) -> str:
    """Return the language that is asked for, else the one that is being spoken."""
    return code if code in NAMES else spoken()


def spoken() -> str:
    """Return the language in which this request is answered."""
    code = translation.get_language()
    return code if code in NAMES else ENGLISH


@cache
def is_translated(code: str) -> bool:
    """Whether the portal's own sentences were translated to this language, and compiled."""
    name = translation.to_locale(code)
    catalogues = (Path(path) / name / "LC_MESSAGES" / "django.mo" for path in settings.LOCALE_PATHS)
    return code == ENGLISH or any(catalogue.exists() for catalogue in catalogues)
