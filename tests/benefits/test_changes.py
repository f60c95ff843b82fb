"""What a preview promises is what the database says after it was done."""

import pytest

from benefits import changes
from benefits.allotments import Level
from benefits.changes import Fate, Share, share_of
from benefits.services.renewal import preview_renewal
from benefits.services.upgrade import preview_upgrade
from tests.benefits.years import IN_WINDOW, MID_YEAR, held, renew, upgrade
from tests.movements import consume
from tests.stories import activate, admin_of, member, plan_of, row_counts

pytestmark = pytest.mark.django_db

HYBRID, CLOUD = ("DevOps",), ("DevOps", "Security")
USES = {"not activated": None, "unused": 0, "used": 3}


def begin(level, competencies, use):
    """Write the year; activate it, and use so many on-premises incidents, unless None."""
    year = member(level=level, competencies=competencies)
    if use is not None:
        contract = activate(year)
        consume(plan_of(contract), *range(use))
    return year


def usable(year, *, at):
    """Return what is there of each plan that has not ended, by benefit; None: ended."""
    return {e.benefit: None if e.is_expired else share_of(e) for e in held(year, at=at)}


def found_afterwards(change, *, old, new, before, at):
    """Return the description with every figure read anew from the two years."""
    kept, after = usable(old, at=at), usable(new, at=at)
    return [
        (plan.benefit, before[plan.benefit], kept[plan.benefit], after[plan.benefit])
        for plan in change.plans
    ]


def described(change):
    """Return the figures that the description promises."""
    return [(plan.benefit, plan.before, plan.kept, plan.after) for plan in change.plans]


def facts(change):
    """Return what the description says of the new year."""
    return change.level_after, change.starts_on, change.anniversary_on, change.competencies


def facts_of(year):
    """Return the same as it was written."""
    names = tuple(year.competencies.order_by("pk").values_list("name", flat=True))
    return year.level, year.starts_on, year.anniversary_on, names


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("competencies", [HYBRID, CLOUD], ids=["hybrid", "cloud"])
@pytest.mark.parametrize("chosen", [Level.SILVER, Level.GOLD])
@pytest.mark.parametrize("level", [Level.SILVER, Level.GOLD])
def test_renewal_does_what_its_preview_says(level, chosen, competencies, use):
    old = begin(level, competencies, use)
    admin, before = admin_of(old.partner), usable(old, at=IN_WINDOW)
    change = preview_renewal(package_id=old.package.public_id, level=chosen, by=admin, at=IN_WINDOW)

    new = renew(old, by=admin, level=chosen).membership

    assert facts(change) == facts_of(new)
    assert described(change) == found_afterwards(
        change, old=old, new=new, before=before, at=IN_WINDOW
    )
    assert (change.days_before, change.days_after) == (0, 355)
    assert {plan.fate for plan in change.plans} == {Fate.KEPT}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("competencies", [HYBRID, CLOUD], ids=["hybrid", "cloud"])
def test_upgrade_does_what_its_preview_says(competencies, use):
    old = begin(Level.SILVER, competencies, use)
    admin, before = admin_of(old.partner), usable(old, at=MID_YEAR)
    change = preview_upgrade(package_id=old.package.public_id, by=admin, at=MID_YEAR)

    new = upgrade(old, by=admin).membership

    assert facts(change) == facts_of(new)
    assert described(change) == found_afterwards(
        change, old=old, new=new, before=before, at=MID_YEAR
    )
    assert (change.days_before, change.days_after) == (25, 365)
    activate(new, by=admin, at=MID_YEAR)
    assert set(usable(old, at=MID_YEAR).values()) == {None}


def test_preview_of_upgrade_speaks_in_days_and_incidents():
    old = begin(Level.SILVER, HYBRID, 12)
    change = preview_upgrade(
        package_id=old.package.public_id, by=admin_of(old.partner), at=MID_YEAR
    )

    on_premises, cloud, hours = change.plans
    end, new_end = old.package.ends_at, change.ends_at
    assert (on_premises.kept, on_premises.lost, on_premises.after) == (
        Share(3, until=end, days=55, needs_activation=False),
        None,
        Share(20, until=new_end, days=395, needs_activation=True),
    )
    assert (cloud.fate, hours.fate) == (Fate.KEPT_UNTIL_NEW_STARTS, Fate.LOST)
    assert hours.lost == Share(20, until=end, days=55, needs_activation=False)


def test_preview_writes_nothing():
    old, other = member(), member(level=Level.SILVER)
    admins = admin_of(old.partner), admin_of(other.partner)
    rows = row_counts()

    preview_renewal(package_id=old.package.public_id, level=None, by=admins[0], at=IN_WINDOW)
    preview_upgrade(package_id=other.package.public_id, by=admins[1], at=MID_YEAR)

    assert row_counts() == rows


def test_preview_of_action_pack_has_its_two_plans():
    old = member(level=None)
    held_before = held(old, at=IN_WINDOW)
    change = changes.of_renewal(old, held_before, level=None, competencies=(), at=IN_WINDOW)

    new = renew(old).membership

    assert [plan.after for plan in change.plans] == list(usable(new, at=IN_WINDOW).values())
    assert [plan.after.amount for plan in change.plans] == [10, 5]
