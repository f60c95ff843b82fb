"""The main query: whose entitlements it lists, by which filters, in which order."""

import pytest

from benefits import entitlements
from benefits.models import Plan
from benefits.services.links import revoke_link
from partnercenter.demo.accounts import (
    ADATUM,
    CONTOSO,
    EXPIRED,
    FABRIKAM,
    NORTHWIND,
    TAILSPIN,
    WINGTIP,
)
from partners.scopes import ClientScope
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    everything,
    ids,
    instant,
    linked_client,
    moment_of,
    refused,
    staff_client,
)
from tests.factories import AffiliationFactory, LinkFactory
from tests.pages.states import CLOUD
from tests.pages.visits import account, admin_of, contract, partner, plan
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

READ = ClientScope.ENTITLEMENTS_READ
BENEFITS = ("MICROSOFT_PRODUCT_SUPPORT", "SIGNATURE_CLOUD_SUPPORT", "TPD_ADVISORY")


def ids_of(mpn_id, **narrowed):
    """Return the public ids of the partner's plans, oldest first."""
    held = Plan.objects.filter(package__partner__mpn_id=mpn_id, **narrowed)
    return [str(found) for found in held.order_by("pk").values_list("public_id", flat=True)]


def all_read():
    """Return every entitlement of the demo world, as the rules see it."""
    return entitlements.read(Plan.objects.all(), user=None, at=NOW)


# --- whose -----------------------------------------------------------------------------------


def test_entitlements_of_a_partners_client_are_all_that_the_partner_has():
    found = answered(client_at(FABRIKAM, READ).get("entitlements"))

    assert ids(found["items"]) == ids_of(FABRIKAM)
    assert (found["totalCount"], found["links"]["next"]) == (3, None)
    assert {item["linked"] for item in found["items"]} == {False}


def test_entitlements_of_a_colleague_without_role_are_the_partners_too():
    found = everything(browser_of("user@fabrikam.example"), "entitlements")

    assert ids(found) == ids_of(FABRIKAM)
    assert [(e["unit"], e["linked"]) for e in found] == [
        ("INCIDENT", True),
        ("INCIDENT", True),
        ("HOUR", False),
    ]


def test_entitlements_linked_from_another_partner_stand_beside_the_own_ones():
    caller = linked_client(CONTOSO, contract(NORTHWIND))

    found = {item["id"]: item["linked"] for item in everything(caller, "entitlements")}

    own = dict.fromkeys(ids_of(CONTOSO), False)
    assert found == own | dict.fromkeys(ids_of(NORTHWIND, unit="INCIDENT"), True)


def test_entitlements_linked_from_another_partner_are_incidents_never_its_advisory_hours():
    caller = linked_client(CONTOSO, contract(NORTHWIND))
    (hours,) = ids_of(NORTHWIND, unit="HOUR")

    assert everything(caller, "entitlements", mpnId=NORTHWIND, benefit="TPD_ADVISORY") == []
    assert refused(caller.get(f"entitlements/{hours}")) == (404, "not_found")
    assert refused(caller.get(f"entitlements/{hours}/ledger")) == (404, "not_found")


def test_entitlements_of_a_personal_account_are_those_it_has_linked():
    found = everything(browser_of("consultant@outlook.example"), "entitlements")

    assert ids(found) == ids_of(FABRIKAM, unit="INCIDENT")
    assert {item["linked"] for item in found} == {True}


def test_entitlements_of_an_account_without_anything_are_an_empty_list():
    found = answered(browser_of("pat@outlook.example").get("entitlements"))

    assert (found["totalCount"], found["items"], found["links"]["next"]) == (0, [], None)


def test_entitlements_of_a_dropped_link_are_gone_and_of_a_revoked_one_stay_unlinked():
    dropped = linked_client(CONTOSO, contract(NORTHWIND), dropped=True)
    revoked = linked_client(CONTOSO, contract(NORTHWIND), revoked=True)

    assert ids(everything(dropped, "entitlements")) == ids_of(CONTOSO)
    assert {
        (item["mpnId"], item["linked"])
        for item in everything(revoked, "entitlements")
        if item["unit"] == "INCIDENT"
    } == {(CONTOSO, False), (NORTHWIND, False)}


@pytest.mark.parametrize("of_the_house", [True, False])
def test_entitlement_whose_link_was_revoked_says_so_though_it_is_active(of_the_house):
    owner, contract_id = admin_of(NORTHWIND), contract(NORTHWIND).public_id
    email = "pat@outlook.example"
    if of_the_house:
        email = AffiliationFactory(partner=partner(NORTHWIND)).user.email
    LinkFactory(user=account(email), contract=contract(NORTHWIND))
    revoke_link(contract_id=contract_id, user=account(email), by=owner, at=NOW)

    found = answered(browser_of(email).get(f"entitlements/{plan(NORTHWIND).public_id}"))

    assert (found["status"], found["linked"]) == ("ACTIVE", False)
    assert found["explanation"]["code"] == "link_revoked"
    assert found["explanation"]["facts"]["partner"] == NORTHWIND


def test_entitlement_of_the_own_partner_is_usable_for_its_client_whatever_became_of_a_link():
    caller = linked_client(NORTHWIND, contract(NORTHWIND), revoked=True)

    found = answered(caller.get(f"entitlements/{plan(NORTHWIND).public_id}"))

    assert (found["linked"], found["explanation"]) == (False, None)


def test_entitlements_for_staff_are_those_of_every_partner():
    by_client = ids(everything(staff_client(), "entitlements", size=10))
    by_session = ids(everything(browser_of("staff@portal.example"), "entitlements", size=200))

    every = Plan.objects.order_by("pk").values_list("public_id", flat=True)
    assert by_client == by_session == [str(public_id) for public_id in every]


def test_entitlements_of_a_csp_only_account_are_refused_only_where_it_asks_for_them():
    caller = browser_of("csponly@contoso.example")

    assert answered(caller.get("entitlements"))["items"] == []
    assert refused(caller.get("entitlements", mpnId=CONTOSO)) == (403, "not_authorized")
    assert answered(caller.get("entitlements", mpnId=FABRIKAM))["items"] == []


def test_entitlements_of_another_partner_are_an_empty_list_that_says_nothing():
    caller = client_at(CONTOSO, READ)
    assert len(ids_of(FABRIKAM)) == 3

    foreign, absent = (answered(caller.get("entitlements", mpnId=m)) for m in (FABRIKAM, "9999999"))

    for answer in (foreign, absent):
        answer["links"]["self"]["uri"] = ""
    assert foreign == absent
    assert foreign["items"] == []
    assert refused(caller.get(f"entitlements/{ids_of(FABRIKAM)[0]}")) == (404, "not_found")
    assert refused(caller.get(f"entitlements/{ids_of(FABRIKAM)[0]}/ledger")) == (404, "not_found")


# --- filters ---------------------------------------------------------------------------------

FILTERS = [
    ({"mpnId": FABRIKAM}, lambda e: e.mpn_id == FABRIKAM),
    *[({"benefit": name}, lambda e, name=name: e.benefit == name) for name in BENEFITS],
    ({"benefit": ",".join(BENEFITS[:2])}, lambda e: e.benefit in BENEFITS[:2]),
    ({"benefit": "PARTNER_SUPPORT"}, lambda e: False),
    ({"scope": "CLOUD"}, lambda e: e.scope == "CLOUD"),
    ({"scope": "CLOUD,ON_PREMISES"}, lambda e: e.scope is not None),
    ({"level": "ACTION_PACK"}, lambda e: e.kind == "ACTION_PACK"),
    ({"level": "SILVER,GOLD"}, lambda e: e.level in ("SILVER", "GOLD")),
    *[({"status": s.value}, lambda e, s=s: e.status == s) for s in entitlements.Status],
    ({"status": "PENDING,EXPIRED"}, lambda e: e.is_pending or e.is_expired),
    *[
        (
            {"remainingLt": str(n)},
            lambda e, n=n: not e.is_unlimited and e.remaining is not None and e.remaining < n,
        )
        for n in (0, 1, 6, 7, 1_000_000)
    ],
    (
        {"status": "ACTIVE,EXHAUSTED", "scope": "CLOUD", "level": "GOLD", "remainingLt": "7"},
        lambda e: (
            e.status in ("ACTIVE", "EXHAUSTED")
            and (e.scope, e.level) == ("CLOUD", "GOLD")
            and e.remaining is not None
            and e.remaining < 7
        ),
    ),
]


@pytest.mark.parametrize(("query", "keeps"), FILTERS, ids=[str(query) for query, _keeps in FILTERS])
def test_filter_keeps_exactly_the_entitlements_that_it_names(query, keeps):
    found = everything(staff_client(), "entitlements", size=200, **query)

    wanted = sorted((e for e in all_read() if keeps(e)), key=lambda e: e.plan_pk)
    assert ids(found) == [str(e.id) for e in wanted]


def test_filter_by_what_remains_never_finds_unlimited_or_unknown_numbers():
    shown = everything(staff_client(), "entitlements", size=200, remainingLt=1_000_000)

    assert {(item["unlimited"], item["remaining"] is None) for item in shown} == {(False, False)}
    assert str(plan(TAILSPIN, CLOUD).public_id) not in ids(shown)
    assert {item["status"] for item in shown} == {"ACTIVE", "EXHAUSTED", "EXPIRED"}


def test_filter_by_end_leaves_out_what_ends_at_that_very_instant():
    caller, ended = staff_client(), contract(EXPIRED).ends_at

    at_the_end = everything(caller, "entitlements", endsBefore=instant(ended))
    after = everything(caller, "entitlements", endsBefore=f"{ended:%Y-%m-%dT%H:%M:%S}.000001Z")

    assert at_the_end == []
    assert ids(after) == ids_of(EXPIRED)


@pytest.mark.parametrize(
    "query",
    [
        {"status": "ACTIVE,"},
        {"status": "active"},
        {"status": ""},
        {"benefit": "TPD"},
        {"scope": "null"},
        {"level": "PLATINUM"},
        {"remainingLt": "-1"},
        {"remainingLt": "few"},
        {"endsBefore": "tomorrow"},
        {"mpnId": "512345"},
        {"sort": "name"},
        {"size": "0"},
        {"size": "201"},
        {"cursor": "made-up"},
        {"state": "ACTIVE"},
    ],
    ids=str,
)
def test_filter_that_is_unknown_or_malformed_is_refused_by_name(query):
    response = client_at(CONTOSO, READ).get("entitlements", **query)

    assert refused(response) == (400, "invalid_filter")
    assert [p["name"] for p in response.json()["invalidParameters"]] == list(query)


# --- order -----------------------------------------------------------------------------------


def order_of(sort):
    """Return the entitlements of the demo world as this order has them."""
    by_end = lambda e: (e.ends_at, e.plan_pk)  # noqa: E731 - one key of two
    by_number = lambda e: (1e9 if e.remaining is None else e.remaining, e.plan_pk)  # noqa: E731
    from_most = lambda e: (-1 if e.remaining is None else e.remaining, e.plan_pk)  # noqa: E731
    keys = {"endsAt": by_end, "-endsAt": by_end, "remaining": by_number, "-remaining": from_most}
    return sorted(all_read(), key=keys[sort], reverse=sort.startswith("-"))


@pytest.mark.parametrize("sort", ["endsAt", "-endsAt", "remaining", "-remaining"])
@pytest.mark.parametrize("size", [3, 200])
def test_order_holds_over_all_pages_with_unknown_numbers_last(sort, size):
    found = everything(staff_client(), "entitlements", sort=sort, size=size)

    assert ids(found) == [str(e.id) for e in order_of(sort)]


def test_order_by_end_of_what_one_partner_holds_begins_with_the_nearest():
    found = everything(client_at(WINGTIP, READ), "entitlements", sort="endsAt")

    ends = [moment_of(item["endsAt"]) for item in found]
    assert ends == sorted(ends)
    assert found[0]["level"] == "ACTION_PACK"
    assert everything(client_at(ADATUM, READ), "entitlements", level="SILVER") == []
