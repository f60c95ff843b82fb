"""The Django admin as an installed app: the portal's own site, with pages of our own apps only."""

from importlib import import_module

from django.contrib.admin.apps import SimpleAdminConfig

OURS = ("portal", "partners", "benefits", "support")


class Administration(SimpleAdminConfig):
    """Makes the site known, with the pages of our own apps."""

    default_site = "partnercenter.administration.AdministrationSite"

    def ready(self) -> None:
        """Load what the apps show."""
        super().ready()
        for app in OURS:
            import_module(f"{app}.admin")
