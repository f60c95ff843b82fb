"""Many more partners, each with a year of use, to see the portal at size."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from benefits.allotments import Level, MembershipKind, Scope
from benefits.models import Plan
from benefits.services.activation import activate_package
from benefits.services.links import link_own_contract
from benefits.services.memberships import write_membership
from partnercenter.demo.copies import Copier
from partnercenter.demo.use import use_incidents
from partnercenter.demo.world import SEED
from partners.models import Affiliation, Partner, RoleAssignment, User
from partners.roles import Role

FIRST_MPN_ID = 6_000_000
# So many go through the services; the others are copies of them.
AT_ONCE = 100


def add_partners(count: int, *, at: datetime, tell: Callable[[], None]) -> int:
    """Write `count` partners, a hundred in each transaction; `tell` is called after each."""
    begin = Partner.objects.filter(mpn_id__gte=str(FIRST_MPN_ID)).count()
    chance = random.Random(SEED + begin)  # noqa: S311 - a demo that is the same every time
    mpn_ids = [str(FIRST_MPN_ID + number) for number in range(begin, begin + count)]
    originals, others = mpn_ids[:AT_ONCE], mpn_ids[AT_ONCE:]
    with transaction.atomic():
        for mpn_id in originals:
            _add_partner(mpn_id, at=at, chance=chance)
            tell()
    if others:
        _copy(originals, others, chance=chance, tell=tell)
    return count


def _copy(
    originals: list[str], others: list[str], *, chance: random.Random, tell: Callable[[], None]
) -> None:
    copier = Copier(originals, chance=chance)
    for start in range(0, len(others), AT_ONCE):
        batch = others[start : start + AT_ONCE]
        with transaction.atomic():
            copier.copy(dict(zip(originals, batch, strict=False)))
        for _partner in batch:
            tell()


def _add_partner(mpn_id: str, *, at: datetime, chance: random.Random) -> None:
    partner = Partner.objects.create(
        mpn_id=mpn_id, name=f"Partner {mpn_id}", country="SE", in_mpn=True, in_csp=False
    )
    admin = User.objects.create(
        email=f"admin@p{mpn_id}.example", name=f"Admin {mpn_id}", password=make_password(None)
    )
    affiliation = Affiliation.objects.create(user=admin, partner=partner, mpn=True, csp=False)
    RoleAssignment.objects.create(affiliation=affiliation, role=Role.GLOBAL_ADMIN, assigned_at=at)
    began = at - timedelta(days=chance.randint(30, 390))
    membership = write_membership(
        partner=partner,
        kind=MembershipKind.CORE,
        level=chance.choice([Level.SILVER, Level.GOLD]),
        starts_on=began.date(),
        competencies=["DevOps"],
        by=None,
        at=began,
    )
    if chance.random() < 0.1:
        return
    activated_at = began + timedelta(days=chance.randint(1, 20))
    activation = activate_package(
        package_id=membership.package.public_id, by=admin, at=activated_at, delay=timedelta(0)
    )
    link_own_contract(contract_id=activation.contract.public_id, by=admin, at=activated_at)
    _use(membership.package.pk, admin, since=activated_at, at=at, chance=chance)


def _use(
    package_pk: int, admin: User, *, since: datetime, at: datetime, chance: random.Random
) -> None:
    for plan in Plan.objects.filter(package_id=package_pk, scope__in=list(Scope)).order_by("pk"):
        times = chance.randint(0, plan.allotment or 5)
        end = min(at, plan.package.ends_at - timedelta(days=1))
        if times and since < end:
            use_incidents(
                plan=plan, by=admin, times=times, since=since, until=end, today=at, chance=chance
            )
