"""The names in the Django admin: whatever our own models, fields and apps say is translated."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import RequestFactory

from benefits.models import Plan
from partners.models import ApiClient, Customer, Partner, User
from portal.models import AuditRecord
from tests.pages.crawl import Visited
from tests.pages.html import parsed
from tests.pages.names import proper_names
from tests.pages.test_administration import MODELS, ROOT, everything, route
from tests.pages.visits import account, client_of
from tests.pseudo_language import OPEN, WORD, put_data_in_brackets, speaking_pseudo, unmarked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def shown_fields(model: Any) -> set[str]:
    """Return what lists and forms show of a model, and what is added."""
    shown, request = admin.site._registry[model], RequestFactory().get("/")
    request.user = account(ROOT)
    forms = {*shown.get_fields(request), *shown.get_fields(request, model())}
    return forms | {str(name) for name in shown.list_display}


def labels_of(model: Any) -> Iterator[tuple[str, str]]:
    """Yield whatever names the model, its fields and what can be chosen in them, by what it is."""
    meta, shown = model._meta, admin.site._registry[model]
    yield "app", str(apps.get_app_config(meta.app_label).verbose_name)
    yield "model", str(meta.verbose_name)
    yield "models", str(meta.verbose_name_plural)
    for name in sorted(shown_fields(model)):
        yield name, str(label_for_field(name, model, shown))
    for field in (f for f in meta.get_fields() if f.name in shown_fields(model)):
        yield f"{field.name}: help", str(field.help_text)
        # What is chosen by its own name or code has no other.
        chosen = [(value, str(label)) for value, label in field.flatchoices]
        yield from ((f"{field.name}: {value}", label) for value, label in chosen if label != value)


@pytest.mark.parametrize("model", MODELS)
def test_name_of_a_model_its_fields_and_its_choices_is_marked_for_translation(model):
    with speaking_pseudo():
        labels = dict(labels_of(model))

    forgotten = {what: text for what, text in labels.items() if is_unmarked(text)}
    assert forgotten == {}
    assert len(labels) >= 6


def is_unmarked(text: str) -> bool:
    """Whether a text has words, and was not translated as a whole."""
    return WORD.search(text) is not None and not text.startswith(OPEN)


def test_every_word_of_the_administration_is_marked_for_translation():
    put_data_in_brackets()
    known = proper_names() | words_of_codes()
    with speaking_pseudo():
        client = client_of(ROOT)
        answers = {url: client.get(url) for url in everything()}

    pages = [Visited(ROOT, url, r, r.content.decode()) for url, r in answers.items()]
    forgotten = {f"{v}: {w}" for v in pages if v.is_page for w in unmarked(v.page) - known}
    assert sorted(forgotten) == []
    assert len([v for v in pages if v.is_page]) == len(everything()) - 1


def words_of_codes() -> set[str]:
    """Return the words of codes and facts, and of the pictures that Django has for yes and no."""
    records = AuditRecord.objects.values_list("action", "target_kind", "channel", "facts")
    countries = [model.objects.values_list("country") for model in (Partner, Customer)]
    rows = [
        *records,
        *ApiClient.objects.values_list("scopes"),
        *(c for of in countries for c in of),
    ]
    codes = {word for row in rows for value in row for word in WORD.findall(str(value))}
    return codes | {str(picture) for picture in (True, False)}


@pytest.mark.parametrize(
    ("language", "heads"),
    [
        ("ru", ["Компетенции", "Компетенция"]),
        ("hu", ["Kompetenciák", "Kompetencia"]),
        ("sv", ["Kompetenser", "Kompetens"]),
        ("zh-hans", ["资格", "资格"]),
        ("zh-hant", ["專長認證", "專長認證"]),
        ("en", ["Competencies", "Competency"]),
    ],
)
def test_page_is_headed_by_the_name_and_bends_it_into_no_sentence(language, heads):
    user = account(ROOT)
    user.language = language
    user.save(update_fields=["language"])
    client = client_of(ROOT)

    urls = [url for url in everything() if "/competency/" in url]
    assert [parsed(client.get(url).content.decode()).one("h1").text for url in urls] == heads


def test_rows_and_filters_are_called_in_the_language_too():
    user = account(ROOT)
    user.language = "sv"
    user.save(update_fields=["language"])
    client, hours = client_of(ROOT), Plan.objects.that_count_hours().order_by("pk")[0]

    plan = parsed(client.get(route(Plan, "change", hours.pk)).content.decode())
    users = parsed(client.get(route(User, "changelist")).content.decode())
    assert plan.one("h2").text == "Teknisk presales och distribution"
    assert [summary.text for summary in users.all("summary")] == ["Roll i supportpersonalen"]
