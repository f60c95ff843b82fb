"""The staff card: which plans stand on it, in which order, and the line to read out."""

from datetime import UTC, date, datetime

import pytest

from benefits.allotments import Level
from portal.paging import PAGE_SIZE
from support.staff_card import Asked, say, staff_card
from tests.entitlement_factory import EntitlementFactory
from tests.factories import (
    USED_AT,
    IssuedIdFactory,
    LinkFactory,
    PartnerFactory,
    SupportRequestFactory,
    UserFactory,
)
from tests.stories import (
    activate,
    gold_contract,
    linked_outsider,
    member,
    partner_of,
    plan_of,
    submit,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def card_of(partner, *, contract=None, account="", at=NOW):
    """Build the card for a support agent."""
    return staff_card(
        partner=partner,
        contract=contract,
        reader=UserFactory(staff=True),
        at=at,
        asked=Asked(account=account),
    )


def names(rows):
    """Return the plans' names."""
    return [row.entitlement.plan_name for row in rows]


GOLD = ["Partner support Gold 20pack", "Signature 10-pack", "Technical presales and deployment"]


@pytest.mark.django_db
def test_card_shows_on_premises_then_cloud_then_advice():
    contract = gold_contract()

    card = card_of(partner_of(contract))

    assert (names(card.tiles), names(card.other_tiles)) == (GOLD, [])
    assert [m.pk for m in card.memberships] == [contract.package.membership_id]
    assert card.say == (
        "20 of 20 on-premises incidents left until 13 January. "
        "10 of 10 cloud incidents left until 13 January."
    )


@pytest.mark.django_db
def test_card_folds_ended_packages_away():
    partner = PartnerFactory()
    activate(
        member(partner=partner, starts_on=date(2024, 12, 15)), at=datetime(2025, 1, 2, tzinfo=UTC)
    )
    activate(member(partner=partner, level=Level.SILVER))

    card = card_of(partner)

    assert names(card.tiles)[:2] == ["Partner support Silver 15pack", "Signature 5-pack"]
    assert names(card.other_tiles) == GOLD


@pytest.mark.django_db
def test_card_opened_at_a_contract_shows_its_plans_and_folds_the_others():
    partner = PartnerFactory()
    ended = activate(
        member(partner=partner, level=None, starts_on=date(2024, 12, 15)),
        at=datetime(2025, 1, 2, tzinfo=UTC),
    )
    activate(member(partner=partner))

    card = card_of(partner, contract=ended)

    assert names(card.tiles) == ["Partner support MAPS 10pack"]
    assert set(GOLD) <= set(names(card.other_tiles))


@pytest.mark.django_db
def test_card_of_partner_whose_every_package_has_ended_shows_them():
    partner = PartnerFactory()
    activate(
        member(partner=partner, starts_on=date(2024, 12, 15)), at=datetime(2025, 1, 2, tzinfo=UTC)
    )

    card = card_of(partner)

    assert (names(card.tiles), names(card.other_tiles)) == (GOLD, [])
    assert card.say.startswith("Ended on ")


@pytest.mark.django_db
def test_card_of_partner_without_membership_says_so():
    card = card_of(PartnerFactory())

    assert (card.say, card.tiles, card.movements, card.links.rows) == (
        "There is no support plan.",
        [],
        [],
        [],
    )


@pytest.mark.django_db
def test_card_shows_the_last_five_movements_and_open_requests():
    contract = gold_contract()
    user = linked_outsider(contract)
    requests = [submit(by=user, key=f"key-{key}").request for key in range(6)]
    SupportRequestFactory(plan=plan_of(contract), closed=True)
    SupportRequestFactory()

    card = card_of(partner_of(contract))

    assert [entry.request_number for entry in card.movements] == [
        request.number for request in reversed(requests[1:])
    ]
    assert card.open_requests == list(reversed(requests))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("account", "found"),
    [
        ("", ["Ana Berg", "Kofi Mensah"]),
        ("kofi", ["Kofi Mensah"]),
        (" ANA@", ["Ana Berg"]),
        ("berg", []),
    ],
)
def test_card_finds_linked_accounts_by_the_beginning_of_name_or_address(account, found):
    contract = gold_contract()
    LinkFactory(contract=contract, user__name="Ana Berg", user__email="ana@contoso.example")
    LinkFactory(contract=contract, user__name="Kofi Mensah", user__email="k@outlook.example")
    LinkFactory(contract=contract, dropped=True)

    card = card_of(partner_of(contract), account=account)

    assert sorted(link.user.name for link in card.links.rows) == found


@pytest.mark.django_db
def test_card_of_a_contract_says_when_its_ids_were_last_replaced():
    contract, other = gold_contract(), gold_contract()
    for replaced_at in (USED_AT, NOW):
        IssuedIdFactory(contract=contract, replaced_at=replaced_at)

    replaced = [card_of(partner_of(c), contract=c).replaced_at for c in (contract, other)]

    assert replaced == [NOW, None]


@pytest.mark.django_db
def test_card_shows_no_more_linked_accounts_than_fit():
    contract = gold_contract()
    LinkFactory.create_batch(PAGE_SIZE + 1, contract=contract)

    assert len(card_of(partner_of(contract)).links.rows) == PAGE_SIZE


@pytest.mark.django_db
@pytest.mark.parametrize("years", [1, 4])
def test_card_takes_as_many_statements_whatever_there_is(years, django_assert_max_num_queries):
    partner, agent = PartnerFactory(), UserFactory(staff=True)
    for year in range(years):
        activate(
            member(partner=partner, starts_on=date(2025 - year, 12, 15)),
            at=datetime(2025 - year, 12, 20, tzinfo=UTC),
        )

    with django_assert_max_num_queries(8):
        card = staff_card(partner=partner, contract=None, reader=agent, at=NOW)

    assert len(card.other_tiles) == 3 * (years - 1)


def test_line_to_read_out_has_a_sentence_for_each_package():
    gold, pack = {"package_id": 1}, {"package_id": 2, "action_pack": True}
    plans = [
        EntitlementFactory(**gold, balance=17),
        EntitlementFactory(**gold, advisory=True),
        EntitlementFactory(**pack),
    ]

    assert say(plans) == (
        "Gold: 17 of 20 on-premises incidents left until 13 January. "
        "Action Pack: 10 of 10 on-premises incidents left until 13 January."
    )


@pytest.mark.django_db
def test_card_of_a_partner_shows_its_open_requests_without_plan_and_that_of_a_contract_does_not():
    contract = gold_contract()
    partner = partner_of(contract)
    paid = SupportRequestFactory(plan=plan_of(contract))
    billing = SupportRequestFactory(billing=True, partner=partner)
    SupportRequestFactory(billing=True, partner=partner, closed=True)
    SupportRequestFactory(billing=True)

    assert set(card_of(partner).open_requests) == {paid, billing}
    assert card_of(partner, contract=contract).open_requests == [paid]
