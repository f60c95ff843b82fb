"""Who works with the portal."""

from django.apps import AppConfig

from partners import audit_words
from portal.audit_words import register


class PartnersConfig(AppConfig):
    """Users, partners, affiliations and roles."""

    name = "partners"

    def ready(self) -> None:
        """Say what the audit calls the actions of this app."""
        register(audit_words.WORDS)
