"""Guessing a pair: only *not found* counts, per account and per address, exactly."""

import pytest

from benefits.ids import MalformedId
from benefits.services.links import PairNotFound, link_contract
from portal.models import ThrottleBucket
from portal.origin import Channel, Origin, working_for
from portal.throttle import TooManyAttempts
from tests.factories import USED_AT, UserFactory, well_formed
from tests.stories import gold_contract, numbers_of

pytestmark = pytest.mark.django_db

WRONG = (str(well_formed(70_000_000)), str(well_formed(70_000_001)))


def link(numbers, *, by, address=None):
    """Type two numbers, from an address when one is named."""
    source = Origin(channel=Channel.PAGE, request_id="r", address=address)
    with working_for(source):
        return link_contract(access_text=numbers[0], contract_text=numbers[1], by=by, at=USED_AT)


def guess(times, *, by, address=None):
    """Type a wrong pair so often."""
    for _time in range(times):
        with pytest.raises(PairNotFound):
            link(WRONG, by=by, address=address)


def test_wrong_pair_is_not_found_ten_times_and_then_refused():
    user = UserFactory()
    guess(10, by=user)

    with pytest.raises(TooManyAttempts) as refused:
        link(WRONG, by=user)

    assert (refused.value.code, refused.value.status) == ("too_many_attempts", 429)
    assert refused.value.retry_after is not None
    assert 800 <= refused.value.retry_after <= 901


def test_right_pair_after_ten_wrong_ones_is_refused_unread():
    user, contract = UserFactory(), gold_contract()
    guess(10, by=user)

    with pytest.raises(TooManyAttempts):
        link(numbers_of(contract), by=user)

    assert contract.links.count() == 0


def test_right_pair_after_nine_wrong_ones_links():
    user, contract = UserFactory(), gold_contract()
    guess(9, by=user)

    assert link(numbers_of(contract), by=user).is_new is True


def test_right_pair_is_not_counted_and_forgives_nothing():
    user, contract = UserFactory(), gold_contract()
    guess(9, by=user)
    for _time in range(3):
        link(numbers_of(contract), by=user)

    guess(1, by=user)

    with pytest.raises(TooManyAttempts):
        link(numbers_of(contract), by=user)


def test_malformed_pair_is_not_counted():
    user = UserFactory()
    for _time in range(12):
        with pytest.raises(MalformedId):
            link(("123456787", WRONG[1]), by=user)

    guess(10, by=user)

    assert [len(bucket.hits) for bucket in ThrottleBucket.objects.all()] == [10]


def test_refused_attempts_do_not_prolong_the_wait():
    user = UserFactory()
    guess(10, by=user)
    for _time in range(3):
        with pytest.raises(TooManyAttempts):
            link(WRONG, by=user)

    assert [len(bucket.hits) for bucket in ThrottleBucket.objects.all()] == [10]


def test_accounts_are_counted_apart():
    guess(10, by=UserFactory())

    guess(10, by=UserFactory())


def test_address_is_counted_across_accounts():
    for _account in range(10):
        guess(1, by=UserFactory(), address="203.0.113.7")
    contract = gold_contract()

    with pytest.raises(TooManyAttempts):
        link(numbers_of(contract), by=UserFactory(), address="203.0.113.7")


def test_other_address_is_not_held_up():
    guess(10, by=UserFactory(), address="203.0.113.7")

    guess(10, by=UserFactory(), address="2001:db8::1")


def test_account_that_changes_its_address_stays_counted():
    user = UserFactory()
    for last in range(10):
        guess(1, by=user, address=f"203.0.113.{last}")

    with pytest.raises(TooManyAttempts):
        link(WRONG, by=user, address="203.0.113.99")


def test_guessed_contract_is_never_locked():
    contract = gold_contract()
    access, _contract_number = numbers_of(contract)
    guesser = UserFactory()
    for _time in range(10):
        with pytest.raises(PairNotFound):
            link((access, WRONG[1]), by=guesser, address="203.0.113.7")

    owner_elsewhere = link(numbers_of(contract), by=UserFactory(), address="198.51.100.1")

    assert owner_elsewhere.is_new is True
