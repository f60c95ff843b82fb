"""Packages, and the plans that are their lines."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from benefits.allotments import FEW_LEFT_PERCENT, Benefit, Scope, Unit
from benefits.models.memberships import Membership, mpn_partners_of, partners_of
from benefits.models.purchases import Purchase
from partners.models import ApiClient, Partner, User

if TYPE_CHECKING:
    from benefits.models.contracts import Contract


# What an index holds of the plans; whoever looks for it asks in the same words.
FEW_LEFT = Q(GreaterThan(F("remaining") * 100, 0)) & Q(
    LessThanOrEqual(F("remaining") * 100, (F("allotment") + F("adjusted")) * FEW_LEFT_PERCENT)
)
UNGRANTED = Q(remaining__isnull=True, allotment__isnull=False)
# What has lapsed counts no more; of a plan that runs nothing has.
COUNTED = Q(remaining__isnull=False, expired=0)


class PackageQuerySet(models.QuerySet["Package"]):
    """Packages, from the point of view of who asks."""

    def visible_to(self, user: User) -> "PackageQuerySet":
        """Keep the packages of the account's partners: outside MPN only those that were bought."""
        of_mpn = Q(partner_id__in=mpn_partners_of(user))
        mine = self.filter(partner_id__in=partners_of(user))
        return mine.filter(of_mpn | Q(purchase__isnull=False))

    def visible_at(self, partner: Partner | None, *, user: User) -> "PackageQuerySet":
        """Keep the packages that the account sees at this partner; none at no partner."""
        if partner is None:
            return self.none()
        return self.visible_to(user).filter(partner_id=partner.pk)

    def used_by(self, user: User, *, acting_for: Partner | None) -> models.QuerySet["Package", int]:
        """Return the keys of packages that the account has linked, or sees at the partner."""
        # By name: the contracts import this module. By keys: prepared queries are given no rows.
        links = apps.get_model("benefits", "Link").objects
        linked = links.filter(user_id=user.pk, dropped_at__isnull=True).values_list(
            "contract__package_id", flat=True
        )
        own = self.visible_at(acting_for, user=user)
        return own.values_list("pk", flat=True).union(linked)

    def running_at(self, at: datetime) -> "PackageQuerySet":
        """Keep those that have started, and whose time to be activated has not ended."""
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def ending_within(self, time: timedelta, *, at: datetime) -> models.QuerySet["Package", int]:
        """Return the keys of packages whose contract ends so soon; without one, they themselves."""
        soon = at + time
        by_contract = self.filter(
            contract__starts_at__lte=at, contract__ends_at__gt=at, contract__ends_at__lte=soon
        )
        waiting = self.running_at(at).filter(ends_at__lte=soon, contract__isnull=True)
        keys = [query.values_list("pk", flat=True) for query in (by_contract, waiting)]
        return keys[0].union(keys[1])


class Package(models.Model):
    """
    The technical benefits of one membership year; this is what is activated, as a whole.

    `ends_at` is the instant up to which it can be activated: 30 days after the anniversary, or the
    day on which an upgrade ended the membership. A support plan that was bought is a package too:
    active from the start, without a membership, for the year that was bought. The partner stands
    here as well as there: every list begins at the partner, and verification holds them together.
    """

    public_id = models.UUIDField(_("public ID"), default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey(
        Partner, verbose_name=_("Partner"), on_delete=models.PROTECT, related_name="packages"
    )
    membership = models.OneToOneField(
        Membership,
        verbose_name=_("Membership"),
        on_delete=models.PROTECT,
        related_name="package",
        null=True,
        blank=True,
    )
    purchase = models.OneToOneField(
        Purchase,
        verbose_name=_("purchase"),
        on_delete=models.PROTECT,
        related_name="package",
        null=True,
        blank=True,
    )
    starts_at = models.DateTimeField(_("Starts"))
    ends_at = models.DateTimeField(_("Ends"))

    contract: "Contract"

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="benefits_package_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(membership__isnull=False, purchase__isnull=True)
                | Q(membership__isnull=True, purchase__isnull=False),
                name="benefits_package_of_one_source",
            ),
        ]
        indexes = [models.Index(fields=["ends_at", "id"], name="benefits_package_ends")]

    def __str__(self) -> str:
        return str(self.membership or self.purchase)

    @property
    def source(self) -> str:
        """Where it comes from: Gold competency, Action Pack, or the plan that was bought."""
        if self.purchase is not None:
            return self.purchase.get_offer_display()
        assert self.membership is not None, "a package has one source"
        return self.membership.get_level_display() or self.membership.get_kind_display()


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans, from the point of view of who asks. `as_entitlements` is what every reader uses."""

    def held_by(self, partner: Partner) -> "PlanQuerySet":
        """Keep the partner's own plans."""
        return self.filter(package__partner_id=partner.pk)

    def visible_to(self, user: User) -> "PlanQuerySet":
        """Keep the plans of the account's partners: outside MPN only those that were bought."""
        return self.filter(package_id__in=Package.objects.visible_to(user).values("pk"))

    def linked_to(self, user: User) -> "PlanQuerySet":
        """Keep the plans of contracts that the account has linked, revoked links included."""
        from_links = user.links.filter(dropped_at__isnull=True).values("contract__package_id")
        return self.filter(package_id__in=from_links)

    def readable_by(self, user: User, *, acting_for: Partner | None) -> "PlanQuerySet":
        """
        Keep what the account may read: linked contracts, and all of the partner it acts for.

        A contract carries incidents only: another partner's advisory hours are not linked with it.
        Staff read everything. The packages are a subquery: an OR over joins would scan all plans.
        """
        if user.is_staff_member:
            return self.all()
        own = Package.objects.visible_at(acting_for, user=user).values("pk")
        used = Package.objects.used_by(user, acting_for=acting_for)
        return self.in_packages(own=own, used=used)

    def in_packages(self, *, own: Any, used: Any) -> "PlanQuerySet":
        """Keep what is readable of packages: all of the own ones, incidents of those in use."""
        on_contract = Q(unit=Unit.INCIDENT)
        return self.filter(on_contract | Q(package__in_keys_of=own), package__in_keys_of=used)

    def that_count_incidents(self) -> "PlanQuerySet":
        """Leave out the advisory hours."""
        return self.filter(unit=Unit.INCIDENT)

    def that_count_hours(self) -> "PlanQuerySet":
        """Keep only the advisory hours."""
        return self.filter(unit=Unit.HOUR)

    def on_running_contract(self, at: datetime) -> "PlanQuerySet":
        """Keep the incidents of contracts that have started and not ended."""
        contract = "package__contract__"
        runs: dict[str, Any] = {f"{contract}starts_at__lte": at, f"{contract}ends_at__gt": at}
        return self.that_count_incidents().filter(**runs)

    def few_left_at(self, at: datetime) -> "PlanQuerySet":
        """Keep incidents of which at least 1 and at most a fifth of the total is left."""
        return self.on_running_contract(at).filter(FEW_LEFT)

    def used_up_at(self, at: datetime) -> "PlanQuerySet":
        """Keep incidents of which none is left, although the contract runs."""
        return self.on_running_contract(at).filter(COUNTED, remaining=0)

    def never_activated_at(self, at: datetime) -> "PlanQuerySet":
        """Keep what was never granted of packages that can be activated now."""
        runs = {"package__starts_at__lte": at, "package__ends_at__gt": at}
        return self.that_count_incidents().filter(UNGRANTED, **runs)

    def with_standing(self, *, at: datetime) -> "PlanQuerySet":
        """
        Annotate what filters and orders ask for: `shown_end`, `shown_status`, `shown_remaining`.

        The same rules as Entitlement's, as the database computes them; a test holds them together.
        """
        contract = F("package__contract__starts_at")
        incident = Q(unit=Unit.INCIDENT)
        ended = Case(
            When(unit=Unit.HOUR, then=F("package__ends_at")),
            default=Coalesce(F("package__contract__ends_at"), F("package__ends_at")),
        )
        status = Case(
            When(shown_end__lte=at, then=Value("EXPIRED")),
            When(package__starts_at__gt=at, then=Value("SCHEDULED")),
            When(incident & Q(package__contract__isnull=True), then=Value("NOT_ACTIVATED")),
            When(incident & Q(contract_start__gt=at), then=Value("PENDING")),
            When(allotment__isnull=False, remaining=0, then=Value("EXHAUSTED")),
            default=Value("ACTIVE"),
        )
        remaining = Case(
            When(shown_status="EXPIRED", then=Value(0)),
            When(shown_status__in=["ACTIVE", "EXHAUSTED"], then=F("remaining")),
            default=Value(None),
            output_field=models.IntegerField(),
        )
        return (
            self.annotate(shown_end=ended, contract_start=contract)
            .annotate(shown_status=status)
            .annotate(shown_remaining=remaining)
        )

    def with_level(self) -> "PlanQuerySet":
        """Annotate `shown_level`: which membership the plan comes from, none when bought."""
        membership = "package__membership__"
        return self.annotate(
            shown_level=Case(
                When(**{f"{membership}kind": "ACTION_PACK"}, then=Value("ACTION_PACK")),
                default=F(f"{membership}level"),
            )
        )

    def with_fewer_than(self, number: int) -> "PlanQuerySet":
        """Keep what has less left, of plans `with_standing`; never unlimited or unknown numbers."""
        # By a dictionary: the type checker doesn't know the annotation of with_standing.
        fewer: dict[str, Any] = {"shown_remaining__lt": number}
        return self.filter(allotment__isnull=False, **fewer)

    def with_remaining_or(self, other: int) -> "PlanQuerySet":
        """Annotate `sorted_remaining`: what is left, or `other` where that is no number."""
        return self.annotate(sorted_remaining=Coalesce(F("shown_remaining"), Value(other)))

    def as_entitlements(self, *, user: User | None) -> "PlanQuerySet":
        """
        Join what an entitlement says about itself: partner, contract, Access ID, the account's own
        link, last use, last movement, the year after. One statement, whatever the number of rows.
        """
        # By name: the ledger imports this module.
        entries = apps.get_model("benefits", "LedgerEntry").objects
        latest = entries.filter(plan=OuterRef("pk")).order_by("-number")
        uses = latest.filter(kind="CONSUME")
        return (
            self.select_related(
                "package__partner", "package__membership", "package__contract__requested_by"
            )
            .annotate(
                current_access_id=FilteredRelation(
                    "package__contract__issued_ids",
                    condition=Q(
                        package__contract__issued_ids__kind="ACCESS",
                        package__contract__issued_ids__replaced_at__isnull=True,
                    ),
                ),
                own_link=FilteredRelation(
                    "package__contract__links",
                    condition=Q(package__contract__links__user_id=user.pk if user else None),
                ),
            )
            .annotate(
                access_number=F("current_access_id__number"),
                link_linked_at=F("own_link__linked_at"),
                link_dropped_at=F("own_link__dropped_at"),
                link_revoked_at=F("own_link__revoked_at"),
                last_used_at=Subquery(uses.values("occurred_at")[:1]),
                last_request_number=Subquery(uses.values("request_number")[:1]),
                last_moved_at=Subquery(latest.values("occurred_at")[:1]),
                successor_pk=F("package__membership__successor__pk"),
                successor_level=F("package__membership__successor__level"),
                is_own_client=_is_own_client(user),
            )
        )


class Plan(models.Model):
    """
    One line of a package with its own allotment. One row, one public id, for its whole life.

    The numbers below the line are cached from the ledger and only ledger.py writes them; the
    database ties them together, `manage.py verify_ledger` recomputes them.
    """

    public_id = models.UUIDField(_("public ID"), default=uuid.uuid4, unique=True, editable=False)
    package = models.ForeignKey(
        Package, verbose_name=_("package"), on_delete=models.PROTECT, related_name="plans"
    )
    benefit = models.CharField(_("Benefit"), max_length=30, choices=Benefit.choices)
    scope = models.CharField(
        _("Products"), max_length=12, choices=Scope.choices, null=True, blank=True
    )
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices)
    name = models.CharField(pgettext_lazy("plan", "name"), max_length=60)
    allotment = models.PositiveIntegerField(
        _("allotment"), null=True, blank=True, help_text=_("Empty: unlimited.")
    )

    remaining = models.PositiveIntegerField(_("Remaining"), null=True, blank=True)
    used = models.PositiveIntegerField(_("Used"), default=0)
    adjusted = models.IntegerField(_("Adjusted"), default=0)
    expired = models.PositiveIntegerField(_("Lapsed"), default=0)
    last_number = models.PositiveIntegerField(_("number of the last entry"), default=0)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.UniqueConstraint(fields=["package", "benefit"], name="benefits_plan_once"),
            models.CheckConstraint(
                # Not null as well: a CHECK whose answer is unknown lets the row pass.
                condition=Q(scope__isnull=False, unit="INCIDENT")
                & (
                    Q(benefit="MICROSOFT_PRODUCT_SUPPORT", scope="ON_PREMISES")
                    | Q(benefit="SIGNATURE_CLOUD_SUPPORT", scope="CLOUD")
                    | Q(benefit="PARTNER_SUPPORT", scope__in=["CLOUD", "ALL"])
                )
                | Q(benefit="TPD_ADVISORY", scope__isnull=True, unit="HOUR"),
                name="benefits_plan_scope_fits_benefit",
            ),
            models.CheckConstraint(
                condition=Q(remaining__isnull=True) | Q(remaining__gte=0),
                name="benefits_plan_never_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(remaining__isnull=True)
                | Q(remaining=F("allotment") + F("adjusted") - F("used") - F("expired")),
                name="benefits_plan_balance_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(allotment__isnull=True, remaining__isnull=True, adjusted=0, expired=0)
                | Q(allotment__isnull=False, allotment__gt=0, remaining__isnull=False)
                | Q(allotment__gt=0, remaining__isnull=True, used=0, adjusted=0, expired=0),
                name="benefits_plan_counts_after_grant",
            ),
            models.CheckConstraint(
                condition=Q(allotment__isnull=True) | Q(used__lte=F("allotment") + F("adjusted")),
                name="benefits_plan_never_overspent",
            ),
        ]
        indexes = [
            # What staff look for among all plans: each holds little more than what is found by it.
            models.Index(fields=["package"], name="benefits_plan_few_left", condition=FEW_LEFT),
            models.Index(fields=["package"], name="benefits_plan_not_granted", condition=UNGRANTED),
            models.Index(fields=["remaining", "id"], name="benefits_plan_left", condition=COUNTED),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name as pages show it: that of hours is words, so it is said in their language."""
        return str(Benefit(self.benefit).label) if self.unit == Unit.HOUR else self.name


def _is_own_client(user: User | None) -> Exists | Value:
    """Whether the reader is an API client of the plan's partner: it needs no link there."""
    if user is None or user.kind != User.Kind.CLIENT:
        return Value(False)  # noqa: FBT003 - an SQL value, not a flag
    return Exists(ApiClient.objects.filter(user_id=user.pk, partner=OuterRef("package__partner")))
