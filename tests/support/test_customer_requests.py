"""Requests for customers: who may, which plans there are, what they cost, and what stays closed."""

import uuid
from typing import Any

import pytest

from benefits.allotments import Scope
from benefits.models import LedgerEntry
from benefits.reasons import ContractNotLinked, NoIncidentsRemaining
from benefits.verification import Difference
from partners.acting import Acting
from partners.models import Affiliation, Customer, Partner, RoleAssignment, User
from partners.permissions import NotAuthorized, standing_of
from partners.roles import Role
from portal.idempotency import IdempotencyKeyReused
from portal.models import AuditRecord
from support.coverage import NoUsablePlan, PlanNotIncluded, PlanWrongScope
from support.customers import name_for
from support.models import SupportRequest
from support.services.customer_requests import Issue, submit_for_customer
from support.services.requests import Submitted
from support.verification import differences
from tests.factories import (
    USED_AT,
    AffiliationFactory,
    CustomerFactory,
    LinkFactory,
    PartnerFactory,
    SupportRequestFactory,
    UserFactory,
)
from tests.lives import CloseReason, close, reopen
from tests.stories import (
    AZURE,
    colleague_of,
    gold_contract,
    partner_of,
    plan_of,
    product,
    row_counts,
    text,
    use_up,
)

pytestmark = pytest.mark.django_db
Kind = SupportRequest.Kind
UNDER_CSP = Issue(Kind.TECHNICAL)
DYNAMICS = product("Dynamics 365", "Customer Service")
OTHER_PORTALS = [
    product("Microsoft 365", "Teams"),
    DYNAMICS,
    product("Dynamics 365", "Finance and Operations"),
]


@pytest.fixture
def customer() -> Customer:
    """Return a customer of a partner in MPN and CSP."""
    return CustomerFactory(partner__in_csp=True, name="Relecloud")


def agent_of(partner: Partner, **affiliation: Any) -> User:
    """Return a new Admin agent of the partner in CSP alone, unless said otherwise."""
    about = {"csp_only": True, "roles": [Role.ADMIN_AGENT], **affiliation}
    return AffiliationFactory(partner=partner, **about).user


def ask(customer: Customer, *, by: User, issue: Issue = UNDER_CSP, **changes: Any) -> Submitted:
    """Submit a request about a virtual machine for the customer, without an incident."""
    call: dict[str, Any] = {
        "partner": customer.partner,
        "customer_id": customer.public_id,
        "product": AZURE,
        "text": text(),
        "key": "a-key",
        "at": USED_AT,
    }
    return submit_for_customer(by=by, issue=issue, **{**call, **changes})


def paying(partner: Partner, agent: User, **membership: Any) -> Issue:
    """Let the agent have linked a Gold contract; return a technical issue that its plan pays."""
    contract = gold_contract(partner=partner, **membership)
    LinkFactory(user=agent, contract=contract)
    return Issue(Kind.TECHNICAL, plan_of(contract, Scope.CLOUD).public_id)


# --- what it writes --------------------------------------------------------------------------


def test_request_under_csp_is_stored_for_the_customer_and_uses_nothing(customer):
    agent = agent_of(customer.partner)
    before = row_counts()

    submitted = ask(customer, by=agent)

    stored = SupportRequest.objects.get()
    assert submitted == Submitted(stored, remaining_after=None, is_replay=False)
    assert (stored.customer, stored.partner, stored.plan) == (customer, customer.partner, None)
    assert (stored.kind, stored.portal, stored.author) == ("TECHNICAL", "AZURE", agent)
    assert (stored.is_under_csp, stored.uses_incident) == (True, False)
    changed = {name: n - before[name] for name, n in row_counts().items() if n != before[name]}
    assert changed == {
        "support.SupportRequest": 1,
        "portal.AuditRecord": 1,
        "portal.IdempotencyKey": 1,
    }
    assert list(differences()) == []


@pytest.mark.parametrize("about", [AZURE, DYNAMICS])
def test_request_on_a_linked_contract_uses_one_incident(customer, about):
    agent = agent_of(customer.partner)
    issue = paying(PartnerFactory(), agent)

    submitted = ask(customer, by=agent, issue=issue, product=about)

    request = SupportRequest.objects.get()
    entry = LedgerEntry.objects.get(kind="CONSUME")
    assert submitted == Submitted(request, remaining_after=9, is_replay=False)
    assert (entry.request_number, entry.remaining_after) == (request.number, 9)
    assert (request.customer, request.partner) == (customer, customer.partner)
    assert request.portal == ("AZURE" if about is AZURE else "DYNAMICS_365")
    assert list(differences()) == []


@pytest.mark.parametrize("kind", [Kind.BILLING, Kind.SUBSCRIPTION])
@pytest.mark.parametrize("about", [AZURE, DYNAMICS])
def test_request_about_a_bill_needs_no_plan_in_any_portal(customer, kind, about):
    ask(customer, by=agent_of(customer.partner), issue=Issue(kind), product=about)

    stored = SupportRequest.objects.get()
    assert (stored.kind, stored.customer, stored.plan) == (kind, customer, None)
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("pays", [True, False])
def test_request_is_recorded_with_customer_and_price(customer, pays):
    agent = agent_of(customer.partner)
    owner = PartnerFactory()
    issue = paying(owner, agent) if pays else UNDER_CSP

    number = ask(customer, by=agent, issue=issue).request.number

    record = AuditRecord.objects.get(action="support.submit_request")
    price = {"plan": str(issue.plan_id), "remainingAfter": 9}
    under_csp = {"kind": "TECHNICAL", "plan": "CSP"}
    assert record.facts == {
        "customer": str(customer.public_id),
        **(price if pays else under_csp),
    }
    assert record.partner_mpn_id == (owner if pays else customer.partner).mpn_id
    assert (record.actor, record.target_id) == (agent, number)


@pytest.mark.parametrize("reason", [CloseReason.DUPLICATE, CloseReason.PRODUCT_DEFECT])
def test_request_under_csp_is_closed_and_reopened_and_returns_nothing(customer, reason):
    request = ask(customer, by=agent_of(customer.partner)).request
    support = UserFactory(staff=True)

    close(request, by=support, reason=reason)
    reopen(request, by=support)

    assert AuditRecord.objects.get(action="support.close_request").facts["returnsIncident"] is False
    assert not LedgerEntry.objects.exists()


# --- refused ---------------------------------------------------------------------------------


def refusal_of(*args: Any, **request: Any) -> Exception:
    """Submit, and return what comes instead; nothing may be written."""
    rows = row_counts()
    with pytest.raises(Exception) as refused:  # noqa: PT011 - which one, each test says
        ask(*args, **request)
    assert row_counts() == rows
    return refused.value


@pytest.mark.parametrize(
    ("affiliation", "facts"),
    [
        ({"roles": []}, {"permission": "customer_request"}),
        ({"roles": [Role.GLOBAL_ADMIN]}, {"permission": "customer_request"}),
        ({"csp_only": False}, {"reason": "not_in_csp"}),
        ({"user__inactive": True}, {"reason": "not_in_csp"}),
    ],
)
@pytest.mark.parametrize("issue", [UNDER_CSP, Issue(Kind.BILLING)])
def test_request_without_the_right_is_refused_with_who_may(customer, affiliation, facts, issue):
    agent_of(customer.partner, user__name="Omar Said")
    user = agent_of(customer.partner, user__name="Ingrid Holm", **affiliation)

    refusal = refusal_of(customer, by=user, issue=issue)

    assert isinstance(refusal, NotAuthorized)
    explanation = refusal.explanation
    assert {name: explanation.facts[name] for name in facts} == facts
    assert explanation.next_step is not None
    assert explanation.next_step.people == ("Omar Said",)
    assert refusal.attempt is not None
    assert refusal.attempt.action == "support.submit_request"
    assert refusal.attempt.target == ("customer", str(customer.public_id))


@pytest.mark.parametrize("pays", [True, False])
def test_request_after_the_right_was_lost_is_refused(customer, pays):
    agent = agent_of(customer.partner)
    issue = paying(customer.partner, agent) if pays else UNDER_CSP
    RoleAssignment.objects.filter(affiliation__user=agent).delete()

    assert isinstance(refusal_of(customer, by=agent, issue=issue), NotAuthorized)


@pytest.mark.parametrize("leaves", ["company", "account"])
def test_request_after_leaving_csp_is_refused(customer, leaves):
    agent = agent_of(customer.partner, csp_only=False, csp=True)
    if leaves == "company":
        customer.partner.in_csp = False
        customer.partner.save(update_fields=["in_csp"])
    else:
        Affiliation.objects.filter(user=agent).update(csp=False)

    refusal = refusal_of(customer, by=agent)

    assert isinstance(refusal, NotAuthorized)
    assert refusal.explanation.facts["reason"] == "not_in_csp"


def test_request_by_staff_is_refused(customer):
    staff = agent_of(customer.partner, user__staff=True)

    assert isinstance(refusal_of(customer, by=staff), NotAuthorized)


def test_request_for_a_customer_of_another_partner_finds_none(customer):
    stranger = PartnerFactory(in_csp=True)
    agent = agent_of(stranger)

    assert isinstance(
        refusal_of(customer, by=agent, partner=stranger),
        Customer.DoesNotExist,
    )
    assert isinstance(refusal_of(customer, by=agent), NotAuthorized)
    assert isinstance(refusal_of(customer, by=agent, partner=None), Customer.DoesNotExist)


def test_request_for_a_customer_that_is_not_served_any_more_finds_none():
    given_up = CustomerFactory(partner__in_csp=True, inactive=True)
    agent = agent_of(given_up.partner)

    assert isinstance(refusal_of(given_up, by=agent), Customer.DoesNotExist)
    assert isinstance(
        refusal_of(given_up, by=agent, customer_id=uuid.uuid4()), Customer.DoesNotExist
    )


@pytest.mark.parametrize("about", OTHER_PORTALS)
def test_plan_cloud_solution_provider_is_for_azure_only(customer, about):
    refusal = refusal_of(customer, by=agent_of(customer.partner), product=about)

    assert isinstance(refusal, PlanNotIncluded)
    assert refusal.explanation.as_dict() == {
        "code": "plan_not_included",
        "message": "The plan Cloud Solution Provider covers customers' requests in Azure only.",
        "facts": {"portal": refusal.explanation.facts["portal"]},
        "nextStep": {
            "text": "Choose a linked contract instead; the request then uses one incident.",
            "url": None,
            "people": [],
        },
    }


def test_chosen_contract_is_judged_as_always(customer):
    in_house = agent_of(customer.partner, csp_only=False, csp=True)
    contract = gold_contract(partner=customer.partner)
    cloud, on_premises = plan_of(contract, Scope.CLOUD), plan_of(contract)

    def refused(by: User, plan: Any) -> type[Exception]:
        return type(refusal_of(customer, by=by, issue=Issue(Kind.TECHNICAL, plan.public_id)))

    assert refused(in_house, cloud) is ContractNotLinked
    assert refused(agent_of(customer.partner), cloud) is NoUsablePlan
    LinkFactory(user=in_house, contract=contract)
    assert refused(in_house, on_premises) is PlanWrongScope
    use_up(cloud, by=in_house)
    assert refused(in_house, cloud) is NoIncidentsRemaining


# --- once ------------------------------------------------------------------------------------


@pytest.mark.parametrize("pays", [True, False])
def test_same_form_sent_again_is_the_same_request_also_when_the_customer_has_left(customer, pays):
    agent = agent_of(customer.partner)
    issue = paying(customer.partner, agent) if pays else UNDER_CSP
    first = ask(customer, by=agent, issue=issue)
    Customer.objects.filter(pk=customer.pk).update(is_active=False)
    before = row_counts()

    again = ask(customer, by=agent, issue=issue)

    assert again == Submitted(first.request, remaining_after=9 if pays else None, is_replay=True)
    assert row_counts() == before


def test_same_form_sent_again_without_the_right_is_refused(customer):
    agent = agent_of(customer.partner)
    ask(customer, by=agent)
    RoleAssignment.objects.filter(affiliation__user=agent).delete()

    assert isinstance(refusal_of(customer, by=agent), NotAuthorized)


@pytest.mark.parametrize("change", ["customer", "plan", "kind", "text"])
def test_same_key_for_something_else_is_refused(customer, change):
    agent = agent_of(customer.partner)
    other = CustomerFactory(partner=customer.partner)
    sent: dict[str, dict[str, Any]] = {
        "customer": {"customer_id": other.public_id},
        "plan": {"issue": paying(customer.partner, agent)},
        "kind": {"issue": Issue(Kind.BILLING)},
        "text": {"text": text(title="Another")},
    }
    ask(customer, by=agent)

    assert isinstance(refusal_of(customer, by=agent, **sent[change]), IdempotencyKeyReused)


# --- who learns of the customer --------------------------------------------------------------


def test_customer_is_named_to_author_staff_and_its_partner_in_csp_only(customer):
    owner = partner_of(gold_contract())
    request = SupportRequestFactory(for_customer=True, customer=customer)

    def named_to(user: User, partner: Partner | None = None) -> bool:
        acting = Acting()
        if partner is not None:
            acting = Acting(partner=partner, standing=standing_of(user, partner=partner))
        return name_for(user, acting=acting, request=request) == "Relecloud"

    assert named_to(request.author)
    assert named_to(UserFactory(staff=True))
    assert named_to(agent_of(customer.partner), customer.partner)
    assert not named_to(colleague_of(customer.partner), customer.partner)
    assert not named_to(agent_of(owner, csp_only=False, csp=True), owner)
    assert not named_to(UserFactory())
    of_its_own = SupportRequestFactory()
    assert name_for(of_its_own.author, acting=Acting(), request=of_its_own) is None


def test_customer_of_another_partner_on_a_request_is_a_difference(customer):
    request = SupportRequestFactory(for_customer=True, partner=PartnerFactory())

    assert list(differences()) == [
        Difference(f"request {request.number}", "customer", "another partner's", "its partner's")
    ]
