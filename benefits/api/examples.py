"""Examples of the description: one partner, Contoso, on 20 November 2026."""

from typing import Any

PLAN = "0190d5e2-6f0a-7c31-9a44-5a1f2b7c9d01"
PACKAGE = "0190d5e2-6f0a-7c31-9a44-5a1f2b7c9d02"
CONTRACT = "0190d5e2-6f0a-7c31-9a44-5a1f2b7c9d03"
NUMBER = "261120001234567"

ENTITLEMENT: dict[str, Any] = {
    "id": PLAN,
    "mpnId": "5123456",
    "partnerName": "Contoso",
    "benefit": "MICROSOFT_PRODUCT_SUPPORT",
    "planName": "Partner support Gold 20pack",
    "scope": "ON_PREMISES",
    "level": "GOLD",
    "status": "ACTIVE",
    "unit": "INCIDENT",
    "unlimited": False,
    "allotment": 20,
    "adjusted": 0,
    "used": 3,
    "expired": 0,
    "remaining": 17,
    "contractId": CONTRACT,
    "startsAt": "2025-12-15T00:00:00Z",
    "endsAt": "2027-01-14T00:00:00Z",
    "activateBy": "2027-01-14T00:00:00Z",
    "linked": True,
    "lastUsed": {"at": "2026-11-20T09:00:00Z", "requestNumber": NUMBER},
    "explanation": None,
    "links": {
        "self": {"uri": f"/api/v1/entitlements/{PLAN}"},
        "ledger": {"uri": f"/api/v1/entitlements/{PLAN}/ledger"},
    },
    "attributes": {"objectType": "Entitlement"},
}
LEDGER_ENTRY: dict[str, Any] = {
    "sequence": 4,
    "kind": "CONSUME",
    "quantity": -1,
    "remainingAfter": 17,
    "requestNumber": NUMBER,
    "reason": "",
    "actor": "Ana Berg",
    "occurredAt": "2026-11-20T09:00:00Z",
}
BENEFIT: dict[str, Any] = {
    "id": PACKAGE,
    "mpnId": "5123456",
    "partnerName": "Contoso",
    "level": "GOLD",
    "status": "ACTIVE",
    "startsAt": "2025-12-15T00:00:00Z",
    "activateBy": "2027-01-14T00:00:00Z",
    "activationRequestedAt": "2025-12-20T09:00:00Z",
    "contractId": CONTRACT,
    "entitlements": [ENTITLEMENT],
    "explanation": None,
    "links": {"self": {"uri": f"/api/v1/benefits/{PACKAGE}"}},
}
CONTRACT_EXAMPLE: dict[str, Any] = {
    "id": CONTRACT,
    "mpnId": "5123456",
    "partnerName": "Contoso",
    "startsAt": "2025-12-20T09:00:00Z",
    "endsAt": "2027-01-14T00:00:00Z",
    "linked": True,
    "linkedAt": "2025-12-20T09:05:00Z",
    "entitlements": [ENTITLEMENT],
    "links": {"self": {"uri": f"/api/v1/contracts/{CONTRACT}"}},
}
LINK: dict[str, Any] = {
    "contract": {
        "id": CONTRACT,
        "startsAt": "2025-12-20T09:00:00Z",
        "endsAt": "2027-01-14T00:00:00Z",
    },
    "alreadyLinked": False,
    "linkedAt": "2026-11-20T09:00:00Z",
    "entitlements": [ENTITLEMENT],
    "message": "17 of 20 on-premises incidents left until 13 January 2027.",
}
MEMBERSHIP: dict[str, Any] = {
    "kind": "CORE",
    "level": "GOLD",
    "startsOn": "2025-12-15",
    "anniversaryOn": "2026-12-15",
    "endedOn": None,
    "competencies": ["Data Platform"],
    "benefitId": PACKAGE,
    "succeedsBenefitId": None,
}


EVENT: dict[str, Any] = {
    "id": "0190d5e2-6f0a-7c31-9a44-5a1f2b7c9d04",
    "cursor": "NDI:1vMxyz:abc",
    "type": "CONSUMED",
    "occurredAt": "2026-11-20T09:00:00Z",
    "mpnId": "5123456",
    "benefitId": PACKAGE,
    "entitlementId": PLAN,
    "contractId": CONTRACT,
    "quantity": -1,
    "remainingAfter": 17,
    "requestNumber": NUMBER,
    "percent": None,
    "account": None,
}
FEED: dict[str, Any] = {
    "totalCount": None,
    "items": [EVENT],
    "links": {
        "self": {"uri": "/api/v1/events", "method": "GET"},
        "next": {"uri": "/api/v1/events?after=NDI%3A1vMxyz%3Aabc", "method": "GET"},
    },
    "attributes": {"objectType": "Collection"},
}


def collection(*items: dict[str, Any], address: str = "/api/v1/…") -> dict[str, Any]:
    """Return a page that holds these."""
    return {
        "totalCount": len(items),
        "items": list(items),
        "links": {"self": {"uri": address, "method": "GET"}, "next": None},
        "attributes": {"objectType": "Collection"},
    }
