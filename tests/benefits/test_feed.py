"""The feed: positions after commit, one page after another, and who may read what."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benefits.models import Event, FeedHead
from benefits.services.events import read_feed, relay
from benefits.services.links import drop_link
from tests.factories import (
    USED_AT,
    AffiliationFactory,
    EventFactory,
    LinkFactory,
    PartnerFactory,
    UserFactory,
)
from tests.stories import (
    colleague_of,
    gold_contract,
    linked_outsider,
    partner_of,
    plan_of,
    submit,
)

pytestmark = pytest.mark.django_db


def positions():
    """Return the positions of all events in the order in which they were written."""
    return list(Event.objects.order_by("pk").values_list("position", flat=True))


def head():
    """Return the last position that was given, as the database knows it."""
    return FeedHead.objects.get().last


def statements(act):
    """Return the statements that the act takes, transaction control left out."""
    with CaptureQueriesContext(connection) as captured:
        act()
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    queries = [str(query["sql"]).strip() for query in captured.captured_queries]
    return [sql.split()[0] for sql in queries if not sql.startswith(control)]


@pytest.fixture
def staff():
    """Return an account that reads everything."""
    return UserFactory(staff=True)


# --- giving positions ------------------------------------------------------------------------


def test_relay_gives_positions_in_the_order_of_ids():
    EventFactory.create_batch(3)

    assert relay() == 3

    assert (positions(), head()) == ([1, 2, 3], 3)


def test_relay_goes_on_behind_the_last_position():
    EventFactory.create_batch(2)
    relay()
    EventFactory.create_batch(2)

    assert relay() == 2

    assert (positions(), head()) == ([1, 2, 3, 4], 4)


def test_relay_changes_no_position_that_was_given():
    EventFactory.create_batch(3)
    relay()

    assert relay() == 0

    assert (positions(), head()) == ([1, 2, 3], 3)


def test_event_committed_late_gets_a_position_behind_those_that_were_given():
    EventFactory(id=100)
    relay()
    # Its id was drawn first, its transaction was committed last.
    EventFactory(id=50)

    relay()

    assert positions() == [2, 1]


def test_relay_takes_the_oldest_first_when_there_are_too_many():
    EventFactory.create_batch(5)

    counts = [relay(most=2) for _time in range(4)]

    assert counts == [2, 2, 1, 0]
    assert (positions(), head()) == ([1, 2, 3, 4, 5], 5)


def test_relay_inside_another_transaction_is_a_mistake():
    EventFactory()

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        relay()


def test_relay_with_nothing_to_do_reads_once():
    EventFactory()
    relay()

    assert statements(relay) == ["SELECT"]


@pytest.mark.parametrize("count", [1, 100])
def test_relay_takes_four_statements_whatever_the_number(count):
    EventFactory()
    relay()
    EventFactory.create_batch(count)

    assert statements(relay) == ["SELECT", "SELECT", "UPDATE", "UPDATE"]


def test_command_publishes_everything():
    EventFactory.create_batch(3)
    printed = [StringIO(), StringIO()]

    for output in printed:
        call_command("relay_events", stdout=output)

    assert [output.getvalue() for output in printed] == [
        "3 events published\n",
        "0 events published\n",
    ]
    assert positions() == [1, 2, 3]


# --- reading ---------------------------------------------------------------------------------


def test_reader_sees_what_was_just_committed(staff):
    written = EventFactory.create_batch(3)

    assert read_feed(user=staff, acting_for=None, after=0, size=10) == written


def test_reader_goes_on_where_it_stopped_until_there_is_nothing(staff):
    written = EventFactory.create_batch(5)
    pages: list[list[Event]] = []
    after = 0

    while page := read_feed(user=staff, acting_for=None, after=after, size=2):
        pages.append(page)
        after = page[-1].position or 0

    assert pages == [written[:2], written[2:4], written[4:]]
    assert after == 5


def test_reader_that_has_everything_gets_what_comes_next(staff):
    EventFactory.create_batch(2)
    read_feed(user=staff, acting_for=None, after=0, size=10)
    new = EventFactory()

    assert read_feed(user=staff, acting_for=None, after=2, size=10) == [new]


def test_reader_of_part_of_the_feed_gets_its_own_with_the_same_positions():
    contract = gold_contract()
    user = linked_outsider(contract)
    for key in ("first", "second"):
        submit(by=user, key=key)
        gold_contract()

    found = read_feed(user=user, acting_for=None, after=1, size=10)

    assert [(e.position, e.type) for e in found] == [(2, "CONSUMED"), (4, "CONSUMED")]


def answer(event):
    """Say what an API would say of an event."""
    return (
        event.partner.mpn_id,
        event.package.contract.public_id,
        event.plan and event.plan.public_id,
        event.account and event.account.public_id,
    )


@pytest.mark.parametrize("times", [1, 50])
def test_reading_takes_as_many_statements_whatever_the_number(times):
    contract = gold_contract()
    user = linked_outsider(contract)
    partner = partner_of(contract)
    EventFactory()
    relay()
    for _time in range(times):
        EventFactory(package=contract.package, linked=True, account=user)
        EventFactory(package=contract.package, consumed=True, plan=plan_of(contract))

    def read():
        page = read_feed(user=user, acting_for=partner, after=0, size=200)
        return [answer(event) for event in page]

    assert statements(read) == ["SELECT", "SELECT", "UPDATE", "UPDATE", "SELECT"]
    assert statements(read) == ["SELECT", "SELECT"]
    assert len(read()) == 1 + 2 * times


# --- who may read what -----------------------------------------------------------------------


@pytest.fixture
def house():
    """
    Return a contract about which there is an event of each kind that could leak.

    Two accounts have linked it; its partner has a second contract; there is another partner too.
    """
    contract, elsewhere = gold_contract(), gold_contract()
    gold_contract(partner=partner_of(contract), level=None)
    first, second = linked_outsider(contract), linked_outsider(contract)
    for user in (first, second):
        EventFactory(package=contract.package, linked=True, account=user)
    submit(by=first)
    EventFactory(package=elsewhere.package, linked=True)
    submit(by=linked_outsider(elsewhere), key="elsewhere")
    return contract, first, second


def read(user, *, acting_for=None):
    """Return what the account reads: type, whose package, who linked."""
    page = read_feed(user=user, acting_for=acting_for, after=0, size=100)
    return [(e.type, e.partner.name, e.account) for e in page]


def test_account_of_the_partner_reads_everything_about_its_packages(house):
    contract, first, second = house
    partner = partner_of(contract)

    found = read(colleague_of(partner), acting_for=partner)

    assert found == [
        ("ACTIVATED", partner.name, None),
        ("ACTIVATED", partner.name, None),
        ("LINKED", partner.name, first),
        ("LINKED", partner.name, second),
        ("CONSUMED", partner.name, None),
    ]


def test_account_with_a_link_reads_about_that_contract_and_its_own_link_only(house):
    contract, first, _second = house
    name = partner_of(contract).name

    assert read(first) == [
        ("ACTIVATED", name, None),
        ("LINKED", name, first),
        ("CONSUMED", name, None),
    ]


def test_account_that_acts_for_another_partner_reads_of_both_but_no_links_of_others(house):
    contract, first, _second = house
    own = AffiliationFactory(user=first).partner
    EventFactory(package=gold_contract(partner=own).package, linked=True, account=UserFactory())
    name = partner_of(contract).name

    found = read(first, acting_for=own)

    assert [(kind, partner) for kind, partner, _account in found] == [
        ("ACTIVATED", name),
        ("LINKED", name),
        ("CONSUMED", name),
        ("ACTIVATED", own.name),
        ("LINKED", own.name),
    ]


def of_csp_only(contract):
    """Return an account of the partner that is associated with CSP only."""
    return AffiliationFactory(partner=partner_of(contract), csp_only=True).user


def of_another_partner(_contract):
    """Return an account that is associated with MPN somewhere else."""
    return AffiliationFactory().user


def with_dropped_link(contract):
    """Return an account that gave its link up."""
    return linked_outsider(contract, dropped=True)


def with_revoked_link(contract):
    """Return an account from which the link was taken."""
    return linked_outsider(contract, revoked=True)


def of_nothing(_contract):
    """Return an account that has nothing to do with it."""
    return UserFactory()


@pytest.mark.parametrize(
    "who", [of_csp_only, of_another_partner, with_dropped_link, with_revoked_link, of_nothing]
)
def test_account_without_right_or_link_reads_nothing_whomever_it_acts_for(house, who):
    contract, *_accounts = house
    user = who(contract)

    assert [read(user), read(user, acting_for=partner_of(contract))] == [[], []]


@pytest.mark.parametrize("change", [{"is_active": False}, {"in_mpn": False, "in_csp": True}])
def test_account_of_partner_that_left_reads_nothing(house, change):
    contract, *_accounts = house
    partner = partner_of(contract)
    user = colleague_of(partner)
    for name, value in change.items():
        setattr(partner, name, value)
    partner.save(update_fields=list(change))

    assert read(user, acting_for=partner) == []


def test_account_of_two_partners_reads_of_the_one_acted_for(house):
    contract, *_accounts = house
    user = colleague_of(partner_of(contract))
    other = AffiliationFactory(user=user, partner=PartnerFactory()).partner
    gold_contract(partner=other)

    assert read(user, acting_for=other) == [("ACTIVATED", other.name, None)]


def test_account_of_the_partner_with_a_link_reads_each_event_once(house):
    contract, *_accounts = house
    user = colleague_of(partner_of(contract))
    LinkFactory(user=user, contract=contract)

    assert len(read(user, acting_for=partner_of(contract))) == 5


def test_account_that_dropped_its_link_reads_no_more_of_the_contract(house):
    contract, first, _second = house

    drop_link(contract_id=contract.public_id, by=first, at=USED_AT)

    assert read(first) == []


def test_staff_read_everything(house, staff):
    assert len(read(staff)) == Event.objects.count() == 8
