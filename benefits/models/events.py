"""The change feed: what happened to benefits, written beside the change, numbered after commit."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models.contracts import Link
from benefits.models.memberships import mpn_partners_of
from benefits.models.plans import Package, Plan
from partners.models import Partner, User

OF_PACKAGES = ["ACTIVATED", "LINKED"]
USES_AND_RETURNS = ["CONSUMED", "RETURNED"]
MOVEMENTS = [*USES_AND_RETURNS, "EXPIRED", "ADJUSTED"]
PERCENTS = [80, 100]


class EventQuerySet(models.QuerySet["Event"]):
    """Events, from the point of view of who asks."""

    def published(self) -> "EventQuerySet":
        """Keep the events that have their position."""
        return self.filter(position__isnull=False)

    def after(self, position: int) -> "EventQuerySet":
        """Keep the published events behind this position, in the order of the feed."""
        return self.published().filter(position__gt=position).order_by("position")

    def readable_by(self, user: User, *, acting_for: Partner | None) -> "EventQuerySet":
        """
        Keep the events of the partner acted for, if the account is associated with MPN there, and
        of contracts that the account may use by a link. Who else linked those is not told, nor
        what becomes of advisory hours: they are not the contract's.
        """
        own = Package.objects.visible_to(user).filter(partner=acting_for)
        links = Link.objects.filter(user_id=user.pk).in_force()
        packages = own.values_list("pk", flat=True).union(
            links.values_list("contract__package_id", flat=True)
        )
        of_contracts = Q(type="ACTIVATED") | Q(plan__unit="INCIDENT")
        may_be_told = (
            of_contracts
            | Q(account_id=user.pk)
            | Q(partner=acting_for, partner_id__in=mpn_partners_of(user))
        )
        return self.filter(may_be_told, package_id__in=packages)


class Event(models.Model):
    """
    One change of a package or plan. It is written in the transaction of the change itself.

    `position` is its place in the feed: given after the commit, in the order 1, 2, 3 without gaps,
    by events.relay(), and never changed. `quantity` and `remaining_after` are in the plan's unit,
    as in the ledger; `percent` of the total was reached by a THRESHOLD; `account` has LINKED.
    """

    class Type(models.TextChoices):
        ACTIVATED = "ACTIVATED", _("Benefits activated")
        LINKED = "LINKED", _("New link")
        CONSUMED = "CONSUMED", _("Used")
        RETURNED = "RETURNED", _("Returned")
        EXPIRED = "EXPIRED", _("Lapsed")
        ADJUSTED = "ADJUSTED", _("Adjusted")
        THRESHOLD = "THRESHOLD", _("Threshold reached")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveBigIntegerField(
        _("position"), unique=True, null=True, blank=True, editable=False
    )
    type = models.CharField(_("Kind"), max_length=10, choices=Type.choices)
    # Read by package and position; the other keys are followed, never searched.
    partner = models.ForeignKey(
        Partner,
        verbose_name=_("Partner"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    package = models.ForeignKey(
        Package,
        verbose_name=_("package"),
        on_delete=models.PROTECT,
        related_name="events",
        db_index=False,
    )
    plan = models.ForeignKey(
        Plan,
        verbose_name=_("Plan"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    quantity = models.IntegerField(_("Quantity"), null=True, blank=True)
    remaining_after = models.PositiveIntegerField(_("Remaining"), null=True, blank=True)
    request_number = models.CharField(_("request number"), max_length=15, null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)
    account = models.ForeignKey(
        User,
        verbose_name=_("Account"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    occurred_at = models.DateTimeField(_("When"))
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    type__in=[
                        "ACTIVATED",
                        "LINKED",
                        "CONSUMED",
                        "RETURNED",
                        "EXPIRED",
                        "ADJUSTED",
                        "THRESHOLD",
                    ]
                ),
                name="benefits_event_type_known",
            ),
            models.CheckConstraint(
                condition=Q(type__in=OF_PACKAGES, plan__isnull=True)
                | (~Q(type__in=OF_PACKAGES) & Q(plan__isnull=False)),
                name="benefits_event_plan_unless_of_package",
            ),
            models.CheckConstraint(
                condition=Q(type="LINKED", account__isnull=False)
                | (~Q(type="LINKED") & Q(account__isnull=True)),
                name="benefits_event_account_if_linked",
            ),
            models.CheckConstraint(
                condition=Q(
                    type__in=USES_AND_RETURNS, quantity__isnull=False, request_number__isnull=False
                )
                | Q(
                    type__in=["EXPIRED", "ADJUSTED"],
                    quantity__isnull=False,
                    request_number__isnull=True,
                )
                | (~Q(type__in=MOVEMENTS) & Q(quantity__isnull=True, request_number__isnull=True)),
                name="benefits_event_quantity_if_movement",
            ),
            models.CheckConstraint(
                # Uses of unlimited plans leave no number.
                condition=Q(type__in=USES_AND_RETURNS)
                | Q(type__in=OF_PACKAGES, remaining_after__isnull=True)
                | (~Q(type__in=OF_PACKAGES) & Q(remaining_after__isnull=False)),
                name="benefits_event_remaining_if_limited",
            ),
            models.CheckConstraint(
                # Not null as well: a CHECK whose answer is unknown lets the row pass.
                condition=Q(type="THRESHOLD", percent__isnull=False, percent__in=PERCENTS)
                | (~Q(type="THRESHOLD") & Q(percent__isnull=True)),
                name="benefits_event_percent_if_threshold",
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=True) | Q(position__gte=1),
                name="benefits_event_position_from_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(position__isnull=True),
                name="benefits_event_unpublished",
            ),
            models.Index(fields=["package", "position"], name="benefits_event_package"),
        ]

    def __str__(self) -> str:
        name = self.get_type_display()
        return f"{self.position}: {name}" if self.position else name


class FeedHead(models.Model):
    """The last position that was given; one row, and whoever gives positions locks it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="benefits_feedhead_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.last)
