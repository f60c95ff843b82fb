"""
Finding partners among all: by name, country, program, level, and by where their benefits stand.

A state is derived and never stored, so each situation is asked of dates and cached balances, by an
index that holds little more than what is found. Incidents only: advisory hours are no situation.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from benefits.allotments import Unit
from benefits.calendar import utc_day
from benefits.entitlements import ENDING_SOON
from benefits.models import Membership, Package, Plan
from partners.models import Partner, PartnerQuerySet
from portal.paging import PAGE_SIZE, Page, page_of


class Situation(models.TextChoices):
    """Where benefits of a partner stand."""

    FEW_LEFT = "FEW_LEFT", _("Few left")
    ENDING = "ENDING", _("Ending in 30 days")
    USED_UP = "USED_UP", _("Used up")
    NEVER_ACTIVATED = "NEVER_ACTIVATED", _("Never activated")


class Order(models.TextChoices):
    """What the list is sorted by; the last two leave out partners that have no such number."""

    NAME = "NAME", pgettext_lazy("company", "Name")
    MPN_ID = "MPN_ID", _("MPN ID")
    END = "END", _("End, the next one first")
    REMAINING = "REMAINING", _("Remaining, the fewest first")


class Holding(models.TextChoices):
    """What membership a partner has now."""

    GOLD = "GOLD", _("Gold")
    SILVER = "SILVER", _("Silver")
    ACTION_PACK = "ACTION_PACK", _("Action Pack")


@dataclass(frozen=True)
class Search:
    """What partners are looked for, and in which order; "" and () ask for nothing."""

    name: str = ""
    country: str = ""
    programs: tuple[str, ...] = ()
    holding: Holding | None = None
    situation: Situation | None = None
    order: Order = Order.NAME


# What each order compares, first to last; the last one is unique.
_COMPARED = {
    Order.NAME: ("name_folded", "pk"),
    Order.MPN_ID: ("mpn_id", "pk"),
    Order.END: ("shown_end", "package_pk"),
    Order.REMAINING: ("shown_left", "plan_pk"),
}


def found(search: Search, *, at: datetime) -> PartnerQuerySet:
    """Return the partners that are looked for, in order, each once."""
    partners = _ordered(search.order, at=at).in_programs(search.programs)
    if search.name.strip():
        partners = partners.name_begins_with(search.name)
    if search.country:
        partners = partners.filter(country=search.country)
    if search.holding is not None:
        partners = partners.filter(pk__in=_holding(search.holding, at=at))
    if search.situation is not None:
        packages = Package.objects.filter(pk__in=packages_in(search.situation, at=at))
        partners = partners.filter(pk__in=packages.values("partner_id"))
    return partners


def page_of_partners(
    search: Search, *, key: str, at: datetime, size: int = PAGE_SIZE
) -> Page[Partner]:
    """
    Return a page of what is `found`, in one statement, and one more for the key.

    :param key: the MPN ID of the partner where the page before ended; "" begins at the top
    """
    return page_of(
        found(search, at=at),
        key=key,
        after=lambda partners, last: _after(partners, last, search=search, at=at),
        key_of=lambda partner: partner.mpn_id,
        size=size,
    )


def packages_in(situation: Situation, *, at: datetime) -> models.QuerySet[Any, int]:
    """Return the keys of the packages of which a plan stands so at `at`."""
    match situation:
        case Situation.FEW_LEFT:
            plans = Plan.objects.few_left_at(at)
        case Situation.USED_UP:
            plans = Plan.objects.used_up_at(at)
        case Situation.NEVER_ACTIVATED:
            plans = Plan.objects.never_activated_at(at)
        case Situation.ENDING:
            return Package.objects.ending_within(ENDING_SOON, at=at)
    return plans.values_list("package_id", flat=True)


def _holding(holding: Holding, *, at: datetime) -> models.QuerySet[Membership, int]:
    of = Q(kind="ACTION_PACK") if holding == Holding.ACTION_PACK else Q(level=holding.value)
    held = Membership.objects.with_benefits_on(utc_day(at)).filter(of)
    return held.values_list("partner_id", flat=True)


def _ordered(order: Order, *, at: datetime) -> PartnerQuerySet:
    match order:
        case Order.NAME:
            return Partner.objects.order_by("name_folded", "pk")
        case Order.MPN_ID:
            return Partner.objects.order_by("mpn_id", "pk")
        case Order.END:
            return _by_end(at)
    return _by_remaining(at)


def _by_end(at: datetime) -> PartnerQuerySet:
    """Return partners whose packages run, each by the one that ends next."""
    running: dict[str, Any] = {"packages__starts_at__lte": at, "packages__ends_at__gt": at}
    sooner = Q(ends_at__lt=OuterRef("shown_end")) | Q(
        ends_at=OuterRef("shown_end"), pk__lt=OuterRef("package_pk")
    )
    others = Package.objects.running_at(at).filter(sooner, partner=OuterRef("pk"))
    partners: Any = Partner.objects.filter(**running)
    shown = partners.annotate(shown_end=F("packages__ends_at"), package_pk=F("packages__pk"))
    by_end: PartnerQuerySet = shown.filter(~Exists(others)).order_by(
        "shown_end", "package_pk", "pk"
    )
    return by_end


def _by_remaining(at: datetime) -> PartnerQuerySet:
    """Return partners whose contracts run, each by the limited plan that has the fewest left."""
    plans, contract = "packages__plans__", "packages__contract__"
    running: dict[str, Any] = {
        f"{contract}starts_at__lte": at,
        f"{contract}ends_at__gt": at,
        f"{plans}unit": Unit.INCIDENT,
        f"{plans}remaining__isnull": False,
        f"{plans}expired": 0,
    }
    fewer = Q(remaining__lt=OuterRef("shown_left")) | Q(
        remaining=OuterRef("shown_left"), pk__lt=OuterRef("plan_pk")
    )
    others = Plan.objects.on_running_contract(at).filter(
        fewer, package__partner=OuterRef("pk"), remaining__isnull=False
    )
    partners: Any = Partner.objects.filter(**running)
    shown = partners.annotate(shown_left=F(f"{plans}remaining"), plan_pk=F(f"{plans}pk"))
    by_remaining: PartnerQuerySet = shown.filter(~Exists(others)).order_by(
        "shown_left", "plan_pk", "pk"
    )
    return by_remaining


def _after(partners: PartnerQuerySet, key: str, *, search: Search, at: datetime) -> PartnerQuerySet:
    """Keep what comes after this partner; after one that is in no such order, everything."""
    value, unique = _COMPARED[search.order]
    here = _ordered(search.order, at=at).filter(mpn_id=key).values_list(value, unique).first()
    if here is None:
        return partners
    # The first one alone would do for an index; the rest decides among equals.
    behind = Q(**{f"{value}__gt": here[0]}) | Q(**{value: here[0], f"{unique}__gt": here[1]})
    return partners.filter(behind, **{f"{value}__gte": here[0]})
