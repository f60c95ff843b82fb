"""The wizard's three steps: nothing is written, nothing typed is lost, no step is jumped to."""

import uuid

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import FABRIKAM, TAILSPIN
from tests.pages.html import values_in
from tests.pages.states import CLOUD
from tests.pages.visits import changed_since, client_of, page_of, plan
from tests.pages.wizard import AZURE, CHOSEN, CONTACT, ISSUE, SERVER, Wizard, form_of
from tests.stories import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FRITZ = "admin@fabrikam.example"


def begun(who: str = FRITZ) -> Wizard:
    """Return a wizard that the account has just opened."""
    return Wizard(client_of(who))


def test_wizard_up_to_the_review_writes_no_table_and_uses_nothing():
    before = row_counts()

    wizard = begun().at_review(plan(FABRIKAM))
    wizard.review(action="back")
    wizard.see("issue")
    wizard.see("product")
    wizard.client.get(reverse("support:plans"))

    assert changed_since(before) == {}
    assert plan(FABRIKAM).remaining == 17


def test_wizard_opened_without_writing_anything_keeps_no_draft():
    client = client_of(FRITZ)

    client.get(reverse("support:create"))

    assert "request_drafts" not in client.session


def test_wizard_opened_twice_draws_two_drafts():
    client = client_of(FRITZ)

    actions = {
        form_of(page_of(client.get(reverse("support:create")))).attrs["action"] for _ in "ab"
    }

    assert len(actions) == 2


@pytest.mark.parametrize("step", ["product", "issue", "review"])
def test_step_of_a_draft_that_is_not_there_leads_to_the_beginning(step: str):
    client = client_of(FRITZ)

    response = client.get(reverse(f"support:create-{step}", args=[uuid.uuid4()]))

    assert (response.status_code, response.url) == (302, reverse("support:create"))


def test_step_of_somebody_elses_draft_leads_to_the_beginning():
    drafted = begun().at_review(plan(FABRIKAM))

    response = client_of("user@fabrikam.example").get(drafted.url("review"))

    assert (response.status_code, response.url) == (302, reverse("support:create"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_step_two_before_step_one_leads_back_to_it(method: str):
    wizard = begun()
    wizard.product(action="show")

    response = getattr(wizard.client, method)(wizard.url("issue"), ISSUE)

    assert (response.status_code, response.url) == (302, wizard.url("product"))


@pytest.mark.parametrize("method", ["get", "post"])
def test_step_three_before_step_two_leads_back_to_it(method: str):
    wizard = begun().at_issue(plan(FABRIKAM))
    before = row_counts()

    response = getattr(wizard.client, method)(wizard.url("review"), CONTACT)

    assert (response.status_code, response.url) == (302, wizard.url("issue"))
    assert changed_since(before) == {}


def test_step_one_changed_to_something_invalid_closes_the_later_steps():
    wizard = begun().at_review(plan(FABRIKAM))

    assert wizard.product(severity="").status_code == 400

    response = wizard.review()
    assert (response.status_code, response.url) == (302, wizard.url("issue"))
    assert plan(FABRIKAM).remaining == 17


def test_back_from_step_two_keeps_what_was_typed_in_both():
    wizard = begun().at_issue(plan(FABRIKAM), category="CRASH", severity="B", hours="ALWAYS")

    response = wizard.issue(action="back", title="Half a sent", tried="")

    assert (response.status_code, response.url) == (302, wizard.url("product"))
    kept = values_in(form_of(wizard.see("product")))
    wanted = {**SERVER, **CHOSEN, "category": "CRASH", "severity": "B", "hours": "ALWAYS"}
    assert {name: kept[name] for name in wanted} == wanted
    assert kept["plan"] == str(plan(FABRIKAM).public_id)
    assert values_in(form_of(wizard.see("issue"))) == {**ISSUE, "title": "Half a sent", "tried": ""}


def test_back_from_step_three_keeps_what_was_typed_in_all():
    wizard = begun().at_review(plan(FABRIKAM))

    response = wizard.review(action="back", contact_phone="+46 8", contact_name="F. B.")

    assert (response.status_code, response.url) == (302, wizard.url("issue"))
    assert values_in(form_of(wizard.see("issue"))) == ISSUE
    kept = values_in(form_of(wizard.see("review")))
    assert kept == {**CONTACT, "contact_name": "F. B.", "contact_phone": "+46 8"}


def test_step_one_starts_with_the_partners_country_and_business_hours():
    page = page_of(client_of(FRITZ).get(reverse("support:create")))

    held = values_in(form_of(page))
    assert (held["country"], held["time_zone"], held["hours"]) == ("DE", "UTC", "BUSINESS")


def test_step_three_starts_with_the_accounts_name_and_address():
    page = begun().at_review(plan(FABRIKAM)).see("review")

    held = values_in(form_of(page))
    assert (held["contact_name"], held["contact_email"]) == ("Fritz Baum", FRITZ)


def test_steps_are_marked_and_say_that_nothing_is_used_until_submission():
    wizard = begun().at_review(plan(FABRIKAM))

    marked = [wizard.see(step).one(aria_current="step").text for step in STEPS]

    assert marked == list(STEPS.values())
    assert all("Nothing is used until you submit." in wizard.see(step).text for step in STEPS)


STEPS = {
    "product": "Product and support type",
    "issue": "Issue description",
    "review": "Contact details and review",
}


def test_review_shows_everything_chosen_and_the_price():
    page = begun().at_review(plan(FABRIKAM)).see("review")

    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))

    assert facts["Product"] == "Windows Server 2025"
    assert facts["Category"] == "Configuration"
    assert facts["Country"] == "Sweden"
    assert facts["Title"] == ISSUE["title"]
    assert "Submitting uses 1 incident of Partner support Gold 20pack: 17 → 16 remaining." in (
        page.text
    )


def test_review_of_an_unlimited_plan_says_that_it_is():

    wizard = Wizard(client_of("admin@tailspin.example"))

    page = wizard.at_review(plan(TAILSPIN, CLOUD), **AZURE).see("review")

    assert "uses 1 incident of Signature Cloud Support, which is unlimited." in page.text


def test_draft_makes_room_for_the_ninth():
    client = client_of(FRITZ)
    wizards = [Wizard(client) for _ in range(9)]
    for wizard in wizards:
        wizard.product(action="show")

    responses = [client.get(wizard.url("product")).status_code for wizard in wizards]

    assert responses == [302] + [200] * 8
