"""Which requests an account sees."""

import pytest
from django.db import connection

from partners.acting import Acting
from partners.permissions import standing_of
from partners.roles import Role
from support.models import SupportRequest
from tests.factories import AffiliationFactory, PartnerFactory, SupportRequestFactory, UserFactory
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


WITHOUT_PLAN = [{"billing": True}, {"billing": True, "kind": "SUBSCRIPTION"}]


@pytest.mark.parametrize("traits", WITHOUT_PLAN)
@pytest.mark.parametrize("role", SEE_THEIR_PARTNERS_REQUESTS)
def test_admin_and_agent_see_what_was_opened_for_their_partner_without_a_plan(role, traits):
    here = AffiliationFactory(roles=[role])
    opened = SupportRequestFactory(partner=here.partner, **traits)
    SupportRequestFactory(partner=PartnerFactory(), **traits)

    assert seen_by(here.user, here.partner) == {opened}


def test_request_for_a_customer_under_no_plan_is_seen_by_agents_of_the_partner():
    opened = SupportRequestFactory(for_customer=True)
    agent = AffiliationFactory(partner=opened.partner, roles=[Role.ADMIN_AGENT]).user

    assert seen_by(agent, opened.partner) == {opened}


@pytest.mark.parametrize("role", [None, Role.BILLING_ADMIN])
def test_others_of_the_partner_see_nothing_that_was_opened_without_a_plan(role):
    here = AffiliationFactory(roles=[role] if role else [])
    SupportRequestFactory(partner=here.partner, billing=True)

    assert seen_by(here.user, here.partner) == set()


def test_request_opened_for_a_partner_and_paid_by_another_is_the_payers(contract):
    here = AffiliationFactory(roles=[Role.GLOBAL_ADMIN])
    paid = SupportRequestFactory(partner=here.partner, plan=plan_of(contract))

    assert seen_by(here.user, here.partner) == set()
    assert paid in seen_by(contract.requested_by, partner_of(contract))


def test_requests_of_a_partner_are_found_by_indexes_alone(contract):
    admin, partner = contract.requested_by, partner_of(contract)
    acting = Acting(partner=partner, standing=standing_of(admin, partner=partner))

    if connection.vendor == "postgresql":
        # So few rows are read whole whenever that is possible: ask whether it has to be.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")

    plan = SupportRequest.objects.visible_to(admin, acting=acting).explain()

    reads_all = {"sqlite": "SCAN", "postgresql": "Seq Scan on support"}[connection.vendor]
    assert reads_all not in plan


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


def test_requests_not_ended_leave_out_resolved_and_closed():
    by_state = {
        state: SupportRequestFactory(**{state.lower(): True})
        if state in ("RESOLVED", "CLOSED")
        else SupportRequestFactory(state=state)
        for state in SupportRequest.State
    }

    not_ended = set(SupportRequest.objects.not_ended())

    assert not_ended == {
        request for state, request in by_state.items() if state not in ("RESOLVED", "CLOSED")
    }


def test_requests_written_by_are_the_authors_own(contract):
    request_of_outsider(contract)
    written = SupportRequestFactory(author=contract.requested_by)

    assert list(SupportRequest.objects.written_by(contract.requested_by)) == [written]
