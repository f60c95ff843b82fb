"""Addresses of this app, by portal; one namespace for all."""

from django.urls import include, path

from support import portals

app_name = "support"
portals.register()

urlpatterns = [
    path("supportforbusiness/", include("support.urls.support_for_business")),
    path("commerce/customers/", include("support.urls.customers")),
    path("portals/<cloud_portal:portal>/", include("support.urls.portals")),
    path("staff/", include("support.urls.staff")),
    path(
        "dashboard/mpn/membership/benefits/technical/",
        include("support.urls.technical_benefits"),
    ),
]
