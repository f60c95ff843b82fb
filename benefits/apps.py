"""What a partner holds."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from benefits import audit_words
from portal.audit_words import register


class BenefitsConfig(AppConfig):
    """Memberships, packages, plans, contracts, links and the ledger."""

    name = "benefits"
    verbose_name = _("Benefits")

    def ready(self) -> None:
        """Say what the audit calls the actions of this app."""
        register(audit_words.WORDS)
