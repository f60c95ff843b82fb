"""Renewing: when, by whom, at which level, once; and what the old year keeps."""

from datetime import UTC, date, datetime, timedelta

import pytest

from benefits.allotments import Level
from benefits.models import LedgerEntry, Membership
from benefits.services.memberships import attain_competency
from benefits.services.renewal import Renewal, preview_renewal
from benefits.years import RenewalNotOpen
from partners.permissions import NotAuthorized
from partners.roles import Role
from portal.models import AuditRecord
from tests.at_once import act_meanwhile
from tests.benefits.years import ANNIVERSARY, IN_WINDOW, left, renew, silver, told, upgrade
from tests.factories import ENDS_AT, USED_AT, AffiliationFactory
from tests.stories import activate, admin_of, colleague_of, member, row_counts

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
OPENS_AT = datetime(2026, 12, 15, tzinfo=UTC)


def terms(year):
    """Return allotment and what is granted of the year's plans."""
    return list(year.package.plans.order_by("pk").values_list("allotment", "remaining"))


def test_renewal_writes_the_year_from_the_old_anniversary_with_a_new_package():
    old = member(competencies=("DevOps", "Security"))
    attain_competency(
        membership=old, name="Messaging", attained_on=USED_AT.date(), by=None, at=USED_AT
    )

    new = renew(old).membership

    assert (new.starts_on, new.anniversary_on, new.level) == (
        ANNIVERSARY,
        date(2027, 12, 15),
        "GOLD",
    )
    assert (new.predecessor, new.partner) == (old, old.partner)
    assert (new.package.starts_at, new.package.ends_at) == (
        OPENS_AT,
        datetime(2028, 1, 14, tzinfo=UTC),
    )
    assert terms(new) == [(20, None), (None, None), (50, 50)]
    carried = new.competencies.order_by("pk").values_list("name", "attained_on")
    assert list(carried) == list(old.competencies.order_by("pk").values_list("name", "attained_on"))


def test_renewal_leaves_the_old_contract_and_what_is_left_on_it():
    old = member()
    activate(old)

    new = renew(old).membership
    activate(new, at=IN_WINDOW)

    assert left(old, at=ENDS_AT - SECOND) == [("ACTIVE", 20), ("ACTIVE", 10), ("ACTIVE", 50)]
    assert left(new, at=ENDS_AT - SECOND) == [("ACTIVE", 20), ("ACTIVE", 10), ("ACTIVE", 50)]
    assert left(old, at=ENDS_AT) == [("EXPIRED", 0)] * 3
    assert Membership.objects.get(pk=old.pk).ended_on is None


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (OPENS_AT - SECOND, "This membership can be renewed from 15 December 2026 until"),
        (ENDS_AT, "The time to renew this membership ended on 13 January 2027."),
    ],
)
def test_renewal_outside_the_thirty_days_is_refused(at, message):
    old = member()
    admin = admin_of(old.partner)
    rows = row_counts()

    with pytest.raises(RenewalNotOpen, match=message) as refused:
        renew(old, by=admin, at=at)

    assert (refused.value.code, refused.value.status) == ("renewal_not_open", 409)
    assert refused.value.explanation.facts == {
        "opensAt": "2026-12-15T00:00:00+00:00",
        "endsAt": "2027-01-14T00:00:00+00:00",
    }
    assert row_counts() == rows


@pytest.mark.parametrize("at", [OPENS_AT, ENDS_AT - SECOND])
def test_renewal_in_the_first_and_last_second_is_done(at):
    assert renew(member(), at=at).membership.starts_on == ANNIVERSARY


@pytest.mark.parametrize(
    ("before", "chosen", "after"),
    [
        (Level.GOLD, Level.SILVER, "SILVER"),
        (Level.SILVER, Level.GOLD, "GOLD"),
        (Level.SILVER, None, "SILVER"),
        (None, Level.GOLD, None),
    ],
)
def test_renewal_takes_the_level_that_was_chosen_and_an_action_pack_none(before, chosen, after):
    old = member(level=before)

    new = renew(old, level=chosen).membership

    assert (new.kind, new.level) == (old.kind, after)


def test_renewal_twice_gives_one_year_and_the_later_caller_the_same():
    old = member()
    first = renew(old)
    other_admin = admin_of(old.partner)
    rows = row_counts()

    second = renew(old, by=other_admin, at=IN_WINDOW + SECOND, level=Level.SILVER)

    assert second == Renewal(membership=first.membership, is_new=False)
    assert second.membership.level == "GOLD"
    assert row_counts() == rows


def test_preview_of_renewed_year_is_refused():
    old = member()
    renew(old)

    with pytest.raises(RenewalNotOpen, match="the new year began on 15 December 2026"):
        preview_renewal(
            package_id=old.package.public_id, level=None, by=admin_of(old.partner), at=IN_WINDOW
        )


def test_renewal_of_upgraded_year_is_refused():
    old = silver()
    upgrade(old)

    with pytest.raises(RenewalNotOpen, match="upgraded to Gold"):
        renew(old)


def test_renewal_beside_a_year_that_was_taken_out_anew_is_refused():
    old = member()
    member(partner=old.partner, starts_on=date(2026, 12, 20))

    with pytest.raises(RenewalNotOpen, match="Another membership of this kind") as refused:
        renew(old)

    assert refused.value.explanation.facts["startsOn"] == "2026-12-20"


def test_renewal_by_somebody_without_the_role_is_refused_with_who_can():
    old = member()
    ana = admin_of(old.partner)
    csp_only = AffiliationFactory(
        partner=old.partner, csp_only=True, roles=[Role.GLOBAL_ADMIN]
    ).user

    for stranger in (colleague_of(old.partner), csp_only, admin_of(member().partner)):
        with pytest.raises(NotAuthorized) as refused:
            renew(old, by=stranger)
        assert told(refused.value) == ((ana.name,), "benefits.renew_membership")


def test_renewal_is_recorded_once():
    old = member()
    admin = admin_of(old.partner)

    new = renew(old, by=admin).membership

    record = AuditRecord.objects.get(occurred_at=IN_WINDOW)
    assert (record.action, record.actor, record.target_id, record.facts) == (
        "benefits.renew_membership",
        admin,
        str(old.package.public_id),
        {
            "level": "GOLD",
            "startsOn": "2026-12-15",
            "newPackage": str(new.package.public_id),
        },
    )


def test_year_written_by_staff_succeeds_the_one_that_ends_on_the_day():
    old = member()
    pack = member(partner=old.partner, level=None)

    new = member(partner=old.partner, starts_on=ANNIVERSARY)
    unlinked = member(partner=old.partner, starts_on=date(2028, 1, 1))

    assert (new.predecessor, pack.predecessor, unlinked.predecessor) == (old, None, None)
    assert renew(old) == Renewal(membership=new, is_new=False)


@pytest.mark.django_db(transaction=True)
def test_renewal_by_two_admins_at_once_gives_one_year():
    old = member()
    one, other = (admin_of(old.partner) for _ in range(2))
    partners = type(old.partner).objects.select_for_update(of=("self",), no_key=True)

    second = act_meanwhile(
        lambda: renew(old, by=other, level=Level.SILVER),
        lock=lambda: partners.get(pk=old.partner.pk),
        meanwhile=lambda: renew(old, by=one),
    ).result()

    assert (second.is_new, second.membership.level) == (False, "GOLD")
    assert Membership.objects.filter(partner=old.partner).count() == 2
    assert LedgerEntry.objects.filter(kind="GRANT", plan__unit="HOUR").count() == 2


def test_year_in_its_first_days_is_not_renewed_by_the_year_before():
    old = member()
    new = renew(old).membership

    with pytest.raises(RenewalNotOpen, match="from 15 December 2027"):
        renew(new, at=IN_WINDOW)
