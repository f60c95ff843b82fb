"""Where a plan stands at an instant, what is left of it, and in which order plans are used."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from benefits.entitlements import OwnLink, Status, in_order_of_use, open_first, status_at
from tests.entitlement_factory import EntitlementFactory
from tests.factories import ACTIVATED_AT, USED_AT

SECOND = timedelta(seconds=1)
START = datetime(2025, 12, 15, tzinfo=UTC)
CONTRACT_START = datetime(2025, 12, 20, 9, 0, tzinfo=UTC)
END = datetime(2027, 1, 14, tzinfo=UTC)
MIDDLE = datetime(2026, 6, 1, tzinfo=UTC)


def status(at, **facts):
    """Return the status of an activated plan with 20 left, but for the facts given."""
    rule = {
        "starts_at": START,
        "ends_at": END,
        "needs_activation": True,
        "contract_starts_at": CONTRACT_START,
        "balance": 20,
        "is_unlimited": False,
    }
    return status_at(at, **{**rule, **facts})


# --- status_at -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (START - SECOND, Status.SCHEDULED),
        (START, Status.NOT_ACTIVATED),
        (MIDDLE, Status.NOT_ACTIVATED),
        (END - SECOND, Status.NOT_ACTIVATED),
        (END, Status.EXPIRED),
        (END + SECOND, Status.EXPIRED),
    ],
)
def test_status_without_contract_follows_the_membership(at, expected):
    assert status(at, contract_starts_at=None, balance=None) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (CONTRACT_START - SECOND, Status.PENDING),
        (CONTRACT_START, Status.ACTIVE),
        (MIDDLE, Status.ACTIVE),
        (END - SECOND, Status.ACTIVE),
        (END, Status.EXPIRED),
    ],
)
def test_status_with_contract_follows_the_contract(at, expected):
    assert status(at) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (CONTRACT_START - SECOND, Status.PENDING),
        (CONTRACT_START, Status.EXHAUSTED),
        (END - SECOND, Status.EXHAUSTED),
        (END, Status.EXPIRED),
    ],
)
def test_status_with_nothing_left_is_exhausted_while_the_contract_runs(at, expected):
    assert status(at, balance=0) == expected


@pytest.mark.parametrize("balance", [None, 0])
def test_status_of_unlimited_plan_is_never_exhausted(balance):
    assert status(MIDDLE, balance=balance, is_unlimited=True) == Status.ACTIVE


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (START - SECOND, Status.SCHEDULED),
        (START, Status.ACTIVE),
        (END - SECOND, Status.ACTIVE),
        (END, Status.EXPIRED),
    ],
)
def test_status_of_advisory_hours_needs_no_activation(at, expected):
    assert status(at, needs_activation=False, contract_starts_at=None) == expected


def test_status_of_leap_day_membership_ends_with_the_thirtieth_day_after_28_february():
    end = datetime(2025, 3, 30, tzinfo=UTC)

    assert [
        status(at, starts_at=datetime(2024, 2, 29, tzinfo=UTC), ends_at=end)
        for at in (end - SECOND, end)
    ] == [Status.PENDING, Status.EXPIRED]


@pytest.mark.parametrize("ends_at", [START - SECOND, START])
def test_status_of_package_that_ended_before_it_began_is_expired(ends_at):
    assert status(START, ends_at=ends_at) == Status.EXPIRED


# --- what is left ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traits", "remaining"),
    [
        ({"balance": 17, "used": 3}, 17),
        ({"used_up": True}, 0),
        ({"unlimited": True}, None),
        ({"not_activated": True}, None),
        ({"pending": True}, None),
        ({"starts_at": datetime(2026, 12, 1, tzinfo=UTC), "not_activated": True}, None),
        ({"balance": 17, "ends_at": datetime(2026, 11, 20, 9, 0, tzinfo=UTC)}, 0),
        ({"unlimited": True, "ends_at": datetime(2026, 1, 14, tzinfo=UTC)}, 0),
        ({"advisory": True, "balance": 48}, 48),
    ],
)
def test_remaining_by_status(traits, remaining):
    assert EntitlementFactory(**traits).remaining == remaining


@pytest.mark.parametrize(
    ("allotment", "adjusted", "few_left"),
    [
        # A fifth of the total and fewer, but not nothing.
        (20, 0, {1, 2, 3, 4}),
        (15, 0, {1, 2, 3}),
        (10, 0, {1, 2}),
        (5, 0, {1}),
        (4, 0, set()),
        (20, 5, {1, 2, 3, 4, 5}),
        (20, -6, {1, 2}),
    ],
)
def test_few_left_is_a_fifth_of_the_total_and_at_least_one(allotment, adjusted, few_left):
    plan = EntitlementFactory(allotment=allotment, adjusted=adjusted)

    assert {
        balance
        for balance in range(allotment + adjusted + 1)
        if replace(plan, balance=balance).is_few_left
    } == few_left


@pytest.mark.parametrize(
    "traits",
    [
        {"unlimited": True},
        {"not_activated": True},
        {"pending": True, "balance": 3},
        {"balance": 3, "ends_at": datetime(2026, 1, 14, tzinfo=UTC)},
    ],
)
def test_few_left_is_said_of_running_limited_plans_only(traits):
    assert EntitlementFactory(**traits).is_few_left is False


@pytest.mark.parametrize(
    ("traits", "lapsed"),
    [
        ({"balance": 4, "used": 16}, 0),
        ({"balance": 4, "used": 16, "ends_at": USED_AT}, 4),
        ({"balance": 0, "used": 16, "expired": 4, "ends_at": USED_AT}, 4),
        ({"balance": 1, "used": 15, "expired": 4, "ends_at": USED_AT}, 5),
        ({"unlimited": True, "used": 9, "ends_at": USED_AT}, 0),
        ({"not_activated": True, "ends_at": USED_AT}, 0),
    ],
)
def test_lapsed_counts_what_went_unused_booked_or_not(traits, lapsed):
    assert EntitlementFactory(**traits).lapsed == lapsed


# --- how long --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends_in", "expected"),
    [
        (timedelta(days=30, seconds=1), False),
        (timedelta(days=30), True),
        (timedelta(seconds=1), True),
        (timedelta(0), False),
    ],
)
def test_ending_soon_is_the_last_thirty_days(now, ends_in, expected):
    assert EntitlementFactory(at=now, ends_at=now + ends_in).is_ending_soon is expected


def test_ending_soon_is_not_said_while_pending(now):
    plan = EntitlementFactory(at=now, pending=True, ends_at=now + timedelta(days=10))

    assert plan.is_ending_soon is False


@pytest.mark.parametrize(
    ("zone", "at", "days"),
    [
        # The end is midnight UTC after 13 January.
        ("UTC", datetime(2026, 11, 20, 9, 0, tzinfo=UTC), 54),
        ("UTC", datetime(2027, 1, 13, 0, 0, tzinfo=UTC), 0),
        ("UTC", datetime(2027, 1, 12, 23, 59, tzinfo=UTC), 1),
        # In Tokyo the last instant is on 14 January, 8:59.
        ("Asia/Tokyo", datetime(2027, 1, 13, 0, 0, tzinfo=UTC), 1),
        ("Asia/Tokyo", datetime(2027, 1, 13, 15, 0, tzinfo=UTC), 0),
        # In Seattle it is on 13 January, 15:59.
        ("America/Los_Angeles", datetime(2027, 1, 13, 0, 0, tzinfo=UTC), 1),
        ("America/Los_Angeles", datetime(2027, 1, 13, 8, 0, tzinfo=UTC), 0),
    ],
)
def test_days_left_counts_calendar_days_in_the_readers_zone(zone, at, days):
    with timezone.override(ZoneInfo(zone)):
        assert EntitlementFactory(at=at).days_left == days


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 12, 15, tzinfo=UTC) - SECOND, False),
        (datetime(2026, 12, 15, tzinfo=UTC), True),
        (END - SECOND, True),
        (END, False),
    ],
)
def test_renewal_window_runs_from_the_anniversary_to_the_end(at, expected):
    assert EntitlementFactory(at=at).is_in_renewal_window is expected


# --- who sees and uses it --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("traits", "shown"),
    [({}, True), ({"pending": True}, False), ({"not_activated": True}, False)],
)
def test_pair_is_shown_from_the_contracts_start_on(traits, shown):
    assert EntitlementFactory(**traits).shows_pair is shown


def test_pair_is_shown_after_the_end_too():
    assert EntitlementFactory(ends_at=USED_AT).shows_pair is True


@pytest.mark.parametrize(
    ("link", "linked"),
    [
        (OwnLink(linked_at=ACTIVATED_AT, dropped_at=None, revoked_at=None), True),
        (OwnLink(linked_at=ACTIVATED_AT, dropped_at=USED_AT, revoked_at=None), False),
        (OwnLink(linked_at=ACTIVATED_AT, dropped_at=None, revoked_at=USED_AT), False),
        (None, False),
    ],
)
def test_linked_is_an_account_whose_link_is_in_force(link, linked):
    assert EntitlementFactory(link=link).is_linked is linked


# --- order -----------------------------------------------------------------------------------


def test_order_of_use_is_by_end_then_limited_first_then_the_older_contract():
    later = EntitlementFactory(ends_at=datetime(2027, 2, 1, tzinfo=UTC), contract_pk=1)
    unlimited = EntitlementFactory(unlimited=True, contract_pk=2)
    newer = EntitlementFactory(contract_pk=9)
    older = EntitlementFactory(contract_pk=3)
    cloud_of_older = EntitlementFactory(cloud=True, contract_pk=3)

    in_order = in_order_of_use([later, unlimited, cloud_of_older, newer, older])

    assert in_order == [older, cloud_of_older, newer, unlimited, later]


def test_open_first_lists_ended_plans_last():
    ended = EntitlementFactory(ends_at=datetime(2026, 1, 14, tzinfo=UTC))
    soon = EntitlementFactory(ends_at=datetime(2026, 12, 1, tzinfo=UTC))
    later = EntitlementFactory(ends_at=datetime(2027, 12, 1, tzinfo=UTC))

    assert open_first([ended, later, soon]) == [soon, later, ended]


def test_total_of_corrected_plan_includes_the_correction():
    assert EntitlementFactory(adjusted=-3).total == 17
