"""The controls: what the other tests rely on to find nothing does find what is there."""

import pytest
from playwright.sync_api import Browser

from tests.browser.inspection import SCHEMES, Inspector
from tests.browser.window import REFUSED_PAGE, Complaints, context_options
from tests.world.server import Server

pytestmark = pytest.mark.browser
BAD_PAGE = """<!doctype html><html><head><title>Bad</title></head><body><main><h1>Bad</h1>
<p style="color: #eee; background: #fff">Pale</p><div style="width: 2000px">Wide</div>
</main></body></html>"""


def test_inspection_finds_pale_text_a_missing_language_and_a_wide_page(browser: Browser) -> None:
    page, inspector = browser.new_page(), Inspector()
    page.set_content(BAD_PAGE)

    found = inspector.inspect(page, "bad page")
    again = inspector.inspect(page, "bad page")

    page.close()
    assert [line.split(":")[1].strip() for line in found] == [
        *("html-has-lang", "color-contrast", "color-contrast"),
        *("2008 px wide", "DIV.") * 4,
    ]
    pale = [line for line in found if "color-contrast" in line]
    assert [line.split(":")[0] for line in pale] == [f"bad page, {s}, 1280 px" for s in SCHEMES]
    # What is of the same kind is measured once, all else every time.
    assert again == [line for line in found if line not in pale]


def test_complaints_hear_of_inline_styles_and_scripts_that_fail(
    browser: Browser, server: Server
) -> None:
    complaints = Complaints()
    context = browser.new_context(**context_options(server.url))
    page = context.new_page()
    complaints.listen_to(page)
    page.goto("/")
    assert complaints.heard == []

    with page.expect_console_message():
        page.evaluate(
            "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\"></p>')"
        )
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('broken'); })")
    with page.expect_console_message(lambda message: REFUSED_PAGE in message.text):
        page.evaluate("fetch('/nowhere')")

    context.close()
    policy, broken = complaints.heard
    assert "Content Security Policy" in policy
    assert "script: broken" in broken
