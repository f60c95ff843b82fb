"""Django's sessions in the database, read by a query that is prepared: every page reads one."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField

from portal import clock
from portal.prepared import Given, Prepared


def _sessions(*, key: Given, now: Given) -> Any:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


_SESSIONS: Prepared[Any] = Prepared(_sessions, key=CharField(), now=DateTimeField())


class SessionStore(db.SessionStore):
    """A session as Django keeps it; only how it is found differs."""

    def _get_session_from_db(self) -> Any:
        """Return the row of this session if it has not expired; else forget the key."""
        found = _SESSIONS.rows(key=self.session_key, now=clock.real_now())
        if found:
            return found[0]
        self._session_key = None
        return None
