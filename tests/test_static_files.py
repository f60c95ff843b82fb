"""Which static files are collected, and so compressed at every start."""

from typing import Any

from django.apps import apps
from django.contrib.staticfiles.finders import get_finders

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
