"""The audit in the Django admin: read-only even there."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from portal.administration import ReadOnlyAdmin
from portal.models import AuditRecord


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """What was done and tried, the latest first."""

    note = gettext_lazy(
        "Read-only: the audit is appended to by what is done, and never changed. The list ends "
        "after the latest 1,000 that you look for."
    )
    list_display = (
        *("occurred_at", "action", "actor", "partner_mpn_id", "target_kind", "target_id"),
        "refusal_code",
    )
    list_select_related = ("actor",)
    search_fields = ("partner_mpn_id__exact",)
    search_help_text = gettext_lazy("MPN ID of the partner")
