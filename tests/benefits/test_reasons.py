"""Why a plan cannot be used: the first reason, its sentence, its facts, the next step."""

from datetime import UTC, datetime

import pytest

from benefits.entitlements import OwnLink
from benefits.reasons import (
    ActivationPending,
    BenefitNotActivated,
    BenefitNotStarted,
    ContractExpired,
    ContractNotLinked,
    LinkRevoked,
    NoIncidentsRemaining,
    reason,
)
from tests.entitlement_factory import EntitlementFactory
from tests.factories import ACTIVATED_AT, USED_AT

STARTS_LATER = {"not_activated": True, "starts_at": datetime(2026, 12, 1, tzinfo=UTC)}
ENDED = {"ends_at": datetime(2026, 1, 14, tzinfo=UTC)}
REVOKED = OwnLink(linked_at=ACTIVATED_AT, dropped_at=None, revoked_at=USED_AT)
DROPPED = OwnLink(linked_at=ACTIVATED_AT, dropped_at=USED_AT, revoked_at=None)


@pytest.mark.parametrize(
    ("traits", "first"),
    [
        ({}, None),
        ({"unlimited": True}, None),
        ({"advisory": True, "link": EntitlementFactory().link}, None),
        # Each alone.
        ({"revoked": True}, LinkRevoked),
        (STARTS_LATER, BenefitNotStarted),
        ({"not_activated": True}, BenefitNotActivated),
        ({"pending": True}, ActivationPending),
        (ENDED, ContractExpired),
        ({"not_linked": True}, ContractNotLinked),
        ({"link": DROPPED}, ContractNotLinked),
        ({"used_up": True}, NoIncidentsRemaining),
        # Several: revoked before everything, ended before not linked, not linked before used up.
        ({**ENDED, "link": REVOKED}, LinkRevoked),
        ({"used_up": True, "link": REVOKED}, LinkRevoked),
        ({"link": OwnLink(ACTIVATED_AT, USED_AT, USED_AT)}, LinkRevoked),
        ({**ENDED, "not_linked": True}, ContractExpired),
        ({**ENDED, "not_activated": True}, ContractExpired),
        ({**ENDED, "used_up": True}, ContractExpired),
        ({"pending": True, "balance": 0}, ActivationPending),
        ({"used_up": True, "link": None}, ContractNotLinked),
    ],
)
def test_reason_for_an_account_that_needs_a_link_is_the_first_in_order(traits, first):
    refusal = reason(EntitlementFactory(**traits), needs_link=True)

    assert (type(refusal) if refusal else None) is first


@pytest.mark.parametrize(
    ("traits", "first"),
    [
        ({"not_linked": True}, None),
        ({"revoked": True}, None),
        ({"not_linked": True, "used_up": True}, NoIncidentsRemaining),
        ({"not_activated": True}, BenefitNotActivated),
    ],
)
def test_reason_without_the_accounts_link_looks_at_the_plan_only(traits, first):
    refusal = reason(EntitlementFactory(**traits))

    assert (type(refusal) if refusal else None) is first


COMPARE = "/support/partnersupport"
LEADS_TO = {
    "Use a newer contract, or compare the partner support plans.": COMPARE,
    "Compare the partner support plans.": COMPARE,
    "Cloud support now needs a paid plan: compare the partner support plans.": COMPARE,
}


@pytest.mark.parametrize(
    ("traits", "code", "message", "facts", "next_step"),
    [
        (
            {"revoked": True},
            "link_revoked",
            "Contoso took this contract away from your account on 2 March 2026.",
            {"partner": "5123456", "revokedAt": "2026-03-02T09:00:00+00:00"},
            "Ask an admin of Contoso to give it back.",
        ),
        (
            STARTS_LATER,
            "benefit_not_started",
            "This benefit starts on 1 December 2026.",
            {"startsAt": "2026-12-01T00:00:00+00:00"},
            "It can be activated from that day on.",
        ),
        (
            {"pending": True},
            "activation_pending",
            (
                "Activation was requested on 18 November 2026 by Ana Berg and is ready by "
                "23 November 2026."
            ),
            {
                "requestedAt": "2026-11-18T09:00:00+00:00",
                "requestedBy": "Ana Berg",
                "readyAt": "2026-11-23T09:00:00+00:00",
            },
            "Nothing has to be done: it becomes active by itself.",
        ),
        (
            {**ENDED, "balance": 4, "used": 16},
            "contract_expired",
            "This plan ended on 13 January 2026.",
            {"endedAt": "2026-01-14T00:00:00+00:00", "unused": 4},
            "Use a newer contract, or compare the partner support plans.",
        ),
        (
            {**ENDED, "not_activated": True},
            "contract_expired",
            "This benefit was never activated; the time for it ended on 13 January 2026.",
            {"endedAt": "2026-01-14T00:00:00+00:00", "unused": 0},
            "Use a newer contract, or compare the partner support plans.",
        ),
        (
            {"not_linked": True, "contract_id": "0192d0c2-0000-7000-8000-000000000001"},
            "contract_not_linked",
            "Contoso's contract is not linked to this account.",
            {"contractId": "0192d0c2-0000-7000-8000-000000000001"},
            "Link it now, with one click.",
        ),
        (
            {"used_up": True},
            "no_incidents_remaining",
            "All 20 incidents have been used since 17 November 2026.",
            {
                "total": 20,
                "since": "2026-11-17T09:00:00+00:00",
                "lastRequest": "261117000000042",
                "endsAt": "2027-01-14T00:00:00+00:00",
            },
            "Compare the partner support plans.",
        ),
        (
            {"cloud": True, "used_up": True, "allotment": 1},
            "no_incidents_remaining",
            "The 1 incident has been used since 17 November 2026.",
            {
                "total": 1,
                "since": "2026-11-17T09:00:00+00:00",
                "lastRequest": "261117000000042",
                "endsAt": "2027-01-14T00:00:00+00:00",
            },
            "Cloud support now needs a paid plan: compare the partner support plans.",
        ),
    ],
)
def test_reason_says_what_why_and_what_to_do(traits, code, message, facts, next_step):
    refusal = reason(EntitlementFactory(**traits), needs_link=True)

    assert refusal is not None
    assert refusal.explanation.as_dict() == {
        "code": code,
        "message": message,
        "facts": facts,
        "nextStep": {"text": next_step, "url": LEADS_TO.get(next_step), "people": []},
    }


def test_reason_of_plan_that_is_not_activated_names_who_can():
    plan = EntitlementFactory(not_activated=True, activators=("Ana Berg", "Li Wei"))

    refusal = reason(plan)

    assert refusal is not None
    assert refusal.message == (
        "Contoso has not activated this benefit yet. It can be activated until 13 January 2027."
    )
    assert refusal.explanation.facts == {
        "activateBy": "2027-01-14T00:00:00+00:00",
        "people": ["Ana Berg", "Li Wei"],
    }
    assert refusal.explanation.as_dict()["nextStep"]["people"] == ["Ana Berg", "Li Wei"]


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (BenefitNotStarted, 409),
        (BenefitNotActivated, 409),
        (ActivationPending, 409),
        (ContractExpired, 409),
        (ContractNotLinked, 409),
        (LinkRevoked, 403),
        (NoIncidentsRemaining, 409),
    ],
)
def test_reason_has_its_status(refusal, status):
    assert refusal.status == status
