"""Which requests an account sees."""

import pytest

from partners.acting import Acting
from partners.permissions import standing_of
from partners.roles import Role
from support.models import SupportRequest
from tests.factories import AffiliationFactory, SupportRequestFactory, UserFactory
from tests.stories import gold_contract, linked_outsider, partner_of, plan_of

pytestmark = pytest.mark.django_db

SEE_THEIR_PARTNERS_REQUESTS = (Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN, Role.ADMIN_AGENT)


def seen_by(user, partner=None):
    """Return the requests that the account sees, acting for the partner."""
    acting = Acting()
    if partner is not None:
        acting = Acting(partner=partner, standing=standing_of(user, partner=partner))
    return set(SupportRequest.objects.visible_to(user, acting=acting))


@pytest.fixture
def contract():
    """Return a contract that somebody else's requests have used."""
    return gold_contract()


def request_of_outsider(contract):
    """Return a request by an account of elsewhere, paid by the contract."""
    return SupportRequestFactory(author=linked_outsider(contract), plan=plan_of(contract))


def test_author_sees_own_requests_only(contract):
    author = UserFactory(personal=True)
    own = SupportRequestFactory(author=author)
    request_of_outsider(contract)

    assert seen_by(author) == {own}


@pytest.mark.parametrize("role", SEE_THEIR_PARTNERS_REQUESTS)
def test_admin_and_agent_see_what_their_partners_plans_paid(contract, role):
    partner = partner_of(contract)
    user = AffiliationFactory(partner=partner, roles=[role]).user
    own, paid = SupportRequestFactory(author=user), request_of_outsider(contract)
    SupportRequestFactory()

    assert seen_by(user, partner) == {own, paid}


@pytest.mark.parametrize(
    "role", [None, *(role for role in Role if role not in SEE_THEIR_PARTNERS_REQUESTS)]
)
def test_others_of_the_partner_see_own_requests_only(contract, role):
    partner = partner_of(contract)
    user = AffiliationFactory(partner=partner, roles=[role] if role else []).user
    own = SupportRequestFactory(author=user, plan=plan_of(contract))
    request_of_outsider(contract)

    assert seen_by(user, partner) == {own}


def test_admin_acting_for_another_partner_sees_nothing_of_this_one(contract):
    elsewhere = AffiliationFactory(roles=[Role.GLOBAL_ADMIN])
    request_of_outsider(contract)

    assert seen_by(elsewhere.user, elsewhere.partner) == set()


def test_own_request_that_the_partner_paid_is_listed_once(contract):
    admin = contract.requested_by
    own = SupportRequestFactory(author=admin, plan=plan_of(contract))
    acting = Acting(
        partner=partner_of(contract), standing=standing_of(admin, partner=partner_of(contract))
    )

    assert list(SupportRequest.objects.visible_to(admin, acting=acting)) == [own]


def test_requests_still_open_leave_out_resolved_and_closed():
    by_state = {
        state: SupportRequestFactory(closed=True)
        if state == "CLOSED"
        else SupportRequestFactory(state=state)
        for state in SupportRequest.State
    }

    still_open = set(SupportRequest.objects.still_open())

    assert still_open == {
        request for state, request in by_state.items() if state not in ("RESOLVED", "CLOSED")
    }


def test_requests_written_by_are_the_authors_own(contract):
    request_of_outsider(contract)
    written = SupportRequestFactory(author=contract.requested_by)

    assert list(SupportRequest.objects.written_by(contract.requested_by)) == [written]
