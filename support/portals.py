"""
The cloud portals: one implementation, four names, each with its own products.

Source: the addresses /portals/…/; which service belongs to which portal is a column of
support/data/products.csv.
"""

from dataclasses import dataclass

from django.urls import register_converter
from django.urls.converters import StringConverter

from support import products
from support.models import SupportRequest
from support.products import Product

Portal = SupportRequest.Portal


@dataclass(frozen=True)
class CloudPortal:
    """One cloud portal: how it stands in addresses and in requests."""

    slug: str
    portal: SupportRequest.Portal

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The portal's name, as people say it."""
        return str(self.portal.label)

    @property
    def services(self) -> tuple[Product, ...]:
        """The services that requests of this portal are about, in the catalogue's order."""
        return products.services_of(self.slug)

    def service(self, name: str) -> Product | None:
        """Return the portal's service of this name, or None."""
        return next((p for p in self.services if p.name == name), None)


CLOUD_PORTALS = {
    portal.slug: portal
    for portal in (
        CloudPortal("azure", Portal.AZURE),
        CloudPortal("microsoft365", Portal.MICROSOFT_365),
        CloudPortal("dynamics365", Portal.DYNAMICS_365),
        CloudPortal("lifecycle-services", Portal.LIFECYCLE_SERVICES),
    )
}


class CloudPortalConverter(StringConverter):
    """A cloud portal in an address; anything else is not found before a view is asked."""

    regex = "|".join(CLOUD_PORTALS)

    def to_python(self, value: str) -> CloudPortal:  # type: ignore[override]
        """Return the portal."""
        return CLOUD_PORTALS[value]

    def to_url(self, value: CloudPortal) -> str:  # type: ignore[override]
        """Return its part of the address."""
        return value.slug


def register() -> None:
    """Make the converter known; Django wants each name once."""
    register_converter(CloudPortalConverter, "cloud_portal")
