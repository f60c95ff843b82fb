"""
The components that pages are built from. A builtin library: pages need no {% load %}.

Every component renders one template of its own name in templates/components/. What it is given is
escaped; the wrapped content of a block was escaped where it was written. An unknown variant is a
mistake in a page, so it raises TemplateSyntaxError. The gallery (/gallery/) shows them all.
"""

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.browser_values import is_readable
from portal.charts import Chart
from portal.refusals import Explanation, NextStep

register = template.Library()

# The ids in static/icons.svg; a test holds the two against each other.
ICONS = frozenset(
    (
        *("bell", "blocked", "calendar", "check", "chevron-down", "chevron-right", "circle"),
        *("clock", "close", "copy", "document", "download", "external", "eye", "globe", "help"),
        *("info", "link", "lock", "menu", "minus", "person", "phone", "plus", "print", "search"),
        "warning",
    )
)
ALERT_ICONS = {"info": "info", "success": "check", "warning": "warning", "error": "blocked"}
BADGE_ICONS = {
    "neutral": "circle",
    "good": "check",
    "waiting": "clock",
    "warning": "warning",
    "danger": "blocked",
    "muted": "minus",
}
EXPLANATION_LEVELS = {*ALERT_ICONS, "plain"}
HEADING_LEVELS = {2, 3, 4}
PANEL_VARIANTS = {"plain", "grey", "outlined"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a decorative icon of the sprite, as large as a letter and in the text's colour."""
    _require("icon", "name", name, ICONS)
    return format_html(
        '<svg class="icon" aria-hidden="true" width="16" height="16">'
        '<use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_block_tag
def alert(content: str, *, level: str = "info", title: str = "", live: bool = True) -> SafeString:
    """Say something about the page. `live=False` where a live region already surrounds it."""
    _require("alert", "level", level, ALERT_ICONS)
    role = ("alert" if level == "error" else "status") if live else ""
    return render_to_string(
        "components/alert.html",
        {
            "content": content,
            "level": level,
            "title": title,
            "role": role,
            "icon_name": ALERT_ICONS[level],
        },
    )


@register.inclusion_tag("components/badge.html")
def badge(label: str, tone: str = "neutral", icon: str = "") -> dict[str, Any]:
    """Name a state with icon, word and border; `icon` replaces the tone's own."""
    _require("badge", "tone", tone, BADGE_ICONS)
    return {"label": label, "tone": tone, "icon_name": icon or BADGE_ICONS[tone]}


@register.inclusion_tag("components/meter.html")
def meter(used: int, total: int, label: str, *, low: bool = False) -> dict[str, Any]:
    """Draw how much of `total` remains; `label` says it in words, `low` that it is little."""
    share = min(max((total - used) / total, 0.0), 1.0) if total > 0 else 0.0
    return {"label": label, "width": format(share * 100, ".4g"), "low": low}


@register.inclusion_tag("components/chart.html")
def chart(drawn: Chart) -> dict[str, Any]:
    """Draw numbers as portal.charts laid them out, with the same numbers as a table."""
    return {"drawn": drawn}


@register.simple_block_tag
def panel(content: str, *, title: str = "", level: int = 2, variant: str = "plain") -> SafeString:
    """Set a part of the page apart, under a heading of the given level if it has a title."""
    _require("panel", "level", level, HEADING_LEVELS)
    _require("panel", "variant", variant, PANEL_VARIANTS)
    return render_to_string(
        "components/panel.html",
        {"content": content, "title": title, "level": level, "variant": variant},
    )


@register.simple_block_tag
def expander(
    content: str,
    *,
    title: str,
    open: bool = False,
    id: str = "",
) -> SafeString:
    """Put something behind a line that opens it; works without script."""
    return render_to_string(
        "components/expander.html", {"content": content, "title": title, "open": open, "id": id}
    )


@register.inclusion_tag("components/explanation.html")
def explanation(explained: Explanation | None, level: str = "warning") -> dict[str, Any]:
    """
    Show why something is not possible, and what to do now; nothing to explain shows nothing.

    Level "error" is for what was just refused: it takes the focus, as errors of a form do. Level
    "plain" shows only the words, for rows, cards and tiles.
    """
    _require("explanation", "level", level, EXPLANATION_LEVELS)
    return {"explained": explained, "level": level, "icon_name": ALERT_ICONS.get(level, "")}


@register.inclusion_tag("components/next_step.html")
def next_step(step: NextStep | None) -> dict[str, Any]:
    """Show what to do now: a sentence, where it has an address a link, and who can do it."""
    return {"step": step}


@register.inclusion_tag("components/help_link.html")
def help_link(topic: str, text: str = "") -> dict[str, Any]:
    """Lead from where a question arises to the help page of this topic."""
    return {"topic": topic, "text": text}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """
    Show a form field: label with "(Required)", hint, control, errors tied to the control.

    Placeholders are left out: they vanish when needed, and the hint says the same for good.
    """
    return {
        "field": bound,
        "kind": _kind(bound),
        "control": bound.as_widget(_widget(bound), attrs={"placeholder": False}),
        "help_id": f"{bound.auto_id}_helptext",
        "error_id": f"{bound.auto_id}_error",
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """List a form's errors with links to their fields; a form without errors shows nothing."""
    problems = [{"text": text} for text in form.non_field_errors()]
    problems += [
        {"label": bound.label, "text": text, "target": _focusable_id(bound)}
        for bound in form
        for text in bound.errors
    ]
    return {"problems": problems}


@register.inclusion_tag("components/page_title.html")
def page_title(first: str, second: str = "") -> dict[str, Any]:
    """Write the page's h1: the place in bold, then the page ("Benefits | Technical benefits")."""
    return {"first": first, "second": second}


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(items: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Show the way here as (label, url) pairs; the one without a url is this page."""
    return {"items": items}


@register.simple_block_tag
def empty_state(content: str, title: str, icon: str = "document", level: int = 2) -> SafeString:
    """Say that there is nothing here, and (in the block) what to do next."""
    _require("empty_state", "level", level, HEADING_LEVELS)
    return render_to_string(
        "components/empty_state.html",
        {"content": content, "title": title, "icon_name": icon, "level": level},
    )


@register.inclusion_tag("components/steps.html")
def steps(current: int, titles: Sequence[str]) -> dict[str, Any]:
    """Mark the step one is at; steps count from 1, one more than there are means all are done."""
    _require("steps", "current", current, range(1, len(titles) + 2))
    return {"current": current, "titles": titles}


@register.inclusion_tag("components/copy_button.html")
def copy_button(value: str, label: str, target: str = "") -> dict[str, Any]:
    """
    Offer to copy `value`, or the text of the element that the selector `target` names.

    The button shows itself only where script and clipboard are there.
    """
    if bool(value) == bool(target):
        raise template.TemplateSyntaxError("copy_button: give either a value or a target")
    return {"value": value, "label": label, "target": target}


def _require(component: str, name: str, value: Any, known: Collection[Any]) -> None:
    if value not in known:
        raise template.TemplateSyntaxError(f"{component}: unknown {name} {value!r}")


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    return "control"


def _widget(bound: BoundField) -> forms.Widget:
    """Return the field's widget, without a value that HTML does not allow in it."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    if bound.errors and not is_readable(kind, str(bound.value())):
        widget = copy(widget)
        widget.format_value = lambda _value: None
    return widget


def _focusable_id(bound: BoundField) -> str:
    """Return the id of what a link to the field has to reach: of a group, its first choice."""
    kind = _kind(bound)
    if kind == "hidden":
        return ""
    if kind == "group":
        return next((choice.id_for_label for choice in bound.subwidgets), "")
    return bound.id_for_label
