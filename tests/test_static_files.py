"""Which static files are collected, and what the two of every page are made of."""

import re
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import FileSystemStorage

from partnercenter import static_files
from partnercenter.static_files import SCRIPTS, STYLES

SWAGGER = "drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"


def collected() -> set[str]:
    """Return the names of all files that `collectstatic` finds."""
    config: Any = apps.get_app_config("staticfiles")
    ignored = config.ignore_patterns
    return {name for finder in get_finders() for name, _storage in finder.list(ignored)}


def test_static_files_of_pages_that_are_not_there_are_left_out(settings):
    unused = [name for name in collected() if "redoc" in name or "rest_framework" in name]

    assert (unused, SWAGGER in collected()) == ([], True)
    assert "map" in settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS


def test_pages_ask_for_one_style_sheet_made_of_all_in_their_order():
    sheets = static_files.style_sheets(settings.BASE_DIR / "static")
    joined = Path(finders.find(STYLES) or "").read_text()

    every = {*(settings.BASE_DIR / "static/css").rglob("*.css")}
    assert {path.name for path in every - {*sheets}} == {"admin.css", "api-docs.css"}
    assert [path.stem for path in sheets[:3]] == ["tokens", "base", "layout"]
    assert joined == "\n".join(path.read_text() for path in sheets)
    assert {STYLES, SCRIPTS} <= collected()


def test_modules_stand_each_in_a_block_of_its_own_and_need_no_other():
    modules = static_files.script_modules(settings.BASE_DIR / "static")
    joined = Path(finders.find(SCRIPTS) or "").read_text()

    assert len(modules) > 8
    for module in modules:
        text = module.read_text()
        assert f"{{\n{text}}}" in joined
        assert not re.search(r"^(import|export)\b", text, re.MULTILINE), module.name


def test_bundle_follows_a_change_of_what_it_is_made_of(tmp_path: Path):
    finder = static_files.BundleFinder()
    finder.source, finder.storage = tmp_path / "static", FileSystemStorage(tmp_path / "made")
    sheet = tmp_path / "static" / "css" / "base.css"
    sheet.parent.mkdir(parents=True)

    for text in ("a {}", "b {}"):
        sheet.write_text(text)
        assert Path(finder.find(STYLES)).read_text() == text
    assert finder.find("css/base.css") == []
    assert finder.find("css/base.css", find_all=True) == []
