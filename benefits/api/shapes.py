"""What the API answers about benefits. Names and meanings are part of the contract with clients."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypedDict
from uuid import UUID

from django.urls import reverse

from benefits import reasons
from benefits.allotments import Benefit, Level, MembershipKind, Scope, Unit
from benefits.details import Movement
from benefits.entitlements import Entitlement, Status
from benefits.models import Contract
from benefits.models.ledger import LedgerEntry
from portal.refusals import Explanation
from portal.rest.paging import Uri
from portal.rest.shapes import Says

Count = Annotated[int, Says(minimum=0)]
MpnId = Annotated[str, Says(pattern="^[0-9]{7}$")]
RequestNumber = Annotated[str, Says(pattern="^[0-9]{15}$")]


class NextStepShape(TypedDict):
    """What to do now: a sentence, where to do it, or who can."""

    text: str
    url: str | None
    people: list[str]


class ExplanationShape(TypedDict):
    """Why something cannot be used: decide by `code`, show `message` and `nextStep`."""

    code: str
    message: str
    facts: Mapping[str, Any]
    nextStep: NextStepShape | None


class LastUse(TypedDict):
    """When the plan was last used, and by which request."""

    at: datetime
    requestNumber: RequestNumber


class EntitlementLinks(TypedDict):
    """Where more of it is."""

    self: Uri
    ledger: Uri


class EntitlementAttributes(TypedDict):
    """What kind of object this is."""

    objectType: Literal["Entitlement"]


class EntitlementShape(TypedDict):
    """
    A plan: one line of a partner's benefits, under one id from NOT_ACTIVATED to EXPIRED.

    Unlimited: `unlimited` is true, `allotment` and `remaining` are null. `remaining` is null before
    activation and 0 once ended. Ends are exclusive. `explanation` says why it cannot be used, when
    the status is not ACTIVE or the reader's link was taken away.
    """

    id: UUID
    mpnId: MpnId
    partnerName: str
    benefit: Benefit
    planName: str
    scope: Scope | None
    level: Literal["ACTION_PACK", "SILVER", "GOLD"] | None
    status: Status
    unit: Unit
    unlimited: bool
    allotment: Count | None
    adjusted: int
    used: Count
    expired: Count
    remaining: Count | None
    contractId: UUID | None
    startsAt: datetime
    endsAt: datetime
    activateBy: datetime
    linked: bool
    lastUsed: LastUse | None
    explanation: ExplanationShape | None
    links: EntitlementLinks
    attributes: EntitlementAttributes


class LedgerEntryShape(TypedDict):
    """One movement on a plan. `actor` names people only to those who may know them."""

    sequence: Annotated[int, Says(minimum=1)]
    kind: Literal["GRANT", "CONSUME", "RETURN", "EXPIRE", "ADJUST"]
    quantity: int
    remainingAfter: Count | None
    requestNumber: RequestNumber | None
    reason: str
    actor: str
    occurredAt: datetime


class PastBalance(EntitlementShape):
    """
    The entitlement as it was at `asOf`, and the entries up to then, oldest first: they prove the
    numbers. There are at most 200; `entriesLeftOut` older ones stand in the ledger (`links`).
    """

    asOf: datetime
    entries: list[LedgerEntryShape]
    entriesLeftOut: Count


class BenefitLinks(TypedDict):
    """Where more of it is."""

    self: Uri


class BenefitShape(TypedDict):
    """
    A package: the benefits of one membership year. This is what is activated, as a whole.

    A support plan that was bought is a package too: active from its start, with `level` null.
    `status` is NOT_ACTIVATED, PENDING, SCHEDULED, ACTIVE or EXPIRED; how much is left stands on the
    entitlements.
    """

    id: UUID
    mpnId: MpnId
    partnerName: str
    level: Literal["ACTION_PACK", "SILVER", "GOLD"] | None
    status: Literal["SCHEDULED", "NOT_ACTIVATED", "PENDING", "ACTIVE", "EXPIRED"]
    startsAt: datetime
    activateBy: datetime
    activationRequestedAt: datetime | None
    contractId: UUID | None
    entitlements: list[EntitlementShape]
    explanation: ExplanationShape | None
    links: BenefitLinks


class ContractShape(TypedDict):
    """What activation issued, without the pair of IDs. The end is exclusive."""

    id: UUID
    mpnId: MpnId
    partnerName: str
    startsAt: datetime
    endsAt: datetime
    linked: bool
    linkedAt: datetime | None
    entitlements: list[EntitlementShape]
    links: BenefitLinks


class PairShape(TypedDict):
    """The Access ID, which names the contract, and the Contract ID, which is its password."""

    accessId: Annotated[str, Says(pattern="^[1-9][0-9]{8}$")]
    contractId: Annotated[str, Says(pattern="^[1-9][0-9]{8}$")]


class LinkedContract(TypedDict):
    """The contract that was linked."""

    id: UUID
    startsAt: datetime
    endsAt: datetime


class LinkShape(TypedDict):
    """A contract that the account may use, and what each of its plans is good for."""

    contract: LinkedContract
    alreadyLinked: bool
    linkedAt: datetime
    entitlements: list[EntitlementShape]
    message: str


class MembershipShape(TypedDict):
    """
    A membership year. Days are UTC days; `endedOn` is set when an upgrade ended it early.

    `succeedsBenefitId` is the package of the year that this one renewed or upgraded.
    """

    kind: MembershipKind
    level: Level | None
    startsOn: date
    anniversaryOn: date
    endedOn: date | None
    competencies: list[str]
    benefitId: UUID
    succeedsBenefitId: UUID | None


# --- building them ---------------------------------------------------------------------------


def explanation(found: Explanation | None) -> ExplanationShape | None:
    """Return the explanation object, the same on every page and in every answer."""
    return None if found is None else found.as_dict()  # type: ignore[return-value]


def level(e: Entitlement) -> Literal["ACTION_PACK", "SILVER", "GOLD"] | None:
    """Return which membership the plan comes from; None when it was bought."""
    if e.is_bought:
        return None
    if e.kind == MembershipKind.ACTION_PACK:
        return "ACTION_PACK"
    return "GOLD" if e.level == Level.GOLD else "SILVER"


def entitlement(e: Entitlement) -> EntitlementShape:
    """Return an entitlement as the API answers it."""
    refusal = reasons.reason_for_reader(e)
    uri = reverse("api:entitlement", args=[e.id])
    return {
        "id": e.id,
        "mpnId": e.mpn_id,
        "partnerName": e.partner_name,
        "benefit": e.benefit,
        "planName": e.plan_name,
        "scope": e.scope,
        "level": level(e),
        "status": e.status,
        "unit": e.unit,
        "unlimited": e.is_unlimited,
        "allotment": e.allotment,
        "adjusted": e.adjusted,
        "used": e.used,
        "expired": e.lapsed,
        "remaining": e.remaining,
        "contractId": e.contract_id,
        "startsAt": e.starts_at,
        "endsAt": e.ends_at,
        "activateBy": e.activate_by,
        "linked": e.is_linked,
        "lastUsed": (
            {"at": e.last_used_at, "requestNumber": e.last_request_number}
            if e.last_used_at and e.last_request_number
            else None
        ),
        "explanation": explanation(refusal.explanation if refusal else None),
        "links": {"self": {"uri": uri}, "ledger": {"uri": f"{uri}/ledger"}},
        "attributes": {"objectType": "Entitlement"},
    }


def ledger_entry(movement: Movement) -> LedgerEntryShape:
    """Return a ledger entry as this reader may see it."""
    entry: LedgerEntry = movement.entry
    return {
        "sequence": entry.number,
        "kind": entry.kind,  # type: ignore[typeddict-item]
        "quantity": entry.quantity,
        "remainingAfter": entry.remaining_after,
        "requestNumber": entry.request_number,
        "reason": entry.reason,
        "actor": movement.by,
        "occurredAt": entry.occurred_at,
    }


def linked_contract(contract: Contract) -> LinkedContract:
    """Return the contract in short."""
    return {
        "id": contract.public_id,
        "startsAt": contract.starts_at,
        "endsAt": contract.ends_at,
    }
