"""API clients: programs that call for a partner, or for the portal's staff."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models.people import Partner, User

if TYPE_CHECKING:
    # The toolkit comes without types: this is what the portal uses of its base.
    class AbstractApplication(models.Model):
        CLIENT_CONFIDENTIAL = "confidential"
        GRANT_CLIENT_CREDENTIALS = "client-credentials"

        client_id = models.CharField(max_length=255, unique=True)
        client_secret = models.CharField(max_length=255)
        client_type = models.CharField(max_length=32)
        authorization_grant_type = models.CharField(max_length=44)
        name = models.CharField(max_length=255, blank=True)

        class Meta:
            abstract = True

else:
    from oauth2_provider.models import AbstractApplication


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    """API clients, from the point of view of who asks."""

    def of(self, partner: Partner | None) -> "ApiClientQuerySet":
        """Keep the partner's clients; without a partner those of the portal's staff."""
        return self.filter(partner=partner)

    def in_force(self) -> "ApiClientQuerySet":
        """Keep those that were not revoked."""
        return self.filter(revoked_at__isnull=True)

    def visible_to(self, user: User) -> "ApiClientQuerySet":
        """Keep those of the account's partners; staff see those of staff."""
        if user.is_staff_member:
            return self.of(None)
        partners = Partner.objects.filter(is_active=True, affiliations__user=user)
        return self.filter(partner__in=partners)


class ApiClient(AbstractApplication):
    """
    A program that calls the API by OAuth 2.0 client credentials. Never deleted, only revoked.

    It acts as its CLIENT user: for its partner, or for the portal's staff when it has none. Secret
    and tokens are stored as digests only.
    """

    user = models.OneToOneField(
        User, verbose_name=_("User"), on_delete=models.PROTECT, related_name="api_client"
    )
    partner = models.ForeignKey(
        Partner,
        verbose_name=_("Partner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="api_clients",
    )
    scopes = models.JSONField(_("Rights"), default=list)
    registered_at = models.DateTimeField(_("Registered"))
    registered_by = models.ForeignKey(
        User,
        verbose_name=_("registered by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    secret_changed_at = models.DateTimeField(_("Secret since"))
    last_token_at = models.DateTimeField(_("Last token"), null=True, blank=True)
    revoked_at = models.DateTimeField(pgettext_lazy("API client", "Revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User,
        verbose_name=_("revoked by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    client_type="confidential",
                    authorization_grant_type="client-credentials",
                    hash_client_secret=True,
                    redirect_uris="",
                ),
                name="partners_apiclient_client_credentials_only",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="partners_apiclient_revoked_all_or_nothing",
            ),
        ]
        indexes = [models.Index(fields=["partner", "id"], name="partners_apiclient_partner")]

    def __str__(self) -> str:
        return self.client_id

    @property
    def is_revoked(self) -> bool:
        """Whether it was stopped for good."""
        return self.revoked_at is not None

    def is_usable(self, request: object) -> bool:
        """Whether it gets tokens, and whether those it has still work."""
        if self.is_revoked or not self.user.is_active:
            return False
        return self.partner is None or (self.partner.is_active and self.partner.in_mpn)
