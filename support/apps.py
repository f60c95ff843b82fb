"""What a partner's benefits are spent on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.audit_words import register
from support import audit_words


class SupportConfig(AppConfig):
    """Products, which plan pays, the wizard, requests, the staff desk."""

    name = "support"
    verbose_name = _("Support")

    def ready(self) -> None:
        """Say what the audit calls the actions of this app."""
        register(audit_words.WORDS)
