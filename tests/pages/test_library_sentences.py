"""What libraries say on our pages is there in every language, as our own sentences are."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.urls import get_resolver
from django.utils.functional import Promise
from django.utils.translation import override

from portal import languages

TRANSLATED = [code for code in languages.NAMES if code != languages.ENGLISH]
OUR_FORMS = ("portal", "partners", "benefits", "support", "partnercenter", "allauth")
# Whatever a sentence names; plurals in the form of five.
VALUES: defaultdict[str, int] = defaultdict(lambda: 5)
PASSWORDS = ("short", "password1234")


def forms(of: type[BaseForm] = BaseForm) -> Iterator[type[BaseForm]]:
    """Yield the forms that the pages show."""
    get_resolver().url_patterns  # noqa: B018 - imports every view, and with it its forms
    for form in of.__subclasses__():
        yield from forms(form)
        if form.__module__.partition(".")[0] in OUR_FORMS:
            yield form


def complaints() -> dict[str, Callable[[], str]]:
    """Return what a field can say about what was typed, by form, field and reason."""
    found: dict[str, Callable[[], str]] = {}
    for form in set(forms()):
        for name, field in getattr(form, "base_fields", {}).items():
            sentences = dict(field.error_messages)
            sentences |= {type(v).__name__: getattr(v, "message", "") for v in field.validators}
            for reason, sentence in sentences.items():
                if isinstance(sentence, Promise):
                    found[f"{form.__name__}.{name}: {reason}"] = partial(said, sentence)
    return found


def said(sentence: Any) -> str:
    """Return what a lazy sentence says in the language of the moment."""
    return str(sentence % VALUES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_a_field_complains_about_is_said_in_the_language(language: str):
    all_complaints = complaints()

    english = {}
    for where, say in all_complaints.items():
        with override(languages.ENGLISH):
            in_english = say()
        with override(language):
            if say() == in_english:
                english[where] = in_english
    assert english == {}
    assert len(all_complaints) > 100


@pytest.mark.parametrize("language", TRANSLATED)
def test_why_a_password_is_refused_is_said_in_the_language(language: str):
    assert reasons(languages.ENGLISH) == [
        "This password is too short: it needs at least 12 characters.",
        "This password is too common.",
    ]

    assert not set(reasons(language)) & set(reasons(languages.ENGLISH))
    assert len(reasons(language)) == len(settings.AUTH_PASSWORD_VALIDATORS)


def reasons(language: str) -> list[str]:
    """Return what each rule says of a password that breaks it."""
    sentences = []
    with override(language):
        for rule, password in zip(get_default_password_validators(), PASSWORDS, strict=True):
            with pytest.raises(ValidationError) as refused:
                rule.validate(password)
            sentences += refused.value.messages
    return sentences
