"""What the API answers about products and requests."""

from datetime import date, datetime
from typing import Annotated, Literal, TypedDict
from uuid import UUID

from benefits.api.shapes import Count, EntitlementShape, ExplanationShape, RequestNumber
from portal.rest.paging import Uri
from portal.rest.shapes import Says
from support.models import SupportRequest
from support.services.lookup import Kind
from support.severities import Severity

CATEGORIES = {
    "Installation or upgrade": SupportRequest.Category.INSTALLATION,
    "Configuration": SupportRequest.Category.CONFIGURATION,
    "Performance": SupportRequest.Category.PERFORMANCE,
    "Security": SupportRequest.Category.SECURITY,
    "Crash or error": SupportRequest.Category.CRASH,
    "Other": SupportRequest.Category.OTHER,
}
NAME_OF_CATEGORY = {category.value: name for name, category in CATEGORIES.items()}
CategoryName = Annotated[str, Says(enum=list(CATEGORIES))]


class ProductShape(TypedDict):
    """A product version, whether included plans cover it today, and why not."""

    family: str
    version: str
    scope: Literal["ON_PREMISES", "CLOUD"]
    releasedOn: date | None
    mainstreamEndsOn: date | None
    covered: bool
    explanation: ExplanationShape | None


class Verdict(TypedDict):
    """
    Whether a plan would pay for a product.

    When it would: which one, what is left before and after (null when unlimited). When not: why.
    """

    allowed: bool
    planName: str | None
    entitlementId: UUID | None
    remainingBefore: Count | None
    remainingAfter: Count | None
    explanation: ExplanationShape | None


class Verdicts(TypedDict):
    """One verdict for each question, in their order."""

    answers: list[Verdict]


class ContactShape(TypedDict):
    """Whom to answer, and how."""

    name: str
    email: str
    phone: str
    country: str
    timeZone: str
    preferredContactMethod: Literal["EMAIL", "PHONE"]
    language: str


class NoteShape(TypedDict):
    """A note on a request, by its author or by staff."""

    author: str
    text: str
    writtenAt: datetime


class RequestLinks(TypedDict):
    """Where more of it is."""

    self: Uri
    entitlement: Uri | None


class RequestShape(TypedDict):
    """
    A support request, as lists have it. Its text (topic, title, description, contact) and the
    number of its notes are null for those who only see that it is their partner's.

    `kind` says what it is about, `portal` where it was opened. Billing and subscription requests
    use no entitlement, nor do those for customers under the plan "Cloud Solution Provider": its id,
    plan name and link are null. `customerName` says for which customer of a CSP partner it is; null
    for the author's own company, and for those who only see that it is their partner's. Presales
    and advisory requests have a topic instead of a severity, which is null; staff deduct hours of
    their entitlement after the consultation.

    `consumed` says whether it used an incident, or hours, that were not returned; `remainingAfter`
    is what was left after that, null when unlimited or nothing was used.
    """

    number: RequestNumber
    kind: SupportRequest.Kind
    portal: SupportRequest.Portal
    status: Literal["OPEN", "IN_PROGRESS", "WAITING_FOR_PARTNER", "RESOLVED", "CLOSED"]
    entitlementId: UUID | None
    planName: str | None
    consumed: bool
    remainingAfter: Count | None
    openedAt: datetime
    dueAt: datetime
    closedAt: datetime | None
    closeReason: Literal["SOLVED_BY_PARTNER", "ANSWERED", "PRODUCT_DEFECT", "DUPLICATE"] | None
    author: str
    customerName: str | None
    productFamily: str
    productVersion: str
    category: CategoryName
    severity: Severity | None
    require24x7: bool
    topic: str | None
    title: str | None
    description: str | None
    contact: ContactShape | None
    noteCount: Count | None
    links: RequestLinks


class WholeRequestShape(RequestShape):
    """A support request with its notes, oldest first; null for whom its text is."""

    notes: list[NoteShape] | None


class FoundPartner(TypedDict):
    """A partner that a look-up led to."""

    mpnId: str
    name: str


class FoundContract(TypedDict):
    """A contract that a look-up led to."""

    id: UUID
    mpnId: str
    partnerName: str


class FindingShape(TypedDict):
    """
    What was looked up: its kind, and the partner or contract that it names, or several to choose
    from. `problem` says in a sentence why nothing was found, or that there is more.
    """

    kind: Kind
    problem: str | None
    partners: list[FoundPartner]
    contracts: list[FoundContract]
    entitlements: list[EntitlementShape]
