"""
Which plans of all partners stand so that somebody should look: few left, or ending soon.

Partners are found by the same queries (partner_search.py). What they find is held by a test against
`is_few_left` and `is_ending_soon` of an entitlement. Incidents only, as there.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from benefits import entitlements
from benefits.entitlements import ENDING_SOON, Entitlement
from benefits.models import Package, Plan
from benefits.partner_search import Situation

AT_ONCE = 500
# The situations of plans, by what addresses call them.
SITUATIONS = {"few-left": Situation.FEW_LEFT, "ending": Situation.ENDING}


def plans_in(situation: Situation, *, at: datetime) -> list[int]:
    """Return the keys of all plans that stand so at `at`, the next end first, in one statement."""
    if situation == Situation.FEW_LEFT:
        found = Plan.objects.few_left_at(at)
    else:
        packages = Package.objects.ending_within(ENDING_SOON, at=at)
        found = Plan.objects.that_count_incidents().filter(package_id__in=packages)
    in_order = found.with_standing(at=at).order_by("shown_end", "pk")
    return list(in_order.values_list("pk", flat=True))


def read(plan_pks: Sequence[int], *, at: datetime) -> list[Entitlement]:
    """Return these plans as they stand at `at`, in the order of their keys, in one statement."""
    plans = Plan.objects.filter(pk__in=plan_pks)
    found = entitlements.read(plans, user=None, at=at, names_people=False)
    by_pk = {entitlement.plan_pk: entitlement for entitlement in found}
    return [by_pk[pk] for pk in plan_pks]


def read_all(plan_pks: Sequence[int], *, at: datetime) -> Iterator[Entitlement]:
    """Yield the same for any number of plans, some hundreds in each statement."""
    for start in range(0, len(plan_pks), AT_ONCE):
        yield from read(plan_pks[start : start + AT_ONCE], at=at)
