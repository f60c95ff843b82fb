"""Activating a package: contract, pair, grants and audit in one, and once."""

import secrets
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest

from benefits.entitlements import Status
from benefits.ids import is_well_formed
from benefits.models import Contract, IssuedId, LedgerEntry
from benefits.reasons import BenefitNotStarted, OfferNotActive
from benefits.services.activation import Activation, activate_package
from benefits.services.pairs import issue_pair
from portal.models import AuditRecord
from tests.factories import (
    ACTIVATED_AT,
    ENDS_AT,
    IssuedIdFactory,
    PartnerFactory,
    well_formed,
)
from tests.stories import (
    activate,
    admin_of,
    entitlement_of,
    gold_contract,
    member,
    numbers_of,
    plan_of,
    row_counts,
)

pytestmark = pytest.mark.django_db

NO_DELAY = timedelta(0)
SECOND = timedelta(seconds=1)
START = datetime(2025, 12, 15, tzinfo=UTC)


def attempt(membership, *, by=None, at=ACTIVATED_AT, **delay):
    """Activate the membership's package, by a new Global admin unless somebody is named."""
    return activate_package(
        package_id=membership.package.public_id,
        by=by or admin_of(membership.partner),
        at=at,
        **delay,
    )


def draws(monkeypatch, *payloads):
    """Let the operating system's random source give these eight digits, one after the other."""
    coming = [str(payload) for payload in payloads]
    monkeypatch.setattr(secrets, "choice", lambda _digits: coming[0][0])
    monkeypatch.setattr(secrets, "randbelow", lambda _end: int(coming.pop(0)[1:]))
    return coming


# --- what it writes --------------------------------------------------------------------------


def test_activation_issues_a_contract_up_to_the_end_of_the_package():
    membership = member()
    admin = admin_of(membership.partner)

    activation = attempt(membership, by=admin)

    contract = Contract.objects.get(package=membership.package)
    assert activation == Activation(contract=contract, is_new=True)
    assert (contract.starts_at, contract.ends_at) == (ACTIVATED_AT, ENDS_AT)
    assert (contract.requested_at, contract.requested_by) == (ACTIVATED_AT, admin)


def test_activation_issues_one_access_id_and_one_contract_id():
    contract = attempt(member()).contract

    issued = contract.issued_ids.order_by("kind")
    assert list(issued.values_list("kind", "issued_at", "replaced_at")) == [
        ("ACCESS", ACTIVATED_AT, None),
        ("CONTRACT", ACTIVATED_AT, None),
    ]
    assert [is_well_formed(number) for number in numbers_of(contract)] == [True, True]


def test_activation_books_a_grant_on_every_limited_incident_plan():
    membership = member()
    admin = admin_of(membership.partner)

    attempt(membership, by=admin)

    entries = LedgerEntry.objects.filter(plan__unit="INCIDENT").order_by("-quantity")
    assert list(
        entries.values_list("kind", "number", "quantity", "remaining_after", "actor", "occurred_at")
    ) == [
        ("GRANT", 1, 20, 20, admin.pk, ACTIVATED_AT),
        ("GRANT", 1, 10, 10, admin.pk, ACTIVATED_AT),
    ]
    assert list(
        membership.package.plans.order_by("pk").values_list("remaining", "last_number")
    ) == [(20, 1), (10, 1), (50, 1)]


def test_activation_of_unlimited_plan_books_no_grant_on_it(now):
    contract = attempt(member(competencies=("Cloud Platform",))).contract

    cloud = contract.package.plans.get(scope="CLOUD")
    assert (cloud.allotment, cloud.remaining, cloud.last_number) == (None, None, 0)
    assert list(cloud.entries.all()) == []
    assert entitlement_of(cloud, at=now).status == Status.ACTIVE


def test_activation_is_recorded_without_the_ids():
    membership = member(partner=PartnerFactory(mpn_id="5123456"))
    admin = admin_of(membership.partner)

    contract = attempt(membership, by=admin).contract

    record = AuditRecord.objects.get(action="benefits.activate_package")
    assert (record.actor, record.partner_mpn_id, record.occurred_at) == (
        admin,
        "5123456",
        ACTIVATED_AT,
    )
    assert (record.target_kind, record.target_id) == ("package", str(membership.package.public_id))
    assert record.facts == {
        "contract": str(contract.public_id),
        "startsAt": "2025-12-20T09:00:00+00:00",
    }


# --- twice -----------------------------------------------------------------------------------


def test_activation_twice_gives_the_same_contract_and_pair():
    membership = member()
    first = attempt(membership)
    other_admin = admin_of(membership.partner)
    pair, rows = numbers_of(first.contract), row_counts()

    second = attempt(membership, by=other_admin, at=ACTIVATED_AT + timedelta(days=1))

    assert second == Activation(contract=first.contract, is_new=False)
    assert second.contract.requested_at == ACTIVATED_AT
    assert numbers_of(second.contract) == pair
    assert row_counts() == rows


def test_activation_twice_in_the_last_second_still_gives_the_contract():
    membership = member()
    contract = attempt(membership).contract

    again = attempt(membership, at=ENDS_AT - SECOND)

    assert again == Activation(contract=contract, is_new=False)


def test_activation_again_after_the_end_is_refused():
    membership = member()
    attempt(membership)

    with pytest.raises(OfferNotActive):
        attempt(membership, at=ENDS_AT)


# --- when ------------------------------------------------------------------------------------


def test_activation_before_the_membership_starts_is_refused():
    membership = member()

    with pytest.raises(BenefitNotStarted) as refused:
        attempt(membership, at=START - SECOND)

    assert refused.value.explanation.as_dict() == {
        "code": "benefit_not_started",
        "message": "This benefit starts on 15 December 2025.",
        "facts": {"startsAt": "2025-12-15T00:00:00+00:00"},
        "nextStep": {
            "text": "It can be activated from that day on.",
            "url": None,
            "people": [],
        },
    }


@pytest.mark.parametrize("at", [START, ENDS_AT - SECOND])
def test_activation_on_the_first_and_last_day_is_done(at):
    contract = attempt(member(), at=at).contract

    assert (contract.starts_at, contract.ends_at) == (at, ENDS_AT)


@pytest.mark.parametrize("at", [ENDS_AT, ENDS_AT + timedelta(days=400)])
def test_activation_of_ended_package_is_refused(at):
    membership = member()

    with pytest.raises(OfferNotActive) as refused:
        attempt(membership, at=at)

    assert refused.value.explanation.as_dict() == {
        "code": "offer_not_active",
        "message": "This offer ended on 13 January 2027 and can no longer be activated.",
        "facts": {"endedAt": "2027-01-14T00:00:00+00:00"},
        "nextStep": {
            "text": "Activate the package of your current membership.",
            "url": None,
            "people": [],
        },
    }
    assert (Contract.objects.count(), IssuedId.objects.count()) == (0, 0)


def test_activation_that_would_be_ready_after_the_end_is_refused_with_both_days():
    membership = member()

    with pytest.raises(OfferNotActive) as refused:
        attempt(membership, at=ENDS_AT - timedelta(days=2), delay=timedelta(days=3))

    assert (refused.value.message, refused.value.explanation.facts) == (
        "Activation would be ready on 15 January 2027, but this offer ends on 13 January 2027.",
        {"endsAt": "2027-01-14T00:00:00+00:00", "readyAt": "2027-01-15T00:00:00+00:00"},
    )
    assert Contract.objects.count() == 0


def test_activation_of_leap_day_membership_ends_thirty_days_after_28_february():
    contract = attempt(
        member(starts_on=date(2024, 2, 29)), at=datetime(2024, 2, 29, tzinfo=UTC)
    ).contract

    assert contract.ends_at == datetime(2025, 3, 30, tzinfo=UTC)


def test_activation_with_delay_is_pending_until_its_start():
    contract = attempt(member(), delay=timedelta(days=3)).contract
    ready = ACTIVATED_AT + timedelta(days=3)

    assert (contract.requested_at, contract.starts_at) == (ACTIVATED_AT, ready)
    assert [entitlement_of(plan_of(contract), at=at).status for at in (ready - SECOND, ready)] == [
        Status.PENDING,
        Status.ACTIVE,
    ]


def test_activation_takes_its_delay_from_the_settings(settings):
    settings.ACTIVATION_DELAY = timedelta(days=5)

    contract = attempt(member()).contract

    assert contract.starts_at == ACTIVATED_AT + timedelta(days=5)


def test_activation_with_delay_twice_keeps_the_first_start():
    membership = member()
    first = attempt(membership, delay=timedelta(days=3)).contract

    again = attempt(membership, at=ACTIVATED_AT + timedelta(days=1), delay=NO_DELAY).contract

    assert again.starts_at == first.starts_at


@pytest.mark.parametrize(
    ("delay", "done"), [(timedelta(days=1) - SECOND, True), (timedelta(days=1), False)]
)
def test_activation_whose_delay_reaches_the_end_is_refused(delay, done):
    membership = member()
    by = admin_of(membership.partner)

    with nullcontext() if done else pytest.raises(OfferNotActive):
        attempt(membership, by=by, at=ENDS_AT - timedelta(days=1), delay=delay)

    assert Contract.objects.exists() is done


# --- the numbers -----------------------------------------------------------------------------


def test_activation_draws_again_when_a_number_was_issued_before(monkeypatch):
    IssuedIdFactory(number=well_formed(1))
    left = draws(monkeypatch, 10000001, 20000002, 10000001, 20000002, 30000003)

    contract = attempt(member()).contract

    assert left == []
    assert numbers_of(contract) == (str(well_formed(10_000_002)), str(well_formed(20_000_003)))


def test_activation_that_fails_in_the_middle_leaves_nothing(monkeypatch):
    membership = member()
    admin = admin_of(membership.partner)
    rows = row_counts()
    draws(monkeypatch, *[10000001] * 21)

    # The Access ID is issued; the Contract ID finds no free number.
    with pytest.raises(RuntimeError, match="no free ID in 20 draws"):
        attempt(membership, by=admin)

    assert row_counts() == rows


def test_pair_issued_again_must_replace_the_current_one_first():
    contract = gold_contract()

    with pytest.raises(RuntimeError, match="no free ID"):
        issue_pair(contract=contract, at=ACTIVATED_AT)


def test_activation_leaves_packages_of_other_years_alone():
    partner = PartnerFactory()
    this_year, next_year = (
        member(partner=partner),
        member(partner=partner, starts_on=date(2026, 12, 15)),
    )

    activate(this_year)

    assert not Contract.objects.filter(package=next_year.package).exists()
