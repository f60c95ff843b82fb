"""Lists of choices: the same markup as by Django's own templates."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from portal.form_rendering import Renderer

CHOICES = {
    "plain": [("a", "A"), ("b", "B")],
    "to be escaped": [("<a&\"'>", "<b&\"'>"), ("safe", mark_safe("<i>safe</i>"))],
    "translated": [("", gettext_lazy("Choose…"))],
    "numbers": [(1000, 1000), (1.5, 1.5), (None, "None")],
    "in groups": [("<One>", [("a", "A")]), ("Two", [("b", "B"), ("c", "C")]), ("d", "D")],
    "none": [],
}
WIDGETS = {
    "one": lambda choices: forms.Select(attrs={"id": "it", "hidden": True}, choices=choices),
    "without": lambda choices: forms.Select(attrs={"disabled": False}, choices=choices),
    "several": lambda choices: forms.SelectMultiple(attrs={"size": 1000}, choices=choices),
    "of truth": lambda _choices: forms.NullBooleanSelect(),
}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("value", [None, "a", ("a", "b")])
@pytest.mark.parametrize("widget", WIDGETS)
@pytest.mark.parametrize("choices", CHOICES)
def test_select_is_what_the_templates_of_django_make_of_it(choices, widget, value, language):
    rendered = WIDGETS[widget](CHOICES[choices])

    with translation.override(language):
        ours, djangos = (
            rendered.render("<name>", value, attrs={"data-x": '"'}, renderer=renderer)
            for renderer in (Renderer(), DjangoTemplates())
        )

    assert ours == djangos


def test_select_of_a_form_is_rendered_so():
    assert isinstance(get_default_renderer(), Renderer)
