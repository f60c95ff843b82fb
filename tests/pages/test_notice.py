"""The one notice on top of Technical benefits: which of two states matters more."""

from datetime import date, timedelta

import pytest

from benefits.allotments import Level, Scope
from benefits.models import Membership
from partners.models import Partner
from tests.factories import YEAR_START, PartnerFactory
from tests.pages.visits import TECHNICAL, visit
from tests.stories import activate, admin_of, linked_colleague, member, plan_of, use_up
from tests.world.loaded import NOW

pytestmark = pytest.mark.django_db

# The year that begins so ends on 9 December 2026, in 19 days.
ENDING = date(2025, 11, 10)


def in_state(state: str, partner: Partner, level: Level | None) -> Membership:
    """Write a membership of the partner whose package is in this state."""
    starts_on = ENDING if state == "Ends soon" else YEAR_START
    membership = member(partner=partner, level=level, starts_on=starts_on)
    if state == "Not activated":
        return membership
    if state == "Activation pending":
        activate(membership, at=NOW - timedelta(days=1), delay=timedelta(days=3))
        return membership
    contract = activate(membership)
    if state in ("Used up", "Few left"):
        user = linked_colleague(contract)
        use_up(plan_of(contract), by=user, leave=0 if state == "Used up" else 2)
    return membership


def notices(partner: Partner) -> list[str]:
    """Return the titles of the notices that the partner's admin sees."""
    return visit(admin_of(partner), TECHNICAL).one(id="benefits").texts(cls="alert__title")


BY_RANK = ("Not activated", "Activation pending", "Ends soon", "Used up", "Few left", "Active")


@pytest.mark.parametrize("more", BY_RANK[:-1])
@pytest.mark.parametrize("level", [Level.SILVER, None], ids=["core", "pack"])
def test_notice_of_two_packages_is_about_the_state_of_higher_rank(more: str, level: Level | None):
    partner = PartnerFactory()
    other = None if level else Level.SILVER
    in_state(BY_RANK[BY_RANK.index(more) + 1], partner, other)
    in_state(more, partner, level)

    assert notices(partner) == [more]


def test_notice_of_used_up_and_few_left_plans_in_one_package_is_about_the_used_up():
    partner = PartnerFactory()
    contract = activate(member(partner=partner, level=Level.SILVER))
    user = linked_colleague(contract)
    use_up(plan_of(contract, Scope.CLOUD), by=user)
    use_up(plan_of(contract), by=user, leave=1)

    assert notices(partner) == ["Used up"]


def test_notice_of_a_package_in_good_order_is_left_out():
    partner = PartnerFactory()
    in_state("Active", partner, Level.SILVER)

    assert notices(partner) == []
