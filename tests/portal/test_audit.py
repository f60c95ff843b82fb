"""What an audit record says: who, for which partner, what, on what, when, from where."""

import uuid
from datetime import UTC, datetime

import pytest

from portal import audit
from portal.models import AuditRecord
from portal.origin import Channel, Origin, working_for
from portal.refusals import Attempt, Refusal
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TARGET = uuid.UUID("0192d0c2-0000-7000-8000-000000000001")


class Closed(Refusal):
    """For these tests."""

    code = "already_closed"
    status = 409


def stored():
    """Return the only record, without its key and the moment of writing."""
    (row,) = AuditRecord.objects.values()
    return {name: value for name, value in row.items() if name not in ("id", "recorded_at")}


def test_record_of_a_change_says_everything():
    user = UserFactory()
    page = Origin(channel=Channel.PAGE, request_id="req-1", address="203.0.113.7")

    with working_for(page):
        audit.record(
            "benefits.activate_package",
            by=user,
            at=AT,
            target=("package", TARGET),
            partner="5123456",
            facts={"contract": "x"},
        )

    assert stored() == {
        "action": "benefits.activate_package",
        "actor_id": user.pk,
        "partner_mpn_id": "5123456",
        "target_kind": "package",
        "target_id": "0192d0c2-0000-7000-8000-000000000001",
        "refusal_code": "",
        "facts": {"contract": "x"},
        "occurred_at": AT,
        "channel": "PAGE",
        "address": "203.0.113.7",
        "request_id": "req-1",
    }


def test_record_without_request_comes_from_a_command_and_nobody():
    audit.record("benefits.book_expiry", by=None, at=AT)

    assert stored() == {
        "action": "benefits.book_expiry",
        "actor_id": None,
        "partner_mpn_id": "",
        "target_kind": "",
        "target_id": "",
        "refusal_code": "",
        "facts": {},
        "occurred_at": AT,
        "channel": "COMMAND",
        "address": None,
        "request_id": "-",
    }


def test_record_of_a_refused_attempt_has_the_refusals_code_and_facts():
    user = UserFactory()
    refusal = Closed("It is closed.", facts={"closedAt": "2026-11-20"})

    audit.record_refused(
        "support.close", refusal=refusal, by=user, at=AT, target=("request", "1"), partner="5123456"
    )

    assert stored() == {
        "action": "support.close",
        "actor_id": user.pk,
        "partner_mpn_id": "5123456",
        "target_kind": "request",
        "target_id": "1",
        "refusal_code": "already_closed",
        "facts": {"closedAt": "2026-11-20"},
        "occurred_at": AT,
        "channel": "COMMAND",
        "address": None,
        "request_id": "-",
    }


@audit.attempt("support.close", target_kind="request", target_from="number")
def close(*, number, is_closed):
    """Close a request, as a service would."""
    if is_closed:
        raise Closed("It is closed.")
    return number


@audit.attempt("support.reopen")
def reopen(*, number):
    """Close a request again on the way."""
    return close(number=number, is_closed=True)


@pytest.mark.parametrize(
    ("call", "attempt"),
    [
        (
            lambda: close(number=TARGET, is_closed=True),
            Attempt("support.close", target=("request", str(TARGET))),
        ),
        (lambda: close(number=None, is_closed=True), Attempt("support.close")),
        # What was asked for is what was attempted.
        (lambda: reopen(number=TARGET), Attempt("support.reopen")),
    ],
)
def test_refusal_that_leaves_a_service_says_what_was_attempted(call, attempt):
    with pytest.raises(Closed) as refused:
        call()

    assert refused.value.attempt == attempt


def test_service_that_does_not_refuse_answers_as_ever():
    assert close(number=TARGET, is_closed=False) == TARGET
    assert close.__doc__ == "Close a request, as a service would."


def test_record_keeps_the_facts_as_they_were():
    facts = {"remaining": 19}

    record = audit.record("support.submit_request", by=None, at=AT, facts=facts)
    facts["remaining"] = 0

    assert AuditRecord.objects.get(pk=record.pk).facts == {"remaining": 19}


@pytest.mark.parametrize(
    ("kind", "words"),
    [("", "benefits.link 1"), ("link_revoked", "benefits.link 1 link_revoked")],
)
def test_record_names_itself(kind, words):
    record = AuditRecord(action="benefits.link", target_id="1", refusal_code=kind)

    assert str(record) == words
