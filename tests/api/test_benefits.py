"""Benefits: a partner's packages with their state, and their activation through the API."""

from datetime import timedelta

import pytest
from django.test import Client

from benefits.models import Contract, IssuedId, LedgerEntry, Package
from partnercenter.demo.accounts import (
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    NORTHWIND,
    PENDING,
    SCHEDULED,
    WINGTIP,
)
from partners.scopes import ClientScope
from portal.models import AuditRecord
from tests.api.calls import API, Caller
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    everything,
    ids,
    instant,
    linked_client,
    refused,
    staff_client,
    user_of,
)
from tests.pages.visits import account, contract
from tests.stories import row_counts
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ACTIVATE = ClientScope.BENEFITS_ACTIVATE
READ = ClientScope.ENTITLEMENTS_READ


def package(mpn_id):
    """Return the partner's only package."""
    return Package.objects.get(partner__mpn_id=mpn_id)


def path_of(mpn_id):
    """Return the address of the partner's only package."""
    return f"benefits/{package(mpn_id).public_id}"


def activate(caller, mpn_id):
    """Activate the partner's only package."""
    return caller.post(f"{path_of(mpn_id)}/activate")


# --- reading ---------------------------------------------------------------------------------


def test_benefit_is_answered_whole_with_its_entitlements():
    of, caller = package(FABRIKAM), client_at(FABRIKAM, READ)

    found = answered(caller.get(path_of(FABRIKAM)))

    assert found == {
        "id": str(of.public_id),
        "mpnId": FABRIKAM,
        "partnerName": "Fabrikam",
        "level": "GOLD",
        "status": "ACTIVE",
        "startsAt": "2026-03-15T00:00:00Z",
        "activateBy": "2027-04-14T00:00:00Z",
        "activationRequestedAt": instant(of.contract.requested_at),
        "contractId": str(of.contract.public_id),
        "entitlements": everything(caller, "entitlements"),
        "explanation": None,
        "links": {"self": {"uri": f"/api/v1/{path_of(FABRIKAM)}"}},
    }


@pytest.mark.parametrize(
    ("mpn_id", "status", "code"),
    [
        (CONTOSO, "NOT_ACTIVATED", "benefit_not_activated"),
        (PENDING, "PENDING", "activation_pending"),
        (SCHEDULED, "SCHEDULED", "benefit_not_started"),
        (EXPIRED, "EXPIRED", "contract_expired"),
        (EXHAUSTED, "ACTIVE", None),
    ],
)
def test_benefit_explains_its_state_in_the_words_of_its_entitlements(mpn_id, status, code):
    found = answered(client_at(mpn_id, READ).get(path_of(mpn_id)))

    explanation = found["explanation"]
    assert (found["status"], explanation and explanation["code"]) == (status, code)
    if explanation:
        assert explanation == found["entitlements"][0]["explanation"]


def test_benefits_of_a_partner_with_two_packages_are_both_listed_oldest_first():
    found = everything(client_at(WINGTIP, READ), "benefits")

    assert [(row["level"], len(row["entitlements"])) for row in found] == [
        ("ACTION_PACK", 2),
        ("SILVER", 3),
    ]


def test_benefits_are_the_partners_own_even_to_whom_it_linked_and_all_for_staff():
    linked = linked_client(CONTOSO, contract(FABRIKAM))
    personal = browser_of("consultant@outlook.example")

    every = Package.objects.order_by("pk").values_list("public_id", flat=True)
    assert ids(everything(linked, "benefits")) == [str(package(CONTOSO).public_id)]
    assert refused(linked.get(path_of(FABRIKAM))) == (404, "not_found")
    assert everything(personal, "benefits") == []
    assert ids(everything(staff_client(), "benefits", size=5)) == [str(found) for found in every]


# --- activating ------------------------------------------------------------------------------


def test_activation_by_a_client_is_201_first_and_200_after_with_one_contract():
    caller = client_at(CONTOSO, ACTIVATE, READ)

    first, second = activate(caller, CONTOSO), activate(caller, CONTOSO)

    issued = Contract.objects.get(package=package(CONTOSO))
    assert answered(first, 201) == answered(second, 200) == answered(caller.get(path_of(CONTOSO)))
    assert first.json()["contractId"] == str(issued.public_id)
    assert first.json()["status"] == "ACTIVE"
    assert issued.requested_by == user_of(caller)
    assert IssuedId.objects.filter(contract=issued).count() == 2
    grants = LedgerEntry.objects.filter(plan__package=package(CONTOSO), plan__unit="INCIDENT")
    assert list(grants.values_list("kind", "quantity")) == [("GRANT", 20)]


def test_activation_with_a_delay_is_202_until_it_is_ready_and_200_from_then_on(settings):
    settings.ACTIVATION_DELAY = timedelta(days=3)
    caller = client_at(CONTOSO)

    first, second = activate(caller, CONTOSO), activate(caller, CONTOSO)
    settings.PORTAL_NOW = NOW + timedelta(days=3)
    ready = activate(caller, CONTOSO)

    assert answered(first, 202) == answered(second, 202)
    assert first.json()["status"] == "PENDING"
    assert first.json()["explanation"]["facts"] == {
        "requestedAt": "2026-11-20T09:00:00+00:00",
        "requestedBy": user_of(caller).name,
        "readyAt": "2026-11-23T09:00:00+00:00",
    }
    assert answered(ready, 200)["status"] == "ACTIVE"


def test_activation_is_recorded_with_the_channel_and_the_client():
    caller = client_at(CONTOSO)

    response = activate(caller, CONTOSO)

    record = AuditRecord.objects.filter(action="benefits.activate_package").latest("pk")
    assert (record.channel, record.actor, record.partner_mpn_id) == (
        "API",
        user_of(caller),
        CONTOSO,
    )
    assert (record.target_kind, record.target_id) == ("package", str(package(CONTOSO).public_id))
    assert (record.request_id, record.refusal_code) == (response["MS-RequestId"], "")


@pytest.mark.parametrize("email", ["admin@contoso.example", "mpnadmin@contoso.example"])
def test_activation_in_a_session_works_by_role(email):
    assert answered(activate(browser_of(email), CONTOSO), 201)["status"] == "ACTIVE"


@pytest.mark.parametrize("email", ["agent@contoso.example", "user@contoso.example"])
def test_activation_by_another_role_is_refused_with_those_who_can(email):
    before = row_counts()

    response = activate(browser_of(email), CONTOSO)

    assert refused(response) == (403, "not_authorized")
    assert response.json()["nextStep"] == {
        "text": "Ask somebody who can do it:",
        "url": None,
        "people": ["Ana Berg", "Li Wei"],
    }
    gained = {name for name, count in row_counts().items() if count != before[name]}
    assert gained <= {"portal.AuditRecord", "portal.CallWindow", "sessions.Session"}
    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.refusal_code, record.channel) == (
        "benefits.activate_package",
        "not_authorized",
        "API",
    )


def test_activation_by_a_client_without_the_scope_is_refused():
    response = activate(client_at(CONTOSO, READ), CONTOSO)

    assert refused(response) == (403, "insufficient_scope")
    assert response.json()["facts"] == {"scope": "benefits.activate", "given": [READ.value]}
    assert not Contract.objects.filter(package=package(CONTOSO)).exists()


def test_activation_of_a_package_that_starts_later_is_refused():
    response = activate(client_at(SCHEDULED), SCHEDULED)

    assert refused(response) == (409, "benefit_not_started")
    assert response.json()["facts"] == {"startsAt": "2026-11-30T00:00:00+00:00"}


def test_activation_of_a_package_that_has_ended_is_refused():
    Package.objects.filter(partner__mpn_id=CONTOSO).update(ends_at=NOW)

    response = activate(client_at(CONTOSO), CONTOSO)

    assert refused(response) == (409, "offer_not_active")
    assert response.json()["facts"] == {"endedAt": "2026-11-20T09:00:00+00:00"}


def test_activation_of_an_activated_package_that_has_ended_is_refused():
    assert refused(activate(client_at(EXPIRED), EXPIRED)) == (409, "offer_not_active")


def test_activation_of_another_partners_package_is_not_found_and_staff_may_not():
    linked = linked_client(NORTHWIND, contract(FABRIKAM))

    assert refused(activate(linked, CONTOSO)) == (404, "not_found")
    assert refused(activate(linked, FABRIKAM)) == (404, "not_found")
    assert refused(activate(browser_of("root@portal.example"), CONTOSO)) == (403, "not_authorized")
    assert refused(activate(browser_of("csponly@contoso.example"), CONTOSO))[0] == 403


# --- in a browser's session ------------------------------------------------------------------


def test_activation_in_a_session_needs_the_token_against_forgery():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(account("admin@contoso.example"))
    caller = Caller(browser=browser)

    without = activate(caller, CONTOSO)
    browser.get("/dashboard/mpn/membership/benefits/technical")
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    path = f"{API}/{path_of(CONTOSO)}/activate"
    with_token = caller.send("POST", path, headers=token)

    assert refused(without) == (403, "not_authorized")
    assert without.json()["facts"] == {"reason": "csrf"}
    assert answered(with_token, 201)["status"] == "ACTIVE"


def test_activation_by_token_needs_no_token_against_forgery():
    caller = client_at(CONTOSO)
    caller.browser = Client(enforce_csrf_checks=True)

    assert activate(caller, CONTOSO).status_code == 201
