"""
What an API client may be given: the scopes, which clients may hold them, and the rights they carry.

Source: "Access" in docs/api.md. A client gets only scopes that it was given, whatever it asks for.
"""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.scopes import BaseScopes

from partners.roles import Permission


class ClientScope(models.TextChoices):
    """One thing that a client may do; the value is the scope as OAuth 2.0 names it."""

    ENTITLEMENTS_READ = "entitlements.read", _("Read entitlements, benefits, contracts, products")
    BENEFITS_ACTIVATE = "benefits.activate", _("Activate benefits")
    CONTRACTS_IDS = "contracts.ids", _("Read Access ID and Contract ID")
    CONTRACTS_LINK = "contracts.link", _("Link and unlink contracts")
    REQUESTS_READ = "requests.read", _("Read support requests")
    REQUESTS_WRITE = "requests.write", _("Open and work on support requests")
    EVENTS_READ = "events.read", _("Read the change feed")
    STAFF = "staff", _("Look up any partner (staff only)")


PARTNER_SCOPES = tuple(scope for scope in ClientScope if scope != ClientScope.STAFF)
# Staff use nothing up, hold no links and never see a Contract ID: nor do their clients.
STAFF_SCOPES = (
    ClientScope.ENTITLEMENTS_READ,
    ClientScope.REQUESTS_READ,
    ClientScope.REQUESTS_WRITE,
    ClientScope.EVENTS_READ,
    ClientScope.STAFF,
)
_PERMISSIONS = {
    ClientScope.ENTITLEMENTS_READ: Permission.SEE_LINKED_ACCOUNTS,
    ClientScope.BENEFITS_ACTIVATE: Permission.ACTIVATE,
    ClientScope.REQUESTS_READ: Permission.PARTNER_REQUESTS,
}


def permissions_of(scopes: Iterable[str]) -> frozenset[Permission]:
    """Return what a partner's client may do there, in the words of the role table."""
    return frozenset(right for scope, right in _PERMISSIONS.items() if scope in set(scopes))


class ClientScopes(BaseScopes):
    """What the token endpoint asks: each client has its own scopes, and no others."""

    def get_all_scopes(self) -> dict[str, str]:
        """Return every scope with its description."""
        return {scope.value: str(scope.label) for scope in ClientScope}

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Return the scopes that this client was given; a client unknown has none."""
        return list(application.scopes) if application is not None else []

    def get_default_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Return what a client gets that asks for nothing: what it was given."""
        return self.get_available_scopes(application=application)
