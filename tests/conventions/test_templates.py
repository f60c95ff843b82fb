"""What no template may hold: inline script or style, or text that was not escaped."""

import re

import pytest

from tests.conventions.code import name_of, templates

INLINE = {
    "a script in the page": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "a style sheet in the page": re.compile(r"<style[\s>]", re.IGNORECASE),
    "a style attribute": re.compile(r"""\sstyle\s*=\s*["'{]""", re.IGNORECASE),
    "an event attribute": re.compile(r"""\son[a-z]+\s*=\s*["'{]""", re.IGNORECASE),
    "a script as an address": re.compile(r"""=\s*["']?\s*javascript:""", re.IGNORECASE),
}


@pytest.mark.parametrize("pattern", INLINE.values(), ids=INLINE.keys())
def test_templates_hold_no_inline_script_or_style(pattern):
    found = [
        (name_of(path), match.group().strip())
        for path in templates()
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a script in the page", '<script type="module">'),
        ("a style sheet in the page", "<style>"),
        ("a style attribute", '<p style="color: red">'),
        ("an event attribute", '<a onclick="go()">'),
        ("a script as an address", '<a href="javascript:go()">'),
    ],
)
def test_inline_script_or_style_would_be_found(pattern, text):
    assert INLINE[pattern].search(text) is not None


def test_templates_let_nothing_through_unescaped():
    found = [
        name_of(path)
        for path in templates()
        if re.search(r"\|\s*(safe|safeseq)\b|autoescape\s+off", path.read_text(encoding="utf-8"))
    ]

    assert found == []
