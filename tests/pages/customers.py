"""A CSP partner's customers as an agent works with them."""

import re
import uuid

from django.urls import reverse

from partners.models import Customer
from tests.pages.portals import PortalWizard
from tests.pages.visits import client_of

LIST = "/commerce/customers/list"
AGENT = "agent@contoso.example"
CSP_ONLY = "csponly@contoso.example"
DRAFT = re.compile(r"^/portals/([a-z0-9-]+)/create/([0-9a-f-]{36})/problem$")


def customer(name: str = "Relecloud") -> Customer:
    """Return a customer of the demo world."""
    return Customer.objects.get(name=name)


def page_url(of: Customer) -> str:
    """Return the address of the customer's own page."""
    return reverse("support:customer", args=[of.public_id])


def new_request_url(of: Customer) -> str:
    """Return the address of New request for the customer."""
    return reverse("support:customer-new-request", args=[of.public_id])


def acting_for(of: Customer, *, who: str = AGENT, slug: str = "azure") -> PortalWizard:
    """Choose the workload for the customer; return the draft that this starts in its portal."""
    wizard = PortalWizard(client_of(who), slug)
    response = wizard.client.post(new_request_url(of), {"workload": slug})
    started = DRAFT.match(response.url)
    assert started is not None
    assert started[1] == slug
    wizard.draft_id = uuid.UUID(started[2])
    return wizard
