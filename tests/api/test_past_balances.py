"""A balance at a past instant: computed from the entries up to then, which prove it."""

from datetime import datetime, timedelta

import pytest

from benefits.api.entitlements import MOST_ENTRIES
from benefits.models import Contract, LedgerEntry, Plan
from benefits.services.links import drop_link, revoke_link
from partnercenter.demo.accounts import CONTOSO, EXPIRED, FABRIKAM, PENDING, TAILSPIN
from support.models import SupportRequest
from support.services.request_life import close_request
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    instant,
    linked_client,
    moment_of,
    refused,
)
from tests.factories import LedgerEntryFactory
from tests.pages.states import CLOUD
from tests.pages.visits import account, admin_of, contract, plan
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NUMBERS = ("status", "used", "adjusted", "expired", "remaining")


def path_of(of):
    """Return the address of the plan's entitlement."""
    return f"entitlements/{of.public_id}"


def then(caller, of, at):
    """Return the entitlement as it was at an instant."""
    return answered(caller.get(path_of(of), asOf=instant(at)))


def numbers_of(found):
    """Return status and numbers of an answer."""
    return tuple(found[name] for name in NUMBERS)


def entries_until(of, at):
    """Return the plan's entries up to an instant, straight from the table."""
    return list(LedgerEntry.objects.filter(plan=of, occurred_at__lte=at).order_by("number"))


@pytest.mark.parametrize("scope", ["ON_PREMISES", "CLOUD"])
def test_past_balance_of_every_week_of_the_year_is_the_sum_of_the_entries(scope):
    of, caller = plan(FABRIKAM, scope), client_at(FABRIKAM)
    began = of.package.contract.starts_at
    weeks = [began + 7 * DAY * n for n in range((NOW - began).days // 7 + 1)]

    assert len(weeks) == 35
    for at in weeks:
        found, entries = then(caller, of, at), entries_until(of, at)
        left = sum(entry.quantity for entry in entries)
        used = sum(entry.kind == "CONSUME" for entry in entries)
        assert numbers_of(found) == ("ACTIVE", used, 0, 0, left)
        assert [e["sequence"] for e in found["entries"]] == list(range(1, len(entries) + 1))


def test_past_balance_before_activation_is_not_activated_and_names_who_could():
    of, caller = plan(FABRIKAM), client_at(FABRIKAM)

    found = then(caller, of, of.package.contract.requested_at - SECOND)

    assert numbers_of(found) == ("NOT_ACTIVATED", 0, 0, 0, None)
    assert (found["contractId"], found["entries"], found["lastUsed"]) == (None, [], None)
    assert found["endsAt"] == found["activateBy"]
    assert found["explanation"]["code"] == "benefit_not_activated"
    assert found["explanation"]["nextStep"]["people"] == ["Fritz Baum", "Mia Torres"]


def test_past_balance_before_the_membership_began_is_scheduled():
    of = plan(FABRIKAM)

    found = then(client_at(FABRIKAM), of, of.package.starts_at - SECOND)

    assert numbers_of(found) == ("SCHEDULED", 0, 0, 0, None)


def test_past_balance_between_grant_and_first_use_is_the_whole_allotment():
    of, caller = plan(FABRIKAM), client_at(FABRIKAM)
    first_use = entries_until(of, NOW)[1].occurred_at

    before, at = then(caller, of, first_use - SECOND), then(caller, of, first_use)

    assert [numbers_of(found) for found in (before, at)] == [
        ("ACTIVE", 0, 0, 0, 20),
        ("ACTIVE", 1, 0, 0, 19),
    ]
    assert (before["lastUsed"], at["lastUsed"]["at"]) == (None, instant(first_use))


def test_past_balance_while_pending_has_its_grant_and_nothing_to_use():
    of = plan(PENDING)

    found = then(client_at(PENDING), of, NOW - DAY)

    assert numbers_of(found) == ("PENDING", 0, 0, 0, None)
    assert [entry["kind"] for entry in found["entries"]] == ["GRANT"]
    assert found["contractId"] == str(of.package.contract.public_id)


def test_past_balance_of_an_unlimited_plan_counts_uses_and_no_number():
    of = plan(TAILSPIN, CLOUD)
    second = entries_until(of, NOW)[1].occurred_at

    found = then(client_at(TAILSPIN), of, second)

    assert numbers_of(found) == ("ACTIVE", 2, 0, 0, None)
    assert [(e["kind"], e["remainingAfter"]) for e in found["entries"]] == [("CONSUME", None)] * 2


def returned(of, *, at):
    """Return the incident of the plan's last request; return when that was used."""
    last = [entry for entry in entries_until(of, NOW) if entry.kind == "CONSUME"][-1]
    SupportRequest.objects.filter(number=last.request_number, state="CLOSED").update(
        state="OPEN", closed_at=None, ended_at=None, closed_by=None, close_reason=None
    )
    close_request(
        number=last.request_number,
        reason=SupportRequest.CloseReason.DUPLICATE,
        by=account("staff@portal.example"),
        at=at,
    )
    return last.occurred_at


def test_past_balance_around_a_return_counts_it_from_its_own_instant_on():
    of, caller = plan(FABRIKAM, CLOUD), client_at(FABRIKAM)
    used_at = returned(of, at=NOW - DAY)

    seen = [
        numbers_of(then(caller, of, at))
        for at in (used_at - SECOND, used_at, NOW - DAY - SECOND, NOW - DAY, NOW)
    ]

    assert seen == [
        ("ACTIVE", 3, 0, 0, 7),
        ("ACTIVE", 4, 0, 0, 6),
        ("ACTIVE", 4, 0, 0, 6),
        ("ACTIVE", 3, 0, 0, 7),
        ("ACTIVE", 3, 0, 0, 7),
    ]


def test_past_balance_around_the_end_lapses_at_the_very_instant_whenever_it_was_booked():
    of, caller = plan(EXPIRED), client_at(EXPIRED)
    end = of.package.contract.ends_at
    assert entries_until(of, NOW)[-1].occurred_at > end + DAY

    found = [then(caller, of, at) for at in (end - SECOND, end, end + DAY, NOW)]

    assert [numbers_of(each) for each in found] == [
        ("ACTIVE", 16, 0, 0, 4),
        *[("EXPIRED", 16, 0, 4, 0)] * 3,
    ]
    assert [each["entries"][-1]["kind"] for each in found] == ["CONSUME"] * 3 + ["EXPIRE"]


def test_past_balance_after_a_return_to_an_ended_plan_stays_zero():
    of, caller = plan(EXPIRED), client_at(EXPIRED)
    returned(of, at=NOW)

    found = then(caller, of, NOW)

    assert numbers_of(found) == ("EXPIRED", 15, 0, 5, 0)
    assert [e["kind"] for e in found["entries"]][-3:] == ["EXPIRE", "RETURN", "EXPIRE"]


def test_past_balance_of_this_instant_is_the_one_of_now():
    caller = client_at(FABRIKAM)

    for of in Plan.objects.filter(package__partner__mpn_id=FABRIKAM):
        now, past = answered(caller.get(path_of(of))), then(caller, of, NOW)
        entries = past.pop("entries")
        assert past.pop("asOf") == instant(NOW)
        assert past.pop("entriesLeftOut") == 0
        assert past == now
        assert len(entries) == of.last_number


def test_past_balance_of_a_plan_that_moved_often_has_the_latest_entries_and_counts_the_rest():
    of = plan(TAILSPIN, CLOUD)
    already, uses = of.last_number, MOST_ENTRIES
    for number in range(already + 1, already + uses + 1):
        moved = {"plan": of, "consumed": True, "remaining_after": None, "occurred_at": NOW - DAY}
        LedgerEntryFactory(**moved, number=number, request_number=f"261119{number:09d}")
    Plan.objects.filter(pk=of.pk).update(used=of.used + uses, last_number=already + uses)

    found = then(client_at(TAILSPIN), of, NOW)

    assert (found["used"], found["entriesLeftOut"]) == (of.used + uses, already)
    shown = [entry["sequence"] for entry in found["entries"]]
    assert shown == list(range(already + 1, already + uses + 1))
    assert found["lastUsed"]["requestNumber"] == f"261119{already + uses:09d}"


def test_past_balance_of_advisory_hours_begins_with_their_grant():
    of = plan(FABRIKAM, None)
    begin = of.package.starts_at

    found = then(client_at(FABRIKAM), of, begin + DAY)

    assert numbers_of(found) == ("ACTIVE", 0, 0, 0, 50)
    assert [(e["kind"], e["quantity"]) for e in found["entries"]] == [("GRANT", 50)]


# --- the reader's own link -------------------------------------------------------------------


def test_past_balance_before_and_after_linking_says_whether_it_was_linked():
    caller, of = browser_of("consultant@outlook.example"), plan(FABRIKAM)
    linked_at = account("consultant@outlook.example").links.get().linked_at

    before, at = then(caller, of, linked_at - SECOND), then(caller, of, linked_at)

    assert (before["linked"], at["linked"]) == (False, True)


@pytest.mark.parametrize("by", ["the account", "the partner"])
def test_past_balance_before_the_link_was_taken_away_says_that_it_was_linked(by):
    user, of = account("user@fabrikam.example"), plan(FABRIKAM)
    contract_id = contract(FABRIKAM).public_id
    if by == "the account":
        drop_link(contract_id=contract_id, by=user, at=NOW - DAY)
    else:
        revoke_link(contract_id=contract_id, user=user, by=admin_of(FABRIKAM), at=NOW - DAY)
    caller = browser_of("user@fabrikam.example")

    before, after = then(caller, of, NOW - DAY - SECOND), then(caller, of, NOW - DAY)

    assert (before["linked"], after["linked"]) == (True, False)


# --- what is refused -------------------------------------------------------------------------


def test_past_balance_of_the_future_is_refused():
    of = plan(FABRIKAM)

    response = client_at(FABRIKAM).get(path_of(of), asOf=instant(NOW + SECOND))

    assert refused(response) == (400, "invalid_filter")
    assert response.json()["invalidParameters"] == [
        {"name": "asOf", "reason": "It lies in the future."}
    ]


@pytest.mark.parametrize("value", ["yesterday", "", "2026-13-01T00:00:00Z"])
def test_past_balance_of_no_instant_is_refused(value):
    response = client_at(FABRIKAM).get(path_of(plan(FABRIKAM)), asOf=value)

    assert refused(response) == (400, "invalid_filter")
    assert [p["name"] for p in response.json()["invalidParameters"]] == ["asOf"]


def test_past_balance_of_another_partner_is_not_found():
    of = plan(FABRIKAM)

    response = client_at(CONTOSO).get(path_of(of), asOf=instant(NOW))

    assert refused(response) == (404, "not_found")


def test_past_balance_is_answered_with_the_instant_that_was_asked_for():
    of = plan(FABRIKAM)
    caller = linked_client(CONTOSO, Contract.objects.get(package=of.package))

    found = answered(caller.get(path_of(of), asOf="2026-06-01T14:00:00+02:00"))

    assert moment_of(found["asOf"]) == datetime.fromisoformat("2026-06-01T12:00:00+00:00")
