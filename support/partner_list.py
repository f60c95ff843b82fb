"""Partners as staff list them: what they hold now, what is left of it, and the same as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from benefits import entitlements, wording
from benefits.allotments import Scope
from benefits.entitlements import Entitlement
from benefits.models import Package, Plan
from benefits.wording import Badge
from partners.models import Partner
from portal.places import country_name
from portal.sentences import listed

AT_ONCE = 500
HEADER = [
    *("MPN ID", "partner", "country", "programs", "package", "scope", "state"),
    *("remaining", "total", "used", "ends at"),
]


@dataclass(frozen=True)
class Left:
    """One line of what a partner holds: how much, for what, and how it stands."""

    text: str
    badges: tuple[Badge, ...]


@dataclass(frozen=True)
class PartnerRow:
    """One partner of the list; `ends_at` is the next end of a package that runs (exclusive)."""

    partner: Partner
    country: str
    programs: str
    packages: str
    left: tuple[Left, ...]
    ends_at: datetime | None


def rows(partners: Sequence[Partner], *, at: datetime) -> list[PartnerRow]:
    """Build the rows in the given order, in one statement."""
    held = _held_by(partners, at=at)
    return [_row(partner, held.get(partner.pk, [])) for partner in partners]


def csv_rows(partners: Iterable[Partner], *, at: datetime) -> Iterator[list[Any]]:
    """Yield a line for each plan of a partner, one without plans for who has none."""
    waiting = iter(partners)
    while chunk := list(islice(waiting, AT_ONCE)):
        held = _held_by(chunk, at=at)
        for partner in chunk:
            named = [partner.mpn_id, partner.name, partner.country, programs_of(partner)]
            plans = held.get(partner.pk, [])
            yield from ([*named, *_csv_plan(e)] for e in plans)
            if not plans:
                yield [*named, *[""] * (len(HEADER) - len(named))]


def programs_of(partner: Partner) -> str:
    """Return the programs that the partner is enrolled in."""
    enrolled = (("MPN", partner.in_mpn), ("CSP", partner.in_csp))
    return listed(program for program, is_in in enrolled if is_in)


def _held_by(partners: Sequence[Partner], *, at: datetime) -> dict[int, list[Entitlement]]:
    """Return the incident plans of each partner that have not ended, by end."""
    not_ended = Q(ends_at__gt=at) | Q(contract__ends_at__gt=at)
    packages = Package.objects.filter(not_ended, partner__in=[p.pk for p in partners])
    plans = Plan.objects.that_count_incidents().filter(package__in_keys_of=packages.values("pk"))
    held: dict[int, list[Entitlement]] = {}
    found = entitlements.read(plans, user=None, at=at, names_people=False)
    for e in sorted(found, key=lambda e: (e.activate_by, e.package_id.int, e.plan_pk)):
        if not e.is_expired:
            held.setdefault(e.partner_pk, []).append(e)
    return held


def _row(partner: Partner, held: Sequence[Entitlement]) -> PartnerRow:
    ends = [e.activate_by for e in held if e.starts_at <= e.at < e.activate_by]
    return PartnerRow(
        partner=partner,
        country=country_name(partner.country),
        programs=programs_of(partner),
        packages=listed(dict.fromkeys(wording.package_name(e) for e in held)),
        left=tuple(_left(e) for e in held),
        ends_at=min(ends, default=None),
    )


def _left(e: Entitlement) -> Left:
    summary = wording.summary(e)
    values = {
        "number": summary.number,
        "total": e.total,
        "scope": {
            Scope.ON_PREMISES: _("on-premises"),
            Scope.CLOUD: _("cloud"),
            Scope.ALL: _("all products"),
        }[e.scope or Scope.ALL],
    }
    pattern = _("%(number)s %(scope)s")
    if e.remaining is not None and not e.is_unlimited:
        pattern = _("%(number)s of %(total)s %(scope)s")
    # That it is active goes without saying.
    badges = tuple(badge for badge in summary.badges if badge.tone != "good")
    return Left(text=pattern % values, badges=badges)


def _csv_plan(e: Entitlement) -> list[Any]:
    return [
        wording.package_name(e),
        e.scope.value if e.scope else "",
        e.status.value,
        "unlimited" if e.is_unlimited else e.remaining,
        "unlimited" if e.is_unlimited else e.total,
        e.used,
        e.ends_at.isoformat(),
    ]
