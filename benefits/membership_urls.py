"""Addresses of the partner's memberships, below /dashboard/mpn/."""

from django.urls import path

from benefits.views import memberships

app_name = "memberships"

urlpatterns = [
    path("offers", memberships.offers_alias, name="offers-alias"),
    path("membership/offers", memberships.offers, name="offers"),
    path("membership/offers/<uuid:package_id>/renew", memberships.renew, name="renew"),
    path("membership/offers/<uuid:package_id>/upgrade", memberships.upgrade, name="upgrade"),
    path("membership/competencies", memberships.competencies, name="competencies"),
]
