"""One entitlement in every state of the demo world, each answer as a whole."""

from datetime import timedelta
from typing import Any

import pytest

from benefits.models import Contract, LedgerEntry, Package, Plan
from benefits.services.expiry import book_expiries
from partnercenter.demo.accounts import (
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    PENDING,
    SCHEDULED,
    TAILSPIN,
)
from tests.api.resources import answered, browser_of, client_at, instant
from tests.pages.states import CLOUD, ON_PREMISES
from tests.pages.visits import plan
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

INCLUDED = {"benefit": "MICROSOFT_PRODUCT_SUPPORT", "scope": "ON_PREMISES"}
SIGNATURE = {"benefit": "SIGNATURE_CLOUD_SUPPORT", "scope": "CLOUD"}
ADVICE = {"benefit": "TPD_ADVISORY", "scope": None, "unit": "HOUR"}
PLANS: dict[str, dict[str, Any]] = {
    "Partner support Gold 20pack": {**INCLUDED, "level": "GOLD", "allotment": 20},
    "Partner support Silver 15pack": {**INCLUDED, "level": "SILVER", "allotment": 15},
    "Signature 10-pack": {**SIGNATURE, "level": "GOLD", "allotment": 10},
    "Signature Cloud Support": {**SIGNATURE, "unlimited": True, "allotment": None},
    "Technical presales and deployment": {**ADVICE, "level": "GOLD", "allotment": 50},
}
GOLD, SILVER, TEN, ENDLESS, HOURS = ({"planName": name, **of} for name, of in PLANS.items())


def explains(code, message, next_step, who=(), **facts):
    """Return an explanation as the API answers it."""
    url = "/support/partnersupport" if "compare the partner" in next_step.lower() else None
    step = {"text": next_step, "url": url, "people": list(who)}
    return {"code": code, "message": message, "facts": facts, "nextStep": step}


COULD = ["Ana Berg", "Li Wei"]
WHO_CAN = explains(
    "benefit_not_activated",
    "Contoso has not activated this benefit yet. It can be activated until 20 October 2027.",
    "Ask somebody who can do it:",
    COULD,
    activateBy="2027-10-21T00:00:00+00:00",
    people=COULD,
)
WAIT = explains(
    "activation_pending",
    "Activation was requested on 18 November 2026 by Paul Enders and is ready by 21 November 2026.",
    "Nothing has to be done: it becomes active by itself.",
    requestedAt="2026-11-18T09:00:00+00:00",
    requestedBy="Paul Enders",
    readyAt="2026-11-21T09:00:00+00:00",
)
LATER = explains(
    "benefit_not_started",
    "This benefit starts on 30 November 2026.",
    "It can be activated from that day on.",
    startsAt="2026-11-30T00:00:00+00:00",
)
OVER = explains(
    "contract_expired",
    "This plan ended on 10 October 2026.",
    "Use a newer contract, or compare the partner support plans.",
    endedAt="2026-10-11T00:00:00+00:00",
    unused=4,
)

# Partner: its name, when its plans start and end.
RUNS = {
    CONTOSO: ("Contoso", "2026-09-21", "2027-10-21"),
    FABRIKAM: ("Fabrikam", "2026-03-15", "2027-04-14"),
    TAILSPIN: ("Tailspin Toys", "2026-07-23", "2027-08-22"),
    PENDING: ("Alpine Ski House", "2026-10-31", "2027-11-30"),
    SCHEDULED: ("Lucerne Publishing", "2026-11-30", "2027-12-30"),
    EXHAUSTED: ("Fourth Coffee", "2026-02-13", "2027-03-15"),
    EXPIRED: ("Coho Winery", "2025-09-11", "2026-10-11"),
}
ACTIVE, WAITING = {"status": "ACTIVE"}, {"status": "NOT_ACTIVATED", "explanation": WHO_CAN}
LAPSED = {"status": "EXPIRED", "used": 16, "expired": 4, "remaining": 0, "explanation": OVER}
# Partner, scope of the plan, what differs from BARE.
STATES = {
    "active": (FABRIKAM, ON_PREMISES, GOLD | ACTIVE | {"used": 3, "remaining": 17}),
    "advisory hours": (FABRIKAM, None, HOURS | ACTIVE | {"used": 6, "remaining": 44}),
    "unlimited": (TAILSPIN, CLOUD, ENDLESS | ACTIVE | {"level": "SILVER", "used": 4}),
    "not activated": (CONTOSO, ON_PREMISES, GOLD | WAITING),
    "not activated, unlimited": (CONTOSO, CLOUD, ENDLESS | WAITING | {"level": "GOLD"}),
    "pending": (PENDING, CLOUD, TEN | {"status": "PENDING", "explanation": WAIT}),
    "scheduled": (SCHEDULED, ON_PREMISES, SILVER | {"status": "SCHEDULED", "explanation": LATER}),
    "ended": (EXPIRED, ON_PREMISES, GOLD | LAPSED),
}
BARE = {
    "unit": "INCIDENT",
    "unlimited": False,
    "adjusted": 0,
    "used": 0,
    "expired": 0,
    "remaining": None,
    "linked": False,
    "explanation": None,
    "attributes": {"objectType": "Entitlement"},
}


def contract_id(of):
    """Return the id of the contract that carries the plan, if one does."""
    issued = Contract.objects.filter(package=of.package).first() if of.scope else None
    return str(issued.public_id) if issued else None


def last_use(of):
    """Return when the plan was last used, and by which request."""
    last = LedgerEntry.objects.filter(plan=of, kind="CONSUME").order_by("-number").first()
    return last and {"at": instant(last.occurred_at), "requestNumber": last.request_number}


def whole(of, mpn_id, differs):
    """Return all of an entitlement."""
    partner_name, starts_on, ends_on = RUNS[mpn_id]
    uri = f"/api/v1/entitlements/{of.public_id}"
    return {
        **BARE,
        "id": str(of.public_id),
        "mpnId": mpn_id,
        "partnerName": partner_name,
        "contractId": contract_id(of),
        "startsAt": f"{starts_on}T00:00:00Z",
        "endsAt": f"{ends_on}T00:00:00Z",
        "activateBy": f"{ends_on}T00:00:00Z",
        "lastUsed": last_use(of),
        "links": {"self": {"uri": uri}, "ledger": {"uri": f"{uri}/ledger"}},
        **differs,
    }


@pytest.mark.parametrize("state", STATES)
def test_entitlement_in_each_state_is_answered_whole(state):
    mpn_id, scope, differs = STATES[state]
    of = plan(mpn_id, scope)

    found = answered(client_at(mpn_id).get(f"entitlements/{of.public_id}"))

    assert found == whole(of, mpn_id, differs)


def test_entitlement_that_is_used_up_names_the_last_request_and_since_when():
    of = plan(EXHAUSTED)
    last = last_use(of)

    found = answered(client_at(EXHAUSTED).get(f"entitlements/{of.public_id}"))

    explanation = explains(
        "no_incidents_remaining",
        "All 20 incidents have been used since 17 November 2026.",
        "Compare the partner support plans.",
        total=20,
        since="2026-11-17T09:00:00+00:00",
        lastRequest=last["requestNumber"],
        endsAt="2027-03-15T00:00:00+00:00",
    )
    differs = GOLD | {"status": "EXHAUSTED", "used": 20, "remaining": 0}
    differs["explanation"] = explanation
    assert found == whole(of, EXHAUSTED, differs)


def test_entitlement_to_an_account_that_linked_it_says_so_and_nothing_else_differs():
    of = plan(FABRIKAM)
    path = f"entitlements/{of.public_id}"

    by_client = answered(client_at(FABRIKAM).get(path))
    by_session = answered(browser_of("consultant@outlook.example").get(path))

    assert by_session == by_client | {"linked": True}


def test_entitlement_that_ended_says_the_same_before_and_after_its_expiry_is_booked(settings):
    of = plan(FABRIKAM)
    settings.PORTAL_NOW = of.package.ends_at
    path, caller = f"entitlements/{of.public_id}", client_at(FABRIKAM)

    before = answered(caller.get(path))
    booked = book_expiries(by=None, at=settings.PORTAL_NOW)

    assert booked > 0
    assert answered(caller.get(path)) == before
    numbers = {name: before[name] for name in ("status", "used", "expired", "remaining")}
    assert numbers == {"status": "EXPIRED", "used": 3, "expired": 17, "remaining": 0}


def test_entitlement_a_moment_before_its_end_still_has_everything(settings):
    of = plan(FABRIKAM)
    settings.PORTAL_NOW = of.package.ends_at - timedelta(microseconds=1)

    found = answered(client_at(FABRIKAM).get(f"entitlements/{of.public_id}"))

    assert (found["status"], found["remaining"], found["expired"]) == ("ACTIVE", 17, 0)


def test_entitlement_that_was_never_activated_ends_with_the_time_for_it(settings):
    of = plan(CONTOSO)
    Package.objects.filter(pk=of.package_id).update(ends_at=NOW)

    found = answered(client_at(CONTOSO).get(f"entitlements/{of.public_id}"))

    assert found["explanation"] == explains(
        "contract_expired",
        "This benefit was never activated; the time for it ended on 20 November 2026.",
        "Use a newer contract, or compare the partner support plans.",
        endedAt="2026-11-20T09:00:00+00:00",
        unused=0,
    )
    assert (found["status"], found["remaining"], found["expired"]) == ("EXPIRED", 0, 0)


def test_entitlement_ledger_lists_every_movement_from_the_first_on():
    of = plan(FABRIKAM)

    found = answered(client_at(FABRIKAM).get(f"entitlements/{of.public_id}/ledger"))

    entries = LedgerEntry.objects.filter(plan=of).select_related("actor").order_by("number")
    assert found["items"] == [
        {
            "sequence": number,
            "kind": entry.kind,
            "quantity": entry.quantity,
            "remainingAfter": entry.remaining_after,
            "requestNumber": entry.request_number,
            "reason": "",
            "actor": str(entry.actor),
            "occurredAt": instant(entry.occurred_at),
        }
        for number, entry in enumerate(entries, start=1)
    ]
    assert [item["kind"] for item in found["items"]] == ["GRANT", *["CONSUME"] * 3]


def test_entitlement_ledger_names_other_accounts_only_to_those_who_may_see_them():
    path = f"entitlements/{plan(FABRIKAM).public_id}/ledger"

    actors = {
        email: [entry["actor"] for entry in answered(browser_of(email).get(path))["items"]]
        for email in ("admin@fabrikam.example", "user@fabrikam.example", "staff@portal.example")
    }

    named = actors["admin@fabrikam.example"]
    assert sorted(named) == ["Fritz Baum"] * 3 + ["Kofi Mensah"]
    assert actors["staff@portal.example"] == named
    assert actors["user@fabrikam.example"] == ["Fritz Baum", *["another account"] * 3]


def test_entitlement_ledger_goes_on_page_by_page_without_gaps():
    of = Plan.objects.get(package=plan(EXHAUSTED).package, scope="ON_PREMISES")
    caller = client_at(EXHAUSTED)

    first = answered(caller.get(f"entitlements/{of.public_id}/ledger", size=20))
    second = answered(caller.get(first["links"]["next"]["uri"]))

    assert [e["sequence"] for e in first["items"] + second["items"]] == list(range(1, 22))
    assert (first["totalCount"], second["links"]["next"]) == (21, None)
