"""What the main query filters by, as the database computes it, is what an entitlement says."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from benefits import entitlements
from benefits.entitlements import status_at
from benefits.models import Package, Plan
from tests.factories import ContractFactory, PackageFactory, PlanFactory
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

SECOND = timedelta(seconds=1)
FOREVER = NOW + timedelta(days=3000)


def computed(at, plans=None):
    """Return what the database says of the plans: status, end, remaining."""
    rows: Any = (Plan.objects.all() if plans is None else plans).with_standing(at=at)
    return {row.pk: (row.shown_status, row.shown_end, row.shown_remaining) for row in rows}


def derived(at, plans=None):
    """Return what each entitlement says of itself."""
    found = entitlements.read(
        Plan.objects.all() if plans is None else plans, user=None, at=at, names_people=False
    )
    return {e.plan_pk: (e.status.value, e.ends_at, e.remaining) for e in found}


def borders():
    """Return every instant of the demo world at which a plan may change by itself."""
    instants = set()
    for package in Package.objects.select_related("contract"):
        instants |= {package.starts_at, package.ends_at}
        if hasattr(package, "contract"):
            instants |= {package.contract.starts_at, package.contract.ends_at}
    return sorted(instants)


@pytest.mark.parametrize("aside", [-SECOND, timedelta(0), SECOND], ids=["before", "at", "after"])
def test_standing_at_every_border_of_the_demo_world_is_that_of_the_entitlement(aside):
    moments = [border + aside for border in borders()]

    assert len(moments) > 30
    for at in moments:
        assert computed(at) == derived(at)


def test_standing_now_shows_every_status_and_both_kinds_of_unknown_number():
    found = computed(NOW)

    assert found == derived(NOW)
    assert {status for status, _end, _left in found.values()} == {
        "SCHEDULED",
        "NOT_ACTIVATED",
        "PENDING",
        "ACTIVE",
        "EXHAUSTED",
        "EXPIRED",
    }


moments = st.integers(0, 4 * 24 * 3600 * 10**6).map(lambda us: NOW + timedelta(microseconds=us))
numbers = st.sampled_from([None, (20, None), (20, 0), (20, 1), (20, 20)])


@settings(max_examples=60)
@given(st.tuples(moments, moments), st.tuples(moments, moments), st.booleans(), numbers, moments)
def test_standing_of_made_up_dates_is_that_of_the_entitlement(
    package_runs, contract_runs, has_contract, number, at
):
    starts_at, ends_at = sorted(package_runs)
    allotment, remaining = number or (None, None)
    with transaction.atomic():
        package = PackageFactory(starts_at=starts_at, ends_at=ends_at)
        if has_contract:
            begins, ends = sorted(contract_runs)
            ContractFactory(package=package, requested_at=begins, starts_at=begins, ends_at=ends)
        used = 0 if remaining is None else 20 - remaining
        counts = {"allotment": allotment, "remaining": remaining, "used": used}
        PlanFactory(package=package, **counts)
        if allotment and remaining is not None:
            PlanFactory(package=package, advisory=True, **counts)
        made = Plan.objects.filter(package=package)
        for moment in (at, starts_at, ends_at, ends_at - timedelta(microseconds=1)):
            assert computed(moment, made) == derived(moment, made)
        transaction.set_rollback(True)


def test_standing_counts_the_end_as_over_and_the_start_as_begun():
    """The function beside the query, at its borders: intervals are half-open."""
    plan: dict[str, Any] = {
        "starts_at": NOW,
        "ends_at": FOREVER,
        "needs_activation": True,
        "is_unlimited": False,
    }
    contract: dict[str, Any] = {"contract_starts_at": NOW + SECOND, "balance": 1}

    seen = [
        status_at(at, **plan, **contract).value
        for at in (NOW - SECOND, NOW, NOW + SECOND, FOREVER - SECOND, FOREVER)
    ]

    assert seen == ["SCHEDULED", "PENDING", "ACTIVE", "ACTIVE", "EXPIRED"]
