"""Two agents who claim one request at once: one has it, and the other is told who."""

import pytest

from portal.models import AuditRecord
from support.claims import AlreadyClaimed
from support.models import SupportRequest
from support.services.claims import claim_request, release_request, take_over_request
from tests.at_once import act_meanwhile
from tests.factories import UserFactory
from tests.lives import LATER, THEN, AlreadyClosed, close, submitted_by_outsider

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def submitted():
    """Return an open request."""
    return submitted_by_outsider()


def at_once(request, act, *, meanwhile):
    """Act in a second connection while this one holds the request locked and does something."""
    rows = SupportRequest.objects.select_for_update(of=("self",), no_key=True)
    return act_meanwhile(act, lock=lambda: rows.get(pk=request.pk), meanwhile=meanwhile)


def claim_of(request):
    """Return who works on the request, as it is stored, and how often a claim was recorded."""
    stored = SupportRequest.objects.values_list("claimed_by", flat=True).get(pk=request.pk)
    return stored, AuditRecord.objects.filter(action__contains="_request", refusal_code="").filter(
        action__in=("support.claim_request", "support.take_over_request")
    ).count()


def test_request_claimed_by_two_at_once_is_the_first_ones(submitted):
    first, second = UserFactory(staff=True), UserFactory(staff=True)

    claiming = at_once(
        submitted,
        lambda: claim_request(number=submitted.number, by=second, at=LATER),
        meanwhile=lambda: claim_request(number=submitted.number, by=first, at=THEN),
    )

    refusal = claiming.exception()
    assert type(refusal) is AlreadyClaimed
    assert refusal.explanation.facts["claimedBy"] == first.name
    assert claim_of(submitted) == (first.pk, 1)


def test_request_claimed_twice_at_once_by_one_agent_is_claimed_once(submitted):
    agent = UserFactory(staff=True)

    claiming = at_once(
        submitted,
        lambda: claim_request(number=submitted.number, by=agent, at=LATER),
        meanwhile=lambda: claim_request(number=submitted.number, by=agent, at=THEN),
    )

    assert claiming.result().claimed_at == THEN
    assert claim_of(submitted) == (agent.pk, 1)


def test_request_taken_over_while_it_is_released_is_the_managers(submitted):
    agent, manager = UserFactory(staff=True), UserFactory(staff_kind="BENEFITS_MANAGER")
    claim_request(number=submitted.number, by=agent, at=THEN)

    releasing = at_once(
        submitted,
        lambda: release_request(number=submitted.number, by=agent, at=LATER),
        meanwhile=lambda: take_over_request(
            number=submitted.number, reason="Away", by=manager, at=THEN
        ),
    )

    assert type(releasing.exception()) is AlreadyClaimed
    assert claim_of(submitted) == (manager.pk, 2)


def test_request_claimed_while_it_is_closed_stays_unclaimed(submitted):
    agent, author = UserFactory(staff=True), submitted.author

    claiming = at_once(
        submitted,
        lambda: claim_request(number=submitted.number, by=agent, at=LATER),
        meanwhile=lambda: close(submitted, by=author),
    )

    assert type(claiming.exception()) is AlreadyClosed
    assert claim_of(submitted) == (None, 0)
