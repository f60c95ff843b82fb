"""Addresses of the API about companies."""

from django.urls import path

from partners.api import partners

urlpatterns = [
    path("partners", partners.Partners.as_view(), name="partners"),
    path("partners/<mpn_id:mpn_id>", partners.OnePartner.as_view(), name="partner"),
]
