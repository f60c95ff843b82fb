"""Contracts: without the pair, the pair for those who own it, linking and giving up."""

from datetime import timedelta
from typing import Any

import pytest

from benefits.models import Contract, IssuedId, Link
from benefits.services.links import restore_link, revoke_link
from partnercenter.demo.accounts import (
    ADATUM,
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    NORTHWIND,
    PENDING,
)
from partners.scopes import ClientScope
from portal.models import AuditRecord
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
from tests.factories import well_formed
from tests.pages.visits import account, admin_of, contract, grouped, numbers
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LINK = ClientScope.CONTRACTS_LINK
READ = ClientScope.ENTITLEMENTS_READ


def link(caller, access, number):
    """Send a pair."""
    return caller.post("contracts/link", {"accessId": access, "contractId": number})


def link_to(caller, of):
    """Link the contract by its pair."""
    return link(caller, *numbers(of))


def unlink(caller, of):
    """Give the own link up."""
    return caller.delete(f"contracts/{of.public_id}/link")


# --- reading ---------------------------------------------------------------------------------


def test_contract_is_answered_whole_with_its_incident_plans():
    of, caller = contract(FABRIKAM), client_at(FABRIKAM, READ)

    found = answered(caller.get(f"contracts/{of.public_id}"))

    assert found == {
        "id": str(of.public_id),
        "mpnId": FABRIKAM,
        "partnerName": "Fabrikam",
        "startsAt": instant(of.starts_at),
        "endsAt": "2027-04-14T00:00:00Z",
        "linked": False,
        "linkedAt": None,
        "entitlements": everything(caller, "entitlements", scope="ON_PREMISES,CLOUD"),
        "links": {"self": {"uri": f"/api/v1/contracts/{of.public_id}"}},
    }


def test_contracts_are_the_own_and_the_linked_ones_and_all_for_staff():
    caller = linked_client(NORTHWIND, contract(FABRIKAM))

    found = {row["mpnId"]: row["linked"] for row in everything(caller, "contracts")}
    every = everything(staff_client(), "contracts", size=4)

    assert found == {NORTHWIND: False, FABRIKAM: True}
    assert ids(every) == [str(row.public_id) for row in Contract.objects.order_by("pk")]
    assert everything(browser_of("pat@outlook.example"), "contracts") == []


def test_contract_of_another_partner_is_not_found_and_a_csp_only_account_is_refused():
    of = contract(FABRIKAM)
    csp_only = browser_of("csponly@contoso.example")
    client_at(CONTOSO).post(f"benefits/{package_id(CONTOSO)}/activate")

    for path in (f"contracts/{of.public_id}", f"contracts/{of.public_id}/ids"):
        assert refused(client_at(CONTOSO).get(path)) == (404, "not_found")
    own = contract(CONTOSO).public_id
    assert refused(csp_only.get(f"contracts/{own}")) == (403, "not_authorized")
    assert refused(csp_only.get(f"contracts/{own}/ids")) == (403, "not_authorized")


def package_id(mpn_id):
    """Return the id of the partner's only package."""
    return answered(client_at(mpn_id).get("benefits"))["items"][0]["id"]


# --- the pair --------------------------------------------------------------------------------


def test_pair_is_answered_to_the_owner_recorded_and_kept_nowhere():
    of, caller = contract(FABRIKAM), client_at(FABRIKAM, ClientScope.CONTRACTS_IDS)
    access, number = numbers(of)

    response = caller.get(f"contracts/{of.public_id}/ids")

    assert answered(response) == {"accessId": access, "contractId": number}
    assert response["Cache-Control"] == "no-store"
    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.actor, record.channel, record.target_id) == (
        "benefits.show_pair",
        user_of(caller),
        "API",
        str(of.public_id),
    )


def test_pair_is_answered_to_every_user_of_the_owner_and_to_nobody_who_only_linked():
    of = contract(FABRIKAM)
    path = f"contracts/{of.public_id}/ids"
    linked = linked_client(CONTOSO, of)

    assert answered(browser_of("user@fabrikam.example").get(path))["accessId"] == numbers(of)[0]
    for caller in (linked, browser_of("consultant@outlook.example"), browser_of_staff()):
        response = caller.get(path)
        assert refused(response) == (403, "not_authorized")
        assert response.json()["facts"] == {"partner": FABRIKAM, "reason": "not_owner"}
    assert refused(client_at(FABRIKAM, READ).get(path)) == (403, "insufficient_scope")


def browser_of_staff():
    """Return the browser of an administrator of the portal."""
    return browser_of("root@portal.example")


def test_pair_of_a_pending_contract_is_refused_until_it_starts(settings):
    of, caller = contract(PENDING), client_at(PENDING)
    path = f"contracts/{of.public_id}/ids"
    settings.PORTAL_NOW = of.starts_at - timedelta(seconds=1)

    early = caller.get(path)
    settings.PORTAL_NOW = of.starts_at

    assert refused(early) == (409, "activation_pending")
    assert early.json()["facts"]["readyAt"] == of.starts_at.isoformat()
    assert answered(caller.get(path))["accessId"] == numbers(of)[0]


@pytest.mark.parametrize("who", ["owner", "linked", "staff"])
def test_pair_stands_in_no_other_answer(who):
    """Every other address of reading, and linking itself, is searched for both numbers."""
    of = contract(FABRIKAM)
    callers = {"owner": client_at(FABRIKAM), "linked": linked_client(CONTOSO, of)}
    caller = staff_client() if who == "staff" else callers[who]
    texts = [caller.get(path).content.decode() for path in addresses(caller)]
    if who != "staff":
        texts += [link_to(caller, of).content.decode() for _time in range(2)]
    else:
        texts.append(caller.post("lookups", {"query": numbers(of)[0]}).content.decode())

    assert sum(len(text) for text in texts) > 5000
    for number in numbers(of):
        for text in texts:
            assert number not in text
            assert grouped(number) not in text


def addresses(caller):
    """Yield every address of reading that leads to something of the caller's but the pair."""
    collections = ("entitlements", "benefits", "contracts", "supportRequests", "partners", "events")
    for path in collections:
        yield f"/api/v1/{path}?size=200"
        for item in caller.get(path, size=200).json()["items"]:
            links = item.get("links", {})
            yield from (link["uri"] for link in links.values() if link)


# --- linking ---------------------------------------------------------------------------------


def test_link_by_the_pair_is_201_first_and_200_after():
    of, caller = contract(NORTHWIND), client_at(CONTOSO)

    first, again = link_to(caller, of), link_to(caller, of)

    runs = {"startsAt": instant(of.starts_at), "endsAt": instant(of.ends_at)}
    assert answered(first, 201) == {
        "contract": {"id": str(of.public_id), **runs},
        "alreadyLinked": False,
        "linkedAt": "2026-11-20T09:00:00Z",
        "entitlements": everything(caller, "entitlements", mpnId=NORTHWIND),
        "message": "Northwind Traders's contract is linked to your account. 3 of 15 on-premises "
        "incidents left until 22 February 2027. 1 of 5 cloud incidents left until "
        "22 February 2027.",
    }
    changed = {"alreadyLinked": True, "message": again.json()["message"]}
    assert answered(again, 200) == first.json() | changed
    assert "already linked, since 20 November 2026; you can create" in again.json()["message"]
    assert Link.objects.filter(user=user_of(caller)).count() == 1


@pytest.mark.parametrize(
    ("mpn_id", "says"),
    [
        (EXPIRED, "ended on 10 October 2026"),
        (EXHAUSTED, "used"),
        (ADATUM, "Action Pack has no cloud support."),
    ],
)
def test_link_of_a_contract_that_is_no_good_links_and_says_so(mpn_id, says):
    response = link_to(client_at(CONTOSO), contract(mpn_id))

    assert says in answered(response, 201)["message"]


def test_link_forgives_how_the_pair_is_written():
    of = contract(NORTHWIND)
    access, number = numbers(of)

    swapped = link(client_at(CONTOSO), f"Contract ID: {grouped(number)}", grouped(access))
    in_a_session = link(browser_of("pat@outlook.example"), grouped(access), grouped(number))

    assert [swapped.status_code, in_a_session.status_code] == [201, 201]


def test_link_of_a_malformed_number_is_refused_by_field_and_not_counted():
    of, caller = contract(NORTHWIND), client_at(CONTOSO)
    access, number = numbers(of)

    for _time in range(12):
        response = link(caller, access, number[:8])

    assert refused(response) == (400, "malformed_id")
    assert response.json()["facts"] == {"fields": ["contract_id"]}
    assert number[:8] not in response.content.decode()
    assert link_to(caller, of).status_code == 201


def test_link_of_unknown_numbers_is_one_answer_whichever_is_wrong_and_is_counted():
    of, caller = contract(NORTHWIND), client_at(CONTOSO)
    access, number = numbers(of)
    other, unknown = numbers(contract(FABRIKAM))[1], str(well_formed(5))
    assert not IssuedId.objects.filter(number=int(unknown)).exists()
    wrong = [(access, unknown), (unknown, number), (access, other)] * 3 + [(access, unknown)]

    answers = [link(caller, *pair) for pair in wrong]
    stopped = link_to(caller, of)

    assert {refused(answer) for answer in answers} == {(400, "pair_not_found")}
    assert len({answer.content for answer in answers}) == 1
    assert refused(stopped) == (429, "too_many_attempts")
    assert 0 < int(stopped["Retry-After"]) <= 15 * 60 + 1
    assert not Link.objects.filter(user=user_of(caller)).exists()


def test_link_by_staff_is_refused():
    response = link_to(browser_of("staff@portal.example"), contract(NORTHWIND))

    assert refused(response) == (403, "not_authorized")
    assert response.json()["facts"] == {"reason": "staff"}


def test_link_that_was_revoked_is_refused_until_it_is_restored():
    of, caller = contract(NORTHWIND), client_at(CONTOSO)
    who: dict[str, Any] = {
        "user": user_of(caller),
        "by": admin_of(NORTHWIND),
        "contract_id": of.public_id,
    }
    link_to(caller, of)
    revoke_link(**who, at=NOW)

    again, dropped = link_to(caller, of), unlink(caller, of)
    restore_link(**who, at=NOW)

    assert refused(again) == refused(dropped) == (403, "link_revoked")
    assert "Northwind" in again.json()["detail"]
    assert answered(link_to(caller, of))["alreadyLinked"] is True


def test_link_needs_its_scope_and_both_fields():
    of = contract(NORTHWIND)

    unscoped = link_to(client_at(CONTOSO, READ), of)
    incomplete = client_at(CONTOSO, LINK).post("contracts/link", {"accessId": "1"})

    assert refused(unscoped) == (403, "insufficient_scope")
    assert refused(incomplete) == (400, "validation_error")
    assert [p["name"] for p in incomplete.json()["invalidParameters"]] == ["contractId"]


# --- giving up -------------------------------------------------------------------------------


def test_unlink_takes_the_contract_away_and_linking_again_is_new(settings):
    of, caller = contract(NORTHWIND), client_at(CONTOSO)
    link_to(caller, of)

    gone = [unlink(caller, of).status_code for _time in range(2)]
    unseen = caller.get(f"contracts/{of.public_id}")
    settings.PORTAL_NOW = NOW + timedelta(hours=1)
    back = answered(link_to(caller, of), 201)

    assert gone == [204, 204]
    assert refused(unseen) == (404, "not_found")
    assert (back["alreadyLinked"], back["linkedAt"]) == (False, "2026-11-20T10:00:00Z")
    assert Link.objects.filter(user=user_of(caller)).count() == 1


def test_unlink_of_what_was_never_linked_is_not_found():
    own, foreign = contract(FABRIKAM), contract(NORTHWIND)
    caller = client_at(FABRIKAM)

    assert [refused(unlink(caller, of)) for of in (own, foreign)] == [(404, "not_found")] * 2
    assert refused(unlink(browser_of("staff@portal.example"), own)) == (404, "not_found")
    assert Link.objects.filter(contract=own, dropped_at=None).count() == 4


def test_unlink_is_recorded_with_the_channel():
    caller = browser_of("user@fabrikam.example")

    unlink(caller, contract(FABRIKAM))

    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.actor, record.channel) == (
        "benefits.drop_link",
        account("user@fabrikam.example"),
        "API",
    )
