"""
How the stories of the tests begin, told through the services that pages use.

A membership is written, activated, linked, used: each step is one call, with the dates of
factories.py unless a test is about the date.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection

from benefits import entitlements
from benefits.allotments import Level, MembershipKind, Scope
from benefits.entitlements import Entitlement
from benefits.models import Contract, IssuedId, Link, Membership, Plan
from benefits.services.activation import activate_package
from benefits.services.links import link_own_contract
from benefits.services.memberships import write_membership
from benefits.services.purchases import Bought, buy_plan
from benefits.support_plans import Offer
from partners.models import Partner, User
from partners.roles import Role
from support import products
from support.models import SupportRequest
from support.products import Product
from support.services.requests import RequestText, Submitted, submit_request
from support.severities import Severity
from tests.factories import (
    ACTIVATED_AT,
    USED_AT,
    YEAR_START,
    AffiliationFactory,
    LinkFactory,
    PartnerFactory,
)

NO_DELAY = timedelta(0)


def member(
    *,
    partner: Partner | None = None,
    level: Level | None = Level.GOLD,
    competencies: tuple[str, ...] = (),
    starts_on: date = YEAR_START,
) -> Membership:
    """Write a Gold membership without competencies, with its package and plans."""
    return write_membership(
        partner=partner or PartnerFactory(),
        kind=MembershipKind.CORE if level else MembershipKind.ACTION_PACK,
        level=level,
        starts_on=starts_on,
        competencies=competencies,
        by=None,
        at=ACTIVATED_AT,
    )


def admin_of(partner: Partner, *, name: str = "Ana Berg") -> User:
    """Return a new Global admin of the partner."""
    affiliation = AffiliationFactory(partner=partner, user__name=name, roles=[Role.GLOBAL_ADMIN])
    return affiliation.user


def colleague_of(partner: Partner) -> User:
    """Return a new MPN user of the partner without any role."""
    return AffiliationFactory(partner=partner).user


def activate(
    membership: Membership,
    *,
    by: User | None = None,
    at: datetime = ACTIVATED_AT,
    delay: timedelta = NO_DELAY,
) -> Contract:
    """Activate the membership's package, by a new Global admin unless somebody is named."""
    return activate_package(
        package_id=membership.package.public_id,
        by=by or admin_of(membership.partner),
        at=at,
        delay=delay,
    ).contract


def gold_contract(**membership: Any) -> Contract:
    """Return the contract of a Gold membership, activated."""
    return activate(member(**membership))


def buy(
    *,
    partner: Partner | None = None,
    offer: Offer = Offer.PREMIER,
    by: User | None = None,
    at: datetime = USED_AT,
    key: str = "a-form",
) -> Bought:
    """Buy a plan for a new partner, by a new Global admin, unless somebody is named."""
    partner = partner or PartnerFactory()
    by = by or admin_of(partner)
    return buy_plan(offer=offer, partner=partner, by=by, at=at, key=key)


def partner_of(contract: Contract) -> Partner:
    """Return whose contract it is."""
    return contract.package.partner


def numbers_of(contract: Contract) -> tuple[str, str]:
    """Return the current Access ID and Contract ID as digits."""
    current = dict(
        contract.issued_ids.filter(replaced_at__isnull=True).values_list("kind", "number")
    )
    return str(current[IssuedId.Kind.ACCESS]), str(current[IssuedId.Kind.CONTRACT])


def plan_of(contract: Contract, scope: Scope = Scope.ON_PREMISES) -> Plan:
    """Return the contract's plan for products of that scope, as it is stored now."""
    return Plan.objects.get(package=contract.package, scope=scope)


def entitlement_of(plan: Plan, *, user: User | None = None, at: datetime) -> Entitlement:
    """Read one plan as an entitlement."""
    return entitlements.read(Plan.objects.filter(pk=plan.pk), user=user, at=at)[0]


def linked_outsider(contract: Contract, **link: Any) -> User:
    """Return a new account of no partner that has linked the contract."""
    return LinkFactory(contract=contract, **link).user


def linked_colleague(contract: Contract) -> User:
    """Return a new user of the owning partner who has linked the contract with one click."""
    user = colleague_of(partner_of(contract))
    link_own_contract(contract_id=contract.public_id, by=user, at=ACTIVATED_AT)
    return Link.objects.get(user=user).user


def product(family: str, version: str) -> Product:
    """Return the product of the catalogue, released or not."""
    (found,) = [p for p in products.CATALOGUE if (p.family, p.version) == (family, version)]
    return found


WINDOWS_SERVER = product("Windows Server", "2022")
AZURE = product("Azure", "Virtual Machines")


def text(**changes: Any) -> RequestText:
    """Return what an author writes: severity C, answered by e-mail."""
    written: dict[str, Any] = {
        "category": "CONFIGURATION",
        "title": "Sign-in fails",
        "description": "Sign-in fails since the host was renamed.",
        "tried": "Restarted it.",
        "severity": Severity.C,
        "require_24x7": False,
        "contact_name": "Ana Berg",
        "contact_email": "ana@contoso.example",
        "contact_phone": "",
        "contact_method": "EMAIL",
        "country": "SE",
        "time_zone": "Europe/Stockholm",
    }
    return RequestText(**{**written, **changes})


def submit(*, by: User, at: datetime = USED_AT, key: str = "a-key", **changes: Any) -> Submitted:
    """Submit a request about Windows Server, with the default plan unless one is named."""
    call: dict[str, Any] = {
        "partner": None,
        "product": WINDOWS_SERVER,
        "plan_id": None,
        "text": text(),
        "portal": SupportRequest.Portal.SUPPORT_FOR_BUSINESS,
    }
    return submit_request(by=by, at=at, key=key, **{**call, **changes})


def use_up(plan: Plan, *, by: User, at: datetime = USED_AT, leave: int = 0) -> None:
    """Submit requests until no more than `leave` incidents are left on the plan."""
    remaining = Plan.objects.get(pk=plan.pk).remaining or 0
    about = AZURE if plan.scope == Scope.CLOUD else WINDOWS_SERVER
    for number in range(remaining - leave):
        submit(by=by, at=at, key=f"use-{plan.pk}-{number}", plan_id=plan.public_id, product=about)


def row_counts() -> dict[str, int]:
    """Return how many rows each table holds, to show that a refusal wrote nothing anywhere."""
    tables = {
        model._meta.label: connection.ops.quote_name(model._meta.db_table)
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
    }
    # One statement for all tables: many tests count twice.
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return dict(zip(tables, cursor.fetchone(), strict=True))
