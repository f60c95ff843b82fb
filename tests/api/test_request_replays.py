"""The same key again: the stored answer, never a second incident, and rights checked first."""

import pytest

from benefits.services.links import drop_link, revoke_link
from partnercenter.demo.accounts import FABRIKAM, NORTHWIND, PROSEWARE
from partners.models import Affiliation, Partner
from partners.scopes import ClientScope
from portal.models import IdempotencyKey
from support.models import SupportRequest
from tests.api.asking import BODY, CONTACT, PATH, ask, asked
from tests.api.calls import token_of
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    linked_client,
    refused,
    registered,
    staff_client,
    user_of,
)
from tests.pages.visits import account, admin_of, contract, plan
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def counted():
    """Return how many requests there are, and what Fabrikam has left."""
    return SupportRequest.objects.count(), plan(FABRIKAM).remaining


def replayed(response):
    """Return the body of an answer that says that it is a replay."""
    assert response["Idempotency-Replayed"] == "true"
    return answered(response, 201)


def test_same_key_and_body_answers_the_same_again_and_uses_nothing():
    caller = client_at(FABRIKAM)
    first = ask(caller)
    after = counted()

    again = [ask(caller) for _time in range(3)]

    assert "Idempotency-Replayed" not in first
    assert [replayed(response) for response in again] == [answered(first, 201)] * 3
    assert counted() == after == (after[0], 16)


def test_same_body_in_another_order_and_form_is_the_same_request():
    caller = client_at(FABRIKAM)
    created = asked(caller)
    contact = dict(reversed(CONTACT.items()))
    body = {**dict(reversed(BODY.items())), "contact": contact, "title": f" {BODY['title']} "}
    body["entitlementId"] = None

    again = caller.post(PATH, body, headers={"Idempotency-Key": "a-key"})

    assert replayed(again) == created


def test_replay_after_the_request_went_on_is_the_answer_of_then():
    caller = client_at(FABRIKAM)
    created = asked(caller)
    number = created["number"]
    caller.post(f"{PATH}/{number}/notes", {"text": "Any news?"})
    answered(staff_client().post(f"{PATH}/{number}/close", {"reason": "DUPLICATE"}))
    now = answered(caller.get(f"{PATH}/{number}"))

    again = ask(caller)

    assert replayed(again) == created
    changed = {"status": "CLOSED", "consumed": False, "closeReason": "DUPLICATE"}
    assert now == created | changed | {
        "closedAt": now["closedAt"],
        "noteCount": 1,
        "notes": now["notes"],
    }
    assert len(now["notes"]) == 1


def test_replay_after_everything_was_used_up_and_ended_is_still_answered(settings):
    caller = client_at(NORTHWIND)
    created = [asked(caller, key=f"key-{number}") for number in range(3)]
    assert refused(ask(caller, key="one-more")) == (409, "no_incidents_remaining")
    settings.PORTAL_NOW = plan(NORTHWIND).package.ends_at

    again = [ask(caller, key=f"key-{number}") for number in range(3)]

    assert [replayed(response) for response in again] == created
    assert [each["remainingAfter"] for each in created] == [2, 1, 0]


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another title"},
        {"severity": "B"},
        {"productVersion": "2022"},
        {"contact": CONTACT | {"language": "sv"}},
        {"entitlementId": "chosen"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_same_key_with_another_body_is_refused_and_nothing_is_used(changes):
    caller = client_at(FABRIKAM)
    asked(caller)
    after = counted()
    if "entitlementId" in changes:
        changes = {"entitlementId": str(plan(FABRIKAM).public_id)}

    response = ask(caller, **changes)

    assert refused(response) == (422, "idempotency_key_reused")
    assert counted() == after


def test_same_key_of_another_caller_is_free():
    callers = [client_at(FABRIKAM), client_at(FABRIKAM), browser_of("user@fabrikam.example")]

    created = [asked(caller) for caller in callers]

    assert len({each["number"] for each in created}) == 3
    assert [each["remainingAfter"] for each in created] == [16, 15, 14]


def test_another_key_with_the_same_body_is_another_request():
    caller = client_at(FABRIKAM)

    first, second = asked(caller), asked(caller, key="another")

    assert first["number"] != second["number"]
    assert second["remainingAfter"] == 15


def test_key_of_a_refused_request_is_free_again():
    caller = client_at(FABRIKAM)
    assert refused(ask(caller, productVersion="2016")) == (409, "product_not_supported")
    assert not IdempotencyKey.objects.filter(caller=user_of(caller)).exists()

    assert "Idempotency-Replayed" not in ask(caller)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_invalid"),
        ("two words", "idempotency_key_invalid"),
        ("x" * 256, "idempotency_key_invalid"),
        ("schlüssel", "idempotency_key_invalid"),
    ],
)
def test_key_that_is_missing_or_no_key_is_refused_and_nothing_is_used(key, code):
    before = counted()

    response = ask(client_at(FABRIKAM), key=key)

    assert refused(response) == (400, code)
    assert counted() == before


def test_key_of_all_that_may_be_printed_is_taken():
    caller, key = client_at(FABRIKAM), "!~" + "x" * 253

    created = asked(caller, key=key)

    assert replayed(ask(caller, key=key)) == created


# --- rights are checked before a replay ------------------------------------------------------


def linked_then_asked():
    """Return a client of elsewhere that has linked Fabrikam's contract and used it."""
    caller = linked_client(PROSEWARE, contract(FABRIKAM))
    asked(caller)
    assert replayed(ask(caller))
    return caller


def test_replay_after_the_link_was_revoked_is_refused():
    caller, contract_id = linked_then_asked(), contract(FABRIKAM).public_id
    who = {"user": user_of(caller), "by": admin_of(FABRIKAM)}
    revoke_link(contract_id=contract_id, **who, at=NOW)

    assert refused(ask(caller)) == (403, "link_revoked")


def test_replay_after_the_contract_was_given_up_is_refused():
    caller, contract_id = linked_then_asked(), contract(FABRIKAM).public_id
    drop_link(contract_id=contract_id, by=user_of(caller), at=NOW)

    assert refused(ask(caller)) == (403, "not_authorized")


def test_replay_by_a_token_without_the_scope_is_refused():
    caller = client_at(FABRIKAM)
    asked(caller)
    caller.token = token_of(registered(caller), scopes=[ClientScope.REQUESTS_READ])

    assert refused(ask(caller)) == (403, "insufficient_scope")


def test_replay_by_a_client_that_lost_the_scope_is_refused():
    caller = client_at(FABRIKAM)
    asked(caller)
    client = registered(caller)
    client.scopes = [ClientScope.REQUESTS_READ.value]
    client.save(update_fields=["scopes"])

    assert refused(ask(caller)) == (403, "insufficient_scope")


def test_replay_by_a_client_whose_partner_left_mpn_is_refused():
    caller = client_at(FABRIKAM)
    asked(caller)
    Partner.objects.filter(mpn_id=FABRIKAM).update(in_mpn=False, in_csp=True)

    assert refused(ask(caller)) == (401, "not_authenticated")


def test_replay_by_an_account_that_left_the_partner_needs_its_own_link():
    """A link is the account's own: it outlasts the work for the partner, until it is revoked."""
    caller, user = browser_of("user@fabrikam.example"), account("user@fabrikam.example")
    created = asked(caller)
    Affiliation.objects.filter(user=user).delete()

    assert replayed(ask(caller)) == created
    contract_id = contract(FABRIKAM).public_id
    revoke_link(contract_id=contract_id, user=user, by=admin_of(FABRIKAM), at=NOW)
    assert refused(ask(caller)) == (403, "link_revoked")
