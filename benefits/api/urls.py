"""Addresses of the API about benefits."""

from django.urls import path

from benefits.api import contracts, entitlements, events, memberships, packages

urlpatterns = [
    path("entitlements", entitlements.Entitlements.as_view(), name="entitlements"),
    path(
        "entitlements/<uuid:entitlement_id>",
        entitlements.OneEntitlement.as_view(),
        name="entitlement",
    ),
    path("entitlements/<uuid:entitlement_id>/ledger", entitlements.Ledger.as_view(), name="ledger"),
    path("benefits", packages.Benefits.as_view(), name="benefits"),
    path("benefits/<uuid:benefit_id>", packages.OneBenefit.as_view(), name="benefit"),
    path("benefits/<uuid:benefit_id>/activate", packages.Activation.as_view(), name="activate"),
    path("contracts", contracts.Contracts.as_view(), name="contracts"),
    path("contracts/link", contracts.Linking.as_view(), name="link"),
    path("contracts/<uuid:contract_id>", contracts.OneContract.as_view(), name="contract"),
    path("contracts/<uuid:contract_id>/ids", contracts.Pair.as_view(), name="contract-ids"),
    path("contracts/<uuid:contract_id>/link", contracts.OwnLink.as_view(), name="unlink"),
    path(
        "partners/<mpn_id:mpn_id>/memberships",
        memberships.Memberships.as_view(),
        name="memberships",
    ),
    path("events", events.Events.as_view(), name="events"),
]
