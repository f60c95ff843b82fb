"""Submitting a support request: request, incident, audit record and key, all or nothing."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benefits.allotments import Scope
from benefits.models import LedgerEntry
from portal.models import AuditRecord, IdempotencyKey
from support.models import SupportRequest
from support.services.requests import Submitted, draw_number, submitted_before
from support.severities import Severity
from tests.factories import ACTIVATED_AT, ENDS_AT, USED_AT, SupportRequestFactory, UserFactory
from tests.stories import (
    AZURE,
    gold_contract,
    linked_colleague,
    linked_outsider,
    partner_of,
    plan_of,
    submit,
    text,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def uses_of(plan):
    """Return the plan's entries that used an incident: request number, remaining after."""
    entries = LedgerEntry.objects.filter(plan=plan, kind="CONSUME").order_by("number")
    return list(entries.values_list("request_number", "remaining_after"))


# --- what it writes --------------------------------------------------------------------------


def test_submitted_request_is_stored_with_everything_that_was_written():
    contract = gold_contract()
    user = linked_outsider(contract)

    submitted = submit(by=user)

    stored = SupportRequest.objects.values().get()
    assert stored == {
        "id": submitted.request.pk,
        "number": submitted.request.number,
        "kind": "TECHNICAL",
        "portal": "SUPPORT_FOR_BUSINESS",
        "author_id": user.pk,
        "partner_id": None,
        "plan_id": plan_of(contract).pk,
        "customer_id": None,
        "topic": "",
        "ended_at": None,
        "product_family": "Windows Server",
        "product_version": "2022",
        "category": "CONFIGURATION",
        "title": "Sign-in fails",
        "description": "Sign-in fails since the host was renamed.",
        "tried": "Restarted it.",
        "severity": "C",
        "require_24x7": False,
        "contact_name": "Ana Berg",
        "contact_email": "ana@contoso.example",
        "contact_phone": "",
        "contact_method": "EMAIL",
        "country": "SE",
        "time_zone": "Europe/Stockholm",
        "contact_language": "",
        "state": "OPEN",
        "state_changed_at": USED_AT,
        "opened_at": USED_AT,
        "due_at": datetime(2026, 3, 3, 9, 0, tzinfo=UTC),
        "closed_at": None,
        "closed_by_id": None,
        "close_reason": None,
        "claimed_by_id": None,
        "claimed_at": None,
    }


def test_submitted_request_keeps_the_language_of_the_contact_where_it_is_said():
    user = linked_outsider(gold_contract())

    submitted = submit(by=user, text=text(contact_language="sv"))

    assert SupportRequest.objects.get(pk=submitted.request.pk).contact_language == "sv"


def test_submitted_request_uses_one_incident():
    contract = gold_contract()
    user = linked_outsider(contract)

    submitted = submit(by=user)

    assert uses_of(plan_of(contract)) == [(submitted.request.number, 19)]
    assert plan_of(contract).remaining == 19
    entry = LedgerEntry.objects.get(request_number=submitted.request.number)
    assert (entry.quantity, entry.actor, entry.occurred_at) == (-1, user, USED_AT)


def test_submitted_request_is_recorded_for_the_partner_that_pays():
    contract = gold_contract()
    user = linked_outsider(contract)

    submitted = submit(by=user)

    record = AuditRecord.objects.get(action="support.submit_request")
    assert (record.actor, record.partner_mpn_id, record.occurred_at) == (
        user,
        partner_of(contract).mpn_id,
        USED_AT,
    )
    assert (record.target_kind, record.target_id) == ("request", submitted.request.number)
    assert record.facts == {"plan": str(plan_of(contract).public_id), "remainingAfter": 19}


def test_submitted_request_on_unlimited_plan_writes_the_line_too():
    contract = gold_contract(competencies=("Security",))

    submitted = submit(by=linked_outsider(contract), product=AZURE)

    cloud = plan_of(contract, Scope.CLOUD)
    assert uses_of(cloud) == [(submitted.request.number, None)]
    assert (cloud.used, cloud.remaining) == (1, None)


def test_submitted_request_of_colleague_names_the_partner_acted_for():
    contract = gold_contract()

    submitted = submit(by=linked_colleague(contract), partner=partner_of(contract))

    assert submitted.request.partner == partner_of(contract)


def test_submitted_request_is_paid_by_the_chosen_plan():
    first, chosen = gold_contract(), gold_contract()
    user = linked_outsider(first)
    chosen.links.create(user=user, method="PAIR", linked_at=ACTIVATED_AT)

    submitted = submit(by=user, plan_id=plan_of(chosen).public_id)

    assert submitted.request.plan == plan_of(chosen)
    assert (plan_of(first).used, plan_of(chosen).used) == (0, 1)


def test_submitted_request_without_chosen_plan_is_paid_by_the_first_in_order():
    first, second = gold_contract(), gold_contract()
    user = linked_outsider(second)
    first.links.create(user=user, method="PAIR", linked_at=ACTIVATED_AT)

    submitted = submit(by=user)

    assert submitted.request.plan == plan_of(first)


@pytest.mark.parametrize("at", [ACTIVATED_AT, datetime(2026, 10, 13, 23, 59, 59, tzinfo=UTC)])
def test_request_is_submitted_on_the_first_and_on_the_last_day(at):
    assert submit(by=linked_outsider(gold_contract()), at=at).request.opened_at == at


@pytest.mark.parametrize(
    ("severity", "around_the_clock", "due_at"),
    [
        (Severity.A, True, datetime(2026, 3, 2, 11, 0, tzinfo=UTC)),
        (Severity.B, True, datetime(2026, 3, 2, 13, 0, tzinfo=UTC)),
        (Severity.B, False, datetime(2026, 3, 2, 13, 0, tzinfo=UTC)),
        (Severity.C, False, datetime(2026, 3, 3, 9, 0, tzinfo=UTC)),
    ],
)
def test_submitted_request_is_due_as_its_severity_says(severity, around_the_clock, due_at):
    wording = text(severity=severity, require_24x7=around_the_clock)

    submitted = submit(by=linked_outsider(gold_contract()), text=wording)

    assert SupportRequest.objects.get(pk=submitted.request.pk).due_at == due_at


# --- its number ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 3, 2, 0, 0, tzinfo=UTC), "260302"),
        (datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC), "260302"),
        (datetime.fromisoformat("2026-03-03T00:30:00+01:00"), "260302"),
        (datetime.fromisoformat("2026-03-02T20:30:00-08:00"), "260303"),
    ],
)
def test_number_is_the_utc_day_and_nine_random_digits(at, day):
    number = draw_number(at=at)

    assert (number[:6], len(number), number.isdigit()) == (day, 15, True)


def test_number_that_is_taken_is_drawn_again(monkeypatch):
    contract = gold_contract()
    user = linked_outsider(contract)
    SupportRequestFactory(number="260302000000007")
    coming = [7, 7, 8]
    monkeypatch.setattr(secrets, "randbelow", lambda _end: coming.pop(0))

    submitted = submit(by=user)

    assert (submitted.request.number, coming) == ("260302000000008", [])
    assert uses_of(plan_of(contract)) == [("260302000000008", 19)]


# --- once per key ----------------------------------------------------------------------------


def test_same_form_sent_again_gives_the_same_request_and_uses_nothing():
    contract = gold_contract()
    user = linked_outsider(contract)
    first = submit(by=user)
    entries = LedgerEntry.objects.count()

    second = submit(by=user, at=USED_AT + SECOND)

    assert (first.is_replay, second) == (
        False,
        Submitted(first.request, remaining_after=19, is_replay=True),
    )
    assert (SupportRequest.objects.count(), LedgerEntry.objects.count()) == (1, entries)
    assert plan_of(contract).remaining == 19


def test_same_form_sent_again_after_the_end_still_gives_the_request():
    user = linked_outsider(gold_contract())
    first = submit(by=user)

    again = submit(by=user, at=ENDS_AT)

    assert again == Submitted(first.request, remaining_after=19, is_replay=True)


def test_other_form_is_another_request():
    contract = gold_contract()
    user = linked_outsider(contract)

    numbers = {submit(by=user, key=key).request.number for key in ("one", "two")}

    assert len(numbers) == 2
    assert plan_of(contract).remaining == 18


def test_same_key_of_another_account_is_another_request():
    contract = gold_contract()

    for user in (linked_outsider(contract), linked_outsider(contract)):
        submit(by=user)

    assert plan_of(contract).remaining == 18


def test_key_keeps_the_number_only():
    user = linked_outsider(gold_contract())

    submitted = submit(by=user)

    kept = IdempotencyKey.objects.get()
    assert (kept.caller, kept.operation, kept.key, kept.answer) == (
        user,
        "submit_request",
        "a-key",
        {"number": submitted.request.number},
    )


def test_request_that_a_form_created_is_found_by_its_key():
    user = linked_outsider(gold_contract())
    submitted = submit(by=user)

    found = [
        submitted_before(by=user, key="a-key"),
        submitted_before(by=user, key="another"),
        submitted_before(by=UserFactory(), key="a-key"),
    ]

    assert found == [submitted.request, None, None]


# --- in how many statements ------------------------------------------------------------------


@pytest.mark.parametrize("others", [0, 10])
def test_submitting_takes_nine_statements_whatever_the_number_of_plans(others):
    contract = gold_contract()
    user = linked_outsider(contract)
    for _number in range(others):
        gold_contract().links.create(user=user, method="PAIR", linked_at=ACTIVATED_AT)
    plan_id = plan_of(contract).public_id

    with CaptureQueriesContext(connection) as statements:
        submit(by=user, plan_id=plan_id)

    control = ("SAVEPOINT", "RELEASE SAVEPOINT")
    counted = [s["sql"] for s in statements if not s["sql"].startswith(control)]
    assert len(counted) == 9
