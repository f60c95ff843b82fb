"""Examples of the description: a request of Contoso's on 20 November 2026."""

from typing import Any

from benefits.api.examples import NUMBER, PLAN, collection

CONTACT = {
    "name": "Ana Berg",
    "email": "admin@contoso.example",
    "phone": "+46 8 123 456",
    "country": "SE",
    "timeZone": "Europe/Stockholm",
    "preferredContactMethod": "EMAIL",
    "language": "en",
}
REQUEST_BODY: dict[str, Any] = {
    "entitlementId": PLAN,
    "productFamily": "Windows",
    "productVersion": "11",
    "category": "Other",
    "title": "Sign-in fails since the host was renamed",
    "description": "Since Monday every sign-in ends with error 0x800.",
    "severity": "C",
    "require24x7": False,
    "contact": CONTACT,
}
NOTE = {
    "author": "Ana Berg",
    "text": "It happens after each restart.",
    "writtenAt": "2026-11-20T10:00:00Z",
}
REQUEST: dict[str, Any] = {
    "number": NUMBER,
    "kind": "TECHNICAL",
    "portal": "API",
    "status": "OPEN",
    "entitlementId": PLAN,
    "planName": "Partner support Gold 20pack",
    "consumed": True,
    "remainingAfter": 16,
    "openedAt": "2026-11-20T09:00:00Z",
    "dueAt": "2026-11-20T16:00:00Z",
    "closedAt": None,
    "closeReason": None,
    "author": "Ana Berg",
    "customerName": None,
    "productFamily": "Windows",
    "productVersion": "11",
    "category": "Other",
    "severity": "C",
    "require24x7": False,
    "topic": None,
    "title": REQUEST_BODY["title"],
    "description": REQUEST_BODY["description"],
    "contact": CONTACT,
    "noteCount": 0,
    "notes": [],
    "links": {
        "self": {"uri": f"/api/v1/supportRequests/{NUMBER}"},
        "entitlement": {"uri": f"/api/v1/entitlements/{PLAN}"},
    },
}
CLOSED = {
    "status": "CLOSED",
    "closedAt": "2026-11-21T09:00:00Z",
    "closeReason": "SOLVED_BY_PARTNER",
}
LISTED = {name: value for name, value in REQUEST.items() if name != "notes"}
REQUESTS = collection(LISTED, address="/api/v1/supportRequests")
DRY_RUN: dict[str, Any] = {
    "allowed": True,
    "planName": "Partner support Gold 20pack",
    "entitlementId": PLAN,
    "remainingBefore": 17,
    "remainingAfter": 16,
    "explanation": None,
}
FINDING: dict[str, Any] = {
    "kind": "access_id",
    "problem": None,
    "partners": [],
    "contracts": [],
    "entitlements": [],
}
