"""Opening a support request through the API: who may, which plan pays, what is refused."""

from collections.abc import Callable

import pytest

from benefits.models import Link, Plan
from partnercenter.demo.accounts import (
    ADATUM,
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    NORTHWIND,
    PENDING,
    PROSEWARE,
    SCHEDULED,
    TAILSPIN,
)
from partners.scopes import ClientScope
from portal.models import AuditRecord
from support import products
from support.models import SupportRequest
from tests.api.asking import AZURE, BODY, CONTACT, OLD_SERVER, PATH, ask, asked, try_out
from tests.api.calls import Caller
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    linked_client,
    refused,
    staff_client,
    user_of,
)
from tests.pages.states import CLOUD
from tests.pages.visits import account, contract, plan
from tests.stories import row_counts, submit
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def state():
    """Return all rows' counts and every plan: what a refusal or a dry run must not touch."""
    rows = row_counts()
    for name in ("portal.CallWindow", "portal.AuditRecord", "sessions.Session"):
        rows.pop(name, None)
    return rows, list(Plan.objects.order_by("pk").values())


# --- created ---------------------------------------------------------------------------------


def test_request_by_the_partners_client_without_a_link_is_answered_whole():
    caller, of = client_at(FABRIKAM, ClientScope.REQUESTS_WRITE), plan(FABRIKAM)

    found = asked(caller)

    number = SupportRequest.objects.latest("pk").number
    of_plan = f"/api/v1/entitlements/{of.public_id}"
    links = {"self": {"uri": f"/api/v1/{PATH}/{number}"}, "entitlement": {"uri": of_plan}}
    assert found == BODY | {
        "number": number,
        "kind": "TECHNICAL",
        "portal": "API",
        "status": "OPEN",
        "entitlementId": str(of.public_id),
        "planName": "Partner support Gold 20pack",
        "consumed": True,
        "remainingAfter": 16,
        "openedAt": "2026-11-20T09:00:00Z",
        "dueAt": "2026-11-23T09:00:00Z",
        **dict.fromkeys(("closedAt", "closeReason")),
        "author": user_of(caller).name,
        "noteCount": 0,
        "customerName": None,
        "topic": None,
        "notes": [],
        "links": links,
    }


def test_request_as_answered_is_read_again_in_the_same_words():
    caller = client_at(FABRIKAM)

    created = asked(caller, contact=CONTACT | {"phone": "+46 8 123", "language": ""})

    assert answered(caller.get(f"{PATH}/{created['number']}")) == created
    assert answered(caller.get(PATH))["items"][0] | {"notes": []} == created


def test_request_is_a_technical_one_of_the_portal_api_for_the_clients_partner():
    created = asked(client_at(FABRIKAM))

    row = SupportRequest.objects.get(number=created["number"])
    assert (row.kind, row.portal, str(row.partner), row.tried) == (
        "TECHNICAL",
        "API",
        "Fabrikam",
        "",
    )
    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.channel, record.target_id, record.actor) == (
        "support.submit_request",
        "API",
        row.number,
        row.author,
    )


@pytest.mark.parametrize("who", ["linked session", "consultant", "linked client of another"])
def test_request_by_whoever_has_linked_the_contract_uses_one_incident(who):
    callers = {
        "linked session": lambda: browser_of("user@fabrikam.example"),
        "consultant": lambda: browser_of("consultant@outlook.example"),
        "linked client of another": lambda: linked_client(PROSEWARE, contract(FABRIKAM)),
    }

    created = asked(callers[who]())

    assert (created["entitlementId"], created["remainingAfter"]) == (
        str(plan(FABRIKAM).public_id),
        16,
    )
    assert plan(FABRIKAM).remaining == 16


def test_request_on_an_unlimited_plan_leaves_no_number():
    created = asked(client_at(TAILSPIN), **AZURE)

    assert (created["consumed"], created["remainingAfter"]) == (True, None)
    assert plan(TAILSPIN, CLOUD).used == 5


def test_request_by_default_is_paid_by_the_plan_that_ends_first():
    caller = linked_client(FABRIKAM, contract(NORTHWIND))

    by_default = asked(caller)
    chosen = asked(caller, key="other", entitlementId=str(plan(FABRIKAM).public_id))

    assert by_default["entitlementId"] == str(plan(NORTHWIND).public_id)
    assert chosen["entitlementId"] == str(plan(FABRIKAM).public_id)


def test_request_on_a_chosen_plan_never_falls_through_and_by_default_does():
    caller, spent = linked_client(FABRIKAM, contract(NORTHWIND)), plan(NORTHWIND)
    for number in range(3):
        asked(caller, key=f"use-{number}", entitlementId=str(spent.public_id))

    chosen = ask(caller, entitlementId=str(spent.public_id))

    assert refused(chosen) == (409, "no_incidents_remaining")
    assert asked(caller)["entitlementId"] == str(plan(FABRIKAM).public_id)


@pytest.mark.parametrize(
    ("severity", "around_the_clock", "stored", "due"),
    [
        ("A", False, True, "2026-11-20T11:00:00Z"),
        ("A", True, True, "2026-11-20T11:00:00Z"),
        ("B", True, True, "2026-11-20T13:00:00Z"),
        ("B", False, False, "2026-11-20T13:00:00Z"),
        ("C", False, False, "2026-11-23T09:00:00Z"),
    ],
)
def test_request_of_each_severity_is_due_by_its_clock(severity, around_the_clock, stored, due):
    created = asked(client_at(FABRIKAM), severity=severity, require24x7=around_the_clock)

    assert (created["require24x7"], created["dueAt"]) == (stored, due)


# --- refused ---------------------------------------------------------------------------------

REFUSED = {
    "benefit_not_activated": (CONTOSO, 409, {}),
    "activation_pending": (PENDING, 409, {}),
    "benefit_not_started": (SCHEDULED, 409, {}),
    "contract_expired": (EXPIRED, 409, {}),
    "no_incidents_remaining": (EXHAUSTED, 409, {}),
    "plan_not_included": (ADATUM, 409, AZURE),
    "product_not_supported": (FABRIKAM, 409, OLD_SERVER),
}


@pytest.mark.parametrize("chosen", [False, True], ids=["by default", "chosen"])
@pytest.mark.parametrize("code", REFUSED)
def test_request_that_no_plan_pays_is_refused_and_the_dry_run_says_the_same(code, chosen):
    mpn_id, status, changes = REFUSED[code]
    caller = client_at(mpn_id)
    if chosen:
        changes = changes | {"entitlementId": str(plan(mpn_id).public_id)}
    before = state()

    response, verdict = ask(caller, **changes), try_out(caller, **changes)

    assert refused(response) == (status, code)
    assert verdict["allowed"] is False
    assert explanation_in(response) == verdict["explanation"]
    assert state() == before


def explanation_in(response):
    """Return the explanation that a problem document holds."""
    document = response.json()
    names = {"code": "code", "message": "detail", "facts": "facts", "nextStep": "nextStep"}
    return {name: document[where] for name, where in names.items()}


def test_request_on_a_chosen_plan_of_the_wrong_scope_is_refused():
    caller, changes = client_at(FABRIKAM), AZURE | {"entitlementId": str(plan(FABRIKAM).public_id)}

    response = ask(caller, **changes)

    assert refused(response) == (409, "plan_wrong_scope")
    assert explanation_in(response) == try_out(caller, **changes)["explanation"]


def test_request_by_a_colleague_who_has_not_linked_is_refused_with_the_one_click():
    Link.objects.filter(user__email="user@fabrikam.example").delete()
    caller = browser_of("user@fabrikam.example")

    response = ask(caller)

    assert refused(response) == (409, "contract_not_linked")
    assert response.json()["facts"] == {"contractId": str(contract(FABRIKAM).public_id)}
    assert explanation_in(response) == try_out(caller)["explanation"]


def test_request_by_an_account_whose_link_was_revoked_is_refused():
    caller = linked_client(PROSEWARE, contract(FABRIKAM), revoked=True)

    response = ask(caller)

    assert refused(response) == (403, "link_revoked")
    assert "Fabrikam" in response.json()["detail"]
    assert explanation_in(response) == try_out(caller)["explanation"]


def test_request_of_a_caller_without_any_plan_is_told_so():
    caller = client_at(PROSEWARE)

    response = ask(caller)

    assert refused(response) == (409, "plan_not_included")
    assert response.json()["detail"] == "We found no usable support plan for this account."
    assert explanation_in(response) == try_out(caller)["explanation"]


@pytest.mark.parametrize("who", ["foreign plan", "absent plan", "dropped", "hours"])
def test_request_on_a_plan_that_is_not_the_callers_is_one_answer(who):
    of, changes = plan(FABRIKAM), {}
    caller = client_at(PROSEWARE)
    if who in ("foreign plan", "dropped"):
        changes = {"entitlementId": str(of.public_id)}
    if who == "dropped":
        caller = linked_client(PROSEWARE, contract(FABRIKAM), dropped=True)
    if who == "absent plan":
        changes = {"entitlementId": "00000000-0000-4000-8000-000000000000"}
    if who == "hours":
        caller = client_at(FABRIKAM)
        changes = {"entitlementId": str(plan(FABRIKAM, None).public_id)}

    response = ask(caller, **changes)

    assert refused(response) == (409, "plan_not_included")
    assert response.json()["detail"] == (
        "The chosen plan is not among those that this account may use."
    )
    assert response.json()["facts"] == changes
    assert explanation_in(response) == try_out(caller, **changes)["explanation"]


@pytest.mark.parametrize("who", ["client", "session", "auditor"])
def test_request_by_staff_is_refused_also_as_a_dry_run(who):
    callers: dict[str, Callable[[], Caller]] = {
        "client": staff_client,
        "session": lambda: browser_of("staff@portal.example"),
        "auditor": lambda: browser_of("auditor@portal.example"),
    }
    caller = callers[who]()

    for response in (ask(caller), caller.post(PATH, BODY, dryRun="true")):
        assert refused(response) == (403, "not_authorized")
        assert response.json()["facts"] == {"reason": "staff"}


def test_request_by_a_token_without_the_scope_is_refused():
    caller = client_at(FABRIKAM, ClientScope.REQUESTS_READ)

    assert refused(ask(caller)) == (403, "insufficient_scope")
    assert refused(caller.post(PATH, BODY, dryRun="true")) == (403, "insufficient_scope")


# --- dry runs --------------------------------------------------------------------------------


def test_dry_run_says_which_plan_would_pay_and_changes_nothing():
    caller, of = client_at(FABRIKAM), plan(FABRIKAM)
    before = state()

    verdict = try_out(caller)

    assert verdict == {
        "allowed": True,
        "planName": of.name,
        "entitlementId": str(of.public_id),
        "remainingBefore": 17,
        "remainingAfter": 16,
        "explanation": None,
    }
    assert state() == before
    created = asked(caller)
    assert (created["entitlementId"], created["remainingAfter"]) == (
        verdict["entitlementId"],
        verdict["remainingAfter"],
    )


def test_dry_run_with_a_key_leaves_the_key_free():
    caller = client_at(FABRIKAM)
    key = {"Idempotency-Key": "a-key"}

    answered(caller.post(PATH, BODY, headers=key, dryRun="true"))

    assert "Idempotency-Replayed" not in ask(caller)


# --- input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"productVersion": "2099"}, "productVersion"),
        ({"category": "CONFIGURATION"}, "category"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": "x" * 10_001}, "description"),
        ({"severity": "D"}, "severity"),
        ({"require24x7": True}, "require24x7"),
        ({"require24x7": "true"}, "require24x7"),
        ({"entitlementId": "17"}, "entitlementId"),
        ({"contact": None}, "contact"),
        ({"contact": CONTACT | {"email": "ana"}}, "contact.email"),
        ({"contact": CONTACT | {"country": "XX"}}, "contact.country"),
        ({"contact": CONTACT | {"timeZone": "Stockholm"}}, "contact.timeZone"),
        ({"contact": CONTACT | {"phone": "call me"}}, "contact.phone"),
        ({"contact": CONTACT | {"preferredContactMethod": "PHONE"}}, "contact.phone"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_request_with_input_that_breaks_a_rule_is_refused_by_name(changes, name):
    response = ask(client_at(FABRIKAM), **changes)

    assert refused(response) == (400, "validation_error")
    assert [p["name"] for p in response.json()["invalidParameters"]] == [name]


def test_request_with_several_mistakes_names_them_all_and_unknown_fields_first():
    caller = client_at(FABRIKAM)

    missing = caller.post(PATH, {"contact": {}}, headers={"Idempotency-Key": "a-key"})
    unknown = ask(caller, contact=CONTACT | {"fax": "1"}, plan="x")

    assert {p["name"] for p in missing.json()["invalidParameters"]} == (
        (BODY.keys() - {"contact", "require24x7"})
        | {"contact.name", "contact.email", "contact.country", "contact.timeZone"}
    )
    assert refused(unknown) == (400, "unknown_field")
    assert [p["name"] for p in unknown.json()["invalidParameters"]] == ["contact.fax", "plan"]


def test_request_that_another_portal_opened_is_answered_in_the_same_shape():
    caller = browser_of("admin@fabrikam.example")
    product = products.find("Windows Server", "2025", on=NOW.date())
    request = submit(by=account("admin@fabrikam.example"), at=NOW, product=product).request

    found = answered(caller.get(f"{PATH}/{request.number}"))

    contact = CONTACT | {"language": ""}
    assert found == found | BODY | {"contact": contact, "number": request.number, "consumed": True}
