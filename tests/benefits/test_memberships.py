"""Writing a membership year with its package and plans; competencies gained later."""

from datetime import UTC, date, datetime

import pytest

from benefits.allotments import Level, MembershipKind
from benefits.models import Competency, LedgerEntry, Membership, Package
from benefits.services.memberships import (
    MembershipOverlaps,
    attain_competency,
    write_membership,
)
from portal.models import AuditRecord
from tests.factories import (
    ACTIVATED_AT,
    USED_AT,
    YEAR_START,
    MembershipFactory,
    PartnerFactory,
    UserFactory,
)
from tests.stories import activate, member, row_counts

pytestmark = pytest.mark.django_db

START = datetime(2025, 12, 15, tzinfo=UTC)
END = datetime(2027, 1, 14, tzinfo=UTC)


def write(partner, *, level=Level.GOLD, starts_on=YEAR_START):
    """Write a membership: Action Pack without a level."""
    return write_membership(
        partner=partner,
        kind=MembershipKind.CORE if level else MembershipKind.ACTION_PACK,
        level=level,
        starts_on=starts_on,
        competencies=[],
        by=None,
        at=ACTIVATED_AT,
    )


def plans_of(membership):
    """Return the membership's plans: benefit, allotment, remaining."""
    return list(
        membership.package.plans.order_by("pk").values_list("benefit", "allotment", "remaining")
    )


# --- what it writes --------------------------------------------------------------------------


def test_membership_is_written_with_package_competencies_and_plans():
    membership = member(competencies=("DevOps", "Messaging"))

    assert (membership.starts_on, membership.anniversary_on, membership.ended_on) == (
        date(2025, 12, 15),
        date(2026, 12, 15),
        None,
    )
    assert (membership.package.starts_at, membership.package.ends_at) == (START, END)
    assert list(membership.competencies.order_by("pk").values_list("name", "attained_on")) == [
        ("DevOps", YEAR_START),
        ("Messaging", YEAR_START),
    ]


@pytest.mark.parametrize(
    ("level", "competencies", "plans"),
    [
        (
            None,
            (),
            [("MICROSOFT_PRODUCT_SUPPORT", 10, None), ("TPD_ADVISORY", 5, 5)],
        ),
        (
            Level.SILVER,
            ("DevOps",),
            [
                ("MICROSOFT_PRODUCT_SUPPORT", 15, None),
                ("SIGNATURE_CLOUD_SUPPORT", 5, None),
                ("TPD_ADVISORY", 20, 20),
            ],
        ),
        (
            Level.GOLD,
            ("DevOps", "Security", "Messaging"),
            [
                ("MICROSOFT_PRODUCT_SUPPORT", 20, None),
                ("SIGNATURE_CLOUD_SUPPORT", None, None),
                ("TPD_ADVISORY", 50, 50),
            ],
        ),
    ],
)
def test_membership_grants_its_hours_at_once_and_no_incidents(level, competencies, plans):
    membership = member(level=level, competencies=competencies)

    assert plans_of(membership) == plans
    entries = LedgerEntry.objects.values_list("kind", "number", "quantity", "occurred_at")
    assert list(entries) == [("GRANT", 1, plans[-1][1], ACTIVATED_AT)]


def test_membership_of_leap_day_has_its_anniversary_on_28_february():
    membership = member(starts_on=date(2024, 2, 29))

    assert membership.anniversary_on == date(2025, 2, 28)
    assert membership.package.ends_at == datetime(2025, 3, 30, tzinfo=UTC)


def test_membership_is_recorded():
    manager = UserFactory(staff_kind="BENEFITS_MANAGER")
    partner = PartnerFactory()

    membership = write_membership(
        partner=partner,
        kind=MembershipKind.CORE,
        level=Level.SILVER,
        starts_on=YEAR_START,
        competencies=["DevOps"],
        by=manager,
        at=ACTIVATED_AT,
    )

    record = AuditRecord.objects.get()
    assert (record.action, record.actor, record.partner_mpn_id, record.target_id, record.facts) == (
        "benefits.write_membership",
        manager,
        partner.mpn_id,
        str(membership.package.public_id),
        {"kind": "CORE", "level": "SILVER", "startsOn": "2025-12-15"},
    )


# --- at most one of each kind at a time ------------------------------------------------------


@pytest.mark.parametrize(
    "starts_on", [date(2024, 12, 16), date(2025, 12, 15), date(2026, 3, 1), date(2026, 12, 14)]
)
def test_membership_that_overlaps_one_of_its_kind_is_refused(starts_on):
    partner = PartnerFactory()
    write(partner)
    rows = row_counts()

    with pytest.raises(MembershipOverlaps) as refused:
        write(partner, starts_on=starts_on, level=Level.SILVER)

    assert refused.value.explanation.as_dict() == {
        "code": "validation_error",
        "message": "A membership of this kind runs in this time already.",
        "facts": {"startsOn": "2025-12-15", "anniversaryOn": "2026-12-15"},
        "nextStep": {
            "text": "Choose a start on or after its anniversary.",
            "url": None,
            "people": [],
        },
    }
    assert row_counts() == rows


@pytest.mark.parametrize("starts_on", [date(2024, 12, 15), date(2026, 12, 15)])
def test_membership_that_adjoins_one_of_its_kind_is_written(starts_on):
    partner = PartnerFactory()
    write(partner)

    assert write(partner, starts_on=starts_on).starts_on == starts_on


def test_membership_of_the_other_kind_runs_beside():
    partner = PartnerFactory()
    write(partner)

    write(partner, level=None)

    assert Membership.objects.filter(partner=partner).count() == 2


def test_membership_of_another_partner_does_not_matter():
    write(PartnerFactory())

    assert write(PartnerFactory()).pk is not None


@pytest.mark.parametrize(
    ("starts_on", "written"), [(date(2026, 5, 31), False), (date(2026, 6, 1), True)]
)
def test_membership_may_follow_one_that_ended_early_from_that_day_on(starts_on, written):
    partner = PartnerFactory()
    MembershipFactory(partner=partner, silver=True, ended_on=date(2026, 6, 1))

    if written:
        assert write(partner, starts_on=starts_on).starts_on == starts_on
    else:
        with pytest.raises(MembershipOverlaps):
            write(partner, starts_on=starts_on)


# --- competencies ----------------------------------------------------------------------------


def attain(membership, name):
    """Write down a competency."""
    return attain_competency(
        membership=membership, name=name, attained_on=USED_AT.date(), by=None, at=USED_AT
    )


def test_cloud_competency_before_activation_makes_cloud_support_unlimited():
    membership = member(level=Level.SILVER, competencies=("DevOps",))

    attain(membership, "Security")

    assert plans_of(membership) == [
        ("MICROSOFT_PRODUCT_SUPPORT", 15, None),
        ("SIGNATURE_CLOUD_SUPPORT", None, None),
        ("TPD_ADVISORY", 20, 20),
    ]
    assert membership.package.plans.get(scope="CLOUD").name == "Signature Cloud Support"


def test_cloud_competency_after_activation_counts_from_the_next_package():
    membership = member(level=Level.SILVER, competencies=("DevOps",))
    activate(membership)

    attain(membership, "Security")

    assert plans_of(membership) == [
        ("MICROSOFT_PRODUCT_SUPPORT", 15, 15),
        ("SIGNATURE_CLOUD_SUPPORT", 5, 5),
        ("TPD_ADVISORY", 20, 20),
    ]
    assert membership.competencies.filter(name="Security").exists()


def test_other_competency_before_activation_changes_no_plan():
    membership = member(competencies=("DevOps",))
    plans = plans_of(membership)

    attain(membership, "Messaging")

    assert plans_of(membership) == plans


def test_cloud_support_that_became_unlimited_is_activated_without_grant():
    membership = member(competencies=("DevOps",))
    attain(membership, "Cloud Platform")

    activate(membership)

    cloud = membership.package.plans.get(scope="CLOUD")
    assert (cloud.allotment, cloud.remaining, cloud.entries.count()) == (None, None, 0)


def test_competency_attained_twice_keeps_the_first_day():
    membership = member(competencies=("DevOps",))

    again = attain(membership, "DevOps")

    assert again.attained_on == YEAR_START
    assert Competency.objects.count() == 1


def test_competency_is_recorded():
    membership = member()

    attain(membership, "Security")

    record = AuditRecord.objects.get(action="benefits.attain_competency")
    assert (record.partner_mpn_id, record.target_id, record.facts) == (
        membership.partner.mpn_id,
        str(membership.package.public_id),
        {"competency": "Security"},
    )


def test_competency_of_membership_without_package_does_not_exist():
    with pytest.raises(Package.DoesNotExist):
        attain(MembershipFactory(), "Security")
