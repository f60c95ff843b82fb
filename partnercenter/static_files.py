"""Which static files are collected, and the two that every page asks for, made of many."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

STYLES = "css/portal.css"
SCRIPTS = "js/portal.js"
# What all others build on comes first, what adapts them last.
FIRST = ("tokens", "base", "layout")
LAST = ("preferences",)
# Asked for by one page only.
BY_THEMSELVES = ("api-docs",)


class UsedStaticFiles(StaticFilesConfig):
    """
    Static files without those of other packages that no page here asks for.

    They are large, and collecting them would compress them at every start.
    """

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework"]


class BundleFinder(BaseFinder):
    """
    Finds one style sheet made of all in static/css, and one module made of all in static/js.

    Forty small files would be forty requests before the first page stands. They are joined when
    they are asked for, so that the development server shows every change.
    """

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        self.source = settings.BASE_DIR / "static"
        self.storage = FileSystemStorage(settings.BASE_DIR / ".cache" / "static")

    def check(self, **_options: Any) -> list[Any]:
        """Return no complaint: there is nothing to set."""
        return []

    def find(self, path: str, **options: Any) -> Any:  # type: ignore[override]
        """Return where the bundle is, newly made; [] for any other name, as Django's own do."""
        found = [str(self._make(path))] if path in BUNDLES else []
        return found if options.get("find_all") or not found else found[0]

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield both bundles, newly made."""
        for name in BUNDLES:
            self._make(name)
            yield name, self.storage

    def _make(self, name: str) -> Path:
        target = Path(self.storage.path(name))
        text = BUNDLES[name](self.source)
        if not target.exists() or target.read_text() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Whole or not at all: another process may be reading it.
            made = target.with_suffix(f".{os.getpid()}")
            made.write_text(text)
            made.replace(target)
        return target


def styles(source: Path) -> str:
    """Return all style sheets below a folder of static files as one."""
    return "\n".join(path.read_text() for path in style_sheets(source))


def style_sheets(source: Path) -> list[Path]:
    """Return the style sheets of every page in their order: first ones, components, last ones."""
    folder = source / "css"
    components = sorted((folder / "components").glob("*.css"))
    ends = [[folder / f"{name}.css" for name in names] for names in (FIRST, LAST)]
    return [path for path in (*ends[0], *components, *ends[1]) if path.exists()]


def scripts(source: Path) -> str:
    """Return all modules below a folder of static files as one; each keeps its names to itself."""
    texts = [path.read_text() for path in script_modules(source)]
    return "\n".join(f"{{\n{text}}}" for text in texts)


def script_modules(source: Path) -> list[Path]:
    """Return the modules of every page; their order does not matter."""
    found = sorted((source / "js").glob("*.js"))
    return [path for path in found if path.stem not in BY_THEMSELVES]


BUNDLES: dict[str, Callable[[Path], str]] = {STYLES: styles, SCRIPTS: scripts}
