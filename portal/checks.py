"""What `check --deploy` says about an installation, beside Django's own checks."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning


def check_mail(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn when password links would go nowhere."""
    if settings.EMAIL_HOST:
        return []
    return [
        CheckWarning(
            "EMAIL_HOST is not set: nobody can be mailed a link to choose a new password.",
            id="portal.W001",
        )
    ]


def check_one_host(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say that SQLite serves one machine; its file must not be shared between several."""
    return one_host_warnings(settings.DATABASES)


def one_host_warnings(databases: Mapping[str, Any]) -> list[CheckMessage]:
    """Return the warning for an installation on SQLite."""
    if databases["default"]["ENGINE"] != "django.db.backends.sqlite3":
        return []
    return [
        CheckWarning(
            "SQLite serves one machine only. Use PostgreSQL for more than one, or a shared disk.",
            id="portal.W002",
        )
    ]


def register_all() -> None:
    """Make the checks known to Django; portal/apps.py calls it."""
    register(check_mail, Tags.security, deploy=True)
    register(check_one_host, Tags.security, deploy=True)
