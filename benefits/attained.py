"""The competencies of a partner: which are attained, which could be, what they change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from benefits import years
from benefits.allotments import COMPETENCIES, CompetencyFact, MembershipKind
from benefits.models import Membership
from benefits.years import YearState
from partners.models import Partner


@dataclass(frozen=True)
class CompetencyRow:
    """One competency of the program, and since when the partner has it."""

    fact: CompetencyFact
    attained_on: date | None


@dataclass(frozen=True)
class Attained:
    """All competencies of the program as the partner stands to them, and what that means."""

    membership: Membership | None
    attained: list[CompetencyRow]
    others: list[CompetencyRow]
    effect: str


def competencies_of(partner: Partner, *, at: datetime) -> Attained:
    """Return the competencies under the partner's core membership; three statements at most."""
    found = Membership.objects.held_by(partner).filter(kind=MembershipKind.CORE)
    in_order = found.with_succession().order_by("-starts_on", "-pk")
    membership = _in_force(list(in_order[:10]), at=at)
    since: dict[str, date] = {}
    if membership is not None:
        since = dict(membership.competencies.order_by("pk").values_list("name", "attained_on"))
    rows = [CompetencyRow(fact, since.get(name)) for name, fact in COMPETENCIES.items()]
    attained = sorted(
        (r for r in rows if r.attained_on), key=lambda r: (r.attained_on, r.fact.name)
    )
    return Attained(
        membership=membership,
        attained=sorted(attained, key=lambda row: (since[row.fact.name], row.fact.name)),
        others=[row for row in rows if row.attained_on is None],
        effect=_effect(membership, attained),
    )


def _in_force(in_order: Sequence[Membership], *, at: datetime) -> Membership | None:
    """Return the year that runs; else the one to be renewed; else the one that starts later."""
    by_state = {years.state_of(year, at=at): year for year in reversed(in_order)}
    for state in (YearState.RUNNING, YearState.RENEWABLE, YearState.SCHEDULED):
        if state in by_state:
            return by_state[state]
    return None


def _effect(membership: Membership | None, attained: Sequence[CompetencyRow]) -> str:
    if membership is None:
        return _("Competencies are attained under a core membership, and there is none now.")
    has_cloud = any(row.fact.is_cloud for row in attained)
    is_activated = hasattr(membership.package, "contract")
    is_unlimited = membership.package.plans.filter(scope="CLOUD", allotment__isnull=True).exists()
    if has_cloud and is_unlimited:
        return _("A cloud competency makes cloud support unlimited, and you have one.")
    if has_cloud:
        return _(
            "A cloud competency makes cloud support unlimited: from the next package, since this "
            "one was activated before you attained it."
        )
    if is_activated:
        return _(
            "A cloud competency makes cloud support unlimited: from the next package, since this "
            "one is activated."
        )
    return _(
        "A cloud competency makes cloud support unlimited: in this package too, while it is not "
        "activated."
    )
