"""
What partners hold, in the Django admin: shown, never written.

Memberships, packages, plans, contracts and links are written by services only, each with its
record; the ledger and the feed are histories. The table of issued IDs is left out: a Contract ID
is shown nowhere, and an Access ID is found by the look-up.
"""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from benefits.models import (
    Competency,
    Contract,
    Event,
    LedgerEntry,
    Link,
    Membership,
    Package,
    Plan,
    Purchase,
)
from portal.administration import ReadOnlyAdmin

ON_THE_DESK = gettext_lazy(
    "Read-only: memberships are added and corrected on the staff desk, under Partners."
)
BY_USE = gettext_lazy("Read-only: activating, linking and using benefits write this.")
BY_MPN_ID = gettext_lazy("MPN ID of the partner")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Membership years."""

    note = ON_THE_DESK
    list_display = ("partner", "kind", "level", "starts_on", "anniversary_on", "ended_on")
    list_select_related = ("partner",)
    search_fields = ("partner__mpn_id__exact",)
    search_help_text = BY_MPN_ID


@admin.register(Competency)
class CompetencyAdmin(ReadOnlyAdmin):
    """Competencies under core memberships."""

    note = ON_THE_DESK
    list_display = ("name", "membership", "attained_on")
    list_select_related = ("membership",)
    search_fields = ("membership__partner__mpn_id__exact",)
    search_help_text = BY_MPN_ID


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    """Support plans that were bought."""

    note = gettext_lazy("Read-only: partners buy plans themselves (simulated).")
    list_display = ("partner", "offer", "number", "bought_at", "bought_by")
    list_select_related = ("partner", "bought_by")
    search_fields = ("partner__mpn_id__exact",)
    search_help_text = BY_MPN_ID


@admin.register(Package)
class PackageAdmin(ReadOnlyAdmin):
    """The benefits of a membership year, or of a purchase."""

    note = BY_USE
    list_display = ("public_id", "partner", "membership", "purchase", "starts_at", "ends_at")
    list_select_related = ("partner", "membership", "purchase")
    search_fields = ("partner__mpn_id__exact",)
    search_help_text = BY_MPN_ID


@admin.register(Plan)
class PlanAdmin(ReadOnlyAdmin):
    """Plans with their cached balances."""

    note = gettext_lazy(
        "Read-only: balances follow from the ledger; what a plan gave is corrected on the card of "
        "its partner."
    )
    list_display = (
        *("public_id", "partner", "__str__", "allotment", "remaining", "used", "adjusted"),
        "expired",
    )
    list_select_related = ("package__partner", "package__membership", "package__purchase")
    search_fields = ("package__partner__mpn_id__exact",)
    search_help_text = BY_MPN_ID

    @admin.display(description=gettext_lazy("Partner"))
    def partner(self, plan: Plan) -> str:
        """Return whose plan it is."""
        return plan.package.partner.name


@admin.register(Contract)
class ContractAdmin(ReadOnlyAdmin):
    """Contracts, without their IDs."""

    note = BY_USE
    list_display = ("public_id", "partner", "starts_at", "ends_at", "requested_by")
    list_select_related = ("package__partner", "requested_by")
    search_fields = ("package__partner__mpn_id__exact",)
    search_help_text = BY_MPN_ID

    @admin.display(description=gettext_lazy("Partner"))
    def partner(self, contract: Contract) -> str:
        """Return whose contract it is."""
        return contract.package.partner.name


@admin.register(Link)
class LinkAdmin(ReadOnlyAdmin):
    """Which account uses which contract."""

    note = BY_USE
    list_display = ("user", "contract", "method", "linked_at", "dropped_at", "revoked_at")
    list_select_related = ("user", "contract")
    search_fields = ("user__email__exact",)
    search_help_text = gettext_lazy("E-mail address of the account")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The ledger: read-only even here."""

    note = gettext_lazy(
        "Read-only: the ledger is appended to and never changed; a correction is a line of its own."
    )
    list_display = (
        *("occurred_at", "plan", "number", "kind", "quantity", "remaining_after"),
        *("request_number", "actor"),
    )
    list_select_related = ("plan", "actor")
    search_fields = ("plan__public_id",)
    search_help_text = gettext_lazy("Public id of the plan")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the entries of one plan; as text, which Django would compare, no index holds it."""
        if not search_term:
            return queryset, False
        try:
            plan_id = uuid.UUID(search_term.strip())
        except ValueError:
            return queryset.none(), False
        return queryset.filter(plan__public_id=plan_id), False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What the change feed tells."""

    note = gettext_lazy("Read-only: the change feed tells what was done, and is never changed.")
    list_display = ("occurred_at", "position", "type", "partner", "plan", "quantity")
    list_select_related = ("partner", "plan")
