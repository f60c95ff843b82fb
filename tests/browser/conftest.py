"""Chromium, and windows in it that are looked after: what the console says is held against them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts import chromium
from scripts.demo_portal import browsing
from tests.browser.window import Complaints, context_options
from tests.world.fixtures import demo_worlds, serve, server, world
from tests.world.server import Server

__all__ = ["demo_worlds", "serve", "server", "world"]

# A machine with other work takes its time; what never comes is not found sooner by less patience.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
OpenWindow = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Yield Chromium: the one that CHROMIUM names, or the one on the path."""
    if chromium.find() is None:
        pytest.skip(chromium.MISSING)
    with browsing() as launched:
        yield launched


@pytest.fixture
def open_window_at(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens a window of its own cookies at a server."""
    with ExitStack() as stack:
        complaints = Complaints()

        def open_window(server: Server, **options: object) -> Page:
            context = browser.new_context(**context_options(server.url, **options))
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            page = context.new_page()
            complaints.listen_to(page)
            return page

        yield open_window
    assert complaints.heard == []


@pytest.fixture
def open_window(server: Server, open_window_at: OpenWindow) -> OpenWindow:
    """Return a function that opens a window at the test's own server."""
    return lambda **options: open_window_at(server, **options)


@pytest.fixture
def page(open_window: OpenWindow) -> Page:
    """Return one window at the test's own server."""
    return open_window()
