"""Finding a partner's customers by how their name or domain begins, in any script."""

import pytest

from partners.models import Customer
from tests.factories import CustomerFactory, PartnerFactory

pytestmark = pytest.mark.django_db

CUSTOMERS = {
    "Relecloud": "relecloud.example",
    "ЮгТранс": "yugtrans.example",
    "Ωμέγα": "omega.example",
    "東京電機": "denki.example",
    "Straße & Söhne": "straße.example",
    "100% Cloud": "hundred.example",
    "relay": "first-relay.example",
}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rel", {"Relecloud", "relay"}),
        ("  RELECLOUD ", {"Relecloud"}),
        ("югт", {"ЮгТранс"}),
        ("ЮГТ", {"ЮгТранс"}),
        ("ΩΜΈ", {"Ωμέγα"}),
        ("東京", {"東京電機"}),
        ("STRASSE", {"Straße & Söhne"}),
        ("straße.", {"Straße & Söhne"}),
        ("Omega.Ex", {"Ωμέγα"}),
        ("100%", {"100% Cloud"}),
        ("%", set()),
        ("_", set()),
        ("cloud", set()),
        ("", set(CUSTOMERS)),
    ],
)
def test_customers_begin_with_what_was_typed_by_name_or_domain(typed: str, found: set[str]):
    partner = PartnerFactory()
    for name, domain in CUSTOMERS.items():
        CustomerFactory(partner=partner, name=name, domain=domain)
    CustomerFactory(name="Relecloud of another partner")

    shown = Customer.objects.of(partner).name_begins_with(typed)

    assert {customer.name for customer in shown} == found


def test_customers_still_served_leave_out_those_given_up():
    served = CustomerFactory()
    CustomerFactory(partner=served.partner, inactive=True)

    assert list(Customer.objects.of(served.partner).still_served()) == [served]
