"""The change feed: in order, each event once, resumable anywhere, and only what one may read."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing

from benefits.models import Event
from benefits.services.expiry import book_expiries
from benefits.services.links import drop_link
from partnercenter.demo.accounts import (
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    NORTHWIND,
    PROSEWARE,
)
from partners.models import RoleAssignment
from partners.scopes import ClientScope
from tests.api.asking import PATH, asked
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    ids,
    instant,
    linked_client,
    refused,
    staff_client,
)
from tests.movements import adjust
from tests.pages.states import CLOUD
from tests.pages.visits import account, contract, plan
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FEED = ClientScope.EVENTS_READ
NOTHING = dict.fromkeys(
    ("quantity", "remainingAfter", "requestNumber", "percent", "account", "entitlementId")
)


def read_on(caller, uri="events", **query):
    """Return all events from here on, by following the feed until it is empty."""
    found = []
    page = answered(caller.get(uri, **query))
    while page["items"]:
        found += page["items"]
        page = answered(caller.get(page["links"]["next"]["uri"]))
    return found


def written(**narrowed):
    """Return the ids of the events, in the order in which they were written."""
    events = Event.objects.filter(**narrowed).order_by("pk")
    return [str(public_id) for public_id in events.values_list("public_id", flat=True)]


def latest(caller):
    """Return the newest event that the caller reads."""
    return read_on(caller, size=200)[-1]


def bare(event):
    """Return an event without what differs from one to the next."""
    return {name: value for name, value in event.items() if name not in ("id", "cursor")}


def about(mpn_id, kind, **says):
    """Return an event about the partner's only package, as the API answers it."""
    of = contract(mpn_id)
    return {
        **NOTHING,
        "type": kind,
        "occurredAt": instant(NOW),
        "mpnId": mpn_id,
        "benefitId": str(of.package.public_id),
        "contractId": str(of.public_id),
        **says,
    }


# --- what happened ---------------------------------------------------------------------------


def test_event_of_a_use_and_of_its_return_are_answered_whole():
    caller, of = client_at(FABRIKAM), plan(FABRIKAM)
    created = asked(caller)
    staff_client().post(f"{PATH}/{created['number']}/close", {"reason": "DUPLICATE"})

    used, returned = read_on(caller, size=200)[-2:]

    shared = {"entitlementId": str(of.public_id), "requestNumber": created["number"]}
    assert bare(used) == about(FABRIKAM, "CONSUMED", quantity=-1, remainingAfter=16, **shared)
    assert bare(returned) == about(FABRIKAM, "RETURNED", quantity=1, remainingAfter=17, **shared)


def test_event_of_an_activation_is_about_the_package():
    caller = client_at(CONTOSO)
    (benefit,) = answered(caller.get("benefits"))["items"]
    caller.post(f"benefits/{benefit['id']}/activate")

    assert bare(latest(caller)) == about(CONTOSO, "ACTIVATED")


def test_events_of_expiry_adjustment_and_threshold_say_their_numbers():
    caller, cloud = client_at(FABRIKAM), plan(FABRIKAM, CLOUD)
    adjust(cloud, -5)

    adjusted, reached = read_on(caller, size=200)[-2:]
    ended = [e for e in read_on(client_at(EXPIRED), size=200) if e["type"] == "EXPIRED"]

    assert (adjusted["type"], adjusted["quantity"], adjusted["remainingAfter"]) == (
        "ADJUSTED",
        -5,
        1,
    )
    assert (reached["type"], reached["percent"], reached["remainingAfter"]) == ("THRESHOLD", 80, 1)
    assert sorted((e["quantity"], e["remainingAfter"]) for e in ended)[:2] == [(-50, 0), (-4, 0)]


def test_events_of_a_plan_that_is_used_up_tell_both_thresholds_once():
    found = read_on(client_at(EXHAUSTED), size=200)

    reached = [(e["percent"], e["remainingAfter"]) for e in found if e["type"] == "THRESHOLD"]
    assert sorted(reached) == [(80, 2), (80, 4), (100, 0), (100, 0)]


# --- order -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 200])
def test_feed_tells_every_event_once_in_order_whatever_the_pages(size):
    found = read_on(client_at(FABRIKAM, FEED), size=size)

    assert ids(found) == written(partner__mpn_id=FABRIKAM)
    assert len(found) == 13


def test_feed_goes_on_behind_any_event():
    caller = client_at(FABRIKAM, FEED)
    every = read_on(caller, size=200)

    for number, event in enumerate(every):
        page = answered(caller.get("events", after=event["cursor"], size=3))
        assert page["items"] == every[number + 1 : number + 4]


def test_feed_at_its_end_is_empty_keeps_its_place_and_goes_on_with_what_comes():
    caller = client_at(FABRIKAM)
    last = latest(caller)

    at_the_end = answered(caller.get("events", after=last["cursor"]))
    again = answered(caller.get(at_the_end["links"]["next"]["uri"]))
    asked(caller)
    (new,) = read_on(caller, at_the_end["links"]["next"]["uri"])

    assert at_the_end == again
    assert (at_the_end["items"], at_the_end["totalCount"]) == ([], None)
    assert after_in(at_the_end) == last["cursor"]
    assert new["type"] == "CONSUMED"


def after_in(page):
    """Return the cursor that the next link of a page holds."""
    (cursor,) = parse_qs(urlsplit(page["links"]["next"]["uri"]).query)["after"]
    return cursor


def test_feed_of_nothing_has_a_next_link_too_and_keeps_the_size():
    page = answered(client_at(PROSEWARE, FEED).get("events", size=5))

    assert page["links"] == {
        "self": {"uri": "/api/v1/events?size=5", "method": "GET"},
        "next": {"uri": "/api/v1/events?size=5", "method": "GET"},
    }


def test_feed_gives_the_same_cursor_of_an_event_to_everybody():
    own = {e["id"]: e["cursor"] for e in read_on(client_at(FABRIKAM), size=200)}
    staff = {e["id"]: e["cursor"] for e in read_on(staff_client(), size=200)}

    assert own.items() <= staff.items()


def test_feed_for_staff_tells_every_event_of_all_partners():
    assert ids(read_on(staff_client(), size=200)) == written()


@pytest.mark.parametrize(
    "query",
    [
        {"after": "made-up"},
        {"after": "12"},
        {"after": signing.Signer(salt="elsewhere").sign_object(3)},
        {"after": "x" * 201},
        {"size": "0"},
        {"size": "201"},
        {"cursor": "x"},
        {"mpnId": FABRIKAM},
    ],
    ids=lambda query: str(query)[:30],
)
def test_feed_from_a_made_up_place_or_by_an_unknown_parameter_is_refused(query):
    response = client_at(FABRIKAM, FEED).get("events", **query)

    assert refused(response) == (400, "invalid_filter")
    assert [p["name"] for p in response.json()["invalidParameters"]] == list(query)


# --- whose -----------------------------------------------------------------------------------


def test_feed_tells_of_linked_contracts_and_of_no_others():
    linked = linked_client(PROSEWARE, contract(NORTHWIND))
    assert Event.objects.filter(partner__mpn_id=FABRIKAM).exists()

    found = read_on(linked, size=200)

    links_of_others = written(partner__mpn_id=NORTHWIND, type="LINKED")
    assert links_of_others != []
    told = [event for event in written(partner__mpn_id=NORTHWIND) if event not in links_of_others]
    assert ids(found) == told


def test_feed_tells_linked_accounts_nothing_of_the_advisory_hours():
    owner, linked = client_at(NORTHWIND), linked_client(PROSEWARE, contract(NORTHWIND))
    book_expiries(by=None, at=NOW + timedelta(days=400))
    hours = str(plan(NORTHWIND, None).public_id)

    assert hours in {event["entitlementId"] for event in read_on(owner, size=200)}
    assert hours not in {event["entitlementId"] for event in read_on(linked, size=200)}


@pytest.mark.parametrize("how", ["dropped", "revoked"])
def test_feed_of_a_link_that_is_gone_tells_nothing_any_more(how):
    assert read_on(linked_client(PROSEWARE, contract(NORTHWIND), **{how: True})) == []


def test_feed_of_an_account_that_gives_its_link_up_stops():
    caller, user = browser_of("consultant@outlook.example"), account("consultant@outlook.example")
    assert len(read_on(caller)) > 0

    drop_link(contract_id=contract(FABRIKAM).public_id, by=user, at=NOW)

    assert read_on(caller) == []


@pytest.mark.parametrize(
    ("email", "named"),
    [
        ("admin@fabrikam.example", ["Fritz Baum", "Uta Lang", "Mia Torres", "Kofi Mensah"]),
        ("user@fabrikam.example", [None, "Uta Lang", None, None]),
        ("consultant@outlook.example", ["Kofi Mensah"]),
        ("staff@portal.example", ["Fritz Baum", "Uta Lang", "Mia Torres", "Kofi Mensah"]),
    ],
)
def test_feed_names_who_linked_only_to_those_who_may_see_it(email, named):
    found = read_on(browser_of(email), size=200)

    linked = [e for e in found if e["type"] == "LINKED" and e["mpnId"] == FABRIKAM]
    assert [event["account"] for event in linked] == named


def test_feed_names_who_linked_to_clients_that_may_read_entitlements_and_to_no_others():
    with_rights = client_at(FABRIKAM, FEED, ClientScope.ENTITLEMENTS_READ)
    without = client_at(FABRIKAM, FEED)

    names = [{e["account"] for e in read_on(caller)} for caller in (with_rights, without)]

    assert names == [{None, "Fritz Baum", "Uta Lang", "Mia Torres", "Kofi Mensah"}, {None}]


def test_feed_stops_naming_when_the_role_is_taken_away():
    caller = browser_of("admin@fabrikam.example")
    RoleAssignment.objects.filter(affiliation__user__email="admin@fabrikam.example").delete()

    assert {event["account"] for event in read_on(caller)} == {None, "Fritz Baum"}


def test_feed_of_a_csp_only_account_and_of_a_stranger_is_empty():
    asked(client_at(FABRIKAM))

    for email in ("csponly@contoso.example", "pat@outlook.example"):
        assert read_on(browser_of(email)) == []
    assert refused(client_at(FABRIKAM, ClientScope.ENTITLEMENTS_READ).get("events")) == (
        403,
        "insufficient_scope",
    )
