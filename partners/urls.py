"""Addresses of the account itself, and of what its company lets in."""

from django.urls import path

from partners.views import clients, customers, switching

app_name = "partners"
CLIENTS = "dashboard/account/api-clients"

urlpatterns = [
    path("account/switch", switching.switch, name="switch"),
    path("account/sign-in-other", switching.sign_in_other, name="sign-in-other"),
    path("commerce/customers/list", customers.customers, name="customers"),
    path(CLIENTS, clients.api_clients, name="api-clients"),
    path(f"{CLIENTS}/<slug:client_id>", clients.api_client, name="api-client"),
    path(f"{CLIENTS}/<slug:client_id>/secret", clients.rotate, name="api-client-secret"),
    path(f"{CLIENTS}/<slug:client_id>/scopes", clients.scopes, name="api-client-scopes"),
    path(f"{CLIENTS}/<slug:client_id>/revoke", clients.revoke, name="api-client-revoke"),
]
