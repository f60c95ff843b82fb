"""
The smallest valid row of every model, states as traits, dates fixed.

The tests take place on 20 November 2026 (`now`); a factory's membership year began on
15 December 2025, so that its benefits end on 13 January 2027, the last usable day.
"""

import hashlib
import secrets
from datetime import UTC, date, datetime, timedelta

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory
from oauth2_provider.models import AccessToken

from benefits import ids
from benefits.allotments import Benefit, Level, MembershipKind, Scope, Unit
from benefits.calendar import anniversary_of, end_of_benefits, midnight, one_year_after
from benefits.models import (
    Competency,
    Contract,
    Event,
    FeedHead,
    IssuedId,
    LedgerEntry,
    Link,
    Membership,
    Package,
    Plan,
    Purchase,
)
from benefits.support_plans import Offer
from partners.imports.models import Import, ImportChunk, ImportProblem
from partners.models import Affiliation, ApiClient, Customer, Partner, RoleAssignment, User
from partners.roles import Role
from portal import clock
from portal.models import AuditRecord, IdempotencyKey, ThrottleBucket
from portal.origin import Channel
from support.models import MonthlyUse, Note, PlanLevel, SupportRequest
from support.severities import Severity
from tests.traits import Trait

YEAR_START = date(2025, 12, 15)
ACTIVATED_AT = datetime(2025, 12, 20, 9, 0, tzinfo=UTC)
USED_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLOSED_AT = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
REQUESTED_AT = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
PENDING_UNTIL = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENDS_AT = datetime(2027, 1, 14, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
CLIENT_SECRET = "a-secret-of-the-tests"


# --- partners --------------------------------------------------------------------------------


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    class Params:
        personal = Trait(kind=User.Kind.PERSONAL)
        client = Trait(kind=User.Kind.CLIENT, email=None)
        staff = Trait(staff_kind=User.StaffKind.SUPPORT_AGENT)
        inactive = Trait(is_active=False)
        with_password = Trait(password=factory.LazyFunction(lambda: make_password(PASSWORD)))

    email = factory.Sequence(lambda n: f"person{n}@example.test")
    name = factory.Sequence(lambda n: f"Person {n}")
    # What make_password(None) begins with: nobody can sign in by it.
    password = "!"


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = Partner

    class Params:
        csp_only = Trait(in_mpn=False, in_csp=True)
        inactive = Trait(is_active=False)

    mpn_id = factory.Sequence(lambda n: str(4_000_000 + n))
    name = factory.Sequence(lambda n: f"Partner {n}")
    country = "SE"
    in_mpn = True
    in_csp = False


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    class Params:
        inactive = Trait(is_active=False)

    partner = factory.SubFactory(PartnerFactory)
    name = factory.Sequence(lambda n: f"Customer {n}")
    domain = factory.Sequence(lambda n: f"customer{n}.example")
    country = "SE"


class AffiliationFactory(DjangoModelFactory):
    class Meta:
        model = Affiliation
        skip_postgeneration_save = True

    class Params:
        csp_only = Trait(mpn=False, csp=True)

    user = factory.SubFactory(UserFactory)
    partner = factory.SubFactory(PartnerFactory)
    mpn = True
    csp = False

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        """Give the affiliation these roles: `AffiliationFactory(roles=[Role.GLOBAL_ADMIN])`."""
        for role in extracted or ():
            RoleAssignmentFactory(affiliation=self, role=role)


class RoleAssignmentFactory(DjangoModelFactory):
    class Meta:
        model = RoleAssignment

    affiliation = factory.SubFactory(AffiliationFactory)
    role = Role.GLOBAL_ADMIN
    assigned_at = ACTIVATED_AT


class ApiClientFactory(DjangoModelFactory):
    class Meta:
        model = ApiClient
        skip_postgeneration_save = True

    class Params:
        staff = Trait(
            partner=None,
            scopes=["entitlements.read", "staff"],
            user__staff_kind=User.StaffKind.AUDITOR,
        )
        revoked = Trait(revoked_at=USED_AT, revoked_by=factory.SubFactory(UserFactory))

    client_id = factory.Sequence(lambda n: f"client-{n}")
    client_secret = factory.LazyFunction(lambda: make_password(CLIENT_SECRET))
    client_type = ApiClient.CLIENT_CONFIDENTIAL
    authorization_grant_type = ApiClient.GRANT_CLIENT_CREDENTIALS
    name = factory.Sequence(lambda n: f"Client {n}")
    user = factory.SubFactory(UserFactory, client=True, name=factory.SelfAttribute("..name"))
    partner = factory.SubFactory(PartnerFactory)
    scopes = factory.LazyFunction(lambda: ["entitlements.read"])
    registered_at = ACTIVATED_AT
    secret_changed_at = ACTIVATED_AT

    @factory.post_generation
    def affiliation(self, create, extracted, **kwargs):
        """Let its account work for its partner, in MPN and without a role."""
        if create and self.partner is not None:
            AffiliationFactory(user=self.user, partner=self.partner)


class ImportFactory(DjangoModelFactory):
    class Meta:
        model = Import

    class Params:
        done = Trait(state="DONE", requested_at=USED_AT, finished_at=USED_AT)

    kind = "partners"
    file_name = "partners.csv"
    sha256 = "0" * 64
    size = 100
    lines = 3
    uploaded_at = USED_AT
    channel = Channel.PAGE
    request_id = "-"


class ImportChunkFactory(DjangoModelFactory):
    class Meta:
        model = ImportChunk

    of = factory.SubFactory(ImportFactory)
    number = 0
    content = b"mpn_id,name,country,programs"


class ImportProblemFactory(DjangoModelFactory):
    class Meta:
        model = ImportProblem

    of = factory.SubFactory(ImportFactory)
    number = 1
    line = 2
    column = "mpn_id"
    code = "bad_mpn_id"


def token_of(client, *, scopes=None, lifetime=timedelta(hours=1)):
    """Issue an access token of the client, with all its scopes or these, and return it."""
    token = secrets.token_urlsafe(16)
    AccessToken.objects.create(
        application=client,
        token="",
        token_checksum=hashlib.sha256(token.encode()).hexdigest(),
        expires=clock.real_now() + lifetime,
        scope=" ".join(client.scopes if scopes is None else scopes),
    )
    return token


# --- benefits --------------------------------------------------------------------------------


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    class Params:
        silver = Trait(level=Level.SILVER)
        action_pack = Trait(kind=MembershipKind.ACTION_PACK, level=None)

    partner = factory.SubFactory(PartnerFactory)
    kind = MembershipKind.CORE
    level = Level.GOLD
    starts_on = YEAR_START
    anniversary_on = factory.LazyAttribute(lambda row: anniversary_of(row.starts_on))


class CompetencyFactory(DjangoModelFactory):
    class Meta:
        model = Competency

    membership = factory.SubFactory(MembershipFactory)
    name = "DevOps"
    attained_on = YEAR_START


class PurchaseFactory(DjangoModelFactory):
    class Meta:
        model = Purchase

    partner = factory.SubFactory(PartnerFactory)
    offer = Offer.PREMIER
    number = 1
    bought_at = ACTIVATED_AT
    bought_by = factory.SubFactory(UserFactory)


class PackageFactory(DjangoModelFactory):
    class Meta:
        model = Package

    class Params:
        bought = Trait(
            membership=None,
            purchase=factory.SubFactory(PurchaseFactory),
            partner=factory.SelfAttribute("purchase.partner"),
            starts_at=factory.SelfAttribute("purchase.bought_at"),
            ends_at=factory.LazyAttribute(lambda row: one_year_after(row.starts_at)),
        )

    membership = factory.SubFactory(MembershipFactory)
    partner = factory.SelfAttribute("membership.partner")
    starts_at = factory.LazyAttribute(lambda row: midnight(row.membership.starts_on))
    ends_at = factory.LazyAttribute(lambda row: end_of_benefits(row.membership.anniversary_on))


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan
        skip_postgeneration_save = True

    class Params:
        cloud = Trait(
            benefit=Benefit.SIGNATURE_CLOUD_SUPPORT,
            scope=Scope.CLOUD,
            name="Signature 10-pack",
            allotment=10,
        )
        unlimited = Trait(
            benefit=Benefit.SIGNATURE_CLOUD_SUPPORT,
            scope=Scope.CLOUD,
            name="Signature Cloud Support",
            allotment=None,
        )
        bought = Trait(
            package=factory.SubFactory(PackageFactory, bought=True),
            benefit=Benefit.PARTNER_SUPPORT,
            scope=Scope.ALL,
            name="Premier Support for Partners",
            allotment=None,
        )
        advisory = Trait(
            benefit=Benefit.TPD_ADVISORY,
            scope=None,
            unit=Unit.HOUR,
            name="Technical presales and deployment",
            allotment=50,
        )
        granted = Trait(
            remaining=factory.SelfAttribute("allotment"),
            last_number=1,
            grant=factory.RelatedFactory(
                "tests.factories.LedgerEntryFactory",
                factory_related_name="plan",
                quantity=factory.SelfAttribute("plan.allotment"),
            ),
        )

    package = factory.SubFactory(PackageFactory)
    benefit = Benefit.MICROSOFT_PRODUCT_SUPPORT
    scope = Scope.ON_PREMISES
    unit = Unit.INCIDENT
    name = "Partner support Gold 20pack"
    allotment = 20


class LedgerEntryFactory(DjangoModelFactory):
    class Meta:
        model = LedgerEntry

    class Params:
        consumed = Trait(
            number=2,
            kind=LedgerEntry.Kind.CONSUME,
            quantity=-1,
            remaining_after=19,
            request_number=factory.Sequence(lambda n: f"260302{n:09d}"),
        )

    plan = factory.SubFactory(PlanFactory)
    number = 1
    kind = LedgerEntry.Kind.GRANT
    quantity = 20
    remaining_after = factory.SelfAttribute("quantity")
    occurred_at = ACTIVATED_AT


class ContractFactory(DjangoModelFactory):
    class Meta:
        model = Contract

    class Params:
        pending = Trait(requested_at=REQUESTED_AT, starts_at=PENDING_UNTIL)

    package = factory.SubFactory(PackageFactory)
    starts_at = ACTIVATED_AT
    ends_at = factory.SelfAttribute("package.ends_at")
    requested_at = ACTIVATED_AT
    requested_by = factory.SubFactory(UserFactory)


def well_formed(sequence: int) -> int:
    """Return one of the numbers that Access IDs and Contract IDs may be, another for each count."""
    payload = str(10_000_000 + sequence)
    return int(payload + str(ids.check_digit(payload)))


class IssuedIdFactory(DjangoModelFactory):
    class Meta:
        model = IssuedId

    class Params:
        replaced = Trait(replaced_at=USED_AT)

    number = factory.Sequence(well_formed)
    kind = IssuedId.Kind.ACCESS
    contract = factory.SubFactory(ContractFactory)
    issued_at = ACTIVATED_AT


class LinkFactory(DjangoModelFactory):
    class Meta:
        model = Link

    class Params:
        dropped = Trait(dropped_at=USED_AT)
        revoked = Trait(revoked_at=USED_AT, revoked_by=factory.SubFactory(UserFactory))

    user = factory.SubFactory(UserFactory)
    contract = factory.SubFactory(ContractFactory)
    method = Link.Method.PAIR
    linked_at = ACTIVATED_AT


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    class Params:
        linked = Trait(
            type=Event.Type.LINKED,
            account=factory.SubFactory(UserFactory),
        )
        of_plan = Trait(
            plan=factory.SubFactory(PlanFactory, package=factory.SelfAttribute("..package")),
            remaining_after=19,
        )
        consumed = Trait(
            of_plan=True,
            type=Event.Type.CONSUMED,
            quantity=-1,
            request_number=factory.Sequence(lambda n: f"260302{n:09d}"),
        )
        expired = Trait(of_plan=True, type=Event.Type.EXPIRED, quantity=-19, remaining_after=0)
        threshold = Trait(of_plan=True, type=Event.Type.THRESHOLD, percent=80, remaining_after=4)
        published = Trait(position=factory.Sequence(lambda n: n + 1))

    type = Event.Type.ACTIVATED
    package = factory.SubFactory(PackageFactory)
    partner = factory.SelfAttribute("package.partner")
    occurred_at = USED_AT


class FeedHeadFactory(DjangoModelFactory):
    class Meta:
        model = FeedHead


# --- support ---------------------------------------------------------------------------------


class SupportRequestFactory(DjangoModelFactory):
    class Meta:
        model = SupportRequest

    class Params:
        resolved = Trait(
            state=SupportRequest.State.RESOLVED, state_changed_at=CLOSED_AT, ended_at=CLOSED_AT
        )
        billing = Trait(
            kind=SupportRequest.Kind.BILLING,
            plan=None,
            portal=SupportRequest.Portal.AZURE,
            product_family="Azure",
            product_version="Virtual Machines",
            category=SupportRequest.Category.OTHER,
        )
        for_customer = Trait(
            customer=factory.SubFactory(CustomerFactory),
            partner=factory.SelfAttribute("customer.partner"),
            plan=None,
            portal=SupportRequest.Portal.AZURE,
            product_family="Azure",
            product_version="Virtual Machines",
        )
        hours = Trait(
            kind=SupportRequest.Kind.ADVISORY,
            plan=factory.SubFactory(PlanFactory, advisory=True),
            portal=SupportRequest.Portal.PARTNER_CENTER,
            topic="Migration to the cloud",
            severity=None,
        )
        claimed = Trait(claimed_by=factory.SubFactory(UserFactory, staff=True), claimed_at=USED_AT)
        closed = Trait(
            state=SupportRequest.State.CLOSED,
            state_changed_at=CLOSED_AT,
            ended_at=CLOSED_AT,
            closed_at=CLOSED_AT,
            closed_by=factory.SelfAttribute("author"),
            close_reason=SupportRequest.CloseReason.SOLVED_BY_PARTNER,
        )

    number = factory.Sequence(lambda n: f"260302{n:09d}")
    portal = SupportRequest.Portal.SUPPORT_FOR_BUSINESS
    author = factory.SubFactory(UserFactory)
    plan = factory.SubFactory(PlanFactory)
    product_family = "Windows Server"
    product_version = "2025"
    category = SupportRequest.Category.CONFIGURATION
    title = "Sign-in fails"
    description = "Sign-in fails since the host was renamed."
    severity = Severity.C
    contact_name = factory.SelfAttribute("author.name")
    contact_email = factory.SelfAttribute("author.email")
    contact_method = SupportRequest.ContactMethod.EMAIL
    country = "SE"
    time_zone = "Europe/Stockholm"
    state_changed_at = USED_AT
    opened_at = USED_AT
    due_at = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


class NoteFactory(DjangoModelFactory):
    class Meta:
        model = Note

    request = factory.SubFactory(SupportRequestFactory)
    author = factory.SelfAttribute("request.author")
    text = "It happens on a second machine too."
    written_at = USED_AT


class MonthlyUseFactory(DjangoModelFactory):
    class Meta:
        model = MonthlyUse

    month = date(2026, 3, 1)
    unit = Unit.INCIDENT
    level = PlanLevel.GOLD
    portal = SupportRequest.Portal.SUPPORT_FOR_BUSINESS
    product_family = "Windows Server"
    used = 1
    returned = 0


# --- portal ----------------------------------------------------------------------------------


class AuditRecordFactory(DjangoModelFactory):
    class Meta:
        model = AuditRecord

    action = "benefits.activate_package"
    occurred_at = ACTIVATED_AT
    channel = Channel.COMMAND
    request_id = "-"


class IdempotencyKeyFactory(DjangoModelFactory):
    class Meta:
        model = IdempotencyKey

    caller = factory.SubFactory(UserFactory)
    operation = "submit_request"
    key = "a-key"
    fingerprint = "0" * 64


class ThrottleBucketFactory(DjangoModelFactory):
    class Meta:
        model = ThrottleBucket

    scope = "link-contract"
    key = "account:1"
