"""Plans that need attention, as the database finds them: by the same rules as an entitlement."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from benefits import entitlements, situations
from benefits.entitlements import Entitlement
from benefits.models import Plan
from benefits.partner_search import Situation
from tests.factories import ContractFactory, MembershipFactory, PlanFactory

pytestmark = pytest.mark.django_db

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
RULES: dict[Situation, Callable[[Entitlement], bool]] = {
    Situation.FEW_LEFT: lambda e: e.is_few_left,
    Situation.ENDING: lambda e: e.is_ending_soon,
}


def write_plans(now: datetime) -> None:
    """Write plans of all kinds whose benefits end around the edges of what is soon."""
    for days in (-1, 0, 1, 29, 30, 31, 200):
        for nudge in (-TICK, timedelta(0), TICK):
            ends_at = now + days * DAY + nudge
            starts_at = ends_at - 300 * DAY
            membership = MembershipFactory(starts_on=(now - 320 * DAY).date())
            active = ContractFactory(
                package__membership=membership,
                starts_at=starts_at, requested_at=starts_at, ends_at=ends_at,
            )  # fmt: skip
            PlanFactory(package=active.package, allotment=20, used=16, remaining=4)
            PlanFactory(package=active.package, unlimited=True)
            PlanFactory(package=active.package, advisory=True, used=49, remaining=1)
            waiting = PlanFactory(package__ends_at=ends_at).package
            PlanFactory(package=waiting, advisory=True, remaining=50)
    for used, adjusted in ((15, 0), (16, 0), (17, 1), (16, 1), (15, -1), (20, 0), (0, -16), (0, 0)):
        left = 20 + adjusted - used
        numbers = {"allotment": 20, "used": used, "adjusted": adjusted, "remaining": left}
        PlanFactory(package=ContractFactory().package, **numbers)
    pending = ContractFactory(pending=True).package
    PlanFactory(package=pending, used=19, remaining=1)


def test_plans_in_a_situation_are_those_that_are_so_by_the_rules(now):
    write_plans(now)
    every = entitlements.read(Plan.objects.all(), user=None, at=now)
    by_pk = {e.plan_pk: e for e in every}

    for situation, is_so in RULES.items():
        so = [e for e in every if is_so(e) and not e.counts_hours]
        in_order = [e.plan_pk for e in sorted(so, key=lambda e: (e.ends_at, e.plan_pk))]
        found = situations.plans_in(situation, at=now)

        assert found == in_order
        assert situations.read(found, at=now) == [by_pk[pk] for pk in found]
        assert list(situations.read_all(found, at=now)) == [by_pk[pk] for pk in found]
        assert 5 < len(found) < len(every)
