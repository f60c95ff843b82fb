"""What holds for every call: ids, versions of answers, caches, languages."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from partnercenter.demo.accounts import FABRIKAM
from partners.scopes import ClientScope
from portal.models import AuditRecord
from tests.api.calls import Caller, client_caller
from tests.api.visits import actor, call, request_body, things_of
from tests.pages import visits
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

IDS = ("MS-RequestId", "MS-CorrelationId")
ETAG_OF_ANOTHER = '"0123456789abcdef0123456789abcdef"'


@pytest.fixture
def client() -> Caller:
    """Return a client of Fabrikam."""
    return actor("cli")


# --- the identity of a call ------------------------------------------------------------------


@pytest.mark.parametrize("address", ["entitlements", "entitlements?foo=1", "events"])
@pytest.mark.parametrize("given", ["a", "A-1", "x" * 64, str(uuid.UUID(int=1))])
def test_ids_of_a_call_are_echoed(client: Caller, address: str, given: str):
    response = client.get(address, headers={IDS[0]: given, IDS[1]: f"{given[:63]}9"})

    assert [response[name] for name in IDS] == [given, f"{given[:63]}9"]


@pytest.mark.parametrize(
    "given", ["", "x" * 65, "a b", "a_b", "é", "a\r\nSet-Cookie: x=1", "a\n", "<script>", "../x"]
)
def test_id_that_cannot_be_one_is_replaced(client: Caller, given: str):
    response = client.get("entitlements", headers=dict.fromkeys(IDS, given))

    assert [uuid.UUID(response[name]).version for name in IDS] == [4, 4]
    assert "Set-Cookie" not in response


def test_ids_of_calls_without_any_are_made_anew_each_time(client: Caller):
    made = [client.get("entitlements")[name] for name in IDS for _call in range(2)]

    assert len(set(made)) == 4


def test_id_of_a_call_stands_in_its_audit_record(client: Caller):
    headers = {IDS[0]: "call-1", IDS[1]: "work-1"}

    client.get(things_of(FABRIKAM).address("contract-ids"), headers=headers)

    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.request_id, record.channel) == (
        "benefits.show_pair",
        "call-1",
        "API",
    )
    assert client.client is not None
    assert record.actor == client.client.user


def test_ids_are_no_keys(client: Caller):
    headers = {IDS[0]: "call-1", IDS[1]: "work-1"}
    body = request_body()

    numbers = {
        client.post("supportRequests", body, headers={**headers, "Idempotency-Key": key}).json()[
            "number"
        ]
        for key in ("a", "b")
    }

    assert len(numbers) == 2


# --- versions of answers ---------------------------------------------------------------------


def address_of(mpn_id: str = FABRIKAM) -> str:
    """Return the address of the partner's on-premises plan."""
    return f"entitlements/{visits.plan(mpn_id).public_id}"


def etag(caller: Caller, **headers: str) -> str:
    """Return the version of the entitlement as the caller sees it now."""
    found: str = caller.get(address_of(), headers=headers)["ETag"]
    return found


@pytest.mark.parametrize(
    "known", ["{0}", "W/{0}", '"a", {0}', "{0},W/{0}", '"a",W/{0} , "b"', "*", " {0} "]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_answer_that_is_known_is_not_sent_again(client: Caller, method: str, known: str):
    current = etag(client)

    response = client.send(method, address_of(), headers={"If-None-Match": known.format(current)})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", current)
    assert response["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie", "Accept-Language", "X-Locale"} <= varies(response)


def varies(response: Any) -> set[str]:
    """Return what the answer depends on."""
    return set(response["Vary"].split(", "))


@pytest.mark.parametrize("known", ["", ETAG_OF_ANOTHER, f"W/{ETAG_OF_ANOTHER}", "nonsense", '"*"'])
def test_answer_that_is_not_known_is_sent(client: Caller, known: str):
    response = client.get(address_of(), headers={"If-None-Match": known})

    assert (response.status_code, response.json()["remaining"]) == (200, 17)


def test_any_version_of_what_is_not_there_is_not_found(client: Caller):
    response = client.get(f"entitlements/{uuid.uuid4()}", headers={"If-None-Match": "*"})

    assert response.status_code == 404


def test_version_stays_while_nothing_changes(client: Caller):
    first = etag(client)

    assert {etag(client), etag(actor("cli"))} == {first}


def test_version_changes_with_the_balance(client: Caller):
    before = etag(client)

    client.post("supportRequests", request_body(), headers={"Idempotency-Key": "a-key"})

    assert etag(client) != before


def test_version_changes_with_the_link_there_and_back():
    caller, things = actor("own"), things_of(FABRIKAM)
    linked = etag(caller)

    call(caller, "DELETE", "unlink", things)
    unlinked = etag(caller)
    call(caller, "POST", "link", things)

    assert linked != unlinked
    assert etag(caller) == linked


def test_version_changes_when_the_plan_ends_by_the_clock_alone(client: Caller, settings: Any):
    contract = visits.contract(FABRIKAM)
    settings.PORTAL_NOW = contract.ends_at - timedelta(microseconds=1)
    before = etag(client)

    settings.PORTAL_NOW = contract.ends_at

    assert etag(client) != before
    assert client.get(address_of()).json()["status"] == "EXPIRED"


def test_version_changes_with_the_language(client: Caller, settings: Any):
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska")]

    with translation.override("en"):
        versions = [etag(client, **{"X-Locale": name}) for name in ("en", "sv", "sv-SE", "fr")]

    assert (versions[0] == versions[3], versions[1] == versions[2]) == (True, True)
    assert versions[0] != versions[1]


def test_version_of_a_past_balance_is_known_again(client: Caller):
    address = f"{address_of()}?asOf=2026-11-01T00:00:00Z"
    known = client.get(address)["ETag"]

    response = client.get(address, headers={"If-None-Match": known})

    assert (response.status_code, known != etag(client)) == (304, True)


# --- caches ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["cli", "own", "stf"])
@pytest.mark.parametrize("address", ["entitlements", "contracts", "products", "events", "partners"])
def test_answers_say_on_what_they_depend_and_are_kept_by_nobody_else(who: str, address: str):
    response = actor(who).get(address)

    assert {"Authorization", "Cookie", "Accept-Language", "X-Locale"} <= varies(response)
    assert response["Cache-Control"] == "private, no-cache"


def test_pair_and_refusals_are_kept_nowhere(client: Caller):
    answers = [
        client.get(things_of(FABRIKAM).address("contract-ids")),
        client.get(f"entitlements/{uuid.uuid4()}"),
        client.get("entitlements?foo=1"),
        Caller().get("entitlements"),
    ]

    assert [(a.status_code, a["Cache-Control"]) for a in answers] == [
        (200, "no-store"),
        (404, "no-store"),
        (400, "no-store"),
        (401, "no-store"),
    ]


# --- languages -------------------------------------------------------------------------------

UNKNOWN = ["", "fr", "xx-XX", "*", "en-XX", "x" * 300, "../en", "fi;q=1", "é"]


@pytest.mark.parametrize("header", ["X-Locale", "Accept-Language"])
@pytest.mark.parametrize("language", UNKNOWN)
def test_language_that_is_not_spoken_falls_back(client: Caller, header: str, language: str):
    response = client.get(f"entitlements/{uuid.uuid4()}", headers={header: language})

    assert (response["Content-Language"], response.json()["detail"]) == (
        "en",
        "There is nothing at this address, or nothing that you may see.",
    )


@pytest.mark.parametrize(
    ("headers", "spoken"),
    [
        ({"X-Locale": "sv"}, "sv"),
        ({"X-Locale": "SV-se"}, "sv"),
        ({"Accept-Language": "sv, en;q=0.5"}, "sv"),
        ({"Accept-Language": "sv", "X-Locale": "en"}, "en"),
        ({"Accept-Language": "sv", "X-Locale": "fr"}, "sv"),
        ({}, "en"),
    ],
)
def test_locale_goes_before_the_accepted_language(
    client: Caller, settings: Any, headers: Any, spoken: str
):
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska")]

    with translation.override("en"):
        response = client.get("entitlements", headers=headers)

    assert response["Content-Language"] == spoken


def test_language_of_one_call_is_not_that_of_the_next(client: Caller, settings: Any):
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska")]

    with translation.override("en"):
        client.get("entitlements", headers={"X-Locale": "sv"})
        response = client.get("entitlements")

    assert response["Content-Language"] == "en"


def test_clock_of_the_rules_moves_no_token(settings: Any):
    narrow = client_caller(visits.partner(FABRIKAM), scopes=[ClientScope.ENTITLEMENTS_READ])

    settings.PORTAL_NOW = NOW + timedelta(days=3650)

    assert narrow.get("entitlements").status_code == 200
