"""Billing and subscription requests: as any other request, but no plan is asked, nothing used."""

from datetime import UTC, datetime
from typing import Any

import pytest

from benefits.models import LedgerEntry
from partners.models import User
from partners.permissions import NotAuthorized
from portal.idempotency import IdempotencyKeyReused
from portal.models import AuditRecord
from support.api.request_shapes import request_shape
from support.models import SupportRequest
from support.services.requests import Submitted, submit_without_incident, submitted_before
from support.verification import differences
from tests.factories import USED_AT, SupportRequestFactory, UserFactory
from tests.lives import CloseReason, close, reopen
from tests.stories import (
    AZURE,
    colleague_of,
    gold_contract,
    linked_outsider,
    partner_of,
    row_counts,
    submit,
    text,
)

pytestmark = pytest.mark.django_db
Kind = SupportRequest.Kind


def ask(*, by: User, key: str = "a-key", at: datetime = USED_AT, **changes: Any) -> Submitted:
    """Submit a billing question in Azure."""
    call: dict[str, Any] = {
        "partner": None,
        "product": AZURE,
        "kind": Kind.BILLING,
        "text": text(category="OTHER"),
        "portal": SupportRequest.Portal.AZURE,
    }
    return submit_without_incident(by=by, key=key, at=at, **{**call, **changes})


@pytest.mark.parametrize("kind", [Kind.BILLING, Kind.SUBSCRIPTION])
def test_request_without_incident_is_stored_and_uses_nothing(kind):
    contract = gold_contract()
    user = linked_outsider(contract)
    entries = LedgerEntry.objects.count()

    submitted = ask(by=user, kind=kind)

    stored = SupportRequest.objects.get()
    assert submitted == Submitted(stored, remaining_after=None, is_replay=False)
    assert (stored.kind, stored.portal, stored.plan, stored.author) == (kind, "AZURE", None, user)
    assert (stored.title, stored.product_name) == ("Sign-in fails", "Azure · Virtual Machines")
    assert (stored.number[:6], stored.opened_at) == ("260302", USED_AT)
    assert stored.due_at > USED_AT
    assert LedgerEntry.objects.count() == entries
    assert list(differences()) == []


def test_request_without_incident_is_recorded_for_the_partner_acted_for():
    partner = partner_of(gold_contract())
    user = colleague_of(partner)

    number = ask(by=user, partner=partner).request.number

    record = AuditRecord.objects.get(action="support.submit_request")
    assert (record.actor, record.partner_mpn_id) == (user, partner.mpn_id)
    assert (record.target_kind, record.target_id) == ("request", number)
    assert record.facts == {"kind": "BILLING"}


def test_same_form_sent_again_gives_the_same_request():
    user = UserFactory(personal=True)
    first = ask(by=user)
    before = row_counts()

    again = ask(by=user)

    assert again == Submitted(first.request, remaining_after=None, is_replay=True)
    assert submitted_before(by=user, key="a-key") == first.request
    assert row_counts() == before


@pytest.mark.parametrize("change", [{"kind": Kind.SUBSCRIPTION}, {"text": text(title="Another")}])
def test_same_key_for_another_question_is_refused(change):
    user = UserFactory(personal=True)
    ask(by=user)

    with pytest.raises(IdempotencyKeyReused):
        ask(by=user, **change)

    assert SupportRequest.objects.count() == 1


def test_same_key_for_a_technical_request_is_refused():
    user = linked_outsider(gold_contract())
    ask(by=user)

    with pytest.raises(IdempotencyKeyReused):
        submit(by=user)

    assert LedgerEntry.objects.filter(kind="CONSUME").count() == 0


def test_staff_ask_no_billing_questions():
    with pytest.raises(NotAuthorized):
        ask(by=UserFactory(staff=True))

    assert not SupportRequest.objects.exists()


@pytest.mark.parametrize("reason", [CloseReason.DUPLICATE, CloseReason.PRODUCT_DEFECT])
def test_request_without_incident_is_closed_and_reopened_and_returns_nothing(reason):
    request = ask(by=UserFactory(personal=True)).request
    agent = UserFactory(staff=True)

    close(request, by=agent, reason=reason)
    facts = AuditRecord.objects.get(action="support.close_request").facts
    reopen(request, by=agent)

    assert (facts["reason"], facts["returnsIncident"]) == (reason, False)
    assert not LedgerEntry.objects.exists()
    assert SupportRequest.objects.get().state == "OPEN"


def test_number_that_is_taken_is_drawn_again(monkeypatch):
    taken = SupportRequestFactory(number="260302000000001")
    drawn = iter([1, 1, 2])
    monkeypatch.setattr("secrets.randbelow", lambda _most: next(drawn))
    user = UserFactory(personal=True)

    submitted = ask(by=user, at=datetime(2026, 3, 2, tzinfo=UTC))

    assert taken.number != submitted.request.number == "260302000000002"
    assert submitted_before(by=user, key="a-key") == submitted.request


def test_request_without_plan_names_no_entitlement_in_the_api():
    shape = request_shape(ask(by=UserFactory()).request, entries={}, note_count=0)

    of_plan = ("kind", "portal", "entitlementId", "planName", "consumed", "remainingAfter")
    assert {name: shape[name] for name in of_plan} == {  # type: ignore[literal-required]
        "kind": "BILLING",
        "portal": "AZURE",
        "entitlementId": None,
        "planName": None,
        "consumed": False,
        "remainingAfter": None,
    }
    assert shape["links"]["entitlement"] is None
