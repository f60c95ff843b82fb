"""Reading support requests: who sees which, who sees their text, filters and order."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Q

from partnercenter.demo.accounts import CONTOSO, FABRIKAM, NORTHWIND, PROSEWARE
from partners.models import Customer, RoleAssignment
from partners.roles import Role
from partners.scopes import ClientScope
from support.models import Note, SupportRequest
from tests.api.asking import PATH, asked
from tests.api.calls import Caller
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    everything,
    linked_client,
    moment_of,
    refused,
    staff_client,
)
from tests.factories import AffiliationFactory, NoteFactory, SupportRequestFactory
from tests.pages.states import CLOUD
from tests.pages.visits import account, contract, partner, plan
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

READ = ClientScope.REQUESTS_READ
CONSULTANT = "consultant@outlook.example"
TEXT = ("title", "description", "contact", "notes")
# What its plans paid, and what was opened for it without one.
OF_FABRIKAM = Q(plan__package__partner__mpn_id=FABRIKAM) | Q(partner__mpn_id=FABRIKAM, plan=None)


def numbers_of(*conditions, **narrowed):
    """Return the numbers of requests, newest first."""
    found = SupportRequest.objects.filter(*conditions, **narrowed).order_by("-opened_at", "-pk")
    return list(found.values_list("number", flat=True))


def numbers_in(items):
    """Return the numbers of what was answered, in its order."""
    return [item["number"] for item in items]


def consultants():
    """Return the consultant's request on Fabrikam's contract; it has a note that could leak."""
    request = SupportRequest.objects.get(author__email=CONSULTANT)
    NoteFactory(request=request, text="The password is on the whiteboard.")
    return request


def reader(who):
    """Return a caller of this kind."""
    kinds: dict[str, Callable[[], Caller]] = {
        "author": lambda: browser_of(CONSULTANT),
        "partner's Global admin": lambda: browser_of("admin@fabrikam.example"),
        "partner's MPN admin": acting_mpn_admin,
        "Admin agent": admin_agent,
        "partner's client": lambda: client_at(FABRIKAM, READ),
        "colleague without role": lambda: browser_of("user@fabrikam.example"),
        "CSP only agent": lambda: browser_at(csp_only=True, roles=[Role.ADMIN_AGENT]),
        "another partner's admin": lambda: browser_of("admin@northwind.example"),
        "another who linked it": lambda: linked_client(PROSEWARE, contract(FABRIKAM)),
        "stranger": lambda: browser_of("pat@outlook.example"),
        "staff": lambda: browser_of("staff@portal.example"),
        "auditor": lambda: browser_of("auditor@portal.example"),
        "staff client": staff_client,
    }
    return kinds[who]()


def acting_mpn_admin():
    """Return an MPN partner admin of Fabrikam."""
    return browser_at(roles=[Role.MPN_PARTNER_ADMIN])


def admin_agent():
    """Return an Admin agent of Fabrikam."""
    return browser_at(roles=[Role.ADMIN_AGENT])


def browser_at(**affiliation):
    """Return the browser of a new account of Fabrikam."""
    return browser_of(AffiliationFactory(partner=partner(FABRIKAM), **affiliation).user.email)


READERS = {
    "author": "text",
    "partner's Global admin": "facts",
    "partner's MPN admin": "facts",
    "Admin agent": "facts",
    "partner's client": "facts",
    "colleague without role": "nothing",
    "CSP only agent": "nothing",
    "another partner's admin": "nothing",
    "another who linked it": "nothing",
    "stranger": "nothing",
    "staff": "text",
    "auditor": "text",
    "staff client": "text",
}


@pytest.mark.parametrize("who", READERS)
def test_request_of_an_outsider_shows_each_reader_what_is_theirs_to_see(who):
    request, caller = consultants(), reader(who)
    whole = answered(reader("author").get(f"{PATH}/{request.number}"))
    assert [name for name in TEXT if not whole[name]] == []

    response = caller.get(f"{PATH}/{request.number}")
    listed = {item["number"]: item for item in everything(caller, PATH, size=200)}

    if READERS[who] == "nothing":
        assert refused(response) == (404, "not_found")
        assert request.number not in listed
        return
    hidden = dict.fromkeys((*TEXT, "noteCount")) if READERS[who] == "facts" else {}
    found = answered(response)
    assert found == whole | hidden
    assert listed[request.number] | {"notes": found["notes"]} == found
    assert ("whiteboard" in response.content.decode()) is (READERS[who] == "text")


@pytest.mark.parametrize("who", READERS)
def test_request_of_an_outsider_takes_no_note_from_those_who_do_not_see_it(who):
    number, caller = consultants().number, reader(who)
    if caller.client is not None:
        caller = client_at(FABRIKAM) if who == "partner's client" else caller

    answer = caller.post(f"{PATH}/{number}/notes", {"text": "Is this solved?"})

    seen = {"nothing": (404, "not_found"), "facts": (403, "not_authorized")}
    if who == "auditor":
        assert refused(answer) == (403, "not_authorized")
    elif READERS[who] == "text":
        assert answered(answer, 201)["text"] == "Is this solved?"
    else:
        assert refused(answer) == seen[READERS[who]]
    taken = READERS[who] == "text" and who != "auditor"
    assert Note.objects.filter(text="Is this solved?").exists() is taken


def test_request_text_of_one_client_is_not_for_another_client_of_the_partner():
    first, second = client_at(FABRIKAM), client_at(FABRIKAM)
    created = asked(first, title="Only ours")

    found = answered(second.get(f"{PATH}/{created['number']}"))

    assert found == created | dict.fromkeys((*TEXT, "noteCount"))
    assert "Only ours" not in str(everything(second, PATH))


def test_request_role_that_was_taken_away_stops_at_once():
    caller = browser_of("admin@fabrikam.example")
    number = consultants().number
    assert caller.get(f"{PATH}/{number}").status_code == 200

    RoleAssignment.objects.filter(affiliation__user__email="admin@fabrikam.example").delete()

    assert refused(caller.get(f"{PATH}/{number}")) == (404, "not_found")


# --- lists -----------------------------------------------------------------------------------


def test_requests_of_a_partners_client_are_the_partners_newest_first():
    caller = client_at(FABRIKAM, READ)

    found = answered(caller.get(PATH))

    assert numbers_in(found["items"]) == numbers_of(OF_FABRIKAM)
    assert (found["totalCount"], [i["kind"] for i in found["items"]].count("BILLING")) == (9, 1)


def test_requests_of_a_client_on_another_partners_contract_are_its_own_and_the_partners():
    caller = linked_client(PROSEWARE, contract(FABRIKAM))
    created = asked(caller)

    assert numbers_in(everything(caller, PATH)) == [created["number"]]
    assert created["number"] in numbers_in(everything(client_at(FABRIKAM), PATH))
    assert created["number"] not in numbers_in(everything(client_at(PROSEWARE), PATH))


def test_requests_of_a_colleague_without_role_are_its_own():
    user = account("user@fabrikam.example")

    found = everything(browser_of(user.email), PATH)

    assert numbers_in(found) == numbers_of(author=user)
    # Four used incidents, one is about a bill.
    assert [row["entitlementId"] is None for row in found].count(True) == 1
    assert len(found) == 6


def test_requests_for_staff_are_all_page_by_page_newest_first():
    found = everything(staff_client(), PATH, size=20)

    assert numbers_in(found) == numbers_of()
    opened = [moment_of(item["openedAt"]) for item in found]
    assert opened == sorted(opened, reverse=True)


def test_requests_in_a_list_say_how_many_notes_they_have_and_carry_none():
    request = consultants()
    NoteFactory(request=request)

    listed = {item["number"]: item for item in everything(reader("author"), PATH)}

    assert listed[request.number]["noteCount"] == 2
    assert [number for number, item in listed.items() if "notes" in item] == []


def test_requests_that_are_added_while_reading_disturb_no_page():
    caller = client_at(FABRIKAM)
    before = numbers_of(OF_FABRIKAM)
    first = answered(caller.get(PATH, size=3))
    asked(caller)

    rest = everything(caller, first["links"]["next"]["uri"])

    assert numbers_in(first["items"]) + numbers_in(rest) == before


def test_requests_without_the_scope_are_refused():
    caller = client_at(FABRIKAM, ClientScope.REQUESTS_WRITE)

    assert refused(caller.get(PATH)) == (403, "insufficient_scope")
    assert refused(caller.get(f"{PATH}/{consultants().number}")) == (403, "insufficient_scope")


# --- filters ---------------------------------------------------------------------------------


def test_requests_by_state_are_those_that_stand_there():
    SupportRequest.objects.filter(number=consultants().number).update(
        state="IN_PROGRESS", state_changed_at=NOW - timedelta(days=1)
    )
    caller = client_at(FABRIKAM, READ)

    for states in (["OPEN"], ["CLOSED"], ["IN_PROGRESS", "OPEN"], ["RESOLVED"]):
        found = everything(caller, PATH, status=",".join(states))
        assert numbers_in(found) == numbers_of(OF_FABRIKAM, state__in=states)
        assert {item["status"] for item in found} <= set(states)
    assert len(everything(caller, PATH, status="IN_PROGRESS")) == 1


def test_requests_by_entitlement_are_those_that_it_paid_and_none_of_a_foreign_one():
    caller = client_at(FABRIKAM, READ)
    own, foreign = plan(FABRIKAM, CLOUD), plan(NORTHWIND)
    assert SupportRequest.objects.filter(plan=foreign).exists()

    found = everything(caller, PATH, entitlementId=str(own.public_id))

    assert numbers_in(found) == numbers_of(plan=own)
    assert everything(caller, PATH, entitlementId=str(foreign.public_id)) == []
    both = {"entitlementId": str(own.public_id), "status": "OPEN"}
    assert numbers_in(everything(caller, PATH, **both)) == numbers_of(plan=own, state="OPEN")


@pytest.mark.parametrize("query", [{"status": "DONE"}, {"entitlementId": "1"}, {"mpnId": CONTOSO}])
def test_requests_by_an_unknown_filter_are_refused(query):
    response = client_at(FABRIKAM, READ).get(PATH, **query)

    assert refused(response) == (400, "invalid_filter")
    assert [p["name"] for p in response.json()["invalidParameters"]] == list(query)


# --- customers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("agent@contoso.example", "Relecloud"),
        ("staff@portal.example", "Relecloud"),
        ("admin@fabrikam.example", None),
    ],
)
def test_request_for_a_customer_names_it_to_those_who_may_know(who, name):
    customer = Customer.objects.get(name="Relecloud")
    request = SupportRequestFactory(
        for_customer=True,
        customer=customer,
        author=account("agent@contoso.example"),
        plan=plan(FABRIKAM, CLOUD),
    )

    answer = answered(browser_of(who).get(f"{PATH}/{request.number}"))

    assert answer["customerName"] == name
