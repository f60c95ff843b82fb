"""Contracts, the IDs issued for them, and which account has linked which."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from benefits.models.plans import Package
from partners.models import User

FIRST_NUMBER = 100_000_000
LAST_NUMBER = 999_999_999


class Contract(models.Model):
    """
    What activation issues for a package: the pair, a start and an end (exclusive).

    Between `requested_at` and `starts_at` the package is pending and the pair hidden.
    """

    public_id = models.UUIDField(_("public ID"), default=uuid.uuid4, unique=True, editable=False)
    package = models.OneToOneField(
        Package, verbose_name=_("package"), on_delete=models.PROTECT, related_name="contract"
    )
    starts_at = models.DateTimeField(_("Starts"))
    ends_at = models.DateTimeField(_("Ends"))
    requested_at = models.DateTimeField(_("requested"))
    requested_by = models.ForeignKey(
        User, verbose_name=_("requested by"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="benefits_contract_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__gte=F("requested_at")),
                name="benefits_contract_starts_after_request",
            ),
        ]
        indexes = [models.Index(fields=["ends_at", "id"], name="benefits_contract_ends")]

    def __str__(self) -> str:
        return str(self.public_id)


class IssuedId(models.Model):
    """
    One nine-digit number, Access ID or Contract ID: one table, so none ever serves twice.

    A replaced one stays: it never links again, and staff can still find its contract by it.
    """

    class Kind(models.TextChoices):
        ACCESS = "ACCESS", _("Access ID")
        CONTRACT = "CONTRACT", _("Contract ID")

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="issued_ids")
    issued_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=FIRST_NUMBER, number__lte=LAST_NUMBER),
                name="benefits_issuedid_nine_digits",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["ACCESS", "CONTRACT"]), name="benefits_issuedid_kind_known"
            ),
            models.UniqueConstraint(
                fields=["contract", "kind"],
                condition=Q(replaced_at__isnull=True),
                name="benefits_issuedid_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of contract {self.contract_id}"


class LinkQuerySet(models.QuerySet["Link"]):
    """Links, from the point of view of who asks."""

    def in_force(self) -> "LinkQuerySet":
        """Keep the links by which an account may use its contract."""
        return self.filter(dropped_at__isnull=True, revoked_at__isnull=True)

    def account_begins_with(self, text: str) -> "LinkQuerySet":
        """Keep links of accounts whose name or e-mail begins so, in any script and case."""
        by_email = Q(user__email__startswith=text.strip().casefold())
        return self.filter(Q(user__name_folded__begins_with=text) | by_email)


class Link(models.Model):
    """This account may use this contract. One row per account and contract, whatever happens."""

    class Method(models.TextChoices):
        PAIR = "PAIR", _("with both IDs")
        ONE_CLICK = "ONE_CLICK", _("with one click")
        COPIED = "COPIED", _("from the previous contract")

    user = models.ForeignKey(
        User, verbose_name=_("User"), on_delete=models.PROTECT, related_name="links"
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("Contract"), on_delete=models.PROTECT, related_name="links"
    )
    method = models.CharField(_("method"), max_length=10, choices=Method.choices)
    linked_at = models.DateTimeField(_("Linked"))
    dropped_at = models.DateTimeField(_("Dropped"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("Revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User,
        verbose_name=_("revoked by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("to a contract", "link")
        verbose_name_plural = pgettext_lazy("to a contract", "links")
        constraints = [
            models.UniqueConstraint(fields=["user", "contract"], name="benefits_link_once"),
            models.CheckConstraint(
                condition=Q(method__in=["PAIR", "ONE_CLICK", "COPIED"]),
                name="benefits_link_method_known",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="benefits_link_revoked_all_or_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.contract}"

    @property
    def is_in_force(self) -> bool:
        """Whether the account may use the contract by it."""
        return not self.is_dropped and not self.is_revoked

    @property
    def is_revoked(self) -> bool:
        """Whether an admin took the contract away from the account."""
        return self.revoked_at is not None

    @property
    def is_dropped(self) -> bool:
        """Whether the account gave the contract up by itself."""
        return self.dropped_at is not None
