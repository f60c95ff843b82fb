"""The ground that every page and call stands on."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Refusals, audit, idempotency, throttle, clock: knows nothing of partners or benefits."""

    name = "portal"
