"""Membership years as their tests tell them: renewed, upgraded, and what is left of each."""

from datetime import UTC, date, datetime

from benefits import entitlements
from benefits.allotments import Level
from benefits.entitlements import Entitlement
from benefits.models import Contract, Link, Membership, Plan
from benefits.services.renewal import Renewal, renew_membership
from benefits.services.upgrade import Upgrade, upgrade_membership
from partners.models import User
from portal.refusals import Refusal
from tests.stories import admin_of, member, product

# In mainstream support through all of these years.
SERVER = product("Windows Server", "2025")
ANNIVERSARY = date(2026, 12, 15)
IN_WINDOW = datetime(2026, 12, 25, 9, 0, tzinfo=UTC)
MID_YEAR = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def silver(**membership: object) -> Membership:
    """Write a Silver membership."""
    return member(level=Level.SILVER, **membership)  # type: ignore[arg-type]


def renew(
    year: Membership,
    *,
    by: User | None = None,
    at: datetime = IN_WINDOW,
    level: Level | None = None,
) -> Renewal:
    """Renew the year, by a new Global admin unless somebody is named."""
    return renew_membership(
        package_id=year.package.public_id, level=level, by=by or admin_of(year.partner), at=at
    )


def upgrade(year: Membership, *, by: User | None = None, at: datetime = MID_YEAR) -> Upgrade:
    """Upgrade the year, by a new Global admin unless somebody is named."""
    return upgrade_membership(
        package_id=year.package.public_id, by=by or admin_of(year.partner), at=at
    )


def held(year: Membership, *, at: datetime) -> list[Entitlement]:
    """Return the plans that the year gave as they stand at an instant, on-premises first."""
    return entitlements.read(Plan.objects.filter(package__membership=year), user=None, at=at)


def left(year: Membership, *, at: datetime) -> list[tuple[str, int | None]]:
    """Return status and remainder of the year's plans, read anew."""
    return [(e.status.value, e.remaining) for e in held(year, at=at)]


def links_of(contract: Contract) -> list[tuple[int, str, bool]]:
    """Return account, method and whether it is in force of each link to the contract."""
    found = Link.objects.filter(contract=contract).order_by("user_id")
    return [(link.user_id, link.method, link.is_in_force) for link in found]


def told(refusal: Refusal) -> tuple[tuple[str, ...], str]:
    """Return who could do it, and what was attempted."""
    assert refusal.explanation.next_step is not None
    assert refusal.attempt is not None
    return refusal.explanation.next_step.people, refusal.attempt.action
