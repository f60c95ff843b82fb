"""Which static files are collected."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class UsedStaticFiles(StaticFilesConfig):
    """
    Static files without those of other packages that no page here asks for.

    They are large, and collecting them would compress them at every start.
    """

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "redoc", "rest_framework"]
