"""
The instants at which a year begins, can be renewed, and ends, to the second.

The page's row, the API, the staff card and submitting a request say the same at each of them,
whatever zone the reader is in, over leap day and both changes of summer time.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from benefits import entitlements, presentation
from benefits.allotments import Scope
from benefits.api import shapes
from benefits.models import Plan
from benefits.services.renewal import preview_renewal
from benefits.years import RenewalNotOpen
from portal.refusals import Refusal
from support.staff_card import staff_card
from tests.benefits.years import SERVER, silver, upgrade
from tests.factories import LinkFactory, UserFactory
from tests.stories import activate, admin_of, member, submit

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
ZONES = ("UTC", "Europe/Stockholm", "America/New_York")


@dataclass(frozen=True)
class Year:
    """A membership year by its three instants."""

    starts_on: date
    start: datetime
    anniversary: datetime
    end: datetime


def utc(year: int, month: int, day: int) -> datetime:
    """Return the first instant of a UTC day."""
    return datetime(year, month, day, tzinfo=UTC)


YEARS = {
    # In Stockholm and New York this year spans both changes of summer time.
    "ordinary": Year(date(2026, 1, 15), utc(2026, 1, 15), utc(2027, 1, 15), utc(2027, 2, 14)),
    "leap day": Year(date(2028, 2, 29), utc(2028, 2, 29), utc(2029, 2, 28), utc(2029, 3, 30)),
    # Its last night is the one in which summer time begins in Europe, on 28 March 2027.
    "spring": Year(date(2026, 2, 26), utc(2026, 2, 26), utc(2027, 2, 26), utc(2027, 3, 28)),
}
# Instant, status of an activated and of a waiting package, what is left, whether to be renewed.
INSTANTS = [
    ("start", -SECOND, "SCHEDULED", "SCHEDULED", None, False),
    ("start", 0 * SECOND, "ACTIVE", "NOT_ACTIVATED", 20, False),
    ("anniversary", -SECOND, "ACTIVE", "NOT_ACTIVATED", 20, False),
    ("anniversary", 0 * SECOND, "ACTIVE", "NOT_ACTIVATED", 20, True),
    ("end", -SECOND, "ACTIVE", "NOT_ACTIVATED", 20, True),
    ("end", 0 * SECOND, "EXPIRED", "EXPIRED", 0, False),
]
REASONS = {
    "SCHEDULED": "benefit_not_started",
    "NOT_ACTIVATED": "benefit_not_activated",
    "ACTIVE": "",
    "EXPIRED": "contract_expired",
}


def code_of(explanation):
    """Return the code of an explanation, wherever it was read."""
    if explanation is None:
        return ""
    return explanation["code"] if isinstance(explanation, dict) else explanation.code


def facts(row):
    """Return status, remainder and reason of a row or tile."""
    return row.entitlement.status.value, row.entitlement.remaining, code_of(row.explanation)


def seen(plan, *, user, at):
    """Return status, remainder and reason as row, API, staff card and submitting tell them."""
    (e,) = entitlements.read(Plan.objects.filter(pk=plan.pk), user=user, at=at)
    row, shape = presentation.row(e), shapes.entitlement(e)
    card = staff_card(
        partner=plan.package.partner, contract=None, reader=UserFactory(staff=True), at=at
    )
    tiles = [*card.tiles, *card.other_tiles]
    (tile,) = [t for t in tiles if t.entitlement.plan_pk == plan.pk]
    return {
        "row": facts(row),
        "api": (shape["status"], shape["remaining"], code_of(shape["explanation"])),
        "card": facts(tile),
        "submit": submitting(plan, user=user, at=at),
    }


def submitting(plan, *, user, at):
    """Return what the request's transaction says, without leaving the request behind."""
    try:
        submit(
            by=user,
            partner=plan.package.partner,
            at=at,
            plan_id=plan.public_id,
            product=SERVER,
        )
    except Refusal as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", YEARS)
def test_all_readers_agree_at_every_edge_of_a_year(name, zone):
    year = YEARS[name]
    admin = None
    for edge, offset, activated, waiting, left, _is_open in INSTANTS:
        at = getattr(year, edge) + offset
        for status, is_activated in ((activated, True), (waiting, False)):
            membership = member(starts_on=year.starts_on)
            admin = admin_of(membership.partner)
            if is_activated:
                contract = activate(membership, by=admin, at=year.start)
                LinkFactory(user=admin, contract=contract, linked_at=year.start)
            plan = Plan.objects.get(package=membership.package, scope=Scope.ON_PREMISES)
            remaining = left if status in ("ACTIVE", "EXPIRED") else None
            expected = (status, remaining, REASONS[status])
            with timezone.override(zone):
                told = seen(plan, user=admin, at=at)
            assert told == {
                "row": expected,
                "api": expected,
                "card": expected,
                "submit": expected[2],
            }, (edge, offset, is_activated)


@pytest.mark.parametrize("name", YEARS)
@pytest.mark.parametrize(("edge", "offset", "_a", "_w", "_left", "is_open"), INSTANTS)
def test_renewal_is_open_from_the_anniversary_to_the_end(
    name, edge, offset, _a, _w, _left, is_open
):
    year = YEARS[name]
    membership = member(starts_on=year.starts_on)
    admin, at = admin_of(membership.partner), getattr(year, edge) + offset

    with nullcontext() if is_open else pytest.raises(RenewalNotOpen):
        preview_renewal(package_id=membership.package.public_id, level=None, by=admin, at=at)

    plans = Plan.objects.filter(package=membership.package)
    found = entitlements.read(plans, user=admin, at=at)
    assert {e.waits_for_renewal for e in found} == {is_open}


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Europe/Stockholm", "15 January 2027", "14 February 2027"),
        ("UTC", "15 January 2027", "13 February 2027"),
        ("America/New_York", "14 January 2027", "13 February 2027"),
    ],
)
def test_refusal_names_the_days_of_the_readers_zone(zone, first, last):
    membership = member(starts_on=date(2026, 1, 15))
    admin = admin_of(membership.partner)

    with timezone.override(zone), pytest.raises(RenewalNotOpen) as refused:
        preview_renewal(
            package_id=membership.package.public_id,
            level=None,
            by=admin,
            at=utc(2027, 1, 14),
        )

    assert refused.value.message == (f"This membership can be renewed from {first} until {last}.")


@pytest.mark.parametrize("zone", ZONES)
def test_readers_agree_when_gold_takes_over_from_silver(zone):
    old = silver(starts_on=date(2026, 1, 15))
    admin = admin_of(old.partner)
    contract = activate(old, by=admin, at=utc(2026, 1, 15))
    LinkFactory(user=admin, contract=contract, linked_at=utc(2026, 1, 15))
    new = upgrade(old, by=admin, at=utc(2026, 6, 1)).membership
    gold = activate(new, by=admin, at=utc(2026, 6, 2))
    plans = [Plan.objects.get(package=year.package, scope=Scope.ON_PREMISES) for year in (old, new)]

    with timezone.override(zone):
        before, after = (seen(p, user=admin, at=gold.starts_at)["card"] for p in plans)
        (e,) = entitlements.read(
            Plan.objects.filter(pk=plans[0].pk), user=admin, at=gold.starts_at - SECOND
        )

    assert (e.status.value, before, after) == (
        "ACTIVE",
        ("EXPIRED", 0, "contract_expired"),
        ("ACTIVE", 20, ""),
    )
