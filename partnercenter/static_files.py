"""Which static files are collected, and how pages name them."""

from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class UsedStaticFiles(StaticFilesConfig):
    """
    Static files without those of other packages that no page here asks for.

    They are large, and collecting them would compress them at every start.
    """

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework"]


class PlainStaticFiles(StaticFilesStorage):
    """A page names sixty files, and their addresses stay as they are while a process runs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[tuple[str | None, bool], str] = {}

    def url(self, name: str | None, force: bool = False) -> str:  # noqa: FBT001, FBT002 - Django's
        """Return the address of a file."""
        if (name, force) not in self._urls:
            more: Any = {"force": force} if force else {}
            self._urls[name, force] = super().url(name, **more)
        return self._urls[name, force]


class HashedStaticFiles(PlainStaticFiles, CompressedManifestStaticFilesStorage):
    """The same under names with a hash, compressed: what a server serves."""
