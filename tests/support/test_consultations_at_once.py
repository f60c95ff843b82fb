"""Two at once: hours are deducted once for a request, and never more than there are."""

import pytest

from benefits.services import ledger
from benefits.services.ledger import NotEnoughLeft
from support.life import AlreadyDeducted
from support.models import SupportRequest
from support.verification import differences
from tests.advice import ask, deduct, hours_of
from tests.at_once import act_meanwhile
from tests.factories import UserFactory
from tests.lives import THEN, lines_of
from tests.stories import colleague_of, member

pytestmark = pytest.mark.django_db(transaction=True)


def test_hours_deducted_by_two_agents_at_once_are_deducted_once():
    request = ask(member().partner).request
    first, second = UserFactory(staff=True), UserFactory(staff=True)
    rows = SupportRequest.objects.select_for_update(of=("self",), no_key=True)

    deducting = act_meanwhile(
        lambda: deduct(request, 5, by=second),
        lock=lambda: rows.get(pk=request.pk),
        meanwhile=lambda: deduct(request, 3, by=first),
    )

    assert type(deducting.exception()) is AlreadyDeducted
    assert lines_of(request) == [("GRANT", 50, 50), ("CONSUME", -3, 47)]
    assert list(differences()) == []


def test_last_hours_of_two_requests_at_once_are_deducted_for_one():
    membership = member(level=None)
    plan = hours_of(membership)
    one, other = (ask(membership.partner, key=key).request for key in ("one", "other"))
    first, second = UserFactory(staff=True), UserFactory(staff=True)

    deducting = act_meanwhile(
        lambda: deduct(other, 3, by=second),
        lock=lambda: ledger.locked(plan.pk, user=None, at=THEN),
        meanwhile=lambda: deduct(one, 4, by=first),
    )

    refusal = deducting.exception()
    assert type(refusal) is NotEnoughLeft
    assert refusal.explanation.facts == {"remaining": 1, "quantity": 3}
    assert lines_of(one) == [("GRANT", 5, 5), ("CONSUME", -4, 1)]
    assert list(differences()) == []


def test_form_sent_twice_at_once_is_one_request():
    partner = member().partner
    by = colleague_of(partner)

    second_press = act_meanwhile(
        lambda: ask(partner, by=by),
        lock=lambda: ask(partner, by=by),
        meanwhile=lambda: None,
    )

    assert second_press.result().is_replay
    assert second_press.result().request == SupportRequest.objects.get()
