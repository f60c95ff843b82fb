"""The portal's addresses, and some calls of the API that fail."""

from typing import Any

from django.db import InterfaceError, OperationalError
from django.urls import path

from partnercenter.urls import handler400, handler403, handler404, handler500, urlpatterns
from portal.rest.views import ApiView, operation

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Failing(ApiView):
    """Fails, whatever it is asked."""

    error: Exception = RuntimeError()

    @operation(name="failingRead", summary="Fail", scope=None, answers={200: None})
    def get(self, request: Any) -> Any:
        """Fail."""
        raise self.error

    @operation(name="failingWrite", summary="Fail", scope=None, answers={200: None})
    def post(self, request: Any) -> Any:
        """Fail."""
        raise self.error


FAULTS = {
    "bug": RuntimeError("the secret detail"),
    "no-database": OperationalError("the secret host"),
    "lost-connection": InterfaceError("connection already closed: secret"),
}
urlpatterns = [
    *urlpatterns,
    *(path(f"api/v1/{name}", Failing.as_view(error=error)) for name, error in FAULTS.items()),
]
