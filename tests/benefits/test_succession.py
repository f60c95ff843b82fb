"""Links go on: who used the contract of the year before uses the new one, without its pair."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benefits.allotments import Scope
from benefits.models import Event, Link
from benefits.services.activation import activate_package
from benefits.services.links import drop_link, link_contract, restore_link, revoke_link
from portal.models import AuditRecord
from tests.benefits.years import IN_WINDOW, MID_YEAR, SERVER, links_of, renew, silver, upgrade
from tests.factories import LinkFactory, UserFactory
from tests.stories import activate, admin_of, linked_outsider, member, numbers_of, submit

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_links_in_force_are_copied_and_no_others():
    old = member()
    contract = activate(old)
    user, colleague = (linked_outsider(contract) for _ in range(2))
    linked_outsider(contract, dropped=True)
    linked_outsider(contract, revoked=True)

    new = activate(renew(old).membership, at=IN_WINDOW)

    assert links_of(new) == [(user.pk, "COPIED", True), (colleague.pk, "COPIED", True)]
    assert set(Link.objects.filter(contract=new).values_list("linked_at")) == {(IN_WINDOW,)}
    assert Link.objects.filter(contract=contract).count() == 4


def test_linked_account_goes_on_without_the_new_pair():
    old = silver()
    user = linked_outsider(activate(old))
    new = activate(upgrade(old).membership, at=MID_YEAR)

    submitted = submit(by=user, at=MID_YEAR + DAY, product=SERVER)

    assert submitted.request.plan == new.package.plans.get(scope=Scope.ON_PREMISES)


def test_account_whose_link_was_revoked_links_the_successor_only_by_its_pair():
    old = silver()
    user = linked_outsider(activate(old), revoked=True)
    new = activate(upgrade(old).membership, at=MID_YEAR)
    access, contract = numbers_of(new)

    linked = link_contract(access_text=access, contract_text=contract, by=user, at=MID_YEAR + DAY)

    assert linked.is_new is True
    assert links_of(new) == [(user.pk, "PAIR", True)]


def test_links_are_copied_past_a_year_that_nobody_activated():
    old = silver(competencies=("DevOps",))
    user = linked_outsider(activate(old))
    between = renew(old).membership
    gold = upgrade(between, at=IN_WINDOW).membership

    new = activate(gold, at=IN_WINDOW)

    assert links_of(new) == [(user.pk, "COPIED", True)]


def test_activation_of_a_first_year_copies_nothing():
    other = linked_outsider(activate(member()))

    contract = activate(member())

    assert (links_of(contract), other.links.count()) == ([], 1)


def test_copied_links_are_told_to_the_feed_and_counted_in_the_record():
    old = member()
    contract = activate(old)
    users = [linked_outsider(contract) for _ in range(2)]
    new = renew(old).membership
    before = Event.objects.count()

    done = activate_package(
        package_id=new.package.public_id, by=admin_of(old.partner), at=IN_WINDOW
    )

    told = Event.objects.order_by("pk")[before:]
    assert [(e.type, e.account_id, e.package_id) for e in told] == [
        ("ACTIVATED", None, new.package.pk),
        *(("LINKED", user.pk, new.package.pk) for user in users),
    ]
    record = AuditRecord.objects.get(
        action="benefits.activate_package", target_id=str(new.package.public_id)
    )
    assert (done.links_copied, record.facts["linksCopied"]) == (2, 2)


def test_copying_takes_as_many_statements_for_fifty_links_as_for_one():
    counts = []
    for size in (1, 50):
        old = member()
        contract = activate(old)
        LinkFactory.create_batch(size, contract=contract)
        new, admin = renew(old).membership, admin_of(old.partner)
        with CaptureQueriesContext(connection) as captured:
            activate(new, by=admin, at=IN_WINDOW)
        counts.append(len(captured))
        assert Link.objects.filter(contract=new.package.contract).count() == size

    assert counts[0] == counts[1]


# --- while the new contract is pending -------------------------------------------------------


@pytest.fixture
def pending():
    """Return the Silver contract and the Gold one that takes over a day later."""
    old = silver()
    contract = activate(old)
    gold = activate(upgrade(old).membership, at=MID_YEAR, delay=2 * DAY)
    return contract, gold


def test_account_that_links_the_old_contract_meanwhile_goes_on_too(pending):
    contract, gold = pending
    user = UserFactory()
    access, secret = numbers_of(contract)

    link_contract(access_text=access, contract_text=secret, by=user, at=MID_YEAR + DAY)

    assert links_of(gold) == [(user.pk, "COPIED", True)]


def test_account_that_loses_or_drops_the_old_contract_meanwhile_does_not_go_on():
    old = silver()
    contract = activate(old)
    admin = admin_of(old.partner)
    loser, dropper = linked_outsider(contract), linked_outsider(contract)
    gold = activate(upgrade(old).membership, at=MID_YEAR, delay=2 * DAY)
    act: dict[str, Any] = {"contract_id": contract.public_id, "at": MID_YEAR + DAY}

    revoke_link(user=loser, by=admin, **act)
    drop_link(by=dropper, **act)

    assert links_of(gold) == [(loser.pk, "COPIED", False), (dropper.pk, "COPIED", False)]
    assert not Link.objects.filter(contract=gold, revoked_at__isnull=False).exists()
    restore_link(user=loser, by=admin, **act)
    assert links_of(gold)[0] == (loser.pk, "COPIED", True)


def test_links_of_the_old_contract_change_nothing_once_the_new_one_has_started(pending):
    contract, gold = pending
    access, secret = numbers_of(contract)

    link_contract(access_text=access, contract_text=secret, by=UserFactory(), at=gold.starts_at)

    assert links_of(gold) == []
