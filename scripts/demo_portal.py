"""A portal to look at: a demo world of its own in a folder, a server on a free port, Chromium."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from scripts import chromium, messages
from scripts.checks import ROOT, environment
from scripts.run import server_command
from scripts.servers import HOST, STOP_SECONDS, NoPortalError, comes_up, free_port

PATIENCE_MS = 30_000
# What the demo prints at its sign-in page; its module can be imported only after Django's set-up.
PASSWORD = "partner-center-demo"  # noqa: S105
WIDE = {"width": 1280, "height": 800}


def load_world(folder: Path) -> Path:
    """Load a fresh demo world into a SQLite file in the folder; return the file."""
    messages.compile_changed()
    world = folder / "world.sqlite3"
    for command in (("collectstatic", "--no-input"), ("migrate",), ("load_demo",)):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--verbosity", "0"],
            cwd=ROOT,
            env=environment({"DATABASE_URL": f"sqlite:///{world}"}),
            stdout=subprocess.DEVNULL,
            check=True,
        )
    return world


@contextlib.contextmanager
def serving(world: Path, *, name: str) -> Iterator[str]:
    """Run a server for a copy of the world, which lies and logs beside it; yield its address."""
    copy = world.with_name(f"{name}.sqlite3")
    shutil.copyfile(world, copy)
    port = free_port()
    url = f"http://{HOST}:{port}"
    with log_of(world, name=name).open("w") as log:
        server = subprocess.Popen(
            [sys.executable, *server_command(host=HOST, port=port, dev=False)],
            cwd=ROOT,
            env=environment({"DATABASE_URL": f"sqlite:///{copy}"}),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        if not comes_up(url, ended=server.poll):
            raise NoPortalError("The portal did not start; `make run` says why.")
        yield url
    finally:
        server.terminate()
        server.wait(STOP_SECONDS)


def log_of(world: Path, *, name: str) -> Path:
    """Return the file into which that copy's server writes, mails included."""
    return world.with_name(f"{name}.log")


@contextlib.contextmanager
def browsing() -> Iterator[Browser]:
    """Yield Chromium: the one that CHROMIUM names, or the one on the path."""
    path = chromium.find()
    if path is None:
        raise NoPortalError(chromium.MISSING)
    # Chromium refuses to run its sandbox as root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


def window_of(browser: Browser, *, url: str, who: str, language: str = "en") -> Page:
    """Open a window in which this account is signed in; nobody, if its address is empty."""
    context: BrowserContext = browser.new_context(
        base_url=url,
        locale=language,
        timezone_id="UTC",
        viewport={"width": WIDE["width"], "height": WIDE["height"]},
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    if who:
        sign_in(page, who)
    return page


def sign_in(page: Page, who: str, *, password: str = PASSWORD) -> None:
    """Fill in the sign-in page and send it."""
    page.goto("/accounts/login/")
    page.locator("#id_login").fill(who)
    page.locator("#id_password").fill(password)
    page.locator("#id_password").press("Enter")
    page.wait_for_load_state()
