"""Upgrading Silver to Gold: what ends, what begins, and that there is never a hole."""

from datetime import UTC, date, datetime, timedelta

import pytest

from benefits.allotments import Level, Scope
from benefits.models import Contract, LedgerEntry, Membership, Package, Plan
from benefits.reasons import OfferNotActive
from benefits.services.activation import activate_package
from benefits.services.expiry import book_expiries
from benefits.services.upgrade import Upgrade
from benefits.verification import differences
from benefits.years import UpgradeNotPossible
from partners.permissions import NotAuthorized
from portal.models import AuditRecord
from tests.at_once import act_meanwhile
from tests.benefits.years import (
    ANNIVERSARY,
    IN_WINDOW,
    MID_YEAR,
    SERVER,
    TODAY,
    held,
    left,
    renew,
    silver,
    told,
    upgrade,
)
from tests.factories import ACTIVATED_AT, ENDS_AT, PartnerFactory
from tests.movements import consume, give_back
from tests.stories import (
    activate,
    admin_of,
    colleague_of,
    linked_outsider,
    member,
    plan_of,
    row_counts,
    submit,
)

pytestmark = pytest.mark.django_db

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
GOLD_FROM = MID_YEAR + DAY


def lapsed():
    """Return what was booked as lapsed: allotment of the plan, quantity, when."""
    entries = LedgerEntry.objects.filter(kind="EXPIRE").order_by("pk")
    return list(entries.values_list("plan__allotment", "quantity", "occurred_at"))


# --- what it writes --------------------------------------------------------------------------


def test_upgrade_ends_silver_today_and_writes_a_gold_year_of_its_own():
    old = silver(competencies=("DevOps", "Messaging"))

    new = upgrade(old).membership

    old = Membership.objects.get(pk=old.pk)
    assert (old.ended_on, old.package.ends_at) == (TODAY, MIDNIGHT)
    assert (new.level, new.starts_on, new.anniversary_on, new.predecessor) == (
        "GOLD",
        TODAY,
        date(2027, 11, 20),
        old,
    )
    assert list(new.competencies.order_by("pk").values_list("name", "attained_on")) == [
        ("DevOps", old.starts_on),
        ("Messaging", old.starts_on),
    ]
    assert [(e.status.value, e.total) for e in held(new, at=MID_YEAR)] == [
        ("NOT_ACTIVATED", 20),
        ("NOT_ACTIVATED", 10),
        ("ACTIVE", 50),
    ]


def test_upgrade_books_the_lapse_of_silvers_hours_and_the_grant_of_golds():
    upgrade(silver())

    moved = LedgerEntry.objects.filter(occurred_at=MID_YEAR).order_by("pk")
    assert list(moved.values_list("kind", "quantity", "plan__unit")) == [
        ("EXPIRE", -20, "HOUR"),
        ("GRANT", 50, "HOUR"),
    ]
    assert list(differences()) == []


def test_upgrade_is_recorded():
    old = silver()
    admin = admin_of(old.partner)

    new = upgrade(old, by=admin).membership

    record = AuditRecord.objects.get(action="benefits.upgrade_membership")
    assert (record.actor, record.partner_mpn_id, record.target_id, record.facts) == (
        admin,
        old.partner.mpn_id,
        str(old.package.public_id),
        {"endedOn": "2026-11-20", "newPackage": str(new.package.public_id)},
    )


def test_upgrade_on_the_first_day_leaves_a_silver_year_of_no_day():
    old = silver(starts_on=TODAY)

    new = upgrade(old).membership

    assert (new.starts_on, new.predecessor_id) == (TODAY, old.pk)
    assert list(differences()) == []


# --- never a hole ----------------------------------------------------------------------------


def test_silver_contract_goes_on_until_gold_is_activated_and_pays_until_then():
    old = silver()
    contract = activate(old)
    user = linked_outsider(contract)
    new = upgrade(old).membership

    submit(by=user, at=GOLD_FROM - SECOND, key="by-silver", product=SERVER)
    assert left(old, at=GOLD_FROM - SECOND) == [("ACTIVE", 14), ("ACTIVE", 5), ("EXPIRED", 0)]
    gold = activate(new, at=GOLD_FROM)
    submit(by=user, at=GOLD_FROM, key="by-gold", product=SERVER)

    assert Contract.objects.get(pk=contract.pk).ends_at == gold.starts_at == GOLD_FROM
    assert left(old, at=GOLD_FROM) == [("EXPIRED", 0)] * 3
    assert left(new, at=GOLD_FROM) == [("ACTIVE", 19), ("ACTIVE", 10), ("ACTIVE", 50)]


def test_silver_contract_goes_on_while_gold_is_pending():
    old = silver()
    contract = activate(old)
    new = upgrade(old).membership

    activate(new, at=MID_YEAR, delay=DAY)

    assert Contract.objects.get(pk=contract.pk).ends_at == GOLD_FROM
    assert [status for status, _left in left(old, at=GOLD_FROM - SECOND)] == [
        "ACTIVE",
        "ACTIVE",
        "EXPIRED",
    ]
    assert left(new, at=GOLD_FROM - SECOND)[0] == ("PENDING", None)
    assert left(new, at=GOLD_FROM)[0] == ("ACTIVE", 20)
    assert left(old, at=GOLD_FROM)[0] == ("EXPIRED", 0)


def test_silver_contract_ends_at_its_own_end_when_gold_starts_later():
    old = silver()
    contract = activate(old)
    new = upgrade(old).membership

    activate(new, at=ENDS_AT + DAY)

    assert Contract.objects.get(pk=contract.pk).ends_at == ENDS_AT


def test_silver_contract_that_is_pending_itself_ends_no_sooner_than_it_starts():
    old = silver()
    pending = activate(old, at=MID_YEAR - DAY, delay=3 * DAY)
    new = upgrade(old).membership

    gold = activate(new, at=MID_YEAR)

    assert gold.starts_at < pending.starts_at
    assert Contract.objects.get(pk=pending.pk).ends_at == pending.starts_at


def test_lapse_of_silvers_incidents_is_booked_from_golds_start_on_by_the_usual_command():
    old = silver()
    contract = activate(old)
    submit(by=linked_outsider(contract))
    activate(upgrade(old).membership, at=GOLD_FROM)

    assert book_expiries(by=None, at=GOLD_FROM - SECOND) == 0
    assert book_expiries(by=None, at=GOLD_FROM) == 2

    assert lapsed() == [(20, -20, MID_YEAR), (15, -14, GOLD_FROM), (5, -5, GOLD_FROM)]
    assert list(differences()) == []


def test_lapse_of_silvers_incidents_is_booked_by_the_next_movement():
    old = silver()
    contract = activate(old)
    plan = plan_of(contract)
    consume(plan, 1)
    activate(upgrade(old).membership, at=GOLD_FROM)

    give_back(plan, 1, at=GOLD_FROM + DAY)

    entries = plan.entries.order_by("number").values_list("kind", "quantity")
    assert list(entries) == [
        ("GRANT", 15),
        ("CONSUME", -1),
        ("EXPIRE", -14),
        ("RETURN", 1),
        ("EXPIRE", -1),
    ]


def test_upgrade_of_package_not_activated_ends_it():
    old = silver()
    upgrade(old)
    admin = admin_of(old.partner)

    assert left(old, at=MID_YEAR) == [("EXPIRED", 0)] * 3
    with pytest.raises(OfferNotActive) as refused:
        activate(old, by=admin, at=MID_YEAR)
    assert refused.value.message == (
        "This offer was replaced by Gold on 20 November 2026 and can no longer be activated."
    )


# --- when it is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "at", "message"),
    [
        (member, MID_YEAR, "Gold is the highest level."),
        (lambda: member(level=None), MID_YEAR, "An Action Pack has no level"),
        (lambda: silver(starts_on=date(2026, 12, 1)), MID_YEAR, "starts on 1 December 2026"),
        (silver, datetime(2026, 12, 15, tzinfo=UTC), "The year of this membership is over."),
        (silver, ENDS_AT, "This membership has ended."),
    ],
)
def test_upgrade_of_what_is_no_silver_year_that_runs_is_refused(build, at, message):
    year = build()
    admin = admin_of(year.partner)
    rows = row_counts()

    with pytest.raises(UpgradeNotPossible, match=message) as refused:
        upgrade(year, by=admin, at=at)

    assert (refused.value.code, refused.value.status) == ("upgrade_not_possible", 409)
    assert row_counts() == rows


def test_upgrade_of_renewed_year_says_to_upgrade_the_new_one():
    old = silver()
    new = renew(old).membership

    with pytest.raises(UpgradeNotPossible, match="renewed already"):
        upgrade(old, at=IN_WINDOW)
    assert upgrade(new, at=IN_WINDOW).membership.starts_on == IN_WINDOW.date()


def test_upgrade_before_a_year_that_is_written_already_changes_nothing():
    old = silver()
    member(partner=old.partner, level=Level.SILVER, starts_on=ANNIVERSARY)
    admin = admin_of(old.partner)
    rows = row_counts()

    with pytest.raises(UpgradeNotPossible, match="added already"):
        upgrade(old, by=admin)

    assert row_counts() == rows
    assert Membership.objects.get(pk=old.pk).ended_on is None
    assert Package.objects.get(membership=old).ends_at == ENDS_AT


def test_upgrade_by_somebody_without_the_role_is_refused_with_who_can():
    old = silver()
    ana = admin_of(old.partner)

    with pytest.raises(NotAuthorized) as refused:
        upgrade(old, by=colleague_of(old.partner))

    assert told(refused.value) == ((ana.name,), "benefits.upgrade_membership")


# --- at once ---------------------------------------------------------------------------------


def test_upgrade_twice_gives_one_gold_year_and_the_later_caller_the_same():
    old = silver()
    first = upgrade(old)
    other = admin_of(old.partner)
    rows = row_counts()

    assert upgrade(old, by=other) == Upgrade(membership=first.membership, is_new=False)
    assert row_counts() == rows


@pytest.mark.django_db(transaction=True)
def test_upgrade_by_two_admins_at_once_gives_one_gold_year():
    old = silver()
    one, other = (admin_of(old.partner) for _ in range(2))

    second = act_meanwhile(
        lambda: upgrade(old, by=other),
        lock=lambda: _lock(PartnerFactory._meta.model, pk=old.partner_id),
        meanwhile=lambda: upgrade(old, by=one),
    ).result()

    assert second.is_new is False
    assert Membership.objects.filter(partner=old.partner).count() == 2
    assert list(differences()) == []


@pytest.mark.django_db(transaction=True)
def test_activation_that_waits_for_an_upgrade_finds_the_package_ended():
    old = silver()
    admin = admin_of(old.partner)

    waiting = act_meanwhile(
        lambda: activate_package(package_id=old.package.public_id, by=admin, at=MID_YEAR),
        lock=lambda: _lock(Package, membership=old),
        meanwhile=lambda: upgrade(old, by=admin),
    )

    with pytest.raises(OfferNotActive):
        waiting.result()
    assert not Contract.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_upgrade_that_waits_for_an_activation_keeps_its_contract():
    old = silver()
    admin = admin_of(old.partner)

    waiting = act_meanwhile(
        lambda: upgrade(old, by=admin),
        lock=lambda: _lock(Package, membership=old),
        meanwhile=lambda: activate(old, by=admin, at=ACTIVATED_AT),
    )

    assert waiting.result().is_new is True
    assert Plan.objects.get(package=old.package, scope=Scope.ON_PREMISES).remaining == 15
    assert left(old, at=MID_YEAR)[0] == ("ACTIVE", 15)
    assert list(differences()) == []


def _lock(model, **which):
    return model.objects.select_for_update(of=("self",), no_key=True).get(**which)
