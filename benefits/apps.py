"""What a partner holds."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    """Memberships, packages, plans, contracts, links and the ledger."""

    name = "benefits"
