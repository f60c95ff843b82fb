"""Addresses of the account itself, and of what its company lets in."""

from django.urls import path

from partners.views import access, audit, clients, customers, switching, users

app_name = "partners"
CLIENTS = "dashboard/account/api-clients"
USERS = "dashboard/account/usermanagement"

urlpatterns = [
    path("account/switch", switching.switch, name="switch"),
    path("account/language", switching.speak, name="language"),
    path("account/sign-in-other", switching.sign_in_other, name="sign-in-other"),
    path("commerce/customers/list", customers.customers, name="customers"),
    path("dashboard/account/my-access", access.my_access, name="my-access"),
    path(USERS, users.list_users, name="users"),
    path(f"{USERS}/add", users.add, name="user-add"),
    path(f"{USERS}/<uuid:account_id>", users.user, name="user"),
    path(f"{USERS}/<uuid:account_id>/programs", users.programs, name="user-programs"),
    path(f"{USERS}/<uuid:account_id>/roles", users.roles, name="user-roles"),
    path(f"{USERS}/<uuid:account_id>/remove", users.remove, name="user-remove"),
    path("dashboard/account/audit", audit.audit, name="audit"),
    path("dashboard/account/audit.csv", audit.audit_csv, name="audit-csv"),
    path(CLIENTS, clients.api_clients, name="api-clients"),
    path(f"{CLIENTS}/<slug:client_id>", clients.api_client, name="api-client"),
    path(f"{CLIENTS}/<slug:client_id>/secret", clients.rotate, name="api-client-secret"),
    path(f"{CLIENTS}/<slug:client_id>/scopes", clients.scopes, name="api-client-scopes"),
    path(f"{CLIENTS}/<slug:client_id>/revoke", clients.revoke, name="api-client-revoke"),
]
