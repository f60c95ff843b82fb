"""Addresses of the API about products, the check, requests and the look-up."""

from django.urls import path

from support.api import check, lookups, products, requests

urlpatterns = [
    path("products", products.Products.as_view(), name="products"),
    path("entitlements/check", check.Check.as_view(), name="check"),
    path("supportRequests", requests.Requests.as_view(), name="requests"),
    path("supportRequests/<request_number:number>", requests.OneRequest.as_view(), name="request"),
    path("supportRequests/<request_number:number>/notes", requests.Notes.as_view(), name="notes"),
    path("supportRequests/<request_number:number>/close", requests.Closing.as_view(), name="close"),
    path(
        "supportRequests/<request_number:number>/reopen",
        requests.Reopening.as_view(),
        name="reopen",
    ),
    path("lookups", lookups.Lookups.as_view(), name="lookups"),
]
