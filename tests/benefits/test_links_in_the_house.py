"""One click in the house that sees the pair; dropping, revoking and restoring a link."""

from datetime import timedelta

import pytest

from benefits.models import Contract, Link
from benefits.reasons import LinkRevoked
from benefits.services.links import (
    drop_link,
    link_contract,
    link_own_contract,
    restore_link,
    revoke_link,
)
from partners.permissions import NotAuthorized
from partners.roles import Role
from portal.models import AuditRecord
from tests.at_once import act_meanwhile
from tests.factories import (
    ACTIVATED_AT,
    ENDS_AT,
    USED_AT,
    AffiliationFactory,
    LinkFactory,
    PartnerFactory,
    UserFactory,
)
from tests.stories import (
    activate,
    admin_of,
    colleague_of,
    gold_contract,
    linked_outsider,
    member,
    numbers_of,
    partner_of,
    row_counts,
)

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def state_of(link):
    """Return what is stored of a link."""
    return Link.objects.values_list("linked_at", "dropped_at", "revoked_at", "revoked_by").get(
        pk=link.pk
    )


# --- one click -------------------------------------------------------------------------------


def test_one_click_by_any_mpn_user_of_the_partner_links():
    contract = gold_contract()
    user = colleague_of(partner_of(contract))

    linked = link_own_contract(contract_id=contract.public_id, by=user, at=USED_AT)

    assert (linked.contract, linked.linked_at, linked.is_new) == (contract, USED_AT, True)
    assert Link.objects.get().method == Link.Method.ONE_CLICK
    assert AuditRecord.objects.get(action="benefits.link_contract").facts == {
        "account": str(user.public_id),
        "method": "ONE_CLICK",
    }


def test_one_click_again_keeps_the_first_day():
    contract = gold_contract()
    user = colleague_of(partner_of(contract))
    link_own_contract(contract_id=contract.public_id, by=user, at=ACTIVATED_AT)

    again = link_own_contract(contract_id=contract.public_id, by=user, at=USED_AT)

    assert (again.linked_at, again.is_new) == (ACTIVATED_AT, False)


@pytest.mark.parametrize("roles", [[], [Role.ADMIN_AGENT], [Role.GLOBAL_ADMIN]])
def test_one_click_by_csp_only_account_finds_no_contract(roles):
    contract = gold_contract()
    user = AffiliationFactory(partner=partner_of(contract), csp_only=True, roles=roles).user

    with pytest.raises(Contract.DoesNotExist):
        link_own_contract(contract_id=contract.public_id, by=user, at=USED_AT)


@pytest.mark.parametrize(
    "outsider",
    [
        linked_outsider,
        lambda contract: admin_of(PartnerFactory()),
        lambda contract: UserFactory(personal=True),
    ],
    ids=["linked consultant", "admin elsewhere", "personal"],
)
def test_one_click_from_outside_the_house_finds_no_contract(outsider):
    contract = gold_contract()
    user = outsider(contract)
    rows = row_counts()

    with pytest.raises(Contract.DoesNotExist):
        link_own_contract(contract_id=contract.public_id, by=user, at=USED_AT)

    assert row_counts() == rows


def test_one_click_before_the_contracts_start_finds_no_contract(now):
    contract = activate(member(), at=now, delay=timedelta(days=3))
    user = colleague_of(partner_of(contract))

    with pytest.raises(Contract.DoesNotExist):
        link_own_contract(contract_id=contract.public_id, by=user, at=contract.starts_at - SECOND)


def test_one_click_at_the_contracts_start_links(now):
    contract = activate(member(), at=now, delay=timedelta(days=3))
    user = colleague_of(partner_of(contract))

    linked = link_own_contract(contract_id=contract.public_id, by=user, at=contract.starts_at)

    assert linked.linked_at == contract.starts_at


def test_one_click_after_the_end_links():
    contract = gold_contract()
    user = colleague_of(partner_of(contract))

    linked = link_own_contract(contract_id=contract.public_id, by=user, at=ENDS_AT + SECOND)

    assert [e.is_expired for e in linked.plans] == [True, True]


def test_one_click_after_revocation_is_refused():
    contract = gold_contract()
    user = colleague_of(partner_of(contract))
    LinkFactory(contract=contract, user=user, revoked=True)

    with pytest.raises(LinkRevoked):
        link_own_contract(contract_id=contract.public_id, by=user, at=USED_AT)


def test_one_click_by_staff_is_refused():
    contract = gold_contract()
    staff = AffiliationFactory(partner=partner_of(contract), user__staff=True).user

    with pytest.raises(NotAuthorized) as refused:
        link_own_contract(contract_id=contract.public_id, by=staff, at=USED_AT)

    assert refused.value.explanation.facts == {"reason": "staff"}


# --- dropping --------------------------------------------------------------------------------


def test_dropping_ones_own_link_keeps_its_row_and_is_recorded():
    contract = gold_contract()
    user = linked_outsider(contract)
    linked_outsider(contract)

    link = drop_link(contract_id=contract.public_id, by=user, at=USED_AT)

    assert state_of(link) == (ACTIVATED_AT, USED_AT, None, None)
    assert Link.objects.in_force().count() == 1
    assert AuditRecord.objects.get(action="benefits.drop_link").facts == {
        "account": str(user.public_id),
        "method": "PAIR",
    }


def test_dropping_twice_keeps_the_first_day():
    contract = gold_contract()
    user = linked_outsider(contract)
    drop_link(contract_id=contract.public_id, by=user, at=USED_AT)

    link = drop_link(contract_id=contract.public_id, by=user, at=USED_AT + SECOND)

    assert state_of(link) == (ACTIVATED_AT, USED_AT, None, None)
    assert AuditRecord.objects.filter(action="benefits.drop_link").count() == 1


def test_dropping_a_revoked_link_is_refused():
    contract = gold_contract()
    link = LinkFactory(contract=contract, revoked=True)
    before = state_of(link)

    with pytest.raises(LinkRevoked):
        drop_link(contract_id=contract.public_id, by=link.user, at=USED_AT)

    assert state_of(link) == before


def test_dropping_what_is_not_linked_does_not_exist():
    contract = gold_contract()
    linked_outsider(contract)

    with pytest.raises(Link.DoesNotExist):
        drop_link(contract_id=contract.public_id, by=UserFactory(), at=USED_AT)


# --- revoking and restoring ------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN])
def test_revoking_by_either_admin_takes_the_contract_away(role):
    contract = gold_contract()
    consultant = linked_outsider(contract)
    admin = AffiliationFactory(partner=partner_of(contract), roles=[role]).user

    link = revoke_link(contract_id=contract.public_id, user=consultant, by=admin, at=USED_AT)

    assert state_of(link) == (ACTIVATED_AT, None, USED_AT, admin.pk)
    assert list(Link.objects.in_force()) == []
    record = AuditRecord.objects.get(action="benefits.revoke_link")
    assert (record.actor, record.facts["account"]) == (admin, str(consultant.public_id))


@pytest.mark.parametrize("change", [revoke_link, restore_link])
@pytest.mark.parametrize("role", [Role.ADMIN_AGENT, Role.ACCOUNT_ADMIN])
def test_revoking_and_restoring_by_others_is_refused(change, role):
    contract = gold_contract()
    consultant = linked_outsider(contract)
    other = AffiliationFactory(partner=partner_of(contract), roles=[role]).user
    rows = row_counts()

    with pytest.raises(NotAuthorized) as refused:
        change(contract_id=contract.public_id, user=consultant, by=other, at=USED_AT)

    assert refused.value.explanation.facts == {"permission": "revoke_or_replace"}
    assert row_counts() == rows


def test_revoking_by_admin_of_another_partner_is_refused():
    contract = gold_contract()
    consultant = linked_outsider(contract)

    with pytest.raises(NotAuthorized):
        revoke_link(
            contract_id=contract.public_id,
            user=consultant,
            by=admin_of(PartnerFactory()),
            at=USED_AT,
        )


def test_restoring_gives_the_contract_back_as_it_was_linked():
    contract = gold_contract()
    admin = admin_of(partner_of(contract))
    consultant = linked_outsider(contract, revoked=True)

    link = restore_link(contract_id=contract.public_id, user=consultant, by=admin, at=USED_AT)

    assert state_of(link) == (ACTIVATED_AT, None, None, None)
    assert AuditRecord.objects.get(action="benefits.restore_link").actor == admin


def test_restored_account_may_type_the_pair_again():
    contract = gold_contract()
    admin = admin_of(partner_of(contract))
    consultant = linked_outsider(contract, revoked=True)
    restore_link(contract_id=contract.public_id, user=consultant, by=admin, at=USED_AT)
    access, number = numbers_of(contract)

    again = link_contract(access_text=access, contract_text=number, by=consultant, at=USED_AT)

    assert (again.linked_at, again.is_new) == (ACTIVATED_AT, False)


def test_revoking_twice_keeps_who_did_it_first_and_when():
    contract = gold_contract()
    consultant = linked_outsider(contract)
    first, second = (admin_of(partner_of(contract)) for _ in range(2))
    revoke_link(contract_id=contract.public_id, user=consultant, by=first, at=USED_AT)

    link = revoke_link(
        contract_id=contract.public_id, user=consultant, by=second, at=USED_AT + SECOND
    )

    assert state_of(link) == (ACTIVATED_AT, None, USED_AT, first.pk)
    assert AuditRecord.objects.get(action="benefits.revoke_link").actor == first


@pytest.mark.parametrize("traits", [{}, {"dropped": True}])
def test_restoring_what_was_not_taken_away_changes_and_records_nothing(traits):
    contract = gold_contract()
    admin = admin_of(partner_of(contract))
    consultant = linked_outsider(contract, **traits)
    before, rows = state_of(consultant.links.get()), row_counts()

    link = restore_link(contract_id=contract.public_id, user=consultant, by=admin, at=USED_AT)

    assert (state_of(link), row_counts()) == (before, rows)


def test_revoking_by_two_admins_at_once_is_recorded_once(transactional_db):
    contract = gold_contract()
    consultant = linked_outsider(contract)
    first, second = (admin_of(partner_of(contract)) for _ in range(2))

    def revoke(by, at):
        return revoke_link(contract_id=contract.public_id, user=consultant, by=by, at=at)

    revoking = act_meanwhile(
        lambda: revoke(second, USED_AT + SECOND),
        lock=lambda: Link.objects.select_for_update(of=("self",), no_key=True).get(),
        meanwhile=lambda: revoke(first, USED_AT),
    )

    assert state_of(revoking.result()) == (ACTIVATED_AT, None, USED_AT, first.pk)
    assert AuditRecord.objects.get(action="benefits.revoke_link").actor == first
