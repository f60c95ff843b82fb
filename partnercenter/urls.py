"""The whole address space on one screen. Addresses mirror the original's paths."""

from allauth.account import views as accounts
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from partnercenter import api_docs, home, notifications
from partnercenter.help import views as help_pages
from partners.oauth import TokenEndpoint
from portal.gallery import gallery

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"

# allauth's own URLconf would add pages that the portal does not have.
sign_in = [
    path("login/", accounts.login, name="account_login"),
    path("logout/", accounts.logout, name="account_logout"),
    path("signup/", accounts.signup, name="account_signup"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path("password/change/", accounts.password_change, name="account_change_password"),
    path("password/reset/", accounts.password_reset, name="account_reset_password"),
    path("password/reset/done/", accounts.password_reset_done, name="account_reset_password_done"),
    # The key has hyphens too: the account's number ends at the first one.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        accounts.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        accounts.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

# One namespace for all resources: links in answers name them as api:...
api: list[URLPattern | URLResolver] = [
    path("", include("partners.api.urls")),
    path("", include("benefits.api.urls")),
    path("", include("support.api.urls")),
    path("schema", api_docs.schema, name="schema"),
    path("docs", api_docs.docs, name="docs"),
]

# Open to everybody, signed in or not.
helping = [
    path("", help_pages.index, name="help"),
    path("codes", help_pages.codes, name="help-codes"),
    path("codes/<slug:code>", help_pages.code, name="help-code"),
    path("<slug:topic>", help_pages.topic, name="help-topic"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("health", home.health, name="health"),
    path("gallery/", gallery, name="gallery"),
    path("accounts/", include(sign_in)),
    path("", include("partners.urls")),
    path("help/", include(helping)),
    path("dashboard/", home.dashboard, name="dashboard"),
    path("dashboard/notifications", notifications.notifications, name="notifications"),
    path("dashboard/notifications/read", notifications.mark_as_read, name="notifications-read"),
    path("", include("benefits.urls")),
    path("dashboard/mpn/", include("benefits.membership_urls")),
    path("", include("support.urls")),
    path("admin/", admin.site.urls),
    path("oauth/token", TokenEndpoint.as_view(), name="oauth-token"),
    path("api/v1/", include((api, "api"))),
]
