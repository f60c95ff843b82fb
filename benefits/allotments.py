"""
The entitlement rule: what a membership gives, as one pure function over a table.

Source: "Memberships and what they give"; the figures are benefits/data/entitlements.csv, the
competencies benefits/data/competencies.csv. Both are read once, at start.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

DATA = Path(__file__).parent / "data"
# Of a limited plan few are left from this share of its total on down.
FEW_LEFT_PERCENT = 20


class MembershipKind(models.TextChoices):
    """The two kinds of membership; at most one of each runs at a time."""

    CORE = "CORE", _("Core membership")
    ACTION_PACK = "ACTION_PACK", _("Action Pack")


class Level(models.TextChoices):
    """The level of a core membership."""

    SILVER = "SILVER", _("Silver competency")
    GOLD = "GOLD", _("Gold competency")


class Benefit(models.TextChoices):
    """What a plan is for."""

    MICROSOFT_PRODUCT_SUPPORT = "MICROSOFT_PRODUCT_SUPPORT", _("Microsoft Product Support")
    SIGNATURE_CLOUD_SUPPORT = "SIGNATURE_CLOUD_SUPPORT", _("Signature Cloud Support")
    PARTNER_SUPPORT = "PARTNER_SUPPORT", _("Partner Support")
    TPD_ADVISORY = "TPD_ADVISORY", _("Technical presales and deployment")


class Scope(models.TextChoices):
    """Which products a plan pays for."""

    ON_PREMISES = "ON_PREMISES", _("on-premises")
    CLOUD = "CLOUD", _("cloud")
    ALL = "ALL", _("all products")


class Unit(models.TextChoices):
    """What a plan counts."""

    INCIDENT = "INCIDENT", _("incident")
    HOUR = "HOUR", _("hour")


@dataclass(frozen=True)
class PlanTerms:
    """One line of a package: what it is for and how much of it (None: unlimited)."""

    benefit: Benefit
    scope: Scope | None
    unit: Unit
    allotment: int | None
    name: str
    needs_activation: bool


@dataclass(frozen=True)
class CompetencyFact:
    """One of the competencies of the program."""

    name: str
    solution_area: str
    is_cloud: bool


def _rows(file_name: str) -> list[dict[str, str]]:
    with (DATA / file_name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def _read_terms() -> dict[tuple[str, bool], tuple[PlanTerms, ...]]:
    table: dict[tuple[str, bool], tuple[PlanTerms, ...]] = {}
    for row in _rows("entitlements.csv"):
        terms = PlanTerms(
            benefit=Benefit(row["benefit"]),
            scope=Scope(row["scope"]) if row["scope"] else None,
            unit=Unit(row["unit"]),
            allotment=None if row["allotment"] == "unlimited" else int(row["allotment"]),
            name=row["plan_name"],
            needs_activation=row["activation"] == "yes",
        )
        for cloud in {"": (False, True), "no": (False,), "yes": (True,)}[row["cloud_competency"]]:
            key = (row["package"], cloud)
            table[key] = (*table.get(key, ()), terms)
    return table


COMPETENCIES: dict[str, CompetencyFact] = {
    row["competency"]: CompetencyFact(
        name=row["competency"], solution_area=row["solution_area"], is_cloud=row["cloud"] == "yes"
    )
    for row in _rows("competencies.csv")
}
_TERMS = _read_terms()


def terms_for(
    *, kind: MembershipKind, level: Level | None, competencies: Collection[str]
) -> tuple[PlanTerms, ...]:
    """
    Return the plans of one membership year, on-premises first.

    A package is per partner and level, however many competencies there are; a single cloud
    competency makes cloud support unlimited. An Action Pack looks at neither.

    :raises KeyError: for an unknown competency
    """
    has_cloud = any(COMPETENCIES[name].is_cloud for name in competencies)
    if kind == MembershipKind.ACTION_PACK:
        return _TERMS["ACTION_PACK", has_cloud]
    assert level is not None, "a core membership has a level"
    return _TERMS[level.value, has_cloud]
