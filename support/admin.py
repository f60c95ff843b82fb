"""Support requests in the Django admin: shown, never written."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from portal.administration import ReadOnlyAdmin
from support.models import Note, SupportRequest

AT_THE_REQUEST = gettext_lazy("Read-only: a request is worked on at its own page.")


@admin.register(SupportRequest)
class SupportRequestAdmin(ReadOnlyAdmin):
    """Support requests."""

    note = AT_THE_REQUEST
    list_display = ("number", "state", "severity", "portal", "product_family", "author", "due_at")
    list_select_related = ("author",)
    search_fields = ("number__exact",)
    search_help_text = gettext_lazy("Request number, 15 digits")


@admin.register(Note)
class NoteAdmin(ReadOnlyAdmin):
    """Notes on requests."""

    note = AT_THE_REQUEST
    list_display = ("request", "author", "written_at")
    list_select_related = ("request", "author")
    search_fields = ("request__number__exact",)
    search_help_text = gettext_lazy("Request number, 15 digits")
