"""The portal's own tables: audit, idempotency keys, throttle buckets, what was read."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import audit_words
from portal.append_only import History
from portal.audit_words import Group
from portal.origin import Channel


class AuditRecordQuerySet(models.QuerySet["AuditRecord"]):
    """The audit, from the point of view of who reads it."""

    def of_partner(self, mpn_id: str) -> "AuditRecordQuerySet":
        """Keep what was done, or tried, for this partner."""
        return self.filter(partner_mpn_id=mpn_id)

    def of_group(self, group: Group) -> "AuditRecordQuerySet":
        """Keep the actions of one group; OTHER is whatever no service has named."""
        if group == Group.OTHER:
            return self.exclude(action__in=list(audit_words.registered()))
        return self.filter(action__in=audit_words.actions_of(group))

    def done(self) -> "AuditRecordQuerySet":
        """Keep what was done."""
        return self.filter(refusal_code="")

    def refused(self) -> "AuditRecordQuerySet":
        """Keep what was tried and refused."""
        return self.exclude(refusal_code="")

    def refused_for(self, code: str) -> "AuditRecordQuerySet":
        """Keep what was refused for this reason."""
        return self.refused().filter(refusal_code=code)

    def newest_first(self) -> "AuditRecordQuerySet":
        """Order by when it happened; what happened at once, by when it was written."""
        return self.order_by("-occurred_at", "-pk")

    def older_than(self, *, occurred_at: datetime, pk: int) -> "AuditRecordQuerySet":
        """Keep what comes after this record in `newest_first`."""
        older = Q(occurred_at__lt=occurred_at) | Q(occurred_at=occurred_at, pk__lt=pk)
        # Said once more: an index has a beginning only by its first column.
        return self.filter(older, occurred_at__lte=occurred_at)


class AuditRecord(History):
    """
    One change, or one refused attempt (`refusal_code`). Appended, never changed: the database
    refuses UPDATE and DELETE.

    Partner and target are named by their public ids, so the ground need not know their tables.
    """

    action = models.CharField(_("action"), max_length=80)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Who"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    partner_mpn_id = models.CharField(_("MPN ID"), max_length=7, blank=True)
    target_kind = models.CharField(_("kind of target"), max_length=40, blank=True)
    target_id = models.CharField(_("target ID"), max_length=64, blank=True)
    refusal_code = models.CharField(_("refusal code"), max_length=40, blank=True)
    facts = models.JSONField(_("Details"), default=dict)
    occurred_at = models.DateTimeField(_("When"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    channel = models.CharField(
        _("channel"), max_length=10, choices=[(channel.value, channel.value) for channel in Channel]
    )
    address = models.GenericIPAddressField(_("IP address"), null=True)
    request_id = models.CharField(_("Request ID"), max_length=64)

    objects = AuditRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit records")
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=[channel.value for channel in Channel]),
                name="portal_auditrecord_channel_known",
            ),
            models.CheckConstraint(
                condition=~Q(action=""), name="portal_auditrecord_action_present"
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner_mpn_id", "-occurred_at", "-id"], name="portal_audit_partner_at"
            ),
            models.Index(fields=["-occurred_at", "-id"], name="portal_audit_at"),
            models.Index(fields=["actor", "-occurred_at", "-id"], name="portal_audit_actor_at"),
            models.Index(fields=["action", "-occurred_at", "-id"], name="portal_audit_action_at"),
            models.Index(
                fields=["target_id", "-occurred_at", "-id"], name="portal_audit_target_at"
            ),
            models.Index(
                fields=["request_id", "-occurred_at", "-id"], name="portal_audit_request_at"
            ),
            # Few are refused: an index of these alone finds them, and costs the others nothing.
            models.Index(
                fields=["-occurred_at", "-id"],
                name="portal_audit_refused_at",
                condition=~Q(refusal_code=""),
            ),
            models.Index(
                fields=["refusal_code", "-occurred_at", "-id"],
                name="portal_audit_code_at",
                condition=~Q(refusal_code=""),
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.action, self.target_id, self.refusal_code)))


class IdempotencyKey(models.Model):
    """A key that a caller gave to one operation, and the answer that it got."""

    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    operation = models.CharField(max_length=60)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["caller", "operation", "key"], name="portal_idempotencykey_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"


class ThrottleBucket(models.Model):
    """The recent hits of one key (an account, an address) in one scope, newest last."""

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    hits = models.JSONField(default=list, help_text="Seconds since the epoch, real time.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="portal_throttlebucket_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class CallWindow(models.Model):
    """How many calls of the running minute have been handed out to workers, for one caller."""

    caller = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    minute = models.BigIntegerField(help_text="Minutes since the epoch, real time.")
    leased = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.caller_id} {self.minute}: {self.leased}"


class NotificationsRead(models.Model):
    """
    Up to which instant an account has read its notifications.

    What they are is derived from what is stored elsewhere; this is all that is stored of them.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.account_id} up to {self.read_at}"
