"""
The partner support plans: what a membership includes, and what can be bought beside it.

Source: benefits/data/partner_support_plans.csv, read once, at start. Its words are a vocabulary:
one that is not known here stops the start, and what is known can be translated.
"""

import csv
from dataclasses import dataclass

from django.db import models
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.utils.translation import gettext_lazy as _

from benefits.allotments import DATA, Benefit, Scope


class Offer(models.TextChoices):
    """What can be bought; the code is the first word of the plan's name."""

    ADVANCED = "ADVANCED", _("Advanced Support for Partners")
    PREMIER = "PREMIER", _("Premier Support for Partners")


class Products(models.TextChoices):
    """Which products a plan is for."""

    ON_PREMISES = "ON_PREMISES", _("on-premises products")
    CLOUD = "CLOUD", _("cloud products")
    AZURE = "CLOUD (Azure only)", _("cloud products, Azure only")
    ALL = "ALL", _("all products")


class Allotment(models.TextChoices):
    """How many incidents a plan has."""

    BY_MEMBERSHIP = "by membership", _("by membership")
    UNLIMITED = "unlimited", _("unlimited")
    NOT_COUNTED = "not counted", _("not counted")


class Term(models.TextChoices):
    """For how long a plan is there."""

    MEMBERSHIP = "membership year + 30 days", _("membership year and 30 days")
    YEAR = "1 year", _("1 year")
    CSP = "while enrolled in CSP", _("while enrolled in CSP")


class Audience(models.TextChoices):
    """Who has a plan, or may buy it."""

    ACTION_PACK = "Action Pack", _("Action Pack")
    SILVER = "Silver", _("Silver")
    GOLD = "Gold", _("Gold")
    ANYBODY = "any partner", _("any partner")
    CSP = "CSP partners for their customers", _("CSP partners, for their customers")


class Remark(models.TextChoices):
    """What else there is to know; the first remark of a plan is how it is paid for."""

    INCLUDED = "included", _("included in the membership")
    FEE_BASED = "fee-based", _("fee-based")
    NO_CONTRACT = "no contract", _("no contract")
    CLOUD_ONLY = "cloud products only", _("cloud products only")
    TOP_LEVEL = "the top level of technical support", _("the top level of technical support")
    ALL_PRODUCTS = "all products", _("all products")


@dataclass(frozen=True)
class SupportPlan:
    """One line of the comparison; `benefit` is that of the plans which partners have by it."""

    name: str
    benefit: Benefit | None
    products: Products
    allotment: Allotment
    term: Term
    audience: tuple[Audience, ...]
    price: Remark
    remarks: tuple[Remark, ...]

    @property
    def offer(self) -> Offer | None:
        """The code to buy it by; None for what comes with a program."""
        if self.benefit != Benefit.PARTNER_SUPPORT:
            return None
        return Offer(self.name.split()[0].upper())

    @property
    def scope(self) -> Scope:
        """The scope of a plan that was bought so."""
        return Scope(self.products)

    @property
    def is_for_customers(self) -> bool:
        """Whether it is the one that CSP partners use for their customers, without a contract."""
        return self.term == Term.CSP


def _read() -> tuple[SupportPlan, ...]:
    with (DATA / "partner_support_plans.csv").open(encoding="utf-8", newline="") as source:
        return tuple(_support_plan(row) for row in csv.DictReader(source))


def _support_plan(row: dict[str, str]) -> SupportPlan:
    price, *remarks = (Remark(part.strip()) for part in row["note"].split(";"))
    return SupportPlan(
        name=row["plan_name"],
        benefit=Benefit(row["benefit"]) if row["benefit"] else None,
        products=Products(row["scope"]),
        allotment=Allotment(row["allotment"]),
        term=Term(row["term"]),
        audience=tuple(Audience(part.strip()) for part in row["for_whom"].split(",")),
        price=price,
        remarks=tuple(remarks),
    )


def _offered(plans: tuple[SupportPlan, ...]) -> dict[Offer, SupportPlan]:
    found = {plan.offer: plan for plan in plans if plan.offer is not None}
    for plan in found.values():
        # Buying writes nothing else.
        if (plan.allotment, plan.term) != (Allotment.UNLIMITED, Term.YEAR):
            raise ValueError(f"{plan.name} is not sold without a number for one year")
    return found


SUPPORT_PLANS = _read()
OFFERED = _offered(SUPPORT_PLANS)
_SLUGS = {
    Offer.ADVANCED: "advanced-cloud-support",
    Offer.PREMIER: "microsoft-services-premier-support",
}


class OfferConverter(StringConverter):
    """An offer in an address, as the original calls it; anything else is not found."""

    regex = "|".join(_SLUGS.values())

    def to_python(self, value: str) -> Offer:
        """Return the offer."""
        return next(offer for offer, slug in _SLUGS.items() if slug == value)

    def to_url(self, value: Offer) -> str:  # type: ignore[override]
        """Return its part of the address."""
        return _SLUGS[value]


def register() -> None:
    """Make the converter known; Django wants each name once."""
    register_converter(OfferConverter, "offer")
