"""What a partner's benefits are spent on."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """Products, which plan pays, the wizard, requests, the staff desk."""

    name = "support"
