"""
The one clock of the rules.

`now()` is the real time, or the fixed PORTAL_NOW of a demo installation. Sessions, tokens,
throttles and logs keep real time and do not ask here.
"""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


class PortalRequest(HttpRequest):
    """A request as the portal's middleware leaves it."""

    now: datetime


def now() -> datetime:
    """Return the instant by which every rule decides, in UTC."""
    return settings.PORTAL_NOW or timezone.now()


def real_now() -> datetime:
    """Return the real time, for tokens and limits; PORTAL_NOW never moves it."""
    return timezone.now()
