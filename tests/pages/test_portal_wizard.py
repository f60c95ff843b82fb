"""+ New support request in a cloud portal: three steps, one incident for technical, else none."""

from typing import Any

import pytest
from django.urls import reverse

from benefits.allotments import Scope
from benefits.models import LedgerEntry, Link, Plan
from partnercenter.demo.accounts import FABRIKAM, NORTHWIND, TAILSPIN
from portal.models import AuditRecord
from support.models import SupportRequest
from support.portals import CloudPortal
from tests.pages.html import values_in
from tests.pages.portals import PORTALS, PortalWizard
from tests.pages.visits import (
    account,
    admin_of,
    alerts,
    changed_since,
    client_of,
    contract,
    main_of,
    page_of,
    partner,
    plan,
    visit,
)
from tests.pages.wizard import (
    CHOSEN,
    CONTACT,
    ISSUE,
    Wizard,
    errors_in,
    form_of,
    radios,
    unavailable,
)
from tests.stories import row_counts, use_up
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FRITZ = "admin@fabrikam.example"
PAT = "pat@outlook.example"
IN_EACH = pytest.mark.parametrize("portal", PORTALS, ids=lambda portal: portal.slug)
WITHOUT_INCIDENT = pytest.mark.parametrize("kind", ["BILLING", "SUBSCRIPTION"])
CLOUD = Scope.CLOUD
SERVICES = {
    "azure": [
        "Azure · Virtual Machines",
        "Azure · App Service",
        "Azure · SQL Database",
        "Azure · Azure Active Directory",
    ],
    "microsoft365": [
        "Microsoft 365 · Exchange Online",
        "Microsoft 365 · Teams",
        "Enterprise Mobility + Security · Intune",
    ],
    "dynamics365": ["Dynamics 365 · Customer Service"],
    "lifecycle-services": ["Dynamics 365 · Finance and Operations"],
}


def wizard(who: str = FRITZ, slug: str = "azure") -> PortalWizard:
    """Return a new draft of the account in the portal."""
    return PortalWizard(client_of(who), slug)


def newest() -> SupportRequest:
    """Return the request that was opened last."""
    return SupportRequest.objects.latest("pk")


# --- submitting ------------------------------------------------------------------------------


@IN_EACH
def test_technical_request_uses_one_incident(portal: CloudPortal):
    before = row_counts()

    response = wizard(slug=portal.slug).at_review(plan(FABRIKAM, CLOUD)).review()

    request = newest()
    assert response.url == reverse("support:request", args=[request.number])
    assert changed_since(before) == {
        "support.SupportRequest": 1,
        "benefits.LedgerEntry": 1,
        "benefits.Event": 1,
        "portal.AuditRecord": 1,
        "portal.IdempotencyKey": 1,
    }
    assert (request.kind, request.portal) == ("TECHNICAL", portal.portal)
    assert request.product_name == SERVICES[portal.slug][0]
    assert plan(FABRIKAM, CLOUD).remaining == 5
    assert LedgerEntry.objects.latest("pk").request_number == request.number


@IN_EACH
@WITHOUT_INCIDENT
def test_other_request_uses_none(portal: CloudPortal, kind: str):
    before = row_counts()

    response = wizard(PAT, portal.slug).at_review(kind=kind).review()

    request = newest()
    assert response.url == reverse("support:request", args=[request.number])
    assert changed_since(before) == {
        "support.SupportRequest": 1,
        "portal.AuditRecord": 1,
        "portal.IdempotencyKey": 1,
    }
    assert (request.kind, request.portal, request.plan) == (kind, portal.portal, None)
    assert (request.author, request.category) == (account(PAT), "OTHER")


@pytest.mark.parametrize("paid", [True, False])
def test_submit_keeps_what_was_written_word_by_word(paid: bool):  # noqa: FBT001
    draft = wizard()
    draft.problem(kind="TECHNICAL" if paid else "BILLING", service="Azure · App Service")
    draft.details(
        plan=str(plan(FABRIKAM, CLOUD).public_id) if paid else "",
        severity="B",
        hours="ALWAYS",
        contact_method="PHONE",
        contact_phone="+46 8 123 456",
    )

    draft.review()

    request = newest()
    assert {name: getattr(request, name) for name in (*ISSUE, *CONTACT)} == {
        **ISSUE,
        **CONTACT,
        "contact_phone": "+46 8 123 456",
    }
    assert (request.severity, request.require_24x7, request.country) == ("B", True, "SE")
    assert (request.category, request.product_version) == (
        "CONFIGURATION" if paid else "OTHER",
        "App Service",
    )
    assert request.partner == partner(FABRIKAM)


def test_request_page_says_what_was_used():
    main = main_of(page_of(submitted(wizard().at_review(plan(FABRIKAM, CLOUD)))))

    assert (
        "It used 1 incident of Signature 10-pack (Fabrikam). The plan now has 5 incidents"
        in main.text
    )
    assert "Azure" in main.texts("dd")


def test_request_page_says_that_nothing_was_used():
    page = page_of(submitted(wizard(PAT).at_review()))

    assert "It used no incident: Billing." in main_of(page).text
    assert "Billing" in main_of(page).texts("dd")
    assert alerts(page) == ["Your request is open. Its number is below."]
    assert (
        "Azure · Virtual Machines Billing" in main_of(visit(PAT, "/supportforbusiness/manage")).text
    )


def submitted(draft: PortalWizard) -> Any:
    """Submit the draft; return the page of the request."""
    return draft.client.get(draft.review().url)


@pytest.mark.parametrize("kind", ["TECHNICAL", "BILLING"])
def test_same_form_sent_again_is_the_same_request(kind: str):
    draft = wizard().at_review(plan(FABRIKAM, CLOUD) if kind == "TECHNICAL" else None)
    first = draft.review()
    before = row_counts()

    again = draft.review()

    assert again.url == first.url
    assert alerts(page_of(draft.client.get(again.url)))[-1] == (
        "This form was submitted already. Nothing more was used."
    )
    assert changed_since(before) == {}


def test_same_form_sent_after_the_session_was_lost_is_the_same_request():
    draft = wizard().at_review()
    first = draft.review()
    draft.client = client_of(FRITZ)

    assert draft.review().url == first.url
    assert draft.problem().url == first.url


def test_plan_spent_meanwhile_keeps_the_text_and_names_reason_and_way_on():
    draft = wizard(admin_of(NORTHWIND).email or "").at_review(plan(NORTHWIND, CLOUD))
    use_up(plan(NORTHWIND, CLOUD), by=admin_of(NORTHWIND), at=NOW)

    response = draft.review()

    page = page_of(response)
    assert response.status_code == 409
    assert page.one(cls="explanation").attrs["data-code"] == "no_incidents_remaining"
    assert page.has("a", href=draft.url("details"))
    assert ISSUE["title"] in main_of(page).text
    assert AuditRecord.objects.latest("pk").refusal_code == "no_incidents_remaining"
    assert not SupportRequest.objects.filter(portal="AZURE", title=ISSUE["title"]).exists()


# --- the steps -------------------------------------------------------------------------------


@IN_EACH
def test_step_one_offers_the_services_of_the_portal(portal: CloudPortal):
    page = visit(PAT, f"/portals/{portal.slug}/create")

    options = page.one("select", name="service").texts("option")
    assert [o for o in options if o != "Choose…"] == SERVICES[portal.slug]
    assert page.texts("label", for_="id_kind_0") == ["Technical: uses 1 incident of a support plan"]


def test_service_of_another_portal_is_refused():
    response = wizard(slug="azure").problem(service="Microsoft 365 · Teams")

    assert response.status_code == 400
    assert list(errors_in(page_of(response))) == ["service"]


def test_step_one_sent_empty_says_what_is_missing_and_keeps_the_rest():
    response = wizard().problem(kind="", title="")

    page = page_of(response)
    assert response.status_code == 400
    assert set(errors_in(page)) == {"kind", "title"}
    assert values_in(form_of(page))["description"] == ISSUE["description"]


def test_step_two_offers_plans_that_pay_and_says_why_others_do_not():
    draft = wizard()
    draft.problem()

    page = draft.see("details")

    pays, other = plan(FABRIKAM, CLOUD), plan(FABRIKAM)
    assert list(radios(page)) == [str(pays.public_id)]
    assert radios(page)[str(pays.public_id)].one(cls="number-large").text == "6"
    card = unavailable(page)[str(other.public_id)]
    assert card.one(cls="number-large").text == "17"
    assert card.one(cls="explanation").attrs["data-code"] == "plan_wrong_scope"


@WITHOUT_INCIDENT
def test_step_two_without_incident_asks_for_no_plan(kind: str):
    draft = wizard()
    draft.problem(kind=kind)

    main = main_of(draft.see("details"))

    assert not main.has("input", name="plan")
    assert not main.has("select", name="category")
    assert not main.has("input", name="access_id")
    assert main.has("select", name="severity")


def test_step_two_without_a_plan_says_so_and_keeps_what_was_chosen():
    draft = wizard()
    draft.problem()

    response = draft.details(severity="B", contact_method="PHONE")

    page = page_of(response)
    assert response.status_code == 400
    assert set(errors_in(page)) == {"plan", "contact_phone"}
    assert values_in(form_of(page))["severity"] == "B"


def test_step_two_links_the_own_companys_contract_and_keeps_what_was_chosen():
    Link.objects.filter(user__email="user@fabrikam.example").update(dropped_at=NOW)
    draft = wizard("user@fabrikam.example")
    draft.problem()
    contract_id = contract(FABRIKAM).public_id
    assert draft.see("details").has("button", value=f"link:{contract_id}")

    response = draft.details(action=f"link:{contract_id}", severity="B")

    page = page_of(draft.client.get(response.url))
    assert response.url == draft.url("details")
    assert alerts(page)[0].startswith("Fabrikam's contract is linked to your account.")
    assert values_in(form_of(page))["severity"] == "B"
    assert list(radios(page)) == [str(plan(FABRIKAM, CLOUD).public_id)]


def test_step_two_finds_no_contract_of_another_company():
    draft = wizard()
    draft.problem()

    assert draft.details(action=f"link:{contract(NORTHWIND).public_id}").status_code == 404
    assert draft.details(action="link:nonsense").status_code == 404


def test_back_keeps_everything_typed():
    draft = wizard().at_review(plan(FABRIKAM, CLOUD))

    assert draft.review(action="back").url == draft.url("details")
    held = values_in(form_of(draft.see("details")))
    assert {name: held[name] for name in (*CHOSEN, *CONTACT)} == {**CHOSEN, **CONTACT}
    assert draft.details(action="back").url == draft.url("problem")
    held = values_in(form_of(draft.see("problem")))
    assert {name: held[name] for name in ISSUE} == ISSUE
    assert held["kind"] == "TECHNICAL"


@pytest.mark.parametrize(
    ("of", "price"),
    [
        (FABRIKAM, "Submitting uses 1 incident of Signature 10-pack: 6 → 5 remaining."),
        (TAILSPIN, "Submitting uses 1 incident of Signature Cloud Support, which is unlimited."),
        ("", "Submitting uses no incident."),
    ],
)
def test_review_says_the_price(of: str, price: str):
    who = admin_of(of).email if of else PAT
    pays: Plan | None = plan(of, CLOUD) if of else None

    main = main_of(wizard(who or "").at_review(pays).see("review"))

    assert main.texts(cls="alert") == [price]
    assert ("Support plan" in main.texts("dt")) is (pays is not None)
    assert CONTACT["contact_name"] in main.one("dl").text


def test_issue_type_changed_afterwards_asks_for_the_details_again():
    draft = wizard().at_review()

    draft.problem(kind="TECHNICAL")

    response = draft.client.get(draft.url("review"))
    assert response.url == draft.url("details")


@pytest.mark.parametrize("step", ["problem", "details", "review"])
def test_step_of_another_portals_draft_leads_to_the_beginning(step: str):
    draft = wizard(slug="azure").at_review()
    other = PortalWizard(draft.client, "dynamics365")
    other.draft_id = draft.draft_id

    response = draft.client.get(other.url(step))

    assert response.url == "/portals/dynamics365/create"


@pytest.mark.parametrize("step", ["product", "issue", "review"])
def test_draft_of_a_portal_is_none_of_support_for_business(step: str):
    draft = wizard().at_review()
    business = Wizard(draft.client)
    business.draft_id = draft.draft_id

    assert draft.client.get(business.url(step)).url == "/supportforbusiness/create"


@pytest.mark.parametrize(("step", "leads_to"), [("details", "problem"), ("review", "details")])
def test_step_cannot_be_jumped_to(step: str, leads_to: str):
    draft = wizard()
    if step == "review":
        draft.problem()
    else:
        draft.problem(title="")

    assert draft.client.get(draft.url(step)).url == draft.url(leads_to)


def test_wizard_up_to_the_review_writes_no_table():
    before = row_counts()

    wizard().at_review(plan(FABRIKAM, CLOUD)).see("review")

    assert changed_since(before) == {}
