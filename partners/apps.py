"""Who works with the portal."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from partners import audit_words
from portal.audit_words import register


class PartnersConfig(AppConfig):
    """Users, partners, affiliations and roles."""

    name = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        """Say what the audit calls the actions of this app."""
        register(audit_words.WORDS)
