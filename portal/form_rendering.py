"""How forms are rendered: as Django does, and long lists of choices without a template for each."""

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.safestring import SafeString

# Each but the first includes it, and adds nothing.
_NAMES = ("select", "select_multiple", "nullbooleanselect")
SELECTS = frozenset(f"django/forms/widgets/{name}.html" for name in _NAMES)


class Renderer(DjangoTemplates):
    """
    Renders forms by Django's templates.

    A list of all time zones has four hundred choices, and Django renders two templates for each,
    which takes longer than the rest of the page. The markup is the same; a test compares it.
    """

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Return the markup of a form, a field or a widget."""
        if template_name in SELECTS:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    parts = [f'<select name="{_escaped(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_escaped(group)}">')
        parts += [f"\n  {_option(option)}\n" for option in options]
        if group:
            parts.append("\n  </optgroup>")
    # Every name, value and label in it is escaped.
    return SafeString("".join([*parts, "\n</select>"]))  # nosec B703


def _option(option: Mapping[str, Any]) -> str:
    attributes = _attributes(option["attrs"])
    value, label = escape(str(option["value"])), _escaped(option["label"])
    return f'<option value="{value}"{attributes}>{label}</option>'


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {_escaped(name)}" + ("" if value is True else f'="{escape(str(value))}"')
        for name, value in attributes.items()
        if value is not False
    )


def _escaped(value: Any) -> str:
    """Return the text as a template would: numbers in the reader's form, safe text as it is."""
    text = localize(value)
    return str(text) if hasattr(text, "__html__") else escape(str(text))
