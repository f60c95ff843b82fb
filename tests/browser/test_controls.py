"""The controls: what the other tests rely on to find nothing does find what is there."""

from itertools import product

import pytest
from playwright.sync_api import Browser

from tests.browser.inspection import SCHEMES, WIDTHS, inspect
from tests.browser.window import Complaints, context_options
from tests.world.server import Server

pytestmark = pytest.mark.browser
BAD_PAGE = """<!doctype html><html><head><title>Bad</title></head><body><main><h1>Bad</h1>
<p style="color: #eee; background: #fff">Pale</p><div style="width: 2000px">Wide</div>
</main></body></html>"""


def test_inspection_finds_pale_text_a_missing_language_and_a_wide_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(BAD_PAGE)

    found = inspect(page, "bad page")

    page.close()
    views = [f"bad page, {scheme}, {width} px" for width, scheme in product(WIDTHS, SCHEMES)]
    light = [view for view in views if "light" in view]
    for rule, seen in (("color-contrast", views), ("html-has-lang", light)):
        assert [line.split(f": {rule}")[0] for line in found if rule in line] == seen
    assert found[-1].startswith("bad page, 320 px: DIV")


def test_complaints_hear_of_inline_styles_and_scripts_that_fail(
    browser: Browser, server: Server
) -> None:
    complaints = Complaints()
    context = browser.new_context(**context_options(server.url))
    page = context.new_page()
    complaints.listen_to(page)
    page.goto("/")
    assert complaints.heard == []

    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    page.evaluate("setTimeout(() => { throw new Error('broken'); })")
    page.evaluate("fetch('/nowhere')")
    page.wait_for_load_state("networkidle")

    context.close()
    assert "Content Security Policy" in complaints.heard[0]
    assert "script: broken" in complaints.heard[1]
