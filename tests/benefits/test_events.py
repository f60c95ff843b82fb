"""Which changes are told to the feed: each once, beside the change, or not at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from benefits.allotments import Level, Scope
from benefits.models import Event
from benefits.reasons import LinkRevoked, NoIncidentsRemaining
from benefits.services.activation import activate_package
from benefits.services.expiry import book_expiries
from benefits.services.links import drop_link, link_contract, link_own_contract
from partners.permissions import NotAuthorized
from tests.factories import ACTIVATED_AT, ENDS_AT, USED_AT, UserFactory
from tests.movements import adjust, consume, give_back, told
from tests.stories import (
    activate,
    colleague_of,
    gold_contract,
    linked_outsider,
    member,
    numbers_of,
    partner_of,
    plan_of,
    submit,
)

pytestmark = pytest.mark.django_db

AFTER_END = ENDS_AT + timedelta(days=3)


def whole(event):
    """Return everything that an event says, but its ids."""
    return {
        field.name: getattr(event, field.name)
        for field in Event._meta.concrete_fields
        if field.name not in ("id", "public_id", "recorded_at")
    }


def event(contract, **said):
    """Return everything that an event of the contract's package is expected to say."""
    nothing = dict.fromkeys(
        (
            "position",
            "plan",
            "quantity",
            "remaining_after",
            "request_number",
            "percent",
            "account",
        )
    )
    return {
        **nothing,
        "package": contract.package,
        "partner": partner_of(contract),
        "occurred_at": USED_AT,
        **said,
    }


# --- every type ------------------------------------------------------------------------------


def test_package_activated_is_told_once_for_all_its_plans():
    contract = gold_contract()

    (found,) = Event.objects.all()
    assert whole(found) == event(contract, type="ACTIVATED", occurred_at=ACTIVATED_AT)


def test_package_activated_twice_is_told_once():
    membership = member()
    activate(membership)

    activate(membership, at=USED_AT)

    assert Event.objects.count() == 1


def test_contract_linked_with_the_pair_is_told_with_the_account():
    contract, user = gold_contract(), UserFactory()
    access, number = numbers_of(contract)

    link_contract(access_text=access, contract_text=number, by=user, at=USED_AT)

    found = Event.objects.get(type="LINKED")
    assert whole(found) == event(contract, type="LINKED", account=user)


def test_contract_linked_with_one_click_is_told_with_the_account():
    contract = gold_contract()
    user = colleague_of(partner_of(contract))

    link_own_contract(contract_id=contract.public_id, by=user, at=USED_AT)

    found = Event.objects.get(type="LINKED")
    assert whole(found) == event(contract, type="LINKED", account=user)


def test_contract_linked_twice_is_told_once_and_again_after_it_was_dropped():
    contract = gold_contract()
    user = colleague_of(partner_of(contract))
    link: dict[str, Any] = {"contract_id": contract.public_id, "by": user, "at": USED_AT}
    acts: list[Callable[..., Any]] = [
        link_own_contract,
        link_own_contract,
        drop_link,
        link_own_contract,
    ]
    counts = []

    for act in acts:
        act(**link)
        counts.append(Event.objects.filter(type="LINKED").count())

    assert counts == [1, 1, 1, 2]


def test_incident_consumed_is_told_with_its_request():
    contract = gold_contract()
    plan = plan_of(contract)

    request = submit(by=linked_outsider(contract), plan_id=plan.public_id).request

    (found,) = Event.objects.filter(plan=plan)
    assert whole(found) == event(
        contract,
        type="CONSUMED",
        plan=plan,
        quantity=-1,
        remaining_after=19,
        request_number=request.number,
    )


def test_incident_returned_is_told_with_its_request():
    contract = gold_contract()
    plan = plan_of(contract)
    consume(plan, 1)

    give_back(plan, 1)

    found = Event.objects.get(type="RETURNED")
    assert whole(found) == event(
        contract,
        type="RETURNED",
        plan=plan,
        quantity=1,
        remaining_after=20,
        request_number="260302000000001",
    )


def test_what_lapsed_is_told_when_it_is_booked():
    contract = gold_contract()
    plan = plan_of(contract)

    for _time in range(2):
        book_expiries(by=None, at=AFTER_END)

    (found,) = Event.objects.filter(plan=plan)
    assert whole(found) == event(
        contract, type="EXPIRED", plan=plan, quantity=-20, remaining_after=0, occurred_at=AFTER_END
    )


def test_correction_is_told():
    contract = gold_contract()
    plan = plan_of(contract)

    adjust(plan, 5)

    (found,) = Event.objects.filter(plan=plan)
    assert whole(found) == event(
        contract, type="ADJUSTED", plan=plan, quantity=5, remaining_after=25
    )


def test_threshold_is_told_behind_the_movement_that_crossed_it():
    contract = gold_contract(level=Level.SILVER)
    plan = plan_of(contract, Scope.CLOUD)

    consume(plan, 1, 2, 3, 4)

    *_before, movement, threshold = Event.objects.filter(plan=plan).order_by("pk")
    assert (movement.type, movement.request_number) == ("CONSUMED", "260302000000004")
    assert whole(threshold) == event(
        contract, type="THRESHOLD", plan=plan, remaining_after=1, percent=80
    )


def test_return_after_the_end_is_told_as_the_ledger_books_it():
    plan = plan_of(gold_contract())
    consume(plan, 1, 2)

    give_back(plan, 1, at=AFTER_END)

    assert told(plan)[2:] == [
        ("EXPIRED", -18, 0, None),
        ("RETURNED", 1, 1, None),
        ("EXPIRED", -1, 0, None),
    ]


def test_advisory_hours_granted_with_the_membership_are_not_told():
    member()

    assert Event.objects.count() == 0


# --- nothing happened ------------------------------------------------------------------------


def test_refused_activation_tells_nothing(now):
    membership = member()

    with pytest.raises(NotAuthorized):
        activate_package(
            package_id=membership.package.public_id,
            by=colleague_of(membership.partner),
            at=now,
        )

    assert Event.objects.count() == 0


def test_refused_link_tells_nothing():
    contract = gold_contract()
    access, number = numbers_of(contract)
    user = linked_outsider(contract, revoked=True)

    with pytest.raises(LinkRevoked):
        link_contract(access_text=access, contract_text=number, by=user, at=USED_AT)

    assert Event.objects.filter(type="LINKED").count() == 0


def test_refused_request_tells_nothing():
    contract = gold_contract(level=Level.SILVER)
    plan = plan_of(contract)
    consume(plan, *range(15))
    before = Event.objects.count()

    with pytest.raises(NoIncidentsRemaining):
        submit(by=linked_outsider(contract), plan_id=plan.public_id)

    assert Event.objects.count() == before


def test_change_that_is_rolled_back_tells_nothing():
    contract = gold_contract()
    plan = plan_of(contract)
    consume(plan, 1)

    with pytest.raises(IntegrityError):
        consume(plan, 1)

    assert told(plan) == [("CONSUMED", -1, 19, None)]


def test_form_sent_twice_tells_once():
    contract = gold_contract()
    user = linked_outsider(contract)
    plan = plan_of(contract)

    for _time in range(2):
        submit(by=user, plan_id=plan.public_id)

    assert told(plan) == [("CONSUMED", -1, 19, None)]
