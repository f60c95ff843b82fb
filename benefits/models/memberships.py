"""Membership years and the competencies attained under them."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from benefits.allotments import COMPETENCIES, Level, MembershipKind
from benefits.calendar import RENEWAL_WINDOW
from partners.models import Affiliation, Partner, User

if TYPE_CHECKING:
    from benefits.models.plans import Package


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Membership years, from the point of view of who asks."""

    def visible_to(self, user: User) -> "MembershipQuerySet":
        """Keep the years of partners for which the account is associated with MPN."""
        return self.filter(partner_id__in=mpn_partners_of(user))

    def held_by(self, partner: Partner) -> "MembershipQuerySet":
        """Keep the partner's own years."""
        return self.filter(partner=partner)

    def lasting(self) -> "MembershipQuerySet":
        """Leave out years of no day: upgraded on their first, or called off before it."""
        return self.exclude(ended_on__isnull=False, ended_on=F("starts_on"))

    def with_benefits_on(self, day: date) -> "MembershipQuerySet":
        """Keep years that have begun, and whose days after the anniversary are not over."""
        return self.filter(
            starts_on__lte=day, anniversary_on__gt=day - RENEWAL_WINDOW, ended_on__isnull=True
        )

    def with_succession(self) -> "MembershipQuerySet":
        """Join what a year's state depends on: the year after it, package and contract."""
        return self.select_related("partner", "successor", "package__contract")


class Membership(models.Model):
    """
    A partner's core membership or Action Pack, for one year. Days are UTC days.

    `ended_on` is set when an upgrade, or staff, end the year early. `predecessor` is the year that
    this one renewed or upgraded: it began on the day on which that one ended. That no two of a kind
    run at once spans rows: the service that writes memberships locks the partner, and verification
    looks again.
    """

    partner = models.ForeignKey(
        Partner, verbose_name=_("Partner"), on_delete=models.PROTECT, related_name="memberships"
    )
    kind = models.CharField(_("Kind"), max_length=12, choices=MembershipKind.choices)
    level = models.CharField(_("Level"), max_length=6, choices=Level.choices, null=True, blank=True)
    starts_on = models.DateField(_("Starts on"))
    anniversary_on = models.DateField(_("Anniversary"))
    ended_on = models.DateField(_("Ended on"), null=True, blank=True)
    predecessor = models.OneToOneField(
        "self",
        verbose_name=_("previous membership"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
    )

    package: "Package"
    successor: "Membership"

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                # Not null as well: a CHECK whose answer is unknown lets the row pass.
                condition=Q(kind="CORE", level__isnull=False, level__in=["SILVER", "GOLD"])
                | Q(kind="ACTION_PACK", level__isnull=True),
                name="benefits_membership_level_fits_kind",
                violation_error_message=_("A core membership is Silver or Gold."),
            ),
            models.CheckConstraint(
                condition=Q(anniversary_on__gt=F("starts_on")),
                name="benefits_membership_year_runs_forward",
                violation_error_message=_("The anniversary comes after the start."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | Q(ended_on__gte=F("starts_on"), ended_on__lte=F("anniversary_on")),
                name="benefits_membership_ended_within_year",
            ),
            models.CheckConstraint(
                condition=Q(predecessor__isnull=True) | ~Q(predecessor=F("id")),
                name="benefits_membership_not_its_own_predecessor",
            ),
            models.UniqueConstraint(
                # A year that was upgraded on its first day lasted for no day at all.
                fields=["partner", "kind", "starts_on"],
                condition=Q(ended_on__isnull=True) | Q(ended_on__gt=F("starts_on")),
                name="benefits_membership_once",
            ),
        ]
        indexes = [models.Index(fields=["anniversary_on", "id"], name="benefits_membership_anniv")]

    def __str__(self) -> str:
        return f"{self.get_level_display() or self.get_kind_display()} {self.starts_on}"

    @property
    def ends_on(self) -> date:
        """The day on which it ended or will end, exclusive: early, or its anniversary."""
        return self.ended_on or self.anniversary_on

    @property
    def is_called_off(self) -> bool:
        """Whether it lasted for no day."""
        return self.ended_on == self.starts_on


class Competency(models.Model):
    """A competency attained under a core membership; it shares the membership's anniversary."""

    membership = models.ForeignKey(
        Membership,
        verbose_name=_("Membership"),
        on_delete=models.PROTECT,
        related_name="competencies",
    )
    name = models.CharField(
        _("Competency"), max_length=60, choices=[(name, name) for name in COMPETENCIES]
    )
    attained_on = models.DateField(_("Attained on"))

    class Meta:
        verbose_name = _("competency")
        verbose_name_plural = _("competencies")
        constraints = [
            models.UniqueConstraint(fields=["membership", "name"], name="benefits_competency_once"),
            models.CheckConstraint(
                condition=Q(name__in=list(COMPETENCIES)), name="benefits_competency_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


def partners_of(user: User) -> models.QuerySet[Affiliation, int]:
    """Return the keys of the partners that the account works for, in whichever program."""
    return Affiliation.objects.filter(user_id=user.pk, partner__is_active=True).values_list(
        "partner_id", flat=True
    )


def mpn_partners_of(user: User) -> models.QuerySet[Affiliation, int]:
    """Return the keys of the partners for which the account is associated with MPN."""
    return partners_of(user).filter(mpn=True, partner__in_mpn=True)
