"""The membership years of a partner as staff see them: each with its plans and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from benefits import entitlements, membership_wording
from benefits.allotments import MembershipKind
from benefits.membership_wording import YearRow, name_of_year
from benefits.models import Membership, Plan
from benefits.models.memberships import MembershipQuerySet
from benefits.presentation import Row, row
from benefits.services.corrections import refusal_to_change
from benefits.services.endings import refusal_to_end
from partners.models import Partner
from portal.paging import Page, page_of
from portal.sentences import short_calendar_day

LONGEST_KEY = 18


@dataclass(frozen=True)
class StaffYearRow:
    """One membership year: how it stands, its plans on-premises first, and what may be done."""

    year: YearRow
    plans: tuple[Row, ...]
    follows: str
    can_change: bool
    can_end: bool
    takes_competencies: bool


def page_of_years(partner: Partner, *, key: str) -> Page[Membership]:
    """
    Return a page of the partner's years, the latest first, in two statements and one for the key.

    :param key: the year where the page before ended; "" or none of these begins at the latest
    """
    mine = Membership.objects.held_by(partner)
    shown = mine.with_succession().select_related("predecessor", "package__contract")
    return page_of(
        shown.prefetch_related("competencies").order_by("-starts_on", "-pk"),
        key=key if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY else "",
        after=lambda years, before: _after(years, mine, before),
        key_of=lambda year: str(year.pk),
    )


def rows(years: Sequence[Membership], *, at: datetime) -> list[StaffYearRow]:
    """Build the rows of a page, in two statements at most."""
    plans = Plan.objects.filter(package__membership__in=[year.pk for year in years])
    held: dict[object, list[Row]] = {}
    for e in entitlements.read(plans, user=None, at=at, names_people=False):
        held.setdefault(e.package_id, []).append(row(e))
    return [
        _row(shown, tuple(held.get(shown.membership.package.public_id, ())), at=at)
        for shown in membership_wording.rows(years, at=at)
    ]


def _row(shown: YearRow, plans: tuple[Row, ...], *, at: datetime) -> StaffYearRow:
    year, before = shown.membership, shown.membership.predecessor
    follows = f"{name_of_year(before)}, {short_calendar_day(before.starts_on)}" if before else ""
    return StaffYearRow(
        year=shown,
        plans=plans,
        follows=follows,
        can_change=refusal_to_change(year=year, at=at) is None,
        can_end=refusal_to_end(year=year, at=at) is None,
        takes_competencies=year.kind == MembershipKind.CORE and shown.is_current,
    )


def _after(years: MembershipQuerySet, mine: MembershipQuerySet, key: str) -> MembershipQuerySet:
    last = mine.filter(pk=int(key)).first()
    if last is None:
        return years
    return years.filter(
        Q(starts_on__lt=last.starts_on) | Q(starts_on=last.starts_on, pk__lt=last.pk)
    )
