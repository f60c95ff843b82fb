"""Acting for a customer in a cloud portal: the band, the plans, the price, and rights that end."""

from typing import Any

import pytest
from django.urls import reverse

from benefits.allotments import Scope
from benefits.models import LedgerEntry
from partnercenter.demo.accounts import FABRIKAM, NORTHWIND
from partners.models import Customer, Partner, RoleAssignment
from portal.models import AuditRecord
from support.models import SupportRequest
from tests.factories import LinkFactory
from tests.pages.customers import (
    AGENT,
    CSP_ONLY,
    acting_for,
    customer,
    new_request_url,
    page_url,
)
from tests.pages.html import Element
from tests.pages.portals import PortalWizard
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    changed_since,
    client_of,
    contract,
    main_of,
    page_of,
    plan,
    visit,
)
from tests.pages.wizard import ISSUE, errors_in, radios, unavailable
from tests.stories import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

CLOUD = Scope.CLOUD
CSP = "CSP"
OTHERS = ("microsoft365", "dynamics365", "lifecycle-services")


def link_fabrikam(who: str) -> str:
    """Let the account have linked Fabrikam's contract; return its cloud plan's id."""
    LinkFactory(user=account(who), contract=contract(FABRIKAM))
    return str(plan(FABRIKAM, CLOUD).public_id)


def at_review(wizard: PortalWizard, *, plan_id: str = CSP, kind: str = "TECHNICAL") -> PortalWizard:
    """Walk to the review."""
    assert wizard.problem(kind=kind).url == wizard.url("details")
    assert wizard.details(plan=plan_id).url == wizard.url("review")
    return wizard


def submitted(wizard: PortalWizard) -> tuple[SupportRequest, Element]:
    """Submit; return the request and its page."""
    response = wizard.review()
    assert response.status_code == 302, page_of(response).one("main").text
    request = SupportRequest.objects.latest("pk")
    assert response.url == reverse("support:request", args=[request.number])
    return request, page_of(wizard.client.get(response.url))


# --- submitting ------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [AGENT, CSP_ONLY])
def test_azure_request_under_cloud_solution_provider_uses_no_incident(who: str):
    wizard = acting_for(customer(), who=who)
    before = row_counts()

    review = main_of(at_review(wizard).see("review"))
    request, page = submitted(wizard)

    assert review.texts(cls="alert") == [
        "Submitting uses no incident: the plan Cloud Solution Provider covers it."
    ]
    assert "Relecloud, relecloud.example" in review.texts("dd")
    assert "Cloud Solution Provider, no contract and no incident" in review.texts("dd")
    assert changed_since(before) == {
        "support.SupportRequest": 1,
        "portal.AuditRecord": 1,
        "portal.IdempotencyKey": 1,
    }
    assert (request.customer, request.plan, request.author) == (customer(), None, account(who))
    main = main_of(page)
    assert "It used no incident: the plan Cloud Solution Provider covers it." in main.text
    assert main.one("a", href=page_url(customer())).text == "Relecloud"
    assert "Configuration" in main.texts("dd")


@pytest.mark.parametrize("slug", ["azure", "dynamics365"])
@pytest.mark.parametrize("who", [AGENT, CSP_ONLY])
def test_request_on_a_linked_contract_uses_one_incident(slug: str, who: str):
    plan_id = link_fabrikam(who)
    wizard = at_review(acting_for(customer(), who=who, slug=slug), plan_id=plan_id)

    review = main_of(wizard.see("review"))
    request, page = submitted(wizard)

    assert review.texts(cls="alert") == [
        "Submitting uses 1 incident of Signature 10-pack: 6 → 5 remaining."
    ]
    assert (request.customer, request.plan) == (customer(), plan(FABRIKAM, CLOUD))
    assert LedgerEntry.objects.latest("pk").request_number == request.number
    assert plan(FABRIKAM, CLOUD).remaining == 5
    assert "It used 1 incident of Signature 10-pack (Fabrikam)." in main_of(page).text


def test_owner_of_the_contract_does_not_learn_for_which_customer_it_was_used():
    wizard = acting_for(customer())
    request, _page = submitted(at_review(wizard, plan_id=link_fabrikam(AGENT)))
    owner = admin_of(FABRIKAM)

    for url in ("/supportforbusiness/manage", reverse("support:request", args=[request.number])):
        main = main_of(visit(owner, url))
        assert request.number in main.text
        assert "Relecloud" not in main.text


@pytest.mark.parametrize("kind", ["BILLING", "SUBSCRIPTION"])
@pytest.mark.parametrize("slug", ["azure", "lifecycle-services"])
def test_billing_and_subscription_requests_use_none_in_any_portal(kind: str, slug: str):
    wizard = acting_for(customer(), slug=slug)

    request, page = submitted(at_review(wizard, kind=kind, plan_id=""))

    assert (request.kind, request.plan, request.customer) == (kind, None, customer())
    assert alerts(page) == ["Your request is open. Its number is below."]


def test_same_form_sent_again_is_the_same_request():
    wizard = at_review(acting_for(customer()))
    first = wizard.review()
    before = row_counts()

    assert wizard.review().url == first.url
    wizard.client = client_of(AGENT)
    assert wizard.review().url == first.url
    assert changed_since(before) == {}


# --- the steps -------------------------------------------------------------------------------


def test_band_in_every_step_says_for_whom_one_acts_and_leads_out():
    wizard = at_review(acting_for(customer()))

    for step in ("problem", "details", "review"):
        page = wizard.see(step)
        band = page.one(cls="customer-band")
        assert band.text == (
            "You act for Relecloud (relecloud.example), as an agent of Contoso. "
            "Leave Relecloud; nothing is used"
        )
        assert band.one("a").attrs["href"] == page_url(customer())
        assert page.one("title").text.startswith("New support request for Relecloud - Azure")
    own = PortalWizard(wizard.client)
    own.problem()
    assert not own.see("details").has(cls="customer-band")


def test_azure_offers_cloud_solution_provider_first_beside_linked_contracts():
    linked = link_fabrikam(AGENT)
    wizard = acting_for(customer())
    wizard.problem()

    page = wizard.see("details")

    assert list(radios(page)) == [CSP, linked]
    ids = [card.one("input").attrs["id"] for card in radios(page).values()]
    assert ids == ["id_plan_0", "id_plan_1"]
    assert "checked" in radios(page)[CSP].one("input").attrs
    assert "No contract and no incident" in radios(page)[CSP].text
    assert str(plan(FABRIKAM).public_id) in unavailable(page)


def test_azure_without_any_contract_offers_cloud_solution_provider_alone():
    wizard = acting_for(customer(), who=CSP_ONLY)
    wizard.problem()

    page = wizard.see("details")

    assert list(radios(page)) == [CSP]
    assert "We found no usable support plan" not in main_of(page).text
    assert page.has("input", name="access_id")


@pytest.mark.parametrize("slug", OTHERS)
def test_other_portals_offer_contracts_only(slug: str):
    linked = link_fabrikam(AGENT)
    wizard = acting_for(customer(), slug=slug)
    wizard.problem()

    page = wizard.see("details")
    response = wizard.details(plan=CSP)

    assert list(radios(page)) == [linked]
    assert page.has("input", name="access_id")
    assert response.status_code == 400
    assert set(errors_in(page_of(response))) == {"plan"}


def test_ones_own_request_in_azure_is_not_offered_cloud_solution_provider():
    wizard = PortalWizard(client_of(AGENT))
    wizard.problem()

    assert CSP not in radios(wizard.see("details"))
    assert wizard.details(plan=CSP).status_code == 400


def test_step_one_tells_what_a_technical_request_costs_for_a_customer():
    page = acting_for(customer()).see("problem")

    assert page.texts("label", for_="id_kind_0") == [
        "Technical: under Cloud Solution Provider, or uses 1 incident of a contract"
    ]


# --- what ends, and what is lost -------------------------------------------------------------


def take_the_role() -> None:
    """Take the role of Admin agent from the agent."""
    RoleAssignment.objects.filter(affiliation__user__email=AGENT).delete()


@pytest.mark.parametrize("step", ["problem", "details", "review"])
def test_role_taken_away_stops_an_open_wizard_at_once(step: str):
    wizard = at_review(acting_for(customer()))
    take_the_role()

    response = wizard.client.get(wizard.url(step))

    assert response.status_code == 403
    assert main_of(page_of(response)).one(cls="next-step").text == (
        "Ask somebody who can do it: Chris Poe"
    )


@pytest.mark.parametrize("plan_id", [CSP, "a linked contract"])
def test_role_taken_away_before_submitting_is_refused_recorded_and_keeps_the_text(plan_id: str):
    chosen = CSP if plan_id == CSP else link_fabrikam(AGENT)
    wizard = at_review(acting_for(customer()), plan_id=chosen)
    take_the_role()
    before = row_counts()

    response = wizard.review()

    page = page_of(response)
    assert response.status_code == 403
    assert page.one(cls="explanation").attrs["data-code"] == "not_authorized"
    assert ISSUE["title"] in main_of(page).text
    assert page.has("a", href=page_url(customer()))
    assert "Choose another plan" not in main_of(page).text
    assert changed_since(before) == {"portal.AuditRecord": 1}
    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.refusal_code) == ("support.submit_request", "not_authorized")
    assert (record.target_kind, record.target_id) == ("customer", str(customer().public_id))


def test_company_that_left_csp_is_refused_and_told_so():
    wizard = at_review(acting_for(customer()))
    Partner.objects.filter(name="Contoso").update(in_csp=False)

    response = wizard.review()

    assert response.status_code == 403
    assert "Contoso isn't enrolled in CSP." in main_of(page_of(response)).text


@pytest.mark.parametrize("step", ["problem", "details", "review"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_customer_given_up_meanwhile_is_not_found(step: str, method: str):
    wizard = at_review(acting_for(customer()))
    Customer.objects.filter(name="Relecloud").update(is_active=False)
    before = row_counts()

    assert getattr(wizard.client, method)(wizard.url(step)).status_code == 404
    assert changed_since(before) == {}


def test_form_of_a_lost_draft_still_is_the_customers():
    wizard = acting_for(customer())
    hidden = wizard.see("problem").one("input", name="customer").attrs["value"]
    wizard.client = client_of(AGENT)

    wizard.problem(customer=hidden)

    assert hidden == str(customer().public_id)
    assert wizard.see("details").has(cls="customer-band")
    assert submitted(at_review(wizard))[0].customer == customer()


@pytest.mark.parametrize(
    ("sent", "status"), [("nonsense", 404), ("of Litware", 404), ("without the role", 403)]
)
def test_form_of_a_lost_draft_for_somebody_elses_customer_goes_nowhere(sent: str, status: int):
    of = customer("VanArsdel") if sent == "of Litware" else customer()
    who = "admin@contoso.example" if sent == "without the role" else AGENT
    before: dict[str, Any] = row_counts()

    response = PortalWizard(client_of(who)).problem(
        customer="nonsense" if sent == "nonsense" else str(of.public_id)
    )

    assert response.status_code == status
    assert set(changed_since(before)) <= {"portal.AuditRecord"}


def test_contract_spent_meanwhile_leads_back_to_the_plans():
    LinkFactory(user=account(AGENT), contract=contract(NORTHWIND))
    pays = plan(NORTHWIND, CLOUD)
    wizard = at_review(acting_for(customer()), plan_id=str(pays.public_id))
    PortalWizard(client_of(admin_of(NORTHWIND))).at_review(pays).review()

    response = wizard.review()

    page = page_of(response)
    assert response.status_code == 409
    assert page.one(cls="explanation").attrs["data-code"] == "no_incidents_remaining"
    assert page.has("a", href=wizard.url("details"))
    assert CSP in radios(wizard.see("details"))


def test_opening_and_leaving_writes_no_table():
    before = row_counts()

    wizard = at_review(acting_for(customer()))
    wizard.see("review")
    wizard.client.get(new_request_url(customer()))

    assert changed_since(before) == {}
