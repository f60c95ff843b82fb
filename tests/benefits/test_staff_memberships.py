"""Memberships as staff add, correct and end them, and the competencies under them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from benefits import years
from benefits.allotments import Level, MembershipKind
from benefits.models import Competency, Contract, LedgerEntry, Membership, Plan
from benefits.services.activation import activate_package
from benefits.services.adjustments import BelowZero
from benefits.services.competencies import gain_competency, lose_competency
from benefits.services.corrections import (
    MembershipNotChangeable,
    change_membership,
    preview_change,
)
from benefits.services.endings import end_membership, preview_ending
from benefits.services.memberships import (
    MembershipInvalid,
    MembershipOverlaps,
    create_membership,
)
from benefits.verification import differences
from benefits.years import YearState
from partners.models import User
from partners.permissions import NotAuthorized
from portal.models import AuditRecord
from portal.refusals import Refusal
from tests.benefits.years import IN_WINDOW, MID_YEAR, TODAY, held, left, renew, silver, upgrade
from tests.factories import PartnerFactory, UserFactory
from tests.stories import (
    activate,
    admin_of,
    linked_outsider,
    member,
    plan_of,
    row_counts,
    submit,
    use_up,
)

pytestmark = pytest.mark.django_db

SCHEDULED = date(2026, 12, 1)


def manager() -> User:
    """Return the benefits manager, always the same."""
    found = User.objects.filter(staff_kind="BENEFITS_MANAGER").first()
    return found or UserFactory(staff_kind="BENEFITS_MANAGER")


def create(partner=None, **changes):
    """Add a Silver membership that starts today."""
    call: dict[str, Any] = {
        "mpn_id": (partner or PartnerFactory()).mpn_id,
        "kind": MembershipKind.CORE,
        "level": Level.SILVER,
        "starts_on": TODAY,
        "competencies": ["DevOps"],
        "by": manager(),
        "at": MID_YEAR,
    }
    return create_membership(**{**call, **changes})


def correct(year, *, level=Level.GOLD, starts_on=None, at=MID_YEAR, by=None):
    """Correct the year: to Gold, and no other day, unless told otherwise."""
    return change_membership(
        package_id=year.package.public_id,
        level=level,
        starts_on=starts_on or year.starts_on,
        by=by or manager(),
        at=at,
    )


def end(year, *, at=MID_YEAR, by=None):
    """End the year early."""
    return end_membership(package_id=year.package.public_id, by=by or manager(), at=at)


def refused(act) -> Refusal:
    """Return the refusal that the act ends with; it has written nothing."""
    manager()
    rows = row_counts()
    with pytest.raises(Refusal) as caught:
        act()
    assert row_counts() == rows
    return caught.value


def state(year, *, at=MID_YEAR) -> YearState:
    """Return where the year stands, read anew."""
    return years.state_of(Membership.objects.with_succession().get(pk=year.pk), at=at)


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["SUPPORT_AGENT", "AUDITOR", None])
def test_membership_is_changed_by_managers_and_administrators_only(kind):
    year, nobody = silver(), UserFactory(staff_kind=kind)
    package: dict[str, Any] = {"package_id": year.package.public_id, "by": nobody, "at": MID_YEAR}
    acts = [
        lambda: create(by=nobody),
        lambda: correct(year, by=nobody),
        lambda: preview_change(**package, level=Level.GOLD, starts_on=year.starts_on),
        lambda: end(year, by=nobody),
        lambda: preview_ending(**package),
        lambda: gain_competency(**package, name="DevOps", attained_on=TODAY),
        lambda: lose_competency(**package, name="DevOps"),
    ]
    PartnerFactory()

    for act in acts:
        with pytest.raises(NotAuthorized) as caught:
            act()
        step = caught.value.explanation.next_step
        assert step is not None
        assert "Benefits manager, Administrator" in step.text


# --- adding ----------------------------------------------------------------------------------


def test_membership_that_staff_add_is_written_once_with_package_and_record():
    partner, by = PartnerFactory(), manager()

    first, again = (create(partner, by=by) for _ in range(2))

    assert (first.is_new, again.is_new) == (True, False)
    assert first.membership == again.membership == Membership.objects.get()
    assert left(first.membership, at=MID_YEAR) == [
        ("NOT_ACTIVATED", None),
        ("NOT_ACTIVATED", None),
        ("ACTIVE", 20),
    ]
    record = AuditRecord.objects.get()
    assert (record.action, record.actor, record.partner_mpn_id) == (
        "benefits.write_membership",
        by,
        partner.mpn_id,
    )


def test_membership_that_begins_where_one_ends_follows_on_it():
    before = silver()

    after = create(before.partner, starts_on=before.anniversary_on, at=IN_WINDOW)

    assert after.membership.predecessor == before
    assert state(before, at=IN_WINDOW) == YearState.RENEWED


def test_action_pack_runs_beside_a_core_membership():
    core = silver()

    pack = create(core.partner, kind=MembershipKind.ACTION_PACK, level=None, competencies=[])

    assert pack.is_new


@pytest.mark.parametrize(
    ("changes", "kind", "sentence"),
    [
        ({"starts_on": date(2026, 3, 1)}, MembershipOverlaps, "A membership of this kind runs"),
        ({"level": Level.GOLD, "starts_on": date(2025, 12, 15)}, MembershipOverlaps, "A membersh"),
        ({"level": None}, MembershipInvalid, "A core membership is Silver or Gold."),
        ({"kind": MembershipKind.ACTION_PACK}, MembershipInvalid, "It has no level."),
        (
            {"kind": MembershipKind.ACTION_PACK, "level": None},
            MembershipInvalid,
            "Competencies are attained under a core membership",
        ),
        ({"competencies": ["Astrology"]}, MembershipInvalid, "There is no competency Astrology."),
        ({"starts_on": date(2027, 11, 21)}, MembershipInvalid, "at most one year ahead"),
        ({"starts_on": date(2025, 10, 21)}, MembershipInvalid, "ended on 19 November 2026."),
        ({"starts_on": date(2000, 1, 1)}, MembershipInvalid, "ended on 30 January 2001."),
    ],
)
def test_membership_that_may_not_be_is_not_added(changes, kind, sentence):
    partner = silver().partner

    refusal = refused(lambda: create(partner, **changes))

    assert type(refusal) is kind
    assert refusal.attempt is not None
    assert refusal.attempt.action == "benefits.write_membership"
    assert sentence in refusal.message


@pytest.mark.parametrize(
    ("partner", "sentence"),
    [
        ({"csp_only": True}, "isn't enrolled in MPN."),
        ({"inactive": True}, "is deactivated."),
    ],
)
def test_membership_of_a_partner_that_can_have_none_is_not_added(partner, sentence):
    of = PartnerFactory(**partner)

    refusal = refused(lambda: create(of))

    assert refusal.message == f"{of.name} {sentence}"


# --- correcting ------------------------------------------------------------------------------


def test_level_is_corrected_before_activation_and_its_hours_by_an_entry():
    year, by = silver(competencies=("DevOps",)), manager()

    shown = preview_change(
        package_id=year.package.public_id,
        level=Level.GOLD,
        starts_on=year.starts_on,
        by=by,
        at=MID_YEAR,
    )
    first, again = (correct(year, by=by) for _ in range(2))

    assert [(line.before, line.after) for line in shown.plans] == [(15, 20), (5, 10), (20, 50)]
    assert (first.is_changed, again.is_changed) == (True, False)
    assert [(e.plan_name, e.total) for e in held(year, at=MID_YEAR)] == [
        ("Partner support Gold 20pack", 20),
        ("Signature 10-pack", 10),
        ("Technical presales and deployment", 50),
    ]
    entries = LedgerEntry.objects.filter(plan__unit="HOUR").order_by("number")
    assert list(entries.values_list("kind", "quantity", "remaining_after", "reason")) == [
        ("GRANT", 20, 20, ""),
        ("ADJUST", 30, 50, "The level was corrected to Gold competency."),
    ]
    record = AuditRecord.objects.get(action="benefits.change_membership")
    assert record.facts["before"] == {"level": "SILVER", "startsOn": "2025-12-15"}
    assert list(differences()) == []


def test_level_is_not_corrected_below_the_hours_that_were_used():
    year = member()
    hours = Plan.objects.filter(package=year.package, unit="HOUR")
    # Used, as the ledger would have it, up to the last two.
    hours.update(used=48, remaining=2)

    refusal = refused(lambda: correct(year, level=Level.SILVER))

    assert type(refusal) is BelowZero
    assert refusal.message == (
        "48 hours of advice are used already, and Silver competency gives fewer."
    )


def test_start_is_corrected_with_the_package_and_succeeds_what_ends_that_day():
    year = member(starts_on=date(2025, 12, 20))
    before = member(partner=year.partner, starts_on=date(2024, 12, 15))

    correct(year, starts_on=date(2025, 12, 15))

    year = Membership.objects.get(pk=year.pk)
    assert (year.starts_on, year.anniversary_on, year.predecessor) == (
        date(2025, 12, 15),
        date(2026, 12, 15),
        before,
    )
    assert (year.package.starts_at, year.package.ends_at) == (
        datetime(2025, 12, 15, tzinfo=UTC),
        datetime(2027, 1, 14, tzinfo=UTC),
    )
    assert list(differences()) == []


def activated(year):
    """Activate the year's package."""
    activate(year)
    return year


@pytest.mark.parametrize(
    ("make", "changes", "sentence"),
    [
        (lambda: activated(silver()), {}, "Its benefits were activated on 20 December 2025"),
        (lambda: end(silver()).membership, {}, "This membership is over."),
        (
            lambda: create(silver().partner, starts_on=date(2026, 12, 15)).membership,
            {"starts_on": date(2026, 12, 20)},
            "It follows on from the year before, which ended on 15 December 2026",
        ),
        (
            lambda: create(silver().partner, starts_on=date(2026, 12, 15)).membership.predecessor,
            {"starts_on": date(2025, 12, 20)},
            "The year after it has been added already, and begins on 15 December 2026.",
        ),
        (lambda: member(level=None), {}, "A core membership is Silver or Gold; an Action Pack"),
        (silver, {"level": None}, "A core membership is Silver or Gold; an Action Pack"),
        (silver, {"starts_on": date(2025, 1, 1)}, "would have ended on 30 January 2026."),
    ],
)
def test_year_that_cannot_be_corrected_says_why(make, changes, sentence):
    year = make()

    refusal = refused(lambda: correct(year, **changes))

    assert refusal.message.startswith(sentence) or sentence in refusal.message
    assert refusal.explanation.next_step is not None


def test_start_that_overlaps_another_year_is_refused():
    year = member(starts_on=date(2026, 1, 1))
    member(partner=year.partner, starts_on=date(2025, 1, 1))

    assert type(refused(lambda: correct(year, starts_on=date(2025, 12, 31)))) is MembershipOverlaps


# --- ending early ----------------------------------------------------------------------------


def test_year_that_is_ended_takes_its_contract_and_what_is_unused_with_it():
    year, by = silver(competencies=("DevOps",)), manager()
    contract = activate(year)
    user, plan = linked_outsider(contract), plan_of(contract)
    use_up(plan, by=user, leave=4)

    shown = preview_ending(package_id=year.package.public_id, by=by, at=MID_YEAR)
    first, again = (end(year, by=by) for _ in range(2))

    assert [e.balance for e in shown] == [4, 5, 20]
    assert (first.is_new, again.is_new) == (True, False)
    assert [e.lapsed for e in first.lapsed] == [4, 5, 20]
    assert left(year, at=MID_YEAR) == [("EXPIRED", 0)] * 3
    assert Contract.objects.get().ends_at == MID_YEAR
    plan.refresh_from_db()
    assert (plan.allotment, plan.used, plan.expired, plan.remaining) == (15, 11, 4, 0)
    assert LedgerEntry.objects.filter(kind="EXPIRE").count() == 3
    assert state(year) == YearState.ENDED
    assert list(differences()) == []
    record = AuditRecord.objects.get(action="benefits.end_membership")
    assert record.facts == {
        "endedOn": "2026-11-20",
        "lapsed": {
            "MICROSOFT_PRODUCT_SUPPORT": 4,
            "SIGNATURE_CLOUD_SUPPORT": 5,
            "TPD_ADVISORY": 20,
        },
    }
    assert "ended" in refused(lambda: submit(by=user, at=MID_YEAR, key="late")).message


def test_year_that_was_ended_is_replaced_by_another_and_says_nothing_of_gold():
    year = end(member()).membership

    after = create(year.partner, level=Level.SILVER)

    assert after.is_new
    assert state(year) == YearState.ENDED
    assert not held(year, at=MID_YEAR)[0].is_replaced
    assert list(differences()) == []


def test_upgraded_year_still_says_that_gold_replaced_it():
    year = silver()
    upgrade(year)

    assert state(year) == YearState.UPGRADED
    assert held(year, at=MID_YEAR)[0].is_replaced


def test_year_that_has_not_begun_is_called_off_and_is_in_nobodys_way():
    before = silver()
    year = create(before.partner, starts_on=before.anniversary_on).membership

    end(year)

    year = Membership.objects.get(pk=year.pk)
    assert (year.starts_on, year.ended_on, year.predecessor) == (TODAY, TODAY, None)
    assert left(year, at=MID_YEAR) == [("EXPIRED", 0)] * 3
    renew(before, at=IN_WINDOW)
    assert list(differences()) == []


def pending():
    """Return a year whose activation was requested and is not ready."""
    year = silver()
    activate_package(
        package_id=year.package.public_id,
        by=admin_of(year.partner),
        at=MID_YEAR,
        delay=timedelta(days=3),
    )
    return year


@pytest.mark.parametrize(
    ("make", "at", "sentence"),
    [
        (silver, IN_WINDOW, "The year of this membership is over."),
        (pending, MID_YEAR, "Activation is pending until 23 November 2026."),
        (lambda: upgrade(silver()).membership.predecessor, MID_YEAR, "This membership ended on"),
        (
            lambda: create(silver().partner, starts_on=date(2026, 12, 15)).membership.predecessor,
            MID_YEAR,
            "The year after it has been added already",
        ),
    ],
)
def test_year_that_cannot_be_ended_early_says_why(make, at, sentence):
    year = make()

    refusal = refused(lambda: end(year, at=at))

    assert type(refusal) is MembershipNotChangeable
    assert refusal.message.startswith(sentence)


# --- competencies ----------------------------------------------------------------------------


def test_competency_is_gained_and_lost_and_the_package_follows_until_it_is_activated():
    year, by = silver(competencies=("DevOps",)), manager()
    call: dict[str, Any] = {
        "package_id": year.package.public_id,
        "name": "Security",
        "by": by,
        "at": MID_YEAR,
    }

    gained = [gain_competency(**call, attained_on=TODAY).is_changed for _ in range(2)]
    unlimited = plan_cloud(year)
    lost = [lose_competency(**call).is_changed for _ in range(2)]

    assert (gained, lost) == ([True, False], [True, False])
    assert (unlimited, plan_cloud(year)) == (None, 5)
    actions = AuditRecord.objects.filter(facts__competency="Security").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "benefits.attain_competency",
        "benefits.lose_competency",
    ]


def plan_cloud(year):
    """Return the allotment of the year's plan for cloud products."""
    return Plan.objects.get(package=year.package, scope="CLOUD").allotment


def test_competency_that_is_lost_after_activation_leaves_the_package_as_it_is():
    year = activated(silver(competencies=("Security",)))

    lose_competency(package_id=year.package.public_id, name="Security", by=manager(), at=MID_YEAR)

    assert plan_cloud(year) is None
    assert not Competency.objects.exists()


@pytest.mark.parametrize(
    ("make", "changes", "kind"),
    [
        (lambda: member(level=None), {}, MembershipInvalid),
        (silver, {"name": "Astrology"}, MembershipInvalid),
        (silver, {"attained_on": date(2026, 11, 21)}, MembershipInvalid),
        (silver, {"attained_on": date(1999, 12, 31)}, MembershipInvalid),
        (lambda: end(silver()).membership, {}, MembershipNotChangeable),
    ],
)
def test_competency_that_cannot_be_gained_is_refused(make, changes, kind):
    year = make()
    call: dict[str, Any] = {"name": "DevOps", "attained_on": TODAY, **changes}

    refusal = refused(
        lambda: gain_competency(
            package_id=year.package.public_id, by=manager(), at=MID_YEAR, **call
        )
    )

    assert type(refusal) is kind
