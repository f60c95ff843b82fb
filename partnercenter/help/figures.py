"""The figures that help pages name, each read from where the rule itself reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits import calendar, entitlements, notifications
from benefits.allotments import (
    COMPETENCIES,
    FEW_LEFT_PERCENT,
    Level,
    MembershipKind,
    PlanTerms,
    Scope,
    terms_for,
)
from benefits.services.links import GUESSES
from benefits.services.purchases import NEXT_YEAR_OPENS
from benefits.support_plans import OFFERED
from partners.roles import Permission, roles_with
from partners.scopes import ClientScope
from portal.sentences import all_of, one_of
from support import life, products
from support.severities import TARGETS, ResponseTarget, Severity

WINDOWS_10 = ("Windows", "10")


@dataclass(frozen=True)
class Given:
    """What one year of a membership gives, in figures."""

    name: str
    on_premises: str
    cloud: str
    cloud_with_competency: str
    hours: str


@dataclass(frozen=True)
class Family:
    """A family of on-premises products, and which of its versions are covered on a day."""

    name: str
    covered: str
    others: str


@dataclass(frozen=True)
class Target:
    """A severity, and when its first answer is due."""

    name: str
    first_answer: str


def figures(at: datetime) -> dict[str, Any]:
    """Return every figure by the name that the templates use, as of an instant."""
    return {
        "given": given(),
        "families": families(at),
        "sold": list(OFFERED.values()),
        "today": formats.date_format(at.astimezone(UTC).date(), "DATE_FORMAT"),
        "severities": severities(),
        "windows_end": _end_of_windows_10(),
        "legacy_code": products.LEGACY_CODE,
        "cloud_competencies": all_of([c.name for c in COMPETENCIES.values() if c.is_cloud]),
        "scopes": [(scope.value, scope.label) for scope in ClientScope],
        "calls_per_minute": settings.API_CALLS_PER_MINUTE,
        **_days(),
        **_roles(),
    }


def given() -> list[Given]:
    """Return what each membership gives, by the tables of the entitlement rule."""
    kinds: list[tuple[MembershipKind, Level | None]] = [
        (MembershipKind.ACTION_PACK, None),
        *((MembershipKind.CORE, level) for level in Level),
    ]
    return [_given(kind, level) for kind, level in kinds]


def _given(kind: MembershipKind, level: Level | None) -> Given:
    cloud_competency = next(c.name for c in COMPETENCIES.values() if c.is_cloud)
    without = terms_for(kind=kind, level=level, competencies=())
    with_cloud = terms_for(kind=kind, level=level, competencies=(cloud_competency,))
    return Given(
        name=str(level.label if level else kind.label),
        on_premises=_amount(without, Scope.ON_PREMISES),
        cloud=_amount(without, Scope.CLOUD),
        cloud_with_competency=_amount(with_cloud, Scope.CLOUD),
        hours=_amount(without, None),
    )


def _amount(terms: Iterable[PlanTerms], scope: Scope | None) -> str:
    line = next((t for t in terms if t.scope == scope), None)
    if line is None:
        return _("none")
    return _("unlimited") if line.allotment is None else str(line.allotment)


def families(at: datetime) -> list[Family]:
    """Return the on-premises families with the versions that pass N-1 on the day, or none."""
    on = at.astimezone(UTC).date()
    names = dict.fromkeys(p.family for p in products.CATALOGUE if not p.is_cloud)
    found = []
    for name in names:
        covered = products.covered_versions(name, on=on)
        others = [p for p in products.versions_of(name, on=on) if p not in covered]
        found.append(
            Family(name, all_of([p.name for p in covered]), all_of([p.name for p in others]))
        )
    return found


def severities() -> list[Target]:
    """Return the severities with the hours until the first answer, and by which clock."""
    return [Target(str(severity.label), _first_answer(TARGETS[severity])) for severity in Severity]


def _first_answer(target: ResponseTarget) -> str:
    if target.always:
        pattern = ngettext(
            "within %(hours)d hour, day and night",
            "within %(hours)d hours, day and night",
            target.hours,
        )
    elif target.may_choose:
        pattern = ngettext(
            "within %(hours)d business hour; day and night if that is asked for",
            "within %(hours)d business hours; day and night if that is asked for",
            target.hours,
        )
    else:
        pattern = ngettext(
            "within %(hours)d business hour", "within %(hours)d business hours", target.hours
        )
    return pattern % {"hours": target.hours}


def _days() -> dict[str, Any]:
    return {
        "renewal_days": calendar.RENEWAL_WINDOW.days,
        "next_year_days": NEXT_YEAR_OPENS.days,
        "first_reminder_days": calendar.FIRST_REMINDER.days,
        "second_reminder_days": calendar.SECOND_REMINDER.days,
        "ending_days": entitlements.ENDING_SOON.days,
        "few_left_percent": FEW_LEFT_PERCENT,
        "news_days": notifications.NEWS_FOR.days,
        "reopen_days": life.REOPEN_WITHIN.days,
        "guesses": GUESSES.hits,
        "guess_minutes": int(GUESSES.window.total_seconds() // 60),
        "activation_is_delayed": bool(settings.ACTIVATION_DELAY),
    }


def _roles() -> dict[str, str]:
    return {
        "who_activates": _labels(Permission.ACTIVATE),
        "who_renews": _labels(Permission.RENEW_OR_UPGRADE),
        "who_buys": _labels(Permission.BUY_PLAN),
        "who_acts_for_customers": _labels(Permission.CUSTOMER_REQUEST),
        "who_sees_links": _labels(Permission.SEE_LINKED_ACCOUNTS),
        "who_revokes": _labels(Permission.REVOKE_OR_REPLACE),
        "who_manages_roles": _labels(Permission.MANAGE_ROLES),
        "who_registers_clients": _labels(Permission.API_CLIENTS),
    }


def _labels(permission: Permission) -> str:
    return one_of([str(role.label) for role in roles_with(permission)])


def _end_of_windows_10() -> str:
    (end,) = [
        p.mainstream_ends_on for p in products.CATALOGUE if (p.family, p.version) == WINDOWS_10
    ]
    return formats.date_format(end, "DATE_FORMAT") if end else ""
