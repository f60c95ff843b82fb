"""Users, partners, their customers, and what ties an account to a company."""

import uuid
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.imports.models import Import  # noqa: F401 - Django finds an app's models here
from partners.roles import Role
from portal.fields import FoldedField, fold
from portal.lookups import InOrderOfIndex


class UserManager(BaseUserManager["User"]):
    """Creates accounts with a normalised address."""

    def create_user(self, email: str | None, password: str | None = None, **fields: Any) -> "User":
        """Create an account; without a password nobody can sign in to it."""
        user = self.model(email=email.strip().casefold() if email else None, **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create the first administrator of an installation: `manage.py createsuperuser`."""
        return self.create_user(email, password, staff_kind=User.StaffKind.ADMINISTRATOR, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        """Find an account by its address, whatever its case."""
        return self.get(email=(email or "").strip().casefold())


class User(AbstractBaseUser):
    """A sign-in account. Never deleted, only deactivated: ledger and audit point at it for ever."""

    class Kind(models.TextChoices):
        WORK = "WORK", _("Work or school account")
        PERSONAL = "PERSONAL", _("Personal account")
        CLIENT = "CLIENT", _("API client")

    class StaffKind(models.TextChoices):
        SUPPORT_AGENT = "SUPPORT_AGENT", _("Support agent")
        BENEFITS_MANAGER = "BENEFITS_MANAGER", _("Benefits manager")
        AUDITOR = "AUDITOR", _("Auditor")
        ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(
        _("Kind of account"), max_length=10, choices=Kind.choices, default=Kind.WORK
    )
    email = models.EmailField(
        _("E-mail"),
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("Another account has this e-mail address.")},
    )
    name = models.CharField(_("Name"), max_length=120)
    name_folded = FoldedField()
    staff_kind = models.CharField(
        _("staff role"), max_length=20, choices=StaffKind.choices, null=True, blank=True
    )
    language = models.CharField(_("Language"), max_length=10, blank=True)
    time_zone = models.CharField(_("Time zone"), max_length=64, blank=True)
    is_active = models.BooleanField(pgettext_lazy("user", "Active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=Q(email__isnull=True) | Q(email=Lower("email")),
                name="partners_user_email_lower_case",
                violation_error_message=_("Write the e-mail address in lower case."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["WORK", "PERSONAL", "CLIENT"]),
                name="partners_user_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="CLIENT", email__isnull=True)
                | (~Q(kind="CLIENT") & Q(email__isnull=False)),
                name="partners_user_email_unless_client",
            ),
            models.CheckConstraint(
                condition=Q(staff_kind__isnull=True)
                | Q(
                    staff_kind__in=[
                        "SUPPORT_AGENT",
                        "BENEFITS_MANAGER",
                        "AUDITOR",
                        "ADMINISTRATOR",
                    ],
                    kind__in=["WORK", "CLIENT"],
                ),
                name="partners_user_staff_kind_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["name_folded", "id"],
                name="partners_user_name",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            # The portal's staff are few among the accounts of all partners.
            models.Index(
                fields=["staff_kind"],
                name="partners_user_of_staff",
                condition=Q(staff_kind__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff_member(self) -> bool:
        """Whether the account belongs to the portal's staff, of whatever kind."""
        return self.staff_kind is not None

    def get_short_name(self) -> str:
        """Return how to address the person; allauth's mails ask for it."""
        return self.name


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Partners, from the point of view of who asks."""

    def name_begins_with(self, text: str) -> "PartnerQuerySet":
        """Keep partners whose name begins with `text`, in any script, whatever the case."""
        return self.filter(name_folded__begins_with=text)

    def by_name(self) -> "PartnerQuerySet":
        """Order by name, one script after the other."""
        return self.order_by(InOrderOfIndex(F("name_folded")), "pk")

    def in_programs(self, programs: Collection[str]) -> "PartnerQuerySet":
        """Keep partners that are enrolled in all of these: MPN, CSP."""
        found = self.filter(in_mpn=True) if "MPN" in programs else self
        return found.filter(in_csp=True) if "CSP" in programs else found


class Partner(models.Model):
    """A company in the partner network. Never deleted, only deactivated."""

    mpn_id = models.CharField(_("MPN ID"), max_length=7, unique=True)
    name = models.CharField(pgettext_lazy("company", "Name"), max_length=120)
    name_folded = FoldedField()
    country = models.CharField(_("Country"), max_length=2)
    in_mpn = models.BooleanField(_("Enrolled in MPN"))
    in_csp = models.BooleanField(_("Enrolled in CSP"))
    is_active = models.BooleanField(_("Active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.CheckConstraint(
                condition=Q(mpn_id__regex=r"^[0-9]{7}$"),
                name="partners_partner_mpn_id_seven_digits",
                violation_error_message=_("An MPN ID has seven digits."),
            ),
            models.CheckConstraint(
                condition=Q(in_mpn=True) | Q(in_csp=True),
                name="partners_partner_in_a_program",
                violation_error_message=_("Choose MPN, CSP or both."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["name_folded", "id"],
                name="partners_partner_name",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
            # Lists are ordered by the database's own order of texts, whichever that is.
            models.Index(fields=["name_folded", "id"], name="partners_partner_in_order"),
            models.Index(fields=["country", "name_folded", "id"], name="partners_partner_country"),
            models.Index(
                fields=["name_folded", "id"],
                name="partners_partner_of_mpn",
                condition=Q(in_mpn=True),
            ),
            models.Index(
                fields=["name_folded", "id"],
                name="partners_partner_of_csp",
                condition=Q(in_csp=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers, from the point of view of who asks."""

    def of(self, partner: Partner | None) -> "CustomerQuerySet":
        """Keep the customers that the partner serves."""
        return self.filter(partner=partner)

    def still_served(self) -> "CustomerQuerySet":
        """Keep those that the partner has not given up."""
        return self.filter(is_active=True)

    def name_begins_with(self, text: str) -> "CustomerQuerySet":
        """Keep customers whose name or domain begins with `text`, in any script and case."""
        wanted = text.strip()
        by_name = Q(name_folded__begins_with=wanted)
        # Domains are kept in lower case, which is not case-folded: a sharp s stays one letter.
        return self.filter(by_name | Q(domain__startswith=wanted.lower()))


class Customer(models.Model):
    """A company that a CSP partner serves; its requests are opened by the partner's agents."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    partner = models.ForeignKey(
        Partner, verbose_name=_("Partner"), on_delete=models.PROTECT, related_name="customers"
    )
    name = models.CharField(pgettext_lazy("company", "Name"), max_length=120)
    name_folded = FoldedField()
    domain = models.CharField(_("Domain"), max_length=120)
    country = models.CharField(_("Country"), max_length=2)
    is_active = models.BooleanField(_("Active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "domain"],
                name="partners_customer_once",
                violation_error_message=_("This partner has a customer with this domain already."),
            ),
            models.CheckConstraint(
                condition=Q(domain=Lower("domain")),
                name="partners_customer_domain_lower_case",
                violation_error_message=_("Write the domain in lower case."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["partner", "name_folded", "id"],
                name="partners_customer_name",
                opclasses=["int8_ops", "varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.name


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    """Affiliations, from the point of view of who asks."""

    def of_people(self) -> "AffiliationQuerySet":
        """Keep those of people of the partner, no API clients or staff, with how it calls them."""
        people = self.filter(user__staff_kind__isnull=True).exclude(user__kind=User.Kind.CLIENT)
        return people.annotate(
            shown_name=Coalesce(NullIf("known_as", Value("")), "user__name"),
            shown_folded=Coalesce(NullIf("known_as_folded", Value("")), "user__name_folded"),
        )

    def begins_with(self, text: str) -> "AffiliationQuerySet":
        """Keep those `of_people` whose name or e-mail begins so, in any script and case."""
        by_email = Q(user__email__startswith=text.strip().casefold())
        return self.filter(Q(shown_folded__startswith=fold(text)) | by_email)


class Affiliation(models.Model):
    """This account works for this partner, in these programs. Its roles hang below."""

    user = models.ForeignKey(
        User, verbose_name=_("User"), on_delete=models.PROTECT, related_name="affiliations"
    )
    partner = models.ForeignKey(
        Partner, verbose_name=_("Partner"), on_delete=models.PROTECT, related_name="affiliations"
    )
    mpn = models.BooleanField(_("Associated with MPN"))
    csp = models.BooleanField(_("Associated with CSP"))
    # Its name in the words of the partner, where the account was there before: what others call
    # the account is not the partner's to learn. Empty: the account's own name.
    known_as = models.CharField(_("known as"), max_length=120, blank=True)
    known_as_folded = FoldedField(source="known_as", blank=True)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "partner"],
                name="partners_affiliation_once",
                violation_error_message=_("This account works for this partner already."),
            ),
            models.CheckConstraint(
                condition=Q(mpn=True) | Q(csp=True),
                name="partners_affiliation_in_a_program",
                violation_error_message=_("Choose MPN, CSP or both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.partner}"


class RoleAssignment(models.Model):
    """One role of one affiliation (partners/data/roles.csv says what it may do)."""

    affiliation = models.ForeignKey(
        Affiliation,
        verbose_name=_("affiliation"),
        on_delete=models.PROTECT,
        related_name="role_assignments",
    )
    role = models.CharField(
        _("role"), max_length=30, choices=[(role.value, role.label) for role in Role]
    )
    assigned_at = models.DateTimeField(_("assigned"))
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["affiliation", "role"], name="partners_roleassignment_once"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]),
                name="partners_roleassignment_role_known",
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()
