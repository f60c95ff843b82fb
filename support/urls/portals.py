"""Addresses of the cloud portals: the same below each portal's name."""

from django.urls import path

from support.views import portal_wizard
from support.views import portals as views

urlpatterns = [
    path("", views.help_and_support, name="portal-help"),
    path("plans", views.plans, name="portal-plans"),
    path("link", views.link, name="portal-link"),
    path("link/<uuid:contract_id>", views.link_own, name="portal-link-own"),
    path("create", portal_wizard.problem, name="portal-create"),
    path("create/<uuid:draft_id>/problem", portal_wizard.problem, name="portal-problem"),
    path("create/<uuid:draft_id>/details", portal_wizard.details, name="portal-details"),
    path("create/<uuid:draft_id>/review", portal_wizard.review, name="portal-review"),
]
