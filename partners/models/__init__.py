"""Who works with the portal, by topic."""

from partners.models.clients import ApiClient, ApiClientQuerySet
from partners.models.people import (
    Affiliation,
    AffiliationQuerySet,
    Customer,
    CustomerQuerySet,
    Partner,
    PartnerQuerySet,
    RoleAssignment,
    User,
    UserManager,
)

__all__ = [
    "Affiliation",
    "AffiliationQuerySet",
    "ApiClient",
    "ApiClientQuerySet",
    "Customer",
    "CustomerQuerySet",
    "Partner",
    "PartnerQuerySet",
    "RoleAssignment",
    "User",
    "UserManager",
]
