"""Recomputing what is cached: nothing in a sound world, and every planted difference."""

from datetime import date

import pytest
from django.db import connection

from benefits.models import LedgerEntry, Package, Plan
from benefits.services.expiry import book_expiries
from benefits.verification import Difference, differences
from portal import append_only
from tests.factories import (
    ENDS_AT,
    USED_AT,
    LedgerEntryFactory,
    MembershipFactory,
    PackageFactory,
    PartnerFactory,
)
from tests.stories import gold_contract, linked_outsider, plan_of, submit, use_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    """Return an on-premises plan with two of twenty used, beside its package's other plans."""
    contract = gold_contract(competencies=("Security",))
    user = linked_outsider(contract)
    for key in ("one", "two"):
        submit(by=user, key=key)
    return plan_of(contract)


def found(plan):
    """Return the differences: where in words, what, stored, computed."""
    where = f"plan {plan.public_id}"
    return [
        (difference.where.replace(where, "plan"), difference.what, difference.stored, computed)
        for difference in differences()
        for computed in [difference.computed]
    ]


def change_plan(plan, **columns):
    """Write into the plan's row."""
    Plan.objects.filter(pk=plan.pk).update(**columns)


def change_entry(plan, number, /, **columns):
    """Write into an entry with the guard taken off, as somebody with SQL could."""
    append_only.remove(connection, LedgerEntry)
    LedgerEntry.objects.filter(plan=plan, number=number).update(**columns)


def delete_entry(plan, number):
    """Delete an entry with the guard taken off."""
    append_only.remove(connection, LedgerEntry)
    LedgerEntry.objects.filter(plan=plan, number=number).delete()


# --- nothing ---------------------------------------------------------------------------------


def test_empty_portal_has_no_differences():
    assert list(differences()) == []


def test_sound_world_has_no_differences(plan):
    use_up(plan_of(gold_contract()), by=linked_outsider(gold_contract()), leave=20)
    MembershipFactory()
    book_expiries(by=None, at=ENDS_AT)

    assert list(differences()) == []


# --- planted ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (
            {"used": 1, "remaining": 19},
            [("plan", "used", 1, 2), ("plan", "remaining", 19, 18)],
        ),
        (
            {"adjusted": 2, "remaining": 20},
            [("plan", "adjusted", 2, 0), ("plan", "remaining", 20, 18)],
        ),
        (
            {"expired": 18, "remaining": 0},
            [("plan", "expired", 18, 0), ("plan", "remaining", 0, 18)],
        ),
        ({"last_number": 4}, [("plan", "last_number", 4, 3)]),
        (
            {"allotment": 25, "remaining": 23},
            [("plan", "remaining", 23, 18), ("plan", "allotment", 25, 20)],
        ),
    ],
)
def test_cached_number_that_was_changed_is_found(plan, columns, expected):
    change_plan(plan, **columns)

    assert found(plan) == expected


def test_unlimited_plan_with_wrong_use_is_found(plan):
    cloud = plan.package.plans.get(scope="CLOUD")
    change_plan(cloud, used=3)

    assert found(cloud) == [("plan", "used", 3, 0)]


@pytest.mark.parametrize(
    ("number", "columns", "expected"),
    [
        (
            1,
            {"quantity": 21},
            [
                ("plan entry 1", "remaining after", 20, 21),
                ("plan entry 2", "remaining after", 19, 20),
                ("plan entry 3", "remaining after", 18, 19),
                ("plan", "remaining", 18, 19),
                ("plan", "allotment", 20, 21),
            ],
        ),
        (2, {"remaining_after": 20}, [("plan entry 2", "remaining after", 20, 19)]),
        (3, {"number": 4}, [("plan", "entry number", 4, 3)]),
        (
            3,
            {"quantity": -2},
            [
                ("plan entry 3", "quantity", -2, "one incident"),
                ("plan entry 3", "remaining after", 18, 17),
                ("plan", "used", 2, 3),
                ("plan", "remaining", 18, 17),
            ],
        ),
        (
            3,
            {"kind": "EXPIRE", "request_number": None},
            [("plan", "used", 2, 1), ("plan", "expired", 0, 1)],
        ),
        (
            3,
            {"kind": "ADJUST", "request_number": None, "reason": "because"},
            [("plan", "used", 2, 1), ("plan", "adjusted", 0, -1)],
        ),
    ],
)
def test_entry_that_was_changed_is_found(plan, number, columns, expected):
    change_entry(plan, number, **columns)

    assert found(plan) == expected


def test_return_of_other_hours_than_were_used_is_found(plan):
    hours = plan.package.plans.get(unit="HOUR")
    LedgerEntryFactory(plan=hours, consumed=True, quantity=-6, remaining_after=44)
    number = LedgerEntry.objects.get(plan=hours, number=2).request_number
    back = LedgerEntryFactory(
        plan=hours, number=3, kind="RETURN", quantity=6, remaining_after=50, request_number=number
    )
    change_plan(hours, last_number=3)
    assert found(hours) == []

    change_entry(hours, back.number, quantity=5, remaining_after=49)
    change_plan(hours, used=1, remaining=49)

    assert found(hours) == [("plan entry 3", "return", 5, f"no such use by request {number}")]


def test_last_entry_that_was_deleted_is_found(plan):
    delete_entry(plan, 3)

    assert found(plan) == [
        ("plan", "used", 2, 1),
        ("plan", "last_number", 3, 2),
        ("plan", "remaining", 18, 19),
    ]


def test_grant_that_was_deleted_is_found(plan):
    delete_entry(plan, 1)

    assert found(plan) == [
        ("plan", "entry number", 2, 1),
        ("plan entry 2", "remaining after", 19, -1),
        ("plan", "entry number", 3, 2),
        ("plan entry 3", "remaining after", 18, -2),
        ("plan", "last_number", 3, 2),
        ("plan", "remaining", 18, None),
    ]


def test_all_entries_that_were_deleted_are_found(plan):
    append_only.remove(connection, LedgerEntry)
    LedgerEntry.objects.filter(plan=plan).delete()

    assert found(plan) == [
        ("plan", "used", 2, 0),
        ("plan", "last_number", 3, 0),
        ("plan", "remaining", 18, None),
    ]


def test_entry_that_the_plan_knows_nothing_of_is_found(plan):
    LedgerEntryFactory(plan=plan, consumed=True, number=4, remaining_after=17)

    assert found(plan) == [
        ("plan", "used", 2, 3),
        ("plan", "last_number", 3, 4),
        ("plan", "remaining", 18, 17),
    ]


def test_differences_of_several_plans_are_all_found(plan):
    other = plan_of(gold_contract())
    change_plan(plan, last_number=9)
    change_plan(other, last_number=8)

    assert [str(difference) for difference in differences()] == [
        f"plan {plan.public_id}: last_number is 9, the ledger says 3",
        f"plan {other.public_id}: last_number is 8, the ledger says 1",
    ]


@pytest.mark.parametrize(
    ("starts_on", "overlaps"),
    [(date(2026, 12, 14), True), (date(2026, 12, 15), False), (date(2024, 12, 16), True)],
)
def test_memberships_of_a_kind_that_overlap_are_found(starts_on, overlaps):
    first = MembershipFactory()
    second = MembershipFactory(partner=first.partner, starts_on=starts_on)
    later = max(first, second, key=lambda row: row.starts_on)
    end = min(first.anniversary_on, second.anniversary_on)

    expected = Difference(f"membership {later.pk}", "start", later.starts_on, f"not before {end}")
    assert list(differences()) == ([expected] if overlaps else [])


@pytest.mark.parametrize(
    ("predecessor", "begins_on"),
    [
        ({}, date(2026, 12, 16)),
        ({"ended_on": date(2026, 6, 1)}, date(2026, 12, 15)),
        ({"ended_on": date(2026, 6, 1)}, date(2026, 6, 2)),
    ],
)
def test_successor_that_does_not_begin_where_the_year_before_ended_is_found(predecessor, begins_on):
    before = MembershipFactory(**predecessor)
    after = MembershipFactory(partner=before.partner, predecessor=before, starts_on=begins_on)

    assert list(differences()) == [
        Difference(
            f"membership {after.pk}",
            "partner, kind and start",
            (before.partner_id, "CORE", begins_on),
            (before.partner_id, "CORE", before.ends_on),
        )
    ]


def test_successor_of_another_partner_or_kind_is_found():
    before = MembershipFactory()
    same_day = {"predecessor": before, "starts_on": before.anniversary_on}
    astray = MembershipFactory(**same_day)

    assert [found.where for found in differences()] == [f"membership {astray.pk}"]
    type(astray).objects.update(partner=before.partner)
    assert list(differences()) == []
    type(astray).objects.filter(pk=astray.pk).update(kind="ACTION_PACK", level=None)
    assert [found.where for found in differences()] == [f"membership {astray.pk}"]


def test_package_that_strayed_to_another_partner_is_found():
    package = PackageFactory()
    stranger = PartnerFactory()
    Package.objects.update(partner=stranger)

    assert list(differences()) == [
        Difference(
            f"package {package.public_id}",
            "partner",
            stranger.mpn_id,
            package.membership.partner.mpn_id,
        )
    ]


def test_memberships_of_different_kinds_or_partners_do_not_overlap():
    first = MembershipFactory()
    MembershipFactory(partner=first.partner, action_pack=True)
    MembershipFactory()

    assert list(differences()) == []


def test_membership_after_one_that_ended_early_does_not_overlap():
    first = MembershipFactory(silver=True, ended_on=USED_AT.date())
    MembershipFactory(partner=first.partner, starts_on=USED_AT.date())

    assert list(differences()) == []
