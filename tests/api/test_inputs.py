"""Bad addresses, keys and tokens: refused with their code, and never with a page."""

from typing import Any

import pytest
from django.core import signing
from django.db import OperationalError, connection
from django.test import Client

from partnercenter.demo.accounts import FABRIKAM
from tests.api.calls import Caller
from tests.api.raw import QUESTION, refused
from tests.api.visits import actor, changed_since, numbers_now, request_body, things_of
from tests.pages import visits
from tests.stories import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture
def client() -> Caller:
    """Return a client of Fabrikam."""
    return actor("cli")


# --- keys, ids, tokens -----------------------------------------------------------------------


def test_call_that_uses_something_up_needs_a_key(client: Caller):
    before = numbers_now()

    response = client.post("supportRequests", request_body())

    assert refused(response, 400, "idempotency_key_missing") == []
    assert numbers_now() == before


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a b", "a\tb", "\x7f"])
def test_key_that_is_none_is_refused(client: Caller, key: str):
    before = visits.plan(FABRIKAM).remaining

    response = client.post("supportRequests", request_body(), headers={"Idempotency-Key": key})

    assert refused(response, 400, "idempotency_key_invalid") == []
    assert visits.plan(FABRIKAM).remaining == before


@pytest.mark.parametrize("key", ["x", "x" * 255, "!~"])
def test_key_of_printable_characters_is_taken(client: Caller, key: str):
    response = client.post("supportRequests", request_body(), headers={"Idempotency-Key": key})

    assert response.status_code == 201


@pytest.mark.parametrize(
    "value", ["Basic x", "Bearer", "Bearer ", "x", "Token {0}", "Bearer {0}x", "{0}", "Bearer é"]
)
def test_authorization_of_another_kind_is_refused(client: Caller, value: str):
    headers = {"Authorization": value.format(client.token)}

    response = Caller().get("entitlements", headers=headers)

    assert refused(response, 401, "not_authenticated") == []


def test_authorization_that_does_not_hold_is_refused_in_a_session_too():
    response = actor("own").get("entitlements", headers={"Authorization": "Basic x"})

    assert refused(response, 401, "not_authenticated") == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_is_taken_in_any_case(client: Caller, scheme: str):
    response = Caller().get("entitlements", headers={"Authorization": f"{scheme} {client.token}"})

    assert response.status_code == 200


def test_token_in_the_address_is_no_token(client: Caller):
    response = Caller().get("entitlements", access_token=client.token)

    assert refused(response, 401, "not_authenticated") == []


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_session_without_the_token_against_forgery_changes_nothing(method: str):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(visits.account("consultant@outlook.example"))
    before, contract = numbers_now(), visits.contract(FABRIKAM).public_id
    to = f"contracts/{contract}/link" if method == "DELETE" else "contracts/link"

    response = Caller(browser=browser).send(method, to)

    assert refused(response, 403, "not_authorized") == []
    assert numbers_now() == before


def test_session_with_the_token_against_forgery_is_taken():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(visits.account("admin@northwind.example"))
    browser.get("/supportforbusiness/plans")
    token = browser.cookies["csrftoken"].value

    response = Caller(browser=browser).post(
        "entitlements/check", {"questions": [QUESTION]}, headers={"X-CSRFToken": token}
    )

    assert response.status_code == 200


def test_client_needs_no_token_against_forgery(client: Caller):
    client.browser = Client(enforce_csrf_checks=True)

    assert client.post("entitlements/check", {"questions": [QUESTION]}).status_code == 200


# --- addresses -------------------------------------------------------------------------------

NUMBERS = ["0", "201", "-1", "x", "", "1.0", "1_0", " 1", "%2B1", "0x1", "٣", "1e1", "9" * 30]
INSTANTS = [
    "",
    "nonsense",
    "2026-01-01",
    "2026-01-01T00:00:00",
    "2026-01-01 00:00:00Z",
    "2026-01-01T00:00:00+0100",
    "2026-01-01T00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01T25:00:00Z",
    "2026-W01-1T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00%2B01:00",
    "9999-12-31T23:59:59-01:00",
    "1767225600",
]
WRONG = {
    "entitlements": {
        "size": NUMBERS,
        "remainingLt": [n for n in NUMBERS if n not in ("0", "201")] + ["1000001"],
        "mpnId": ["", "123", "52345678", "x", "５２３４５６７"],
        "benefit": ["", "PARTNER", "TPD_ADVISORY,", ",TPD_ADVISORY", "tpd_advisory"],
        "scope": ["", "ON_PREM", "ALL,x", "null"],
        "level": ["", "BRONZE", "gold"],
        "status": ["", "active", "ACTIVE, EXPIRED", "ACTIVE,FOO"],
        "endsBefore": INSTANTS,
        "sort": ["", "name", "-", "endsAt,remaining", "ENDSAT", "+endsAt"],
        "cursor": ["", "x", "x:y", "é", "a" * 2001, "WzFd:x"],
    },
    "supportRequests": {
        "size": ["0"],
        "status": ["", "open", "OPEN,"],
        "entitlementId": ["", "x", "1", FABRIKAM],
        "cursor": ["x"],
    },
    "products": {"family": ["", "x" * 61], "scope": ["", "ALL"], "size": ["0"], "cursor": ["x"]},
    "events": {"size": ["0", "201", "1_0"], "after": ["", "x", "1", "x" * 201, "WzFd:x"]},
    "contracts": {"size": ["0", "x"], "cursor": ["x"]},
    "benefits": {"size": ["0", "x"], "cursor": ["x"]},
    "partners": {"size": ["0", "x"], "cursor": ["x"]},
}


@pytest.mark.parametrize(
    ("route", "name", "value"),
    [
        (route, name, value)
        for route, names in WRONG.items()
        for name, values in names.items()
        for value in values
    ],
)
def test_parameter_with_a_value_it_does_not_take_is_named(
    client: Caller, route: str, name: str, value: str
):
    response = client.get(f"{route}?{name}={value}")

    assert refused(response, 400, "invalid_filter") == [name]


@pytest.mark.parametrize("instant", [*INSTANTS, "2026-11-20T09:00:01Z", "9999-01-01T00:00:00Z"])
def test_instant_that_is_none_or_lies_ahead_is_refused(client: Caller, instant: str):
    response = client.get(f"entitlements/{visits.plan(FABRIKAM).public_id}?asOf={instant}")

    assert refused(response, 400, "invalid_filter") == ["asOf"]


@pytest.mark.parametrize(
    "instant",
    ["2026-11-20T09:00:00Z", "2026-11-20T10:00:00%2B01:00", "2026-11-20T08:59:59.123456Z"],
)
def test_instant_with_its_zone_is_taken(client: Caller, instant: str):
    response = client.get(f"entitlements/{visits.plan(FABRIKAM).public_id}?asOf={instant}")

    assert (response.status_code, response.json()["remaining"]) == (200, 17)


@pytest.mark.parametrize("word", ["1", "yes", "True", "TRUE", ""])
def test_dry_run_that_says_neither_true_nor_false_uses_nothing(client: Caller, word: str):
    before = numbers_now()

    response = client.post(f"supportRequests?dryRun={word}", request_body())

    assert refused(response, 400, "invalid_filter") == ["dryRun"]
    assert numbers_now() == before


EVERY_READ = [
    "entitlements",
    "benefits",
    "contracts",
    "products",
    "supportRequests",
    "partners",
    "events",
    f"partners/{FABRIKAM}",
    f"partners/{FABRIKAM}/memberships",
]


@pytest.mark.parametrize("route", EVERY_READ)
def test_parameter_that_is_not_known_is_refused_by_name(client: Caller, route: str):
    assert refused(client.get(f"{route}?foo=1&Size=2"), 400, "invalid_filter") == ["Size", "foo"]


@pytest.mark.parametrize("route", EVERY_READ)
def test_parameter_that_stands_twice_is_refused(client: Caller, route: str):
    assert refused(client.get(f"{route}?size=2&size=2"), 400, "duplicate_parameter") == ["size"]


@pytest.mark.parametrize("route", ["activate", "check", "notes", "unlink"])
def test_parameter_of_a_call_that_takes_none_is_refused(client: Caller, route: str):
    things = things_of(FABRIKAM)
    before, method = numbers_now(), "DELETE" if route == "unlink" else "POST"

    response = client.send(method, f"{things.address(route)}?dryRun=true", things.body(route))

    assert refused(response, 400, "invalid_filter") == ["dryRun"]
    assert numbers_now() == before


# --- cursors ---------------------------------------------------------------------------------


def cursor_of(caller: Caller, address: str) -> str:
    """Return the cursor of the second page."""
    uri: str = caller.get(address).json()["links"]["next"]["uri"]
    return uri.partition("cursor=")[2]


@pytest.mark.parametrize(
    "other",
    ["entitlements?status=ACTIVE", "entitlements?sort=endsAt", "contracts?size=1", "partners?"],
)
def test_cursor_of_another_collection_is_refused(other: str):
    staff = actor("stf")
    cursor = cursor_of(staff, "entitlements?size=1")

    response = staff.get(f"{other}&cursor={cursor}")

    assert refused(response, 400, "invalid_filter") == ["cursor"]


def test_cursor_of_the_same_filters_is_taken_with_another_size():
    staff = actor("stf")
    cursor = cursor_of(staff, "entitlements?size=1&status=ACTIVE&level=GOLD")

    response = staff.get(f"entitlements?level=GOLD&size=2&status=ACTIVE&cursor={cursor}")

    assert len(response.json()["items"]) == 2


def test_cursor_signed_with_another_key_is_refused(client: Caller):
    forged = signing.Signer(key="another", salt="/api/v1/entitlements?[]").sign_object([0])

    assert refused(client.get(f"entitlements?cursor={forged}"), 400, "invalid_filter") == ["cursor"]


# --- never a page ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/", 404),
        ("/api/v1", 404),
        ("/api/v1/", 404),
        ("/api/v1/nowhere", 404),
        ("/api/v1/entitlements/", 404),
        ("/api/v2/entitlements", 404),
        ("/api/v1/entitlements/%ff", 404),
        ("/api/v1/%F0%9F%98%80", 404),
        ("/api/v1/../../etc/passwd", 404),
        ("/api/v1/%00", 400),
    ],
)
@pytest.mark.parametrize("who", ["nob", "cli", "own"])
def test_address_without_anything_is_answered_with_a_problem(who: str, address: str, status: int):
    caller = actor(who)
    headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}

    response = caller.browser.get(address, headers={**headers, "Accept": "text/html"})

    code = "not_found" if status == 404 else "invalid_filter"
    assert refused(response, status, code) == []


def test_address_with_more_parameters_than_are_read_is_refused():
    parameters = "&".join(f"x{number}=1" for number in range(1001))

    response = actor("cli").get(f"entitlements?{parameters}")

    assert refused(response, 400, "invalid_filter") == []


@pytest.fixture
def faulty(settings: Any) -> Caller:
    """Return the owner's browser at an API that has calls which fail."""
    settings.ROOT_URLCONF = "tests.api.faulty_urls"
    caller = actor("own")
    caller.browser.raise_request_exception = False
    return caller


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_bug_in_a_call_is_a_problem_without_detail(faulty: Caller, method: str):
    before = row_counts()

    response = faulty.browser.generic(method, "/api/v1/bug")

    assert refused(response, 500, "server_error") == []
    assert b"secret" not in response.content
    assert changed_since(before) == {}
    assert response["MS-RequestId"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("address", ["/api/v1/no-database", "/api/v1/lost-connection"])
def test_database_that_fails_in_a_call_is_a_problem(faulty: Caller, address: str, method: str):
    before = row_counts()

    response = faulty.browser.generic(method, address)

    assert refused(response, 503, "unavailable") == []
    assert int(response["Retry-After"]) > 0
    assert b"secret" not in response.content
    assert changed_since(before) == {}


def out_of_reach(*_call: Any) -> Any:
    """Fail as a database that is out of reach does."""
    raise OperationalError("the secret host")


@pytest.mark.parametrize("who", ["cli", "own"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_database_out_of_reach_is_a_problem_whatever_is_asked(who: str, method: str):
    caller = actor(who)
    caller.browser.raise_request_exception = False
    body = request_body() if method == "POST" else None

    with connection.execute_wrapper(out_of_reach):
        response = caller.send(method, "supportRequests", body, headers={"Idempotency-Key": "a"})

    assert refused(response, 503, "unavailable") == []
    assert b"secret" not in response.content


def test_host_that_is_not_ours_is_refused():
    response = Client(headers={"host": "evil.example"}).get("/api/v1/entitlements")

    assert (response.status_code, b"evil.example" in response.content) == (400, False)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*;q=0.1", "", "x"])
def test_answer_is_json_whatever_is_accepted(client: Caller, accept: str):
    response = client.get("entitlements", headers={"Accept": accept})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
