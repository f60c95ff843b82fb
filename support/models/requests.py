"""Support requests: what consumes incidents."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q, Subquery
from django.utils.translation import gettext_lazy as _

from benefits.models import Plan
from partners.acting import Acting
from partners.models import Customer, Partner, User
from partners.roles import Permission
from support.products import name_of
from support.severities import Severity

# Requests for presales and advice, the second benefit.
ABOUT_HOURS = ["PRESALES", "ADVISORY"]
# Neither resolved nor closed: a constraint holds the two together.
NOT_ENDED = Q(ended_at__isnull=True)


class RequestQuerySet(models.QuerySet["SupportRequest"]):
    """Requests, from the point of view of who asks."""

    def written_by(self, user: User) -> "RequestQuerySet":
        """Keep the account's own requests."""
        return self.filter(author_id=user.pk)

    def open_or_latest_of(self, user: User) -> "RequestQuerySet":
        """Keep the account's own that are still open, and its latest, open or not."""
        mine = Q(author_id=user.pk)
        latest = SupportRequest.objects.filter(mine).order_by("-opened_at", "-pk").values("pk")[:1]
        return self.filter((mine & NOT_ENDED) | Q(pk=Subquery(latest)))

    def visible_to(self, user: User, *, acting: Acting) -> "RequestQuerySet":
        """
        Keep the account's own and, with the right to, the partner's: those that its plans paid, and
        those that were opened for it without a plan.
        """
        if acting.partner is None or not acting.may(Permission.PARTNER_REQUESTS):
            return self.written_by(user)
        # The plans first, in a statement of their own: an OR over the joins would scan everything.
        plans = Plan.objects.held_by(acting.partner).values_list("pk", flat=True)
        without_plan = Q(partner=acting.partner, plan__isnull=True)
        return self.filter(Q(author=user) | Q(plan_id__in=list(plans)) | without_plan)

    def not_ended(self) -> "RequestQuerySet":
        """Keep those that somebody still works on, in the words of the indexes of nothing else."""
        return self.filter(NOT_ENDED)


class SupportRequest(models.Model):
    """
    One problem, one request; named by its 15-digit number, outside and inside.

    A technical one uses one incident of its plan. Billing and subscription have no plan, nor has a
    customer's request in Azure under the plan "Cloud Solution Provider". Presales and advisory ones
    ask for hours of their plan, have a topic instead of a severity, and come from Partner Center.
    """

    class Kind(models.TextChoices):
        TECHNICAL = "TECHNICAL", _("Technical")
        BILLING = "BILLING", _("Billing")
        SUBSCRIPTION = "SUBSCRIPTION", _("Subscription management")
        PRESALES = "PRESALES", _("Presales")
        ADVISORY = "ADVISORY", _("Advisory")

    class Portal(models.TextChoices):
        SUPPORT_FOR_BUSINESS = "SUPPORT_FOR_BUSINESS", _("Support for Business")
        API = "API", _("API")
        AZURE = "AZURE", _("Azure")
        MICROSOFT_365 = "MICROSOFT_365", _("Microsoft 365")
        DYNAMICS_365 = "DYNAMICS_365", _("Dynamics 365")
        LIFECYCLE_SERVICES = "LIFECYCLE_SERVICES", _("Lifecycle Services")
        PARTNER_CENTER = "PARTNER_CENTER", _("Partner Center")

    class Category(models.TextChoices):
        INSTALLATION = "INSTALLATION", _("Installation or upgrade")
        CONFIGURATION = "CONFIGURATION", _("Configuration")
        PERFORMANCE = "PERFORMANCE", _("Performance")
        SECURITY = "SECURITY", _("Security")
        CRASH = "CRASH", _("Crash or error")
        OTHER = "OTHER", _("Other")

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        IN_PROGRESS = "IN_PROGRESS", _("In progress")
        WAITING_FOR_PARTNER = "WAITING_FOR_PARTNER", _("Waiting for partner")
        RESOLVED = "RESOLVED", _("Resolved")
        CLOSED = "CLOSED", _("Closed")

    class CloseReason(models.TextChoices):
        SOLVED_BY_PARTNER = "SOLVED_BY_PARTNER", _("Solved by the partner")
        ANSWERED = "ANSWERED", _("Answered")
        PRODUCT_DEFECT = "PRODUCT_DEFECT", _("Product defect")
        DUPLICATE = "DUPLICATE", _("Duplicate")

    class ContactMethod(models.TextChoices):
        EMAIL = "EMAIL", _("E-mail")
        PHONE = "PHONE", _("Phone")

    number = models.CharField(_("request number"), max_length=15, unique=True)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind.choices, default=Kind.TECHNICAL)
    portal = models.CharField(_("Portal"), max_length=24, choices=Portal.choices)
    author = models.ForeignKey(
        User, verbose_name=_("author"), on_delete=models.PROTECT, related_name="support_requests"
    )
    partner = models.ForeignKey(
        Partner,
        verbose_name=_("Partner"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    plan = models.ForeignKey(
        Plan,
        verbose_name=_("Plan"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="support_requests",
    )
    # Whom a CSP partner's agent acted for.
    customer = models.ForeignKey(
        Customer,
        verbose_name=_("Customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    product_family = models.CharField(_("Product family"), max_length=60)
    product_version = models.CharField(_("product version"), max_length=60)
    category = models.CharField(_("Category"), max_length=16, choices=Category.choices)
    topic = models.CharField(_("Topic"), max_length=120, blank=True, default="")
    title = models.CharField(_("Title"), max_length=200)
    description = models.TextField(_("Description"), max_length=10_000)
    tried = models.TextField(_("Tried"), max_length=10_000, blank=True)
    severity = models.CharField(
        _("Severity"), max_length=1, choices=Severity.choices, null=True, blank=True
    )
    require_24x7 = models.BooleanField(_("24x7"), default=False)
    contact_name = models.CharField(_("contact name"), max_length=120)
    contact_email = models.EmailField(_("contact e-mail"))
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    contact_method = models.CharField(
        _("Contact method"), max_length=8, choices=ContactMethod.choices
    )
    country = models.CharField(_("Country"), max_length=2)
    time_zone = models.CharField(_("Time zone"), max_length=64)
    contact_language = models.CharField(_("Language"), max_length=10, blank=True, default="")
    state = models.CharField(_("State"), max_length=20, choices=State.choices, default=State.OPEN)
    state_changed_at = models.DateTimeField(_("state changed"))
    opened_at = models.DateTimeField(_("Opened"))
    due_at = models.DateTimeField(_("First answer due"))
    # When the work ended, by resolving or closing, whichever was first: reopening counts from here.
    ended_at = models.DateTimeField(_("work ended"), null=True, blank=True)
    # Set together by closing, emptied together by reopening.
    closed_at = models.DateTimeField(_("Closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User,
        verbose_name=_("closed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    close_reason = models.CharField(
        _("reason for closing"), max_length=20, choices=CloseReason.choices, null=True, blank=True
    )
    # Who of the staff works on it: set together, emptied together, by closing too.
    claimed_by = models.ForeignKey(
        User,
        verbose_name=_("Claimed by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("support request")
        verbose_name_plural = _("support requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{15}$"),
                name="support_supportrequest_number_fifteen_digits",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["TECHNICAL", "BILLING", "SUBSCRIPTION", "PRESALES", "ADVISORY"]
                ),
                name="support_supportrequest_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="TECHNICAL", plan__isnull=False)
                | Q(kind="TECHNICAL", plan__isnull=True, customer__isnull=False, portal="AZURE")
                | Q(kind__in=["BILLING", "SUBSCRIPTION"], plan__isnull=True)
                | Q(kind__in=ABOUT_HOURS, plan__isnull=False, customer__isnull=True),
                name="support_supportrequest_plan_fits_kind",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=ABOUT_HOURS, portal="PARTNER_CENTER") & ~Q(topic=""))
                | (~Q(kind__in=ABOUT_HOURS) & ~Q(portal="PARTNER_CENTER") & Q(topic="")),
                name="support_supportrequest_hours_in_partner_center",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=True) | Q(partner__isnull=False),
                name="support_supportrequest_customer_of_partner",
            ),
            models.CheckConstraint(
                condition=Q(
                    portal__in=[
                        "SUPPORT_FOR_BUSINESS",
                        "API",
                        "AZURE",
                        "MICROSOFT_365",
                        "DYNAMICS_365",
                        "LIFECYCLE_SERVICES",
                        "PARTNER_CENTER",
                    ]
                ),
                name="support_supportrequest_portal_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["OPEN", "IN_PROGRESS", "WAITING_FOR_PARTNER", "RESOLVED", "CLOSED"]
                ),
                name="support_supportrequest_state_known",
            ),
            models.CheckConstraint(
                # Not null as well: a CHECK whose answer is unknown lets the row pass.
                condition=Q(
                    state="CLOSED",
                    closed_at__isnull=False,
                    closed_at=F("state_changed_at"),
                    closed_by__isnull=False,
                    close_reason__isnull=False,
                    close_reason__in=[
                        "SOLVED_BY_PARTNER",
                        "ANSWERED",
                        "PRODUCT_DEFECT",
                        "DUPLICATE",
                    ],
                )
                | (
                    ~Q(state="CLOSED")
                    & Q(closed_at__isnull=True, closed_by__isnull=True, close_reason__isnull=True)
                ),
                name="support_supportrequest_closed_all_or_nothing",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_at__isnull=True)
                | (Q(claimed_by__isnull=False, claimed_at__isnull=False) & ~Q(state="CLOSED")),
                name="support_supportrequest_claimed_all_or_nothing",
            ),
            models.CheckConstraint(
                # Not null as well: a CHECK whose answer is unknown lets the row pass.
                condition=Q(
                    state="RESOLVED", ended_at__isnull=False, ended_at=F("state_changed_at")
                )
                | Q(state="CLOSED", ended_at__isnull=False, ended_at__lte=F("state_changed_at"))
                | (~Q(state__in=["RESOLVED", "CLOSED"]) & Q(ended_at__isnull=True)),
                name="support_supportrequest_ended_when_resolved_or_closed",
            ),
            models.CheckConstraint(
                # Not null as well: a CHECK whose answer is unknown lets the row pass.
                condition=(
                    ~Q(kind__in=ABOUT_HOURS)
                    & Q(severity__isnull=False)
                    & (
                        Q(severity="A", require_24x7=True)
                        | Q(severity="B")
                        | Q(severity="C", require_24x7=False)
                    )
                )
                | Q(kind__in=ABOUT_HOURS, severity__isnull=True, require_24x7=False),
                name="support_supportrequest_hours_fit_severity",
            ),
            models.CheckConstraint(
                condition=~Q(contact_method="PHONE") | ~Q(contact_phone=""),
                name="support_supportrequest_phone_when_asked",
                violation_error_message=_("Enter a phone number, or choose e-mail."),
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-opened_at", "-id"], name="support_request_author"),
            models.Index(fields=["plan", "-opened_at", "-id"], name="support_request_plan"),
            models.Index(fields=["partner", "-opened_at", "-id"], name="support_request_partner"),
            models.Index(fields=["state", "due_at", "id"], name="support_request_due"),
            models.Index(fields=["-opened_at", "-id"], name="support_request_opened"),
            models.Index(
                fields=["customer", "-opened_at", "-id"],
                name="support_request_customer",
                condition=Q(customer__isnull=False),
            ),
            # An account may have thousands that have ended: what is open, and what is news. For
            # what is open no part of an index: SQLite, which does not count, would take another.
            models.Index(
                fields=["author", "ended_at", "-opened_at", "-id"],
                name="support_request_author_ended",
            ),
            models.Index(
                fields=["author", "-state_changed_at", "-id"], name="support_request_author_news"
            ),
            # The staff's queue: of what has not ended, which is little of what there is.
            *(
                models.Index(fields=fields, name=f"support_queue_{name}", condition=NOT_ENDED)
                for name, fields in {
                    "due": ["due_at", "id"],
                    "opened": ["opened_at", "id"],
                    "severity": ["severity", "due_at", "id"],
                    "portal": ["portal", "due_at", "id"],
                    "product": ["product_family", "due_at", "id"],
                    "claimed": ["claimed_by", "due_at", "id"],
                }.items()
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def uses_incident(self) -> bool:
        """Whether a plan paid an incident for it."""
        return self.is_technical and self.plan_id is not None

    @property
    def is_ended(self) -> bool:
        """Whether nobody works on it any more."""
        return self.ended_at is not None

    @property
    def is_technical(self) -> bool:
        """Whether it is about something that doesn't work, whoever covers it."""
        return self.kind == self.Kind.TECHNICAL

    @property
    def is_under_csp(self) -> bool:
        """Whether the plan "Cloud Solution Provider" covers it, which has no incidents."""
        return self.is_technical and self.plan_id is None

    def whose(self) -> Partner | None:
        """Return the partner whose plan paid, else the one it was opened for, if any."""
        return self.plan.package.partner if self.plan else self.partner

    def mpn_id(self) -> str:
        """Return the MPN ID of the partner whose it is, "" where it is nobody's."""
        partner = self.whose()
        return partner.mpn_id if partner else ""

    def is_overdue(self, *, at: datetime) -> bool:
        """Whether the first answer should have been given, and nobody has begun."""
        return self.state == self.State.OPEN and self.due_at < at

    @property
    def asks_for_hours(self) -> bool:
        """Whether it is about presales or advice: staff deduct hours after the consultation."""
        return self.kind in ABOUT_HOURS

    @property
    def product_name(self) -> str:
        """Family and version, as people say them."""
        return name_of(self.product_family, self.product_version)
