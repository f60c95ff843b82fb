"""Browser sessions of accounts, as signing in makes them, without the way through its pages."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from partners.models import User


def session_of(user: User) -> str:
    """Sign the account in; return the value of its session cookie."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    assert store.session_key is not None
    return store.session_key


def signed_in(user: User | None) -> Client:
    """Return a browser in which the account is signed in, or nobody."""
    client = Client()
    if user is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
    return client
