"""Addresses of this app, by portal; one namespace for all."""

from django.urls import include, path

app_name = "support"

urlpatterns = [
    path("supportforbusiness/", include("support.urls.support_for_business")),
    path("staff/", include("support.urls.staff")),
]
