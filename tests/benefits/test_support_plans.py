"""The facts of the partner support plans, as they are read from their table."""

from benefits.allotments import Scope
from benefits.support_plans import OFFERED, SUPPORT_PLANS, Offer


def test_support_plans_are_the_five_of_the_table_in_its_order():
    assert [(p.name, p.benefit, p.products.value, p.price.value) for p in SUPPORT_PLANS] == [
        (
            "Microsoft Product Support",
            "MICROSOFT_PRODUCT_SUPPORT",
            "ON_PREMISES",
            "included",
        ),
        ("Signature Cloud Support", "SIGNATURE_CLOUD_SUPPORT", "CLOUD", "included"),
        ("Advanced Support for Partners", "PARTNER_SUPPORT", "CLOUD", "fee-based"),
        ("Premier Support for Partners", "PARTNER_SUPPORT", "ALL", "fee-based"),
        ("Cloud Solution Provider", None, "CLOUD (Azure only)", "no contract"),
    ]


def test_offers_are_what_is_sold_each_with_its_scope():
    sold = {offer: (plan.name, plan.scope) for offer, plan in OFFERED.items()}

    assert sold == {
        Offer.ADVANCED: ("Advanced Support for Partners", Scope.CLOUD),
        Offer.PREMIER: ("Premier Support for Partners", Scope.ALL),
    }


def test_offers_are_called_in_the_code_as_in_the_table():
    assert {offer: str(offer.label) for offer in Offer} == {
        offer: plan.name for offer, plan in OFFERED.items()
    }
