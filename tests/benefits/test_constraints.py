"""What the database refuses, whoever writes: each constraint of this app, broken once."""

from datetime import date, timedelta

import pytest

from benefits.models import LedgerEntry, Package
from tests.constraints import break_by_update, constraint_names, refused
from tests.factories import (
    ACTIVATED_AT,
    ENDS_AT,
    USED_AT,
    CompetencyFactory,
    ContractFactory,
    EventFactory,
    FeedHeadFactory,
    IssuedIdFactory,
    LedgerEntryFactory,
    LinkFactory,
    MembershipFactory,
    PackageFactory,
    PlanFactory,
    PurchaseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
GRANTED = {"granted": True}

# Constraint, factory, its traits, what is then written past everything.
BROKEN_BY_UPDATE = [
    ("benefits_membership_level_fits_kind", MembershipFactory, {}, {"level": None}),
    ("benefits_membership_level_fits_kind", MembershipFactory, {}, {"level": "BRONZE"}),
    ("benefits_membership_level_fits_kind", MembershipFactory, {}, {"kind": "OTHER"}),
    (
        "benefits_membership_level_fits_kind",
        MembershipFactory,
        {"action_pack": True},
        {"level": "GOLD"},
    ),
    (
        "benefits_membership_year_runs_forward",
        MembershipFactory,
        {},
        {"anniversary_on": date(2025, 12, 15)},
    ),
    (
        "benefits_membership_ended_within_year",
        MembershipFactory,
        {},
        {"ended_on": date(2025, 12, 14)},
    ),
    (
        "benefits_membership_ended_within_year",
        MembershipFactory,
        {},
        {"ended_on": date(2026, 12, 16)},
    ),
    (
        "benefits_membership_not_its_own_predecessor",
        MembershipFactory,
        {"pk": 4711},
        {"predecessor": 4711},
    ),
    ("benefits_competency_known", CompetencyFactory, {}, {"name": "Quantum"}),
    ("benefits_package_runs_forward", PackageFactory, {}, {"ends_at": ACTIVATED_AT.replace(day=1)}),
    ("benefits_contract_runs_forward", ContractFactory, {}, {"ends_at": ACTIVATED_AT - SECOND}),
    (
        "benefits_contract_starts_after_request",
        ContractFactory,
        {},
        {"starts_at": ACTIVATED_AT - SECOND},
    ),
    ("benefits_issuedid_nine_digits", IssuedIdFactory, {}, {"number": 99_999_999}),
    ("benefits_issuedid_nine_digits", IssuedIdFactory, {}, {"number": 1_000_000_000}),
    ("benefits_issuedid_kind_known", IssuedIdFactory, {}, {"kind": "OTHER"}),
    ("benefits_link_method_known", LinkFactory, {}, {"method": "GUESSED"}),
    ("benefits_link_revoked_all_or_nothing", LinkFactory, {}, {"revoked_at": USED_AT}),
    ("benefits_link_revoked_all_or_nothing", LinkFactory, {"revoked": True}, {"revoked_by": None}),
    ("benefits_plan_scope_fits_benefit", PlanFactory, {}, {"scope": "CLOUD"}),
    ("benefits_plan_scope_fits_benefit", PlanFactory, {}, {"scope": None}),
    ("benefits_plan_scope_fits_benefit", PlanFactory, {}, {"unit": "HOUR"}),
    ("benefits_plan_scope_fits_benefit", PlanFactory, {}, {"benefit": "OTHER"}),
    ("benefits_plan_scope_fits_benefit", PlanFactory, {"cloud": True}, {"scope": "ALL"}),
    ("benefits_plan_scope_fits_benefit", PlanFactory, {"advisory": True}, {"scope": "CLOUD"}),
    # PositiveIntegerField's own check stands beside it, and SQLite meets that one first.
    (
        "benefits_plan_never_below_zero|remaining",
        PlanFactory,
        GRANTED,
        {"used": 20, "expired": 1, "remaining": -1},
    ),
    ("benefits_plan_balance_adds_up", PlanFactory, GRANTED, {"remaining": 19}),
    ("benefits_plan_balance_adds_up", PlanFactory, GRANTED, {"used": 1}),
    ("benefits_plan_counts_after_grant", PlanFactory, {}, {"adjusted": 1}),
    ("benefits_plan_counts_after_grant", PlanFactory, {}, {"used": 1}),
    ("benefits_plan_counts_after_grant", PlanFactory, {}, {"expired": 1}),
    ("benefits_plan_counts_after_grant", PlanFactory, {}, {"allotment": 0}),
    ("benefits_plan_counts_after_grant", PlanFactory, {"unlimited": True}, {"adjusted": 1}),
    ("benefits_plan_counts_after_grant", PlanFactory, {"unlimited": True}, {"remaining": 1}),
    # It follows from the two above, which are met first.
    (
        "benefits_plan_never_overspent|benefits_plan_never_below_zero|remaining",
        PlanFactory,
        GRANTED,
        {"remaining": -1, "used": 21},
    ),
    (
        "benefits_event_type_known",
        EventFactory,
        {"threshold": True},
        {"type": "OTHER", "percent": None},
    ),
    ("benefits_event_plan_unless_of_package", EventFactory, {"expired": True}, {"plan": None}),
    (
        "benefits_event_plan_unless_of_package",
        EventFactory,
        {"expired": True},
        {"type": "ACTIVATED", "quantity": None, "remaining_after": None},
    ),
    ("benefits_event_account_if_linked", EventFactory, {"linked": True}, {"account": None}),
    ("benefits_event_account_if_linked", EventFactory, {"linked": True}, {"type": "ACTIVATED"}),
    ("benefits_event_quantity_if_movement", EventFactory, {"consumed": True}, {"quantity": None}),
    (
        "benefits_event_quantity_if_movement",
        EventFactory,
        {"consumed": True},
        {"request_number": None},
    ),
    ("benefits_event_quantity_if_movement", EventFactory, {"expired": True}, {"quantity": None}),
    (
        "benefits_event_quantity_if_movement",
        EventFactory,
        {"expired": True},
        {"request_number": "260302000000001"},
    ),
    ("benefits_event_quantity_if_movement", EventFactory, {}, {"quantity": 1}),
    (
        "benefits_event_remaining_if_limited",
        EventFactory,
        {"expired": True},
        {"remaining_after": None},
    ),
    (
        "benefits_event_remaining_if_limited",
        EventFactory,
        {"threshold": True},
        {"remaining_after": None},
    ),
    ("benefits_event_remaining_if_limited", EventFactory, {}, {"remaining_after": 1}),
    ("benefits_event_percent_if_threshold", EventFactory, {"threshold": True}, {"percent": None}),
    ("benefits_event_percent_if_threshold", EventFactory, {"threshold": True}, {"percent": 90}),
    ("benefits_event_percent_if_threshold", EventFactory, {"expired": True}, {"percent": 80}),
    ("benefits_event_position_from_one", EventFactory, {}, {"position": 0}),
    ("benefits_feedhead_one_row", FeedHeadFactory, {}, {"id": 2}),
    ("benefits_purchase_offer_known", PurchaseFactory, {}, {"offer": "UNIFIED"}),
    ("benefits_purchase_counts_from_one", PurchaseFactory, {}, {"number": 0}),
    ("benefits_package_of_one_source", PackageFactory, {}, {"membership": None}),
    ("benefits_package_of_one_source", PackageFactory, {"bought": True}, {"purchase": None}),
]

# Constraint, what is appended beside the plan's grant.
BROKEN_BY_ENTRY = [
    ("benefits_ledgerentry_never_below_zero|remaining_after", {"remaining_after": -1}),
    ("benefits_ledgerentry_counts_from_one", {"number": 0}),
    ("benefits_ledgerentry_quantity_fits_kind", {"quantity": 1}),
    ("benefits_ledgerentry_quantity_fits_kind", {"quantity": 0}),
    ("benefits_ledgerentry_quantity_fits_kind", {"request_number": None}),
    ("benefits_ledgerentry_quantity_fits_kind", {"kind": "GRANT", "quantity": 1}),
    ("benefits_ledgerentry_quantity_fits_kind", {"kind": "RETURN"}),
    ("benefits_ledgerentry_quantity_fits_kind", {"kind": "EXPIRE"}),
    ("benefits_ledgerentry_quantity_fits_kind", {"kind": "OTHER"}),
    (
        "benefits_ledgerentry_quantity_fits_kind",
        {"kind": "ADJUST", "quantity": 1, "request_number": None},
    ),
    (
        "benefits_ledgerentry_quantity_fits_kind",
        {"kind": "ADJUST", "quantity": 0, "request_number": None, "reason": "Counted twice."},
    ),
    (
        "benefits_ledgerentry_unlimited_only_used",
        {"kind": "EXPIRE", "remaining_after": None, "request_number": None},
    ),
]


@pytest.mark.parametrize(("name", "factory", "traits", "changes"), BROKEN_BY_UPDATE)
def test_row_updated_past_the_services_is_refused(name, factory, traits, changes):
    break_by_update(factory(**traits), changes, name=name)


@pytest.mark.parametrize(("name", "entry"), BROKEN_BY_ENTRY)
def test_entry_appended_past_the_services_is_refused(name, entry):
    plan = PlanFactory(granted=True)

    with refused(name, table="benefits_ledgerentry"):
        LedgerEntryFactory(plan=plan, consumed=True, **entry)


def duplicate_purchase():
    partner = PurchaseFactory().partner
    PurchaseFactory(partner=partner)


def duplicate_competency():
    membership = MembershipFactory()
    CompetencyFactory(membership=membership)
    CompetencyFactory(membership=membership)


def duplicate_membership():
    partner = MembershipFactory().partner
    MembershipFactory(partner=partner, silver=True)


def duplicate_plan():
    package = PlanFactory().package
    PlanFactory(package=package, allotment=15)


def duplicate_current_id():
    contract = IssuedIdFactory().contract
    IssuedIdFactory(contract=contract)


def duplicate_link():
    link = LinkFactory(dropped=True)
    LinkFactory(user=link.user, contract=link.contract)


def duplicate_entry_number():
    plan = PlanFactory(granted=True)
    LedgerEntryFactory(plan=plan, consumed=True)
    LedgerEntryFactory(plan=plan, consumed=True)


def duplicate_request_number():
    plan = PlanFactory(granted=True)
    LedgerEntryFactory(plan=plan, consumed=True, request_number="260302000000001")
    LedgerEntryFactory(plan=plan, consumed=True, request_number="260302000000001", number=3)


DUPLICATES = [
    ("benefits_competency_once", "benefits_competency", duplicate_competency),
    ("benefits_membership_once", "benefits_membership", duplicate_membership),
    ("benefits_purchase_numbered_once", "benefits_purchase", duplicate_purchase),
    ("benefits_plan_once", "benefits_plan", duplicate_plan),
    ("benefits_issuedid_one_current", "benefits_issuedid", duplicate_current_id),
    ("benefits_link_once", "benefits_link", duplicate_link),
    ("benefits_ledgerentry_numbered_once", "benefits_ledgerentry", duplicate_entry_number),
    ("benefits_ledgerentry_once_per_request", "benefits_ledgerentry", duplicate_request_number),
]


@pytest.mark.parametrize(("name", "table", "duplicate"), DUPLICATES)
def test_row_written_twice_is_refused(name, table, duplicate):
    with refused(name, table=table):
        duplicate()


def test_issued_number_serves_once_whatever_its_kind_and_contract():
    issued = IssuedIdFactory(replaced=True)

    with refused("number", table="benefits_issuedid"):
        IssuedIdFactory(number=issued.number, kind="CONTRACT")


def test_package_has_one_contract():
    contract = ContractFactory()

    with refused("package_id", table="benefits_contract"):
        ContractFactory(package=contract.package)


def test_membership_has_one_package():
    package = PackageFactory()

    with refused("membership_id", table="benefits_package"):
        PackageFactory(membership=package.membership)


def test_package_has_one_source():
    """It comes with a membership or was bought, never both."""
    package, purchase = PackageFactory(), PurchaseFactory()

    with refused("benefits_package_of_one_source", table="benefits_package"):
        Package.objects.filter(pk=package.pk).update(purchase=purchase)


def test_purchase_has_one_package():
    package = PackageFactory(bought=True)

    with refused("purchase_id", table="benefits_package"):
        PackageFactory(bought=True, purchase=package.purchase)


def test_position_is_given_once():
    EventFactory(position=1)

    with refused("position", table="benefits_event"):
        EventFactory(position=1)


def test_entries_written_in_bulk_are_refused_too():
    plan = PlanFactory(granted=True)
    entries = [
        LedgerEntryFactory.build(plan=plan, consumed=True, number=number) for number in (2, 2)
    ]

    with refused("benefits_ledgerentry_numbered_once", table="benefits_ledgerentry"):
        LedgerEntry.objects.bulk_create(entries)


def test_every_constraint_of_the_app_is_broken_above():
    rows: list[tuple] = [*BROKEN_BY_UPDATE, *BROKEN_BY_ENTRY, *DUPLICATES]
    named = {row[0].split("|")[0] for row in rows}

    assert named == constraint_names("benefits")


@pytest.mark.parametrize(
    ("factory", "traits"),
    [
        (MembershipFactory, {"ended_on": date(2025, 12, 15)}),
        (MembershipFactory, {"ended_on": date(2026, 12, 15)}),
        (ContractFactory, {"starts_at": ENDS_AT}),
        (LinkFactory, {"dropped": True, "revoked": True}),
        (PlanFactory, {"unlimited": True, "used": 4}),
        (PlanFactory, {"granted": True, "advisory": True}),
        (PlanFactory, {"bought": True, "scope": "CLOUD", "used": 4}),
        (
            LedgerEntryFactory,
            {"kind": "ADJUST", "quantity": -1, "reason": "Booked twice.", "remaining_after": 0},
        ),
        (EventFactory, {"consumed": True, "remaining_after": None}),
        (EventFactory, {"threshold": True, "percent": 100, "position": 1}),
        (UserFactory, {"client": True}),
    ],
)
def test_row_on_the_edge_of_a_constraint_is_stored(factory, traits):
    assert factory(**traits).pk is not None
