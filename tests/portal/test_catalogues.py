"""The translations: every text, in every language, with all that stands in it."""

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, ngettext

from portal import languages
from scripts import messages
from tests.extraction import Marked, marked_texts

LOCALE = Path(settings.LOCALE_PATHS[0])
TRANSLATED = [code for code in languages.NAMES if code != languages.ENGLISH]
UI_STRINGS = Path(__file__).with_name("ui_strings.csv")
COUNT = ("count", "d")
PLACEHOLDER = re.compile(r"%\((\w+)\)([ds])")
TAG = re.compile(r"</?\w[^>]*>")
# The rest of a language's forms stand for several numbers each, so they have to name it.
FORM_OF_ONE_ALONE = {"hu": 0, "sv": 0}
PLURALS = {"zh-hans": 1, "zh-hant": 1, "ru": 4, "hu": 2, "sv": 2}


@cache
def catalogue(language: str) -> polib.POFile:
    """Return the translations to a language, with all that is wrong about them."""
    return polib.pofile(str(path_of(language)))


def path_of(language: str) -> Path:
    """Return where the translations to a language stand."""
    return LOCALE / translation.to_locale(language) / "LC_MESSAGES" / "django.po"


def entries(language: str) -> list[polib.POEntry]:
    """Return the entries that are in use."""
    return [entry for entry in catalogue(language) if not entry.obsolete]


def translations_of(entry: polib.POEntry) -> list[str]:
    """Return every form of the entry's translation."""
    return [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]


def wrong(language: str, is_wrong: Callable[[str, str], bool]) -> list[str]:
    """Return the translations that are wrong, beside what they translate."""
    return [
        f"{original!r} -> {text!r}"
        for entry in entries(language)
        for original, text in pairs_of(entry, language)
        if text and is_wrong(original, text)
    ]


def pairs_of(entry: polib.POEntry, language: str) -> Iterator[tuple[str, str]]:
    """Yield each form of a translation with the form that it translates."""
    if not entry.msgid_plural:
        yield entry.msgid, entry.msgstr
    for number, text in entry.msgstr_plural.items():
        is_one = number == FORM_OF_ONE_ALONE.get(language)
        yield (entry.msgid if is_one else entry.msgid_plural), text


def test_every_language_but_english_has_a_catalogue():
    folders = {path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/django.po")}

    assert folders == {translation.to_locale(code) for code in TRANSLATED}
    assert dict(settings.LANGUAGES) == languages.NAMES


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_none_besides(language: str):
    found = {key_of(entry) for entry in entries(language)}

    assert sorted(marked_texts() - found) == []
    assert sorted(found - marked_texts()) == []
    assert len(found) > 2000


def key_of(entry: polib.POEntry) -> Marked:
    """Return by what an entry is found."""
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_missing_doubtful_or_left_over(language: str):
    found = catalogue(language)

    left = {
        "untranslated": [entry.msgid for entry in found.untranslated_entries()],
        "fuzzy": [entry.msgid for entry in found.fuzzy_entries()],
        "obsolete": [entry.msgid for entry in found.obsolete_entries()],
    }
    assert left == {"untranslated": [], "fuzzy": [], "obsolete": []}


@pytest.mark.parametrize("language", TRANSLATED)
def test_translation_has_as_many_plurals_as_the_language(language: str):
    counted = {
        entry.msgid: len(entry.msgstr_plural)
        for entry in entries(language)
        if entry.msgid_plural and len(entry.msgstr_plural) != PLURALS[language]
    }

    assert f"nplurals={PLURALS[language]};" in catalogue(language).metadata["Plural-Forms"]
    assert counted == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_translation_names_the_same_values(language: str):
    assert wrong(language, has_other_values) == []


def has_other_values(original: str, text: str) -> bool:
    """Whether the text would show other values, or could not be filled in at all."""
    expected, given = set(PLACEHOLDER.findall(original)), set(PLACEHOLDER.findall(text))
    # How many there are may be said where the original says "one".
    if expected != given - {COUNT} and expected != given:
        return True
    if not expected:
        return False
    try:
        text % {name: 1 for name, _kind in given}
    except (TypeError, ValueError):
        return True
    return False


@pytest.mark.parametrize("language", TRANSLATED)
def test_translation_has_the_same_tags(language: str):
    assert wrong(language, has_other_tags) == []


def has_other_tags(original: str, text: str) -> bool:
    """Whether the text is marked up differently."""
    return Counter(TAG.findall(original)) != Counter(TAG.findall(text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_translation_begins_and_ends_as_its_text(language: str):
    assert wrong(language, lambda original, text: ends_of(original) != ends_of(text)) == []


def ends_of(text: str) -> tuple[bool, bool]:
    """Return whether the text begins, and ends, with a new line."""
    return text.startswith("\n"), text.endswith("\n")


# --- terms -----------------------------------------------------------------------------------


@cache
def terms() -> dict[str, dict[str, str]]:
    """Return the words of the original's guides, by key and language."""
    with UI_STRINGS.open(encoding="utf-8", newline="") as file:
        return {row.pop("key"): row for row in csv.DictReader(file)}


COUNTED = {"incidents_remaining_1": 1, "incidents_remaining_3": 3, "incidents_remaining_17": 17}


@pytest.mark.parametrize("language", languages.NAMES)
def test_terms_are_those_of_the_originals_guides(language: str):
    with translation.override(language):
        said = {key: term(key, words["en"]) for key, words in terms().items()}

    assert said == {key: words[language] for key, words in terms().items()}


def term(key: str, english: str) -> str:
    """Return what the portal says for a term, in the language that is spoken."""
    if key not in COUNTED:
        return gettext(english)
    count = COUNTED[key]
    pattern = ngettext("%(count)d incident remaining", "%(count)d incidents remaining", count)
    return pattern % {"count": count}


def test_terms_are_texts_of_the_portal():
    texts = {text for _context, text, _plural in marked_texts()}

    unused = {key for key, words in terms().items() if words["en"] not in texts}
    assert unused == set(COUNTED)


# --- compiling -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_translation_says_what_the_file_says(language: str):
    compiled = polib.mofile(str(path_of(language).with_suffix(".mo")))

    def texts(found: polib.POFile | polib.MOFile) -> dict[Marked, list[str]]:
        return {key_of(e): translations_of(e) for e in found if e.msgid and not e.obsolete}

    assert texts(compiled) == texts(catalogue(language))


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("zh-hans", ["1 天后", "3 天后", "5 天后", "21 天后"]),
        ("zh-hant", ["1 天後", "3 天後", "5 天後", "21 天後"]),
        ("ru", ["через 1 день", "через 3 дня", "через 5 дней", "через 21 день"]),
        ("hu", ["1 nap múlva", "3 nap múlva", "5 nap múlva", "21 nap múlva"]),
        ("sv", ["om 1 dag", "om 3 dagar", "om 5 dagar", "om 21 dagar"]),
    ],
)
def test_plural_is_the_one_of_the_language(language: str, days: list[str]):
    with translation.override(language):
        said = [
            ngettext("in %(count)d day", "in %(count)d days", n) % {"count": n}
            for n in (1, 3, 5, 21)
        ]

    assert said == days


def test_compiling_again_changes_nothing_until_a_translation_does(tmp_path, monkeypatch):
    source = tmp_path / "sv" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_bytes(path_of("sv").read_bytes())
    monkeypatch.setattr(messages, "LOCALE", tmp_path)

    first, again = messages.compile_changed(), messages.compile_changed()
    compiled = source.with_suffix(".mo")
    newer = compiled.stat().st_mtime + 1
    os.utime(source, (newer, newer))

    assert (first, again, messages.compile_changed()) == (1, 0, 1)
    assert compiled.read_bytes() == path_of("sv").with_suffix(".mo").read_bytes()
    assert [path.name for path in source.parent.iterdir() if path != source] == ["django.mo"]
