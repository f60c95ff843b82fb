"""The ledger: every movement on a plan, appended and never changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models.plans import Plan
from partners.models import User
from portal.append_only import History


class LedgerEntry(History):
    """
    One movement on a plan, in incidents or hours. The database refuses UPDATE and DELETE.

    `number` counts 1, 2, 3 without gaps within a plan: two writers that read the same last entry
    cannot both append. The request that used an incident is named by its number, for requests live
    in an app above this one.
    """

    class Kind(models.TextChoices):
        GRANT = "GRANT", _("Granted")
        CONSUME = "CONSUME", _("Used")
        RETURN = "RETURN", _("Returned")
        EXPIRE = "EXPIRE", _("Lapsed")
        ADJUST = "ADJUST", _("Adjusted")

    plan = models.ForeignKey(
        Plan, verbose_name=_("Plan"), on_delete=models.PROTECT, related_name="entries"
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    quantity = models.IntegerField(_("Quantity"))
    remaining_after = models.PositiveIntegerField(_("Remaining"), null=True, blank=True)
    request_number = models.CharField(_("request number"), max_length=15, null=True, blank=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    actor = models.ForeignKey(
        User,
        verbose_name=_("By"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    occurred_at = models.DateTimeField(_("When"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"], name="benefits_ledgerentry_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["request_number", "kind"],
                condition=Q(request_number__isnull=False),
                name="benefits_ledgerentry_once_per_request",
            ),
            models.CheckConstraint(
                condition=Q(remaining_after__isnull=True) | Q(remaining_after__gte=0),
                name="benefits_ledgerentry_never_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="benefits_ledgerentry_counts_from_one"
            ),
            models.CheckConstraint(
                condition=Q(kind="GRANT", quantity__gt=0, request_number__isnull=True)
                | Q(kind="CONSUME", quantity__lt=0, request_number__isnull=False)
                | Q(kind="RETURN", quantity__gt=0, request_number__isnull=False)
                | Q(kind="EXPIRE", quantity__lt=0, request_number__isnull=True)
                | (Q(kind="ADJUST", request_number__isnull=True) & ~Q(quantity=0) & ~Q(reason="")),
                name="benefits_ledgerentry_quantity_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["CONSUME", "RETURN"]) | Q(remaining_after__isnull=False),
                name="benefits_ledgerentry_unlimited_only_used",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_kind_display()} {self.quantity:+}"
