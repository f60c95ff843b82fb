"""
The product catalogue and the N-1 rule.

Source: "Support requests and incidents"; the facts are support/data/products.csv, read once at
start. Days are UTC days.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import formats
from django.utils.translation import gettext as _

from benefits.allotments import Scope
from benefits.reasons import compare_plans
from portal.refusals import NextStep, Refusal
from portal.sentences import all_of, in_a_row

TABLE = Path(__file__).parent / "data" / "products.csv"
# What the original's portals showed instead of a reason.
LEGACY_CODE = "Code: 8"
GUIDE_OF_2021 = "guide of 2021"


@dataclass(frozen=True)
class Product:
    """One version of a product family; cloud services have neither release nor end."""

    family: str
    version: str
    scope: Scope
    portal: str
    released_on: date | None
    mainstream_ends_on: date | None
    note: str

    @property
    def name(self) -> str:
        """Family and version, as people say them; a cloud service after its family."""
        if self.is_cloud:
            return f"{self.family} · {self.version}"
        return f"{self.family} {self.version}".rstrip()

    @property
    def is_cloud(self) -> bool:
        """Whether cloud plans pay for it, without a version limit."""
        return self.scope == Scope.CLOUD

    def is_released(self, *, on: date) -> bool:
        """Whether it was out by that day; what is not is not offered."""
        return self.released_on is None or self.released_on <= on

    def is_in_mainstream(self, *, on: date) -> bool:
        """Whether mainstream support runs on that day, the last one included."""
        return self.mainstream_ends_on is None or on <= self.mainstream_ends_on


class ProductNotSupported(Refusal):
    """The version is older than N-1, or its mainstream support has ended."""

    code = "product_not_supported"
    status = 409


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _read() -> tuple[Product, ...]:
    with TABLE.open(encoding="utf-8", newline="") as source:
        return tuple(
            Product(
                family=row["family"],
                version=row["version"],
                scope=Scope(row["scope"]),
                portal=row["portal"],
                released_on=_day(row["released_on"]),
                mainstream_ends_on=_day(row["mainstream_ends_on"]),
                note=row["note"],
            )
            for row in csv.DictReader(source)
        )


CATALOGUE: tuple[Product, ...] = _read()


def families(*, portal: str | None = None) -> list[str]:
    """Return the product families of a portal (of all without one), in the catalogue's order."""
    return list(dict.fromkeys(p.family for p in CATALOGUE if portal in (None, p.portal)))


def services_of(portal: str) -> tuple[Product, ...]:
    """Return what belongs to the portal, in the catalogue's order."""
    return tuple(p for p in CATALOGUE if p.portal == portal)


def versions_of(family: str, *, on: date) -> list[Product]:
    """Return the family's versions that were out by that day, newest first."""
    return [p for p in CATALOGUE if p.family == family and p.is_released(on=on)]


def find(family: str, version: str, *, on: date) -> Product | None:
    """Return the product, or None when there is no such version by that day."""
    return next((p for p in versions_of(family, on=on) if p.version == version), None)


def name_of(family: str, version: str) -> str:
    """Return the name of a product of the catalogue; what left it keeps a plain name."""
    known = (p for p in CATALOGUE if (p.family, p.version) == (family, version))
    return next((p.name for p in known), f"{family} {version}".rstrip())


def is_covered(product: Product, *, on: date) -> bool:
    """
    Whether included on-premises plans cover the version on that day.

    It is the newest (N) or the one before (N-1) of those released by then, and its mainstream
    support has not ended.
    """
    if product.is_cloud:
        return True
    newest_first = sorted(
        versions_of(product.family, on=on), key=lambda p: p.released_on or date.min, reverse=True
    )
    return product in newest_first[:2] and product.is_in_mainstream(on=on)


def covered_versions(family: str, *, on: date) -> list[Product]:
    """Return the versions of the family that are covered on that day; there may be none."""
    return [p for p in versions_of(family, on=on) if is_covered(p, on=on)]


def version_refusal(product: Product, *, on: date) -> ProductNotSupported | None:
    """Return why included on-premises plans don't cover the version, or None when they do."""
    if is_covered(product, on=on):
        return None
    passing = covered_versions(product.family, on=on)
    sentences = [_broken_rule(product, on=on)]
    if GUIDE_OF_2021 in product.note:
        sentences.append(
            _(
                "The guide of 2021 names it as the product to look remaining incidents up with; "
                "today they show with every product."
            )
        )
    return ProductNotSupported(
        in_a_row(sentences),
        facts={
            "family": product.family,
            "version": product.version,
            "mainstreamEndsOn": (
                product.mainstream_ends_on.isoformat() if product.mainstream_ends_on else None
            ),
            "versionsThatPass": [p.version for p in passing],
            "legacyCode": LEGACY_CODE,
        },
        next_step=_what_passes(product, passing),
    )


def _broken_rule(product: Product, *, on: date) -> str:
    if product.mainstream_ends_on is not None and not product.is_in_mainstream(on=on):
        return _(
            "%(product)s is not covered: its mainstream support ended on %(day)s. Covered are the "
            "newest version and the one before it (N-1), while in mainstream support."
        ) % {
            "product": product.name,
            "day": formats.date_format(product.mainstream_ends_on, "DATE_FORMAT"),
        }
    return _(
        "%(product)s is not covered: only the newest version and the one before it (N-1) are, "
        "while in mainstream support."
    ) % {"product": product.name}


def _what_passes(product: Product, passing: Sequence[Product]) -> NextStep:
    if not passing:
        return compare_plans(
            _(
                "No version of %(family)s is covered today. A paid plan covers any version: "
                "compare the partner support plans."
            )
            % {"family": product.family}
        )
    return NextStep(
        _("Covered today: %(versions)s. A paid plan covers any version.")
        % {"versions": all_of([p.name for p in passing])}
    )
