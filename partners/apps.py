"""Who works with the portal."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Users, partners, affiliations and roles."""

    name = "partners"
