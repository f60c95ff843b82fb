"""Reading plans as entitlements: whose, with what beside them, in how many statements."""

from datetime import UTC, datetime

import pytest

from benefits import entitlements
from benefits.allotments import Benefit, Level, MembershipKind, Scope, Unit
from benefits.entitlements import OwnLink, Status
from benefits.models import IssuedId, Package, Plan
from partners.roles import Role
from tests.factories import (
    ACTIVATED_AT,
    ENDS_AT,
    USED_AT,
    AffiliationFactory,
    IssuedIdFactory,
    LinkFactory,
    PartnerFactory,
    PlanFactory,
    UserFactory,
)
from tests.stories import (
    activate,
    admin_of,
    colleague_of,
    entitlement_of,
    gold_contract,
    linked_outsider,
    member,
    numbers_of,
    partner_of,
    plan_of,
    submit,
)

pytestmark = pytest.mark.django_db


def held(partner):
    """Return the partner's plans."""
    return Plan.objects.filter(package__membership__partner=partner)


# --- whose -----------------------------------------------------------------------------------


def test_visible_plans_are_those_of_partners_where_the_account_is_in_mpn():
    own, other = member(), member()
    user = colleague_of(own.partner)

    assert set(Plan.objects.visible_to(user)) == set(held(own.partner))
    assert set(Package.objects.visible_to(user)) == {own.package}
    assert held(other.partner).exists()


@pytest.mark.parametrize(
    ("partner", "affiliation"),
    [
        ({}, {"csp_only": True}),
        ({"csp_only": True}, {"mpn": True, "csp": True}),
        ({"inactive": True}, {}),
    ],
)
def test_visible_plans_of_account_outside_mpn_are_none(partner, affiliation):
    membership = member(partner=PartnerFactory(**partner))
    user = AffiliationFactory(partner=membership.partner, **affiliation).user

    assert list(Plan.objects.visible_to(user)) == []
    assert list(Package.objects.visible_to(user)) == []


def test_held_plans_are_the_partners_own():
    own = member()
    member()

    assert set(Plan.objects.held_by(own.partner)) == set(held(own.partner))


@pytest.mark.parametrize(
    ("link", "listed"), [({}, True), ({"revoked": True}, True), ({"dropped": True}, False)]
)
def test_linked_plans_include_revoked_links_but_no_dropped_ones(link, listed):
    contract = gold_contract()
    user = linked_outsider(contract, **link)
    gold_contract()

    assert set(Plan.objects.linked_to(user)) == (
        set(contract.package.plans.all()) if listed else set()
    )


def test_packages_used_are_those_linked_and_those_of_the_partner_acted_for():
    own, foreign = gold_contract(), gold_contract()
    user = colleague_of(partner_of(own))
    LinkFactory(user=user, contract=foreign)
    LinkFactory(user=user, contract=own)
    gold_contract()

    used = [
        sorted(Package.objects.used_by(user, acting_for=partner))
        for partner in (partner_of(own), None, partner_of(foreign))
    ]

    both = sorted([own.package.pk, foreign.package.pk])
    assert used == [both, both, both]


def test_packages_used_leave_out_dropped_links_and_partners_not_ones_own():
    own, dropped, revoked = gold_contract(), gold_contract(), gold_contract()
    user = colleague_of(partner_of(own))
    LinkFactory(user=user, contract=dropped, dropped=True)
    LinkFactory(user=user, contract=revoked, revoked=True)

    used = [
        set(Package.objects.used_by(user, acting_for=partner))
        for partner in (partner_of(own), None, partner_of(dropped))
    ]

    assert used == [
        {own.package.pk, revoked.package.pk},
        {revoked.package.pk},
        {revoked.package.pk},
    ]


def test_plans_that_count_incidents_leave_out_advisory_hours():
    membership = member()

    scopes = set(Plan.objects.that_count_incidents().values_list("scope", flat=True))

    assert scopes == {"CLOUD", "ON_PREMISES"}
    assert membership.package.plans.count() == 3


# --- with what -------------------------------------------------------------------------------


def test_entitlement_of_active_plan_says_everything_about_it(now):
    contract = gold_contract(partner=PartnerFactory(name="Contoso", mpn_id="5123456"))
    user = linked_outsider(contract)
    plan = plan_of(contract)
    number = submit(by=user, at=USED_AT).request.number
    package = contract.package

    assert entitlement_of(plan, user=user, at=now) == entitlements.Entitlement(
        at=now,
        id=plan.public_id,
        plan_pk=plan.pk,
        package_id=package.public_id,
        partner_pk=partner_of(contract).pk,
        partner_name="Contoso",
        mpn_id="5123456",
        benefit=Benefit.MICROSOFT_PRODUCT_SUPPORT,
        scope=Scope.ON_PREMISES,
        unit=Unit.INCIDENT,
        plan_name="Partner support Gold 20pack",
        kind=MembershipKind.CORE,
        level=Level.GOLD,
        allotment=20,
        adjusted=0,
        used=1,
        expired=0,
        balance=19,
        starts_at=datetime(2025, 12, 15, tzinfo=UTC),
        ends_at=ENDS_AT,
        activate_by=ENDS_AT,
        anniversary_at=datetime(2026, 12, 15, tzinfo=UTC),
        contract_pk=contract.pk,
        contract_id=contract.public_id,
        contract_starts_at=ACTIVATED_AT,
        requested_at=ACTIVATED_AT,
        requested_by="Ana Berg",
        access_number=int(numbers_of(contract)[0]),
        link=OwnLink(linked_at=ACTIVATED_AT, dropped_at=None, revoked_at=None),
        last_used_at=USED_AT,
        last_request_number=number,
        last_moved_at=USED_AT,
        activators=(),
    )


def test_entitlement_of_advisory_hours_knows_nothing_of_the_contract(now):
    contract = gold_contract()
    linked_outsider(contract)
    hours = contract.package.plans.get(unit="HOUR")

    entitlement = entitlement_of(hours, user=contract.requested_by, at=now)

    assert (
        entitlement.status,
        entitlement.contract_id,
        entitlement.access_number,
        entitlement.link,
        entitlement.remaining,
    ) == (Status.ACTIVE, None, None, None, 50)


def test_entitlement_with_replaced_ids_shows_the_current_access_id_once(now):
    contract = gold_contract()
    IssuedIdFactory(contract=contract, replaced=True)
    IssuedIdFactory(contract=contract, replaced=True, kind=IssuedId.Kind.CONTRACT)

    (entitlement,) = entitlements.read(
        Plan.objects.filter(pk=plan_of(contract).pk), user=None, at=now
    )

    assert str(entitlement.access_number) == numbers_of(contract)[0]


def test_entitlement_shows_the_readers_own_link_and_nobody_elses(now):
    contract = gold_contract()
    linked_outsider(contract)
    reader = LinkFactory(contract=contract, linked_at=USED_AT).user

    links = [
        entitlement_of(plan_of(contract), user=user, at=now).link
        for user in (reader, UserFactory(), None)
    ]

    assert links == [OwnLink(linked_at=USED_AT, dropped_at=None, revoked_at=None), None, None]


def test_entitlement_that_waits_for_activation_names_who_can(now):
    membership = member()
    admin_of(membership.partner, name="Zoë Ek")
    AffiliationFactory(
        partner=membership.partner, user__name="Ana Berg", roles=[Role.MPN_PARTNER_ADMIN]
    )
    colleague_of(membership.partner)
    plan = Plan.objects.get(package=membership.package, scope=Scope.ON_PREMISES)

    assert entitlement_of(plan, at=now).activators == ("Ana Berg", "Zoë Ek")


# --- in how many statements ------------------------------------------------------------------


@pytest.mark.parametrize("partners", [1, 12])
def test_reading_entitlements_takes_two_statements_whatever_their_number(
    partners, now, django_assert_num_queries
):
    for number in range(partners):
        membership = member()
        if number % 2:
            activate(membership)

    with django_assert_num_queries(2):
        found = entitlements.read(Plan.objects.all(), user=UserFactory.build(pk=1), at=now)

    assert len(found) == 3 * partners


def test_reading_activated_entitlements_takes_one_statement(now, django_assert_num_queries):
    contract = gold_contract()

    with django_assert_num_queries(1):
        entitlements.read(Plan.objects.filter(package=contract.package), user=None, at=now)


def test_reading_entitlements_lists_a_package_together_on_premises_first(now):
    first, second = PlanFactory().package, PlanFactory().package
    PlanFactory(package=first, cloud=True)
    PlanFactory(package=second, cloud=True)

    found = entitlements.read(Plan.objects.all(), user=None, at=now)

    assert [(e.package_id, e.scope) for e in found] == [
        (first.public_id, Scope.ON_PREMISES),
        (first.public_id, Scope.CLOUD),
        (second.public_id, Scope.ON_PREMISES),
        (second.public_id, Scope.CLOUD),
    ]
