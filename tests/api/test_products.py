"""The catalogue: what is offered, whether it is covered today, and why not."""

from datetime import UTC, datetime

import pytest

from partnercenter.demo.accounts import CONTOSO
from partners.scopes import ClientScope
from support import products
from tests.api.resources import answered, browser_of, client_at, everything, refused, staff_client
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

READ = ClientScope.ENTITLEMENTS_READ


def names(found):
    """Return family and version of what was answered."""
    return [(item["family"], item["version"]) for item in found]


def test_products_are_the_whole_catalogue_with_what_the_rule_says_of_each():
    found = everything(client_at(CONTOSO, READ), "products")

    expected = []
    for product in products.CATALOGUE:
        refusal = products.version_refusal(product, on=NOW.date())
        expected.append(
            {
                "family": product.family,
                "version": product.version,
                "scope": product.scope.value,
                "releasedOn": product.released_on and product.released_on.isoformat(),
                "mainstreamEndsOn": product.mainstream_ends_on
                and product.mainstream_ends_on.isoformat(),
                "covered": refusal is None,
                "explanation": refusal and refusal.explanation.as_dict(),
            }
        )
    assert found == expected
    assert {item["covered"] for item in found} == {True, False}


def test_product_that_is_not_covered_is_explained_with_the_old_code_and_what_passes():
    found = everything(client_at(CONTOSO, READ), "products", family="Windows")

    assert names(found) == [("Windows", "11"), ("Windows", "10")]
    assert (found[0]["covered"], found[0]["explanation"]) == (True, None)
    explanation = found[1]["explanation"]
    assert explanation["code"] == "product_not_supported"
    assert explanation["message"].startswith(
        "Windows 10 is not covered: its mainstream support ended on 14 October 2025."
    )
    assert "The guide of 2021 names it" in explanation["message"]
    assert explanation["facts"] == {
        "family": "Windows",
        "version": "10",
        "mainstreamEndsOn": "2025-10-14",
        "versionsThatPass": ["11"],
        "legacyCode": "Code: 8",
    }


def test_product_of_2021_was_covered_then_and_what_came_later_is_not_offered(settings):
    settings.PORTAL_NOW = datetime(2021, 6, 15, 9, 0, tzinfo=UTC)

    found = everything(client_at(CONTOSO, READ), "products", family="Windows")

    assert [(item["version"], item["covered"]) for item in found] == [("10", True)]


def test_products_by_scope_and_page_by_page_are_in_the_catalogues_order():
    caller = browser_of("pat@outlook.example")
    offered = [(p.family, p.version) for p in products.CATALOGUE]
    cloud = [(p.family, p.version) for p in products.CATALOGUE if p.is_cloud]

    assert names(everything(caller, "products", size=7)) == offered
    assert names(everything(caller, "products", scope="CLOUD", size=4)) == cloud
    assert names(everything(caller, "products", scope="CLOUD,ON_PREMISES")) == offered
    assert names(everything(caller, "products", family="Azure", scope="ON_PREMISES")) == []
    assert everything(caller, "products", family="Minitel") == []


def test_products_are_the_same_for_everybody():
    first = answered(client_at(CONTOSO, READ).get("products"))

    assert answered(staff_client().get("products")) == first
    assert first["totalCount"] == len(products.CATALOGUE)


@pytest.mark.parametrize("query", [{"scope": "ALL"}, {"covered": "true"}, {"cursor": "1"}])
def test_products_by_an_unknown_filter_are_refused(query):
    response = client_at(CONTOSO, READ).get("products", **query)

    assert refused(response) == (400, "invalid_filter")
    assert [p["name"] for p in response.json()["invalidParameters"]] == list(query)


def test_products_need_the_scope_of_reading():
    assert refused(client_at(CONTOSO, ClientScope.REQUESTS_READ).get("products")) == (
        403,
        "insufficient_scope",
    )
