"""The ground that every page and call stands on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal import checks, converters, lookups


class PortalConfig(AppConfig):
    """Refusals, audit, idempotency, throttle, clock: knows nothing of partners or benefits."""

    name = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        """Register what URL patterns of every app use, and the checks of an installation."""
        converters.register()
        lookups.register()
        checks.register_all()
