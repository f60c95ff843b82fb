"""
Photograph every page: light and dark, wide and narrow, in two languages. `make contact-sheet`.

What there is to see is found link by link (scripts/sights.py) and on tours through the forms
(scripts/tours.py). The pictures, a sheet of them for each page and an index of all lie in
.cache/contact-sheet.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import product
from pathlib import Path
from typing import Literal

import django
from django.conf import settings
from playwright.sync_api import Browser, Page

from scripts.checks import ROOT, TEST_ENVIRONMENT
from scripts.demo_portal import WIDE, browsing, load_world, log_of, serving, window_of
from scripts.servers import NoPortalError
from scripts.sights import Answer, Opens, Sight, all_sights, route_of
from scripts.tours import TOURS, Tour

FOLDER = ROOT / ".cache" / "contact-sheet"
ENGLISH = "en"
WIDTHS = (1280, 360)
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
HTML = "text/html"
SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.4 system-ui, sans-serif; margin: 16px; background: #ddd; color: #111 }}
div {{ display: flex; gap: 16px; align-items: flex-start; margin-bottom: 16px }}
img {{ display: block; border: 1px solid #888 }} h1, h2 {{ font-size: 20px }}
</style><h1>{title}</h1>{body}</html>
"""
# How wide a picture of either width lies on a sheet, and the sheet itself.
ON_SHEET = {1280: 560, 360: 260}
SHEET_WIDTH = 1800


@dataclass
class Studio:
    """Where the pictures go, and of what there are any: names of pages, in order."""

    folder: Path
    only: list[str] = field(default_factory=list)
    languages: tuple[str, ...] = (ENGLISH,)
    taken: dict[str, list[str]] = field(default_factory=dict)

    def wants(self, *words: str) -> bool:
        """Whether the part that was asked for has this in it; without a wish, all is."""
        text = " ".join(words).casefold()
        return all(word.casefold() in text for word in self.only)

    def photograph(self, page: Page, *, name: str, language: str) -> None:
        """Take the page as it stands, in both themes and widths, without loading it again."""
        folder = self.folder / "pictures" / _slug(name)
        folder.mkdir(parents=True, exist_ok=True)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": WIDE["height"]})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                path = folder / f"{language}-{width}-{theme}.png"
                page.screenshot(path=path, full_page=True, animations="disabled")
        page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
        self.taken.setdefault(name, []).append(language)

    def join(self, browser: Browser) -> None:
        """Make a sheet of each page's pictures, and the index."""
        context = browser.new_context(viewport={"width": SHEET_WIDTH, "height": WIDE["height"]})
        page = context.new_page()
        for name in self.taken:
            html = self.folder / f"{_slug(name)}.html"
            html.write_text(self._sheet_of(name), encoding="utf-8")
            page.goto(html.as_uri())
            page.screenshot(path=html.with_suffix(".png"), full_page=True)
        context.close()
        lines = [f'<p><a href="{_slug(n)}.html">{escape(n)}</a></p>' for n in self.taken]
        index = SHEET.format(title=f"{len(lines)} pages", body="".join(lines))
        (self.folder / "index.html").write_text(index, encoding="utf-8")

    def _sheet_of(self, name: str) -> str:
        rows = []
        for language in self.taken[name]:
            pictures = [
                f'<img width="{ON_SHEET[width]}" alt="{theme}, {width}" '
                f'src="pictures/{_slug(name)}/{language}-{width}-{theme}.png">'
                for width, theme in product(WIDTHS, THEMES)
            ]
            rows.append(f"<h2>{language}</h2><div>{''.join(pictures)}</div>")
        return SHEET.format(title=escape(name), body="".join(rows))


class LostOnTourError(Exception):
    """A tour did not come by the pages that it is said to show."""


def main() -> int:
    """Take the pictures; return 1 after one clear sentence when there is nothing to look at."""
    parser = argparse.ArgumentParser(description="Photograph every page of the portal.")
    parser.add_argument("--language", default="zh-hans", help="the language beside English")
    parser.add_argument("--only", default="", help="words that a page's name has, or its account")
    options = parser.parse_args()
    os.environ.update(TEST_ENVIRONMENT)
    django.setup()
    if options.language not in dict(settings.LANGUAGES):
        print(f"LANGUAGE is one of {', '.join(dict(settings.LANGUAGES))}.", file=sys.stderr)
        return 1
    languages = tuple(dict.fromkeys((ENGLISH, options.language)))
    studio = Studio(FOLDER, only=options.only.split(), languages=languages)
    shutil.rmtree(FOLDER, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory() as folder, browsing() as browser:
            take_all(studio, browser=browser, world=load_world(Path(folder)))
            if not studio.taken:
                raise NoPortalError("No page has all of these words in its name or its account.")
            studio.join(browser)
    except (NoPortalError, LostOnTourError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(studio.taken)} pages: {(FOLDER / 'index.html').relative_to(ROOT)}")
    return 0


def take_all(studio: Studio, *, browser: Browser, world: Path) -> None:
    """Photograph each language in a copy of the world of its own: tours change it."""
    sights: list[Sight] = []
    for language in studio.languages:
        with serving(world, name=language) as url:
            sights = sights or list(all_sights(_opens_as(browser, url)))
            for who in dict.fromkeys(sight.who for sight in sights):
                seen = [sight for sight in sights if sight.who == who]
                _take_sights(studio, seen, browser=browser, url=url, language=language)
            log = log_of(world, name=language)
            for tour in TOURS:
                if studio.wants(tour.who or "nobody", "on tour", tour.name, *tour.shows):
                    page = window_of(browser, url=url, who=tour.who, language=language)
                    _take_tour(studio, tour, page=page, log=log, language=language)
                    page.context.close()


def _take_sights(
    studio: Studio, sights: list[Sight], *, browser: Browser, url: str, language: str
) -> None:
    """Photograph what one account sees, in one window."""
    wanted = [(n, s) for n, s in _named(sights) if studio.wants(n)]
    if not wanted:
        return
    page = window_of(browser, url=url, who=sights[0].who, language=language)
    for name, sight in wanted:
        page.goto(sight.path)
        _wait_for_what_scripts_draw(page)
        studio.photograph(page, name=name, language=language)
    page.context.close()


def _wait_for_what_scripts_draw(page: Page) -> None:
    """The page of the API draws its operations itself."""
    if page.locator("#swagger-ui").count():
        page.locator(".opblock").first.wait_for()


def _take_tour(studio: Studio, tour: Tour, *, page: Page, log: Path, language: str) -> None:
    came_by = set()
    for stop in tour.walk(page, log):
        came_by.add(route_of(page.url))
        name = f"{tour.who or 'nobody'} on tour: {tour.name}: {stop}"
        studio.photograph(page, name=name, language=language)
        print(".", end="", flush=True)
    if missed := tour.shows - came_by:
        raise LostOnTourError(f"The tour {tour.name!r} did not show {', '.join(sorted(missed))}.")


def _named(sights: list[Sight]) -> Iterator[tuple[str, Sight]]:
    """Yield the sights with the names of their sheets: numbered where there are several."""
    for number, sight in enumerate(sights):
        before = [other for other in sights[:number] if other.route == sight.route]
        several = f" {len(before) + 1}" if before else ""
        yield f"{sight.who or 'nobody'}: {sight.route}{several}", sight


def _opens_as(browser: Browser, url: str) -> Callable[[str], Opens]:
    """Return what opens addresses of the portal as one account after another."""
    windows: list[Page] = []

    def opens_as(who: str) -> Opens:
        while windows:
            windows.pop().context.close()
        page = window_of(browser, url=url, who=who)
        windows.append(page)

        def opens(path: str) -> Answer | None:
            response = page.request.get(path)
            if HTML not in response.headers.get("content-type", ""):
                return None
            return Answer(response.url.removeprefix(url), response.text())

        return opens

    return opens_as


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name).split())


if __name__ == "__main__":
    sys.exit(main())
