"""Entitlements without a database: what the rules about plans are tested with."""

import uuid
from datetime import UTC, datetime

import factory

from benefits.allotments import Benefit, Level, MembershipKind, Scope, Unit
from benefits.entitlements import Entitlement, OwnLink
from tests.factories import ACTIVATED_AT, ENDS_AT, PENDING_UNTIL, REQUESTED_AT, USED_AT
from tests.traits import Trait

LINKED = OwnLink(linked_at=ACTIVATED_AT, dropped_at=None, revoked_at=None)


class EntitlementFactory(factory.Factory):
    """A Gold plan for on-premises products, in use, seen by an account that has linked it."""

    class Meta:
        model = Entitlement

    class Params:
        silver = Trait(
            level=Level.SILVER, plan_name="Partner support Silver 15pack", allotment=15, balance=15
        )
        action_pack = Trait(
            kind=MembershipKind.ACTION_PACK,
            level=None,
            plan_name="Partner support MAPS 10pack",
            allotment=10,
            balance=10,
        )
        cloud = Trait(
            benefit=Benefit.SIGNATURE_CLOUD_SUPPORT,
            scope=Scope.CLOUD,
            plan_name="Signature 10-pack",
            allotment=10,
            balance=10,
        )
        unlimited = Trait(
            benefit=Benefit.SIGNATURE_CLOUD_SUPPORT,
            scope=Scope.CLOUD,
            plan_name="Signature Cloud Support",
            allotment=None,
            balance=None,
        )
        bought = Trait(
            benefit=Benefit.PARTNER_SUPPORT,
            scope=Scope.ALL,
            plan_name="Premier Support for Partners",
            kind=None,
            level=None,
            allotment=None,
            balance=None,
            anniversary_at=ENDS_AT,
        )
        advisory = Trait(
            benefit=Benefit.TPD_ADVISORY,
            scope=None,
            unit=Unit.HOUR,
            plan_name="Technical presales and deployment",
            allotment=50,
            balance=50,
            contract_pk=None,
            contract_id=None,
            contract_starts_at=None,
            requested_at=None,
            requested_by="",
            access_number=None,
            link=None,
        )
        not_activated = Trait(
            balance=None,
            contract_pk=None,
            contract_id=None,
            contract_starts_at=None,
            requested_at=None,
            requested_by="",
            access_number=None,
            link=None,
            last_moved_at=None,
        )
        pending = Trait(
            requested_at=REQUESTED_AT,
            contract_starts_at=PENDING_UNTIL,
            link=None,
        )
        used_up = Trait(
            used=factory.SelfAttribute("allotment"),
            balance=0,
            last_used_at=datetime(2026, 11, 17, 9, 0, tzinfo=UTC),
            last_moved_at=datetime(2026, 11, 17, 9, 0, tzinfo=UTC),
            last_request_number="261117000000042",
        )
        not_linked = Trait(link=None)
        revoked = Trait(link=OwnLink(linked_at=ACTIVATED_AT, dropped_at=None, revoked_at=USED_AT))

    at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    id = factory.Sequence(lambda n: uuid.UUID(int=n + 1))
    plan_pk = factory.Sequence(lambda n: n + 1)
    package_id = factory.Sequence(lambda n: uuid.UUID(int=n + 1_000_001))
    partner_pk = 1
    partner_name = "Contoso"
    mpn_id = "5123456"
    benefit = Benefit.MICROSOFT_PRODUCT_SUPPORT
    scope = Scope.ON_PREMISES
    unit = Unit.INCIDENT
    plan_name = "Partner support Gold 20pack"
    kind = MembershipKind.CORE
    level = Level.GOLD
    allotment = 20
    adjusted = 0
    used = 0
    expired = 0
    balance = 20
    starts_at = datetime(2025, 12, 15, tzinfo=UTC)
    ends_at = ENDS_AT
    activate_by = ENDS_AT
    anniversary_at = datetime(2026, 12, 15, tzinfo=UTC)
    contract_pk = factory.Sequence(lambda n: n + 1)
    contract_id = factory.Sequence(lambda n: uuid.UUID(int=n + 2_000_001))
    contract_starts_at = ACTIVATED_AT
    requested_at = ACTIVATED_AT
    requested_by = "Ana Berg"
    access_number = 123456786
    link = LINKED
    last_used_at = None
    last_request_number = None
    last_moved_at = ACTIVATED_AT
