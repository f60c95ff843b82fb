"""What was used in each month: sums of ledger entries, for the reports."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.allotments import Unit
from support.models.requests import SupportRequest


class PlanLevel(models.TextChoices):
    """What a plan came with: a level of membership, or a purchase."""

    GOLD = "GOLD", _("Gold competency")
    SILVER = "SILVER", _("Silver competency")
    ACTION_PACK = "ACTION_PACK", _("Action Pack")
    BOUGHT = "BOUGHT", _("Bought plan")


class MonthlyUse(models.Model):
    """
    What was used and returned in one month (UTC), of plans of one level, for one product family.

    A sum of ledger entries, kept so that a report needs not read them: the ledger is what counts.
    Only services/usage.py writes it, from entries that never change.
    """

    month = models.DateField()
    unit = models.CharField(max_length=10, choices=Unit.choices)
    level = models.CharField(max_length=12, choices=PlanLevel.choices)
    portal = models.CharField(max_length=24, choices=SupportRequest.Portal.choices)
    product_family = models.CharField(max_length=60)
    used = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "unit", "level", "portal", "product_family"],
                name="support_monthlyuse_once",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=["INCIDENT", "HOUR"]), name="support_monthlyuse_unit_known"
            ),
            models.CheckConstraint(
                condition=Q(level__in=["GOLD", "SILVER", "ACTION_PACK", "BOUGHT"]),
                name="support_monthlyuse_level_known",
            ),
            models.CheckConstraint(
                condition=Q(used__gt=0) | Q(returned__gt=0), name="support_monthlyuse_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.level} {self.product_family}: {self.used}"


class MonthlyUseHead(models.Model):
    """Up to which ledger entry, by key, the months are summed up: one row, locked by who sums."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_entry = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="support_monthlyusehead_one_row"),
        ]

    def __str__(self) -> str:
        return f"up to entry {self.last_entry}"
