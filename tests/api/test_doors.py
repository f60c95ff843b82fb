"""Every address of the API × every method × every actor, and what belongs to whom."""

from typing import Any

import pytest

from benefits.models import Package
from partnercenter.demo.accounts import FABRIKAM, NORTHWIND
from partners.models import ApiClient, Partner, User
from portal.models import AuditRecord
from portal.rest.problems import MEDIA_TYPE
from tests.api.calls import Caller, session_caller, token_of
from tests.api.doors import ABOUT, ACTORS, CLOSED, DOORS, ROUTES, THINGS, Door, Thing, opened
from tests.api.visits import (
    Things,
    actor,
    api_routes,
    call,
    changed_since,
    close,
    numbers_now,
    operation_of,
    things_of,
    things_of_nobody,
)
from tests.factories import ACTIVATED_AT
from tests.pages import visits
from tests.stories import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

# What is refused by a rule or for lack of a right is on record; what could not be heard is not.
RECORDED = {403: {"portal.AuditRecord": 1}, 409: {"portal.AuditRecord": 1}}


def recorded(response: Any, method: str) -> dict[str, int]:
    """Return the rows that a refusal leaves: who is turned away at the door is counted too."""
    rows = RECORDED.get(response.status_code, {})
    is_at_the_door = method == "GET" or code_of(response) == "insufficient_scope"
    return {**rows, "portal.ThrottleBucket": 1} if rows and is_at_the_door else rows


def code_of(response: Any) -> str:
    """Return the code of the problem that was answered."""
    assert response["Content-Type"] == MEDIA_TYPE
    code: str = response.json()["code"]
    return code


@pytest.fixture(scope="module", autouse=True)
def made(world: object, django_db_blocker: Any) -> dict[str, Things]:
    """Return what two companies have; made once, in front of every test of the module."""
    with django_db_blocker.unblock():
        return {mpn_id: things_of(mpn_id) for mpn_id in (FABRIKAM, NORTHWIND)}


# --- the table ---------------------------------------------------------------------------------


def test_table_of_doors_and_the_addresses_name_the_same_routes():
    assert set(api_routes()) == ROUTES


@pytest.mark.parametrize("route", sorted(ROUTES - ABOUT))
def test_table_of_doors_and_the_views_name_the_same_methods(route: str):
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

    assert {m for m in methods if operation_of(route, m)} == opened(route)


@pytest.mark.parametrize("code", ACTORS)
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_door_of_each_actor_answers_as_the_table_says(
    door: Door, code: str, made: dict[str, Things]
):
    things = made[FABRIKAM]
    if door.route == "reopen":
        close(things)
    says = operation_of(door.route, door.method)
    caller = actor(code, without=says.scope if says else None)
    before = row_counts()

    response = knock(caller, door, things)

    assert response.status_code == door.answers[code]
    if response.status_code >= 400:
        assert changed_since(before) == recorded(response, door.method)


def knock(caller: Caller, door: Door, things: Any) -> Any:
    """Send the call; what describes the API is not held to the description of itself."""
    if door.route not in ABOUT:
        return call(caller, door.method, door.route, things)
    headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
    return caller.browser.generic(door.method, things.address(door.route), headers=headers)


@pytest.mark.parametrize("door", [d for d in DOORS if d.route not in ABOUT], ids=str)
def test_door_without_the_scope_names_the_one_that_is_needed(door: Door, made: dict[str, Things]):
    says = operation_of(door.route, door.method)
    assert says is not None
    assert says.scope is not None
    caller = actor("few", without=says.scope)

    response = call(caller, door.method, door.route, made[FABRIKAM])

    assert (code_of(response), response.json()["facts"]["scope"]) == (
        "insufficient_scope",
        says.scope,
    )
    assert response["WWW-Authenticate"] == (
        f'Bearer realm="api", error="insufficient_scope", scope="{says.scope}"'
    )


@pytest.mark.parametrize(
    "door", [d for d in DOORS if d.method == "GET" and d.route != "contract-ids"], ids=str
)
def test_reading_changes_nothing(door: Door, made: dict[str, Things]):
    caller, things = actor("own"), made[FABRIKAM]
    caller.get("events")  # What had happened before is published by whoever reads first.
    before = numbers_now()

    knock(caller, door, things)

    assert numbers_now() == before


def test_reading_the_pair_is_recorded(made: dict[str, Things]):
    caller, things = actor("cli"), made[FABRIKAM]
    before = row_counts()

    call(caller, "GET", "contract-ids", things)

    assert changed_since(before) == {"portal.AuditRecord": 1}


# --- methods ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["nob", "own"])
@pytest.mark.parametrize(("route", "method"), CLOSED)
def test_door_by_a_method_it_does_not_have_answers_405(route: str, method: str, code: str):
    caller, before = actor(code), row_counts()

    response = knock(caller, Door(route, method, {}), things_of_nobody())

    assert (response.status_code, code_of(response)) == (405, "method_not_allowed")
    assert set(response["Allow"].split(", ")) - {"HEAD"} == opened(route)
    assert changed_since(before) == {}


@pytest.mark.parametrize("code", ["nob", "few", "own", "riv"])
@pytest.mark.parametrize("door", [d for d in DOORS if d.method == "GET"], ids=str)
def test_door_by_head_answers_as_by_get_without_a_body(
    door: Door, code: str, made: dict[str, Things]
):
    says = operation_of(door.route, "GET")
    caller, things = actor(code, without=says.scope if says else None), made[FABRIKAM]

    response = knock(caller, Door(door.route, "HEAD", {}), things)
    by_get = knock(caller, door, things)

    assert response.status_code == door.answers[code]
    assert response.content == b""
    # Answers are padded by a random length before they are compressed; ids are made anew, and a
    # moment passes, which is a second's end now and then.
    own = {"Content-Length", "MS-RequestId", "MS-CorrelationId", "RateLimit", "Expires"}
    assert ("Expires" in response) == ("Expires" in by_get)
    assert named(response, but=own) == named(by_get, but=own)


def named(response: Any, *, but: set[str]) -> dict[str, str]:
    """Return the headers of a response, apart from some."""
    return {name: value for name, value in response.items() if name not in but}


# --- own, another's, nobody's ------------------------------------------------------------------


@pytest.mark.parametrize("thing", THINGS, ids=str)
def test_thing_of_ones_own_is_answered_as_the_table_says(thing: Thing, made: dict[str, Things]):
    things = made[FABRIKAM]
    if thing.route == "reopen":
        close(things)

    response = call(actor(thing.asker), thing.method, thing.route, things)

    assert response.status_code == thing.own


def without_what_was_asked(response: Any) -> dict[str, Any]:
    """Return the answer without the id that the caller named itself."""
    answer: dict[str, Any] = response.json()
    answer.get("facts", {}).pop("entitlementId", None)
    return answer


@pytest.mark.parametrize("thing", THINGS, ids=str)
def test_thing_of_another_is_answered_as_one_that_is_not_there(
    thing: Thing, made: dict[str, Things]
):
    caller, things = actor(thing.asker), made[NORTHWIND]
    before = row_counts()

    of_another = call(caller, thing.method, thing.route, things)
    of_nobody = call(caller, thing.method, thing.route, things_of_nobody())

    assert (of_another.status_code, of_nobody.status_code) == (thing.other, thing.other)
    assert without_what_was_asked(of_another) == without_what_was_asked(of_nobody)
    assert changed_since(before) == ({"portal.AuditRecord": 2} if thing.other == 409 else {})


@pytest.mark.parametrize("code", ["own", "cli"])
@pytest.mark.parametrize("filters", ["mpnId={0.mpn_id}", "mpnId={0.mpn_id}&status=ACTIVE"])
def test_entitlements_of_another_partner_are_as_empty_as_those_of_nobody(
    code: str, filters: str, made: dict[str, Things]
):
    caller = actor(code)

    for things in (made[NORTHWIND], things_of_nobody()):
        page = caller.get(f"entitlements?{filters.format(things)}").json()
        assert (page["items"], page["totalCount"]) == ([], 0)


@pytest.mark.parametrize("code", ["own", "cli"])
def test_requests_of_anothers_entitlement_are_as_empty_as_those_of_none(
    code: str, made: dict[str, Things]
):
    caller = actor(code)

    for things in (made[NORTHWIND], things_of_nobody()):
        page = caller.get("supportRequests", entitlementId=str(things.plan)).json()
        assert (page["items"], page["totalCount"]) == ([], 0)


@pytest.mark.parametrize("code", ["own", "cli"])
@pytest.mark.parametrize("by", ["contractId", "mpnId"])
def test_check_of_anothers_contract_is_answered_as_of_none(
    code: str, by: str, made: dict[str, Things]
):
    caller, product = actor(code), {"productFamily": "Windows Server", "productVersion": "2025"}
    asked = [
        {**product, by: str(things.contract) if by == "contractId" else things.mpn_id}
        for things in (made[NORTHWIND], things_of_nobody())
    ]

    of_another, of_nobody = caller.post("entitlements/check", {"questions": asked}).json()[
        "answers"
    ]

    assert of_another == of_nobody
    assert (of_another["allowed"], of_another["explanation"]["code"]) == (False, "not_found")


def test_lists_of_one_partner_hold_nothing_of_another():
    caller = actor("cli")
    names = ("entitlements", "benefits", "contracts")

    owners = {item["mpnId"] for name in names for item in caller.get(name).json()["items"]}
    events = {item["mpnId"] for item in caller.get("events", size="200").json()["items"]}

    assert Package.objects.exclude(partner__mpn_id=FABRIKAM).exists()
    assert (owners, events) == ({FABRIKAM}, {FABRIKAM})


# --- rights are read on each call --------------------------------------------------------------


def test_token_whose_client_lost_a_scope_has_lost_it_too():
    caller = actor("cli")
    assert caller.get("events").status_code == 200
    assert caller.client is not None
    ApiClient.objects.filter(pk=caller.client.pk).update(scopes=["entitlements.read"])

    response = caller.get("events")

    assert (response.status_code, code_of(response)) == (403, "insufficient_scope")
    assert response.json()["facts"] == {"scope": "events.read", "given": ["entitlements.read"]}
    assert caller.get("entitlements").status_code == 200


def test_token_for_fewer_scopes_than_the_client_has_stays_at_those():
    client = actor("cli").client
    assert client is not None
    narrow = Caller(token=token_of(client, scopes=["events.read"]))

    assert narrow.get("entitlements").json()["facts"] == {
        "scope": "entitlements.read",
        "given": ["events.read"],
    }
    assert narrow.get("events").status_code == 200


def revoke(client: ApiClient) -> None:
    """Stop the client's registration."""
    by = visits.account("admin@fabrikam.example")
    ApiClient.objects.filter(pk=client.pk).update(revoked_at=ACTIVATED_AT, revoked_by=by)


STOPPED = {
    "client revoked": revoke,
    "partner deactivated": lambda c: Partner.objects.filter(pk=c.partner_id).update(
        is_active=False
    ),
    "partner left MPN": lambda c: Partner.objects.filter(pk=c.partner_id).update(
        in_mpn=False, in_csp=True
    ),
    "account deactivated": lambda c: User.objects.filter(pk=c.user_id).update(is_active=False),
    "token expired": lambda c: c.accesstoken_set.update(expires=ACTIVATED_AT),
}


@pytest.mark.parametrize("how", STOPPED)
def test_client_that_was_stopped_is_refused_at_once(how: str):
    caller = actor("cli")
    assert caller.get("entitlements").status_code == 200

    STOPPED[how](caller.client)
    response = caller.get("entitlements")

    assert (response.status_code, code_of(response)) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


@pytest.mark.parametrize("how", ["client revoked", "account deactivated"])
def test_client_of_staff_that_was_stopped_is_refused_at_once(how: str):
    caller = actor("stf")
    assert caller.get("entitlements").status_code == 200

    STOPPED[how](caller.client)

    assert caller.get("entitlements").status_code == 401


def test_other_clients_of_a_partner_go_on_when_one_is_stopped():
    stopped, other = actor("cli"), actor("cli")
    assert stopped.client is not None

    revoke(stopped.client)

    assert (stopped.get("entitlements").status_code, other.get("entitlements").status_code) == (
        401,
        200,
    )


def test_session_of_an_account_that_was_deactivated_is_refused_at_once():
    caller = actor("own")
    User.objects.filter(email="admin@fabrikam.example").update(is_active=False)

    assert caller.get("entitlements").status_code == 401


def test_session_of_an_account_whose_partner_was_deactivated_sees_nothing_of_it(
    made: dict[str, Things],
):
    caller, things = session_caller(visits.account("user@fabrikam.example")), made[FABRIKAM]
    Partner.objects.filter(mpn_id=FABRIKAM).update(is_active=False)

    assert call(caller, "GET", "benefit", things).status_code == 404
    assert caller.get("partners").json()["items"] == []


def test_session_of_staff_who_left_the_staff_sees_nothing_more(made: dict[str, Things]):
    caller, things = actor("agt"), made[FABRIKAM]
    User.objects.filter(email="staff@portal.example").update(staff_kind=None)

    assert call(caller, "GET", "entitlement", things).status_code == 404
    assert call(caller, "POST", "lookups", things).status_code == 403


def test_refusal_for_lack_of_a_scope_is_recorded_with_the_client_as_its_actor(
    made: dict[str, Things],
):
    caller = actor("few", without="contracts.ids")
    assert caller.client is not None
    response = call(caller, "GET", "contract-ids", made[FABRIKAM])

    record = AuditRecord.objects.latest("pk")

    assert (record.actor, record.refusal_code, record.action) == (
        caller.client.user,
        "insufficient_scope",
        "api:contract-ids",
    )
    assert (record.channel, record.request_id) == ("API", response["MS-RequestId"])


def test_id_of_another_form_is_no_address():
    caller = actor("own")

    for address in ("entitlements/1", "partners/123", "supportRequests/1", f"benefits/{'x' * 36}"):
        response = caller.browser.get(f"/api/v1/{address}")
        assert (response.status_code, code_of(response)) == (404, "not_found")
