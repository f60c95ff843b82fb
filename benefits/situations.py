"""
Which plans of all partners need somebody's attention: few left, and ending soon.

The same rules as Entitlement's `is_few_left` and `is_ending_soon`, as the database finds them; a
test holds them together. Incidents only: hours of advice are no situation.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from benefits import entitlements
from benefits.entitlements import ENDING_SOON, FEW_LEFT_PERCENT, Entitlement
from benefits.models import Plan
from benefits.models.plans import PlanQuerySet

AT_ONCE = 500
FEW_LEFT = Q(GreaterThan(F("remaining") * 100, 0)) & Q(
    LessThanOrEqual(F("remaining") * 100, (F("allotment") + F("adjusted")) * FEW_LEFT_PERCENT)
)


class Situation(models.TextChoices):
    """What a plan needs attention for."""

    FEW_LEFT = "few-left", _("Few left")
    ENDING = "ending", _("Ending within 30 days")


def plans_in(situation: Situation, *, at: datetime) -> list[int]:
    """Return the keys of all plans that stand so at `at`, the next end first, in one statement."""
    found = _few_left(at) if situation == Situation.FEW_LEFT else _ending(at)
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


def _few_left(at: datetime) -> PlanQuerySet:
    runs = Q(package__contract__starts_at__lte=at, package__contract__ends_at__gt=at)
    return Plan.objects.that_count_incidents().filter(runs, FEW_LEFT)


def _ending(at: datetime) -> PlanQuerySet:
    """Keep plans of contracts that run and end soon, and of what was never activated."""
    soon = at + ENDING_SOON
    plans = Plan.objects.that_count_incidents()
    on_contract = plans.filter(
        package__contract__starts_at__lte=at,
        package__contract__ends_at__gt=at,
        package__contract__ends_at__lte=soon,
    )
    waiting = plans.filter(
        package__starts_at__lte=at,
        package__ends_at__gt=at,
        package__ends_at__lte=soon,
        package__contract__isnull=True,
    )
    return plans.filter(pk__in=on_contract.values("pk").union(waiting.values("pk"), all=True))
