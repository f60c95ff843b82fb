"""Products: families and versions, and whether included plans cover them today."""

from datetime import UTC
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from benefits.api.access import caller
from benefits.api.shapes import explanation
from partners.scopes import ClientScope
from portal.rest.inputs import PageQuery, SeveralField, TextField
from portal.rest.paging import collection_of
from portal.rest.views import ApiView, operation
from support import products
from support.api import shapes
from support.products import Product


class ProductQuery(PageQuery):
    """Filters of the catalogue."""

    family = TextField(required=False, max_length=60, help_text="One product family.")
    scope = SeveralField(
        ["ON_PREMISES", "CLOUD"], required=False, help_text="Which kinds of product."
    )


class Products(ApiView):
    """The catalogue."""

    tag = "Products"

    @operation(
        name="listProducts",
        summary="List product families and versions, with whether they are covered today",
        scope=ClientScope.ENTITLEMENTS_READ,
        query=ProductQuery,
        answers={200: collection_of(shapes.ProductShape)},
        examples={
            "200": {
                "totalCount": 1,
                "items": [
                    {
                        "family": "Windows",
                        "version": "11",
                        "scope": "ON_PREMISES",
                        "releasedOn": "2021-10-05",
                        "mainstreamEndsOn": None,
                        "covered": True,
                        "explanation": None,
                    }
                ],
                "links": {"self": {"uri": "/api/v1/products", "method": "GET"}, "next": None},
                "attributes": {"objectType": "Collection"},
            }
        },
    )
    def get(self, request: Any) -> Response:
        """Versions that are not released yet are not offered. A bought plan covers any version."""
        on = caller(request).now.astimezone(UTC).date()
        found = [p for p in products.CATALOGUE if p.is_released(on=on) and self._is_wanted(p)]
        return self.page_of_list(found, shape=lambda p: _product(p, on=on))

    def _is_wanted(self, product: Product) -> bool:
        family, scopes = self.query.get("family"), self.query.get("scope")
        return family in (None, product.family) and (not scopes or product.scope in scopes)


def _product(product: Product, *, on: Any) -> shapes.ProductShape:
    refusal = products.version_refusal(product, on=on)
    return {
        "family": product.family,
        "version": product.version,
        "scope": product.scope.value,  # type: ignore[typeddict-item]
        "releasedOn": product.released_on,
        "mainstreamEndsOn": product.mainstream_ends_on,
        "covered": refusal is None,
        "explanation": explanation(refusal.explanation if refusal else None),
    }


class ProductFields(serializers.Serializer):
    """A product as questions and requests name it."""

    productFamily = TextField(max_length=60, help_text="As /products names it.")
    productVersion = TextField(max_length=60, help_text="As /products names it.")


def named(family: str, version: str, *, at: Any) -> Product | None:
    """Return the product that a caller named, or None when there is no such version by then."""
    return products.find(family, version, on=at.astimezone(UTC).date())
