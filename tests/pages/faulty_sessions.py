"""Sessions whose database is out of reach."""

from typing import Any, Never

from django.contrib.sessions.backends.base import SessionBase
from django.db import OperationalError


class SessionStore(SessionBase):
    """Fails whatever it is asked."""

    def load(self) -> dict[str, Any]:
        """Fail as a read does."""
        raise OperationalError("the secret host")

    def exists(self, session_key: str) -> bool:
        """Fail as a read does."""
        raise OperationalError("the secret host")

    def save(self, must_create: bool = False) -> Never:  # noqa: FBT001, FBT002 - Django's signature
        """Fail as a write does."""
        raise OperationalError("the secret host")

    create = delete = save  # type: ignore[assignment]
