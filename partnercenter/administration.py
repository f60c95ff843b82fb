"""
The Django admin, for administrators only: who comes in, and by which doors.

It signs nobody in by itself: whoever is not signed in goes to the portal's own page, with all that
holds there, and whoever may not is told so as everywhere, with a record. Only what our own apps
register is shown; pages of other packages would write past the services.
"""

from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy

from partners import permissions
from partners.pages import signed_in
from partners.permissions import staff_may
from partners.roles import StaffPermission
from portal.administration import ReadOnlyAdmin

# The portal has pages of its own for these.
LEFT_OUT = ("login", "logout", "password_change", "password_change_done", "autocomplete")


class AdministrationSite(admin.AdminSite):
    """The portal's admin site."""

    site_header = gettext_lazy("Partner Center: administration")
    site_title = gettext_lazy("Administration")
    index_title = gettext_lazy("Administration")
    index_template = "admin/portal_index.html"
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the account may open the administration."""
        user: Any = request.user
        return user.is_authenticated and staff_may(user, StaffPermission.DJANGO_ADMIN)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        """Let administrators in, others to the portal's sign-in or its refusal."""
        inside = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            permissions.require_staff(StaffPermission.DJANGO_ADMIN, by=request.user)
            return inside(request, *args, **kwargs)

        return signed_in(guarded)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take what is read-only by default; what other packages bring is not shown."""
        if admin_class is not None and issubclass(admin_class, ReadOnlyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Leave out signing in and out, and whatever no page here asks for."""
        left_out = {*LEFT_OUT, "view_on_site"}
        return [url for url in super().get_urls() if getattr(url, "name", None) not in left_out]
