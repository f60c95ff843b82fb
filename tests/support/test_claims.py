"""Claiming a request: who may, what it ends with, and who is told that somebody else was first."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from partners.permissions import NotAuthorized
from portal.models import AuditRecord
from support.claims import AlreadyClaimed, offer_of
from support.life import AlreadyClosed
from support.models import SupportRequest
from support.services import claims
from support.verification import differences
from tests.factories import SupportRequestFactory, UserFactory
from tests.lives import (
    AFTER_END,
    LATER,
    THEN,
    CloseReason,
    State,
    change,
    close,
    in_state,
    lines_of,
    note,
    reopen,
    submitted_by_outsider,
)
from tests.stories import row_counts

pytestmark = pytest.mark.django_db

CLAIM, RELEASE = claims.claim_request, claims.release_request
TAKE_OVER = partial(claims.take_over_request, reason="She is away until Monday.")
ACTIONS: dict[str, Callable[..., Any]] = {
    "claim": CLAIM,
    "release": RELEASE,
    "take over": TAKE_OVER,
}


@pytest.fixture
def agent():
    """Return the support agent who comes first."""
    return UserFactory(staff=True, name="Sam Tanaka")


@pytest.fixture
def manager():
    """Return a benefits manager."""
    return UserFactory(staff_kind="BENEFITS_MANAGER")


@pytest.fixture
def submitted():
    """Return an open request that used one of twenty incidents."""
    return submitted_by_outsider()


def claim_of(request):
    """Return who works on the request, and since when, as it is stored."""
    return SupportRequest.objects.values_list("claimed_by", "claimed_at").get(pk=request.pk)


def recorded():
    """Return what was recorded of claims, in order: action, who, on what, facts."""
    actions = [f"support.{verb}_request" for verb in ("claim", "release", "take_over")]
    records = AuditRecord.objects.filter(action__in=actions).order_by("pk")
    return list(records.values_list("action", "actor", "target_id", "facts"))


def refused(act, request, *, by):
    """Act, and return the refusal that comes instead; nothing may be written."""
    before = row_counts(), claim_of(request)
    with pytest.raises((NotAuthorized, AlreadyClaimed, AlreadyClosed)) as refusal:
        act(number=request.number, by=by, at=LATER)
    assert (row_counts(), claim_of(request)) == before
    return refusal.value


# --- claiming and releasing ------------------------------------------------------------------


def test_claim_says_who_and_since_when_and_is_recorded(submitted, agent):
    CLAIM(number=submitted.number, by=agent, at=THEN)

    assert claim_of(submitted) == (agent.pk, THEN)
    assert recorded() == [("support.claim_request", agent.pk, submitted.number, {})]
    record = AuditRecord.objects.latest("pk")
    assert record.partner_mpn_id == submitted.plan.package.partner.mpn_id


def test_claim_and_release_done_again_change_nothing(submitted, agent):
    for act in (CLAIM, CLAIM, RELEASE, RELEASE):
        act(number=submitted.number, by=agent, at=THEN)
        then = claim_of(submitted)
        act(number=submitted.number, by=agent, at=LATER)
        assert claim_of(submitted) == then

    assert claim_of(submitted) == (None, None)
    assert [action for action, *_rest in recorded()] == [
        "support.claim_request",
        "support.release_request",
    ]


def test_request_of_no_partner_is_claimed_too(agent):
    request = SupportRequestFactory(billing=True)

    CLAIM(number=request.number, by=agent, at=THEN)

    assert AuditRecord.objects.latest("pk").partner_mpn_id == ""


@pytest.mark.parametrize("act", [CLAIM, RELEASE])
def test_request_of_another_agent_is_refused_with_who_has_it(submitted, agent, act):
    CLAIM(number=submitted.number, by=agent, at=THEN)

    refusal = refused(act, submitted, by=UserFactory(staff=True))

    assert (type(refusal), refusal.status) == (AlreadyClaimed, 409)
    assert refusal.explanation.as_dict() == {
        "code": "already_claimed",
        "message": "Sam Tanaka has been working on this request since 3 Mar 2026, 09:00.",
        "facts": {
            "requestNumber": submitted.number,
            "claimedBy": "Sam Tanaka",
            "claimedAt": THEN.isoformat(),
        },
        "nextStep": {
            "text": (
                "Take another one, or ask for its release. Staff of these kinds can take it over: "
                "Benefits manager, Administrator."
            ),
            "url": None,
            "people": [],
        },
    }


def test_manager_takes_over_with_a_reason_that_is_recorded(submitted, agent, manager):
    CLAIM(number=submitted.number, by=agent, at=THEN)
    told = refused(CLAIM, submitted, by=manager)
    assert told.explanation.next_step.text == "Open the request to take it over, with a reason."

    for at in (LATER, AFTER_END):
        TAKE_OVER(number=submitted.number, by=manager, at=at)

    assert claim_of(submitted) == (manager.pk, LATER)
    facts = {"reason": "She is away until Monday.", "takenFrom": str(agent.public_id)}
    assert recorded()[1:] == [
        ("support.take_over_request", manager.pk, submitted.number, facts),
    ]
    assert type(refused(RELEASE, submitted, by=agent)) is AlreadyClaimed


def test_taking_over_what_nobody_has_is_claiming_it(submitted, manager):
    TAKE_OVER(number=submitted.number, by=manager, at=THEN)

    assert claim_of(submitted) == (manager.pk, THEN)
    assert recorded()[0][3] == {"reason": "She is away until Monday.", "takenFrom": None}


# --- who -------------------------------------------------------------------------------------

MAY = {
    "SUPPORT_AGENT": {"claim", "release"},
    "BENEFITS_MANAGER": {"claim", "release", "take over"},
    "ADMINISTRATOR": {"claim", "release", "take over"},
    "AUDITOR": set(),
    None: set(),
}


@pytest.mark.parametrize("kind", MAY)
def test_claims_are_for_those_who_work_on_requests(submitted, kind):
    who = UserFactory(staff_kind=kind)

    for name, act in ACTIONS.items():
        if name in MAY[kind]:
            act(number=submitted.number, by=who, at=THEN)
        else:
            refusal = refused(act, submitted, by=who)
            assert type(refusal) is NotAuthorized
            assert refusal.attempt is not None
            assert refusal.attempt.target == ("request", submitted.number)


def test_claims_are_not_for_the_author_or_an_agent_who_has_left(submitted):
    for who in (submitted.author, UserFactory(staff=True, inactive=True)):
        assert {type(refused(act, submitted, by=who)) for act in ACTIONS.values()} == {
            NotAuthorized
        }


OFFERED = {
    # is mine, may claim, may release, may take over
    ("SUPPORT_AGENT", "nobody"): (False, True, False, False),
    ("SUPPORT_AGENT", "another"): (False, False, False, False),
    ("SUPPORT_AGENT", "reader"): (True, False, True, False),
    ("BENEFITS_MANAGER", "nobody"): (False, True, False, False),
    ("BENEFITS_MANAGER", "another"): (False, False, False, True),
    ("BENEFITS_MANAGER", "reader"): (True, False, True, False),
    ("AUDITOR", "nobody"): (False, False, False, False),
    ("AUDITOR", "another"): (False, False, False, False),
}


@pytest.mark.parametrize(("kind", "whose"), OFFERED)
def test_page_offers_what_the_services_allow(submitted, agent, kind, whose):
    reader = UserFactory(staff_kind=kind)
    claimer = {"nobody": None, "another": agent, "reader": reader}[whose]
    if claimer:
        CLAIM(number=submitted.number, by=claimer, at=THEN)
    request = SupportRequest.objects.get(pk=submitted.pk)

    offer = offer_of(request, by=reader)

    assert offer is not None
    shown = (offer.is_mine, offer.may_claim, offer.may_release, offer.may_take_over)
    assert shown == OFFERED[kind, whose]
    assert offer_of(request, by=submitted.author) is None


# --- the life of the request -----------------------------------------------------------------


def test_claim_is_no_lock_and_outlives_notes_states_and_resolving(submitted, agent):
    CLAIM(number=submitted.number, by=agent, at=THEN)
    note(submitted, by=UserFactory(staff=True))
    change(submitted, State.RESOLVED, by=UserFactory(staff=True))
    reopen(submitted, by=submitted.author)

    assert claim_of(submitted) == (agent.pk, THEN)


@pytest.mark.parametrize("at", [LATER, AFTER_END])
@pytest.mark.parametrize("reason", [CloseReason.PRODUCT_DEFECT, CloseReason.DUPLICATE])
def test_closing_ends_the_claim_and_returns_the_incident_once_also_after_the_end(
    submitted, agent, reason, at
):
    CLAIM(number=submitted.number, by=agent, at=THEN)

    close(submitted, by=agent, reason=reason, at=at)

    assert claim_of(submitted) == (None, None)
    assert [kind for kind, *_rest in lines_of(submitted)].count("RETURN") == 1
    assert type(refused(partial(_close, reason=reason), submitted, by=agent)) is AlreadyClosed
    assert list(differences()) == []


def _close(*, number, by, at, reason):
    return close(SupportRequest.objects.get(number=number), by=by, at=at, reason=reason)


def test_closed_request_is_claimed_by_nobody_until_it_is_reopened(submitted, agent, manager):
    CLAIM(number=submitted.number, by=agent, at=THEN)
    in_state(submitted, State.CLOSED)

    assert type(refused(CLAIM, submitted, by=agent)) is AlreadyClosed
    assert type(refused(TAKE_OVER, submitted, by=manager)) is AlreadyClosed
    assert offer_of(SupportRequest.objects.get(pk=submitted.pk), by=agent) is None
    assert RELEASE(number=submitted.number, by=agent, at=LATER).claimed_by is None

    reopen(submitted, by=submitted.author)
    assert claim_of(submitted) == (None, None)
    CLAIM(number=submitted.number, by=manager, at=LATER)
    assert claim_of(submitted) == (manager.pk, LATER)


def test_request_that_is_not_there_is_not_claimed(agent):
    for act in ACTIONS.values():
        with pytest.raises(SupportRequest.DoesNotExist):
            act(number="1" * 15, by=UserFactory(staff_kind="ADMINISTRATOR"), at=THEN)
