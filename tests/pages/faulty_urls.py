"""The portal's addresses, and some whose views fail."""

from typing import Never

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.urls import path

from partnercenter.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def bug(request: HttpRequest) -> Never:
    """Fail as a mistake in the code does."""
    raise RuntimeError("the secret detail")


def no_database(request: HttpRequest) -> Never:
    """Fail as a database that is out of reach does."""
    raise OperationalError("the secret host")


def lost_connection(request: HttpRequest) -> Never:
    """Fail as a connection that was cut does."""
    raise InterfaceError("connection already closed")


urlpatterns = [
    *urlpatterns,
    path("bug", bug),
    path("no-database", no_database),
    path("lost-connection", lost_connection),
]
