"""What the wizard's forms accept and what they say about the rest; refused forms write nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from partnercenter.demo.accounts import FABRIKAM, NORTHWIND, TAILSPIN
from support.models import SupportRequest
from tests.pages.html import values_in
from tests.pages.states import CLOUD
from tests.pages.visits import changed_since, client_of, page_of, plan
from tests.pages.wizard import ISSUE, Wizard, errors_in, form_of
from tests.stories import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FRITZ = "admin@fabrikam.example"
CHOOSE_ANOTHER = "The plan you chose can no longer be used for this product. Choose another one."


@pytest.fixture(autouse=True)
def _every_refused_form_writes_nothing(world: object, db: None) -> Iterator[None]:
    before = row_counts()
    yield
    opened = SupportRequest.objects.count() - before["support.SupportRequest"]
    assert changed_since(before) == (
        {
            "support.SupportRequest": opened,
            "benefits.LedgerEntry": opened,
            "benefits.Event": opened,
            "portal.AuditRecord": opened,
            "portal.IdempotencyKey": opened,
        }
        if opened
        else {}
    )


def begun() -> Wizard:
    """Return a wizard of Fabrikam's admin."""
    return Wizard(client_of(FRITZ))


def errors_of(response: Any) -> dict[str, str]:
    """Return what the page says is wrong, field by field."""
    assert response.status_code == 400
    return errors_in(page_of(response))


def test_step_one_left_empty_says_what_is_missing():
    wizard = begun()

    response = wizard.client.post(wizard.url("product"), {"action": "continue"})

    assert set(errors_of(response)) == {
        *("family", "version", "category", "severity", "hours"),
        *("country", "time_zone", "contact_method"),
    }
    summary = page_of(response).one(cls="error-summary")
    assert summary.one("h2").text == "9 things need your attention"


def test_step_one_without_a_plan_asks_for_it():
    assert errors_of(begun().product()) == {"plan": "Choose the support plan that pays."}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family", "Windows Vista"),
        ("family", "windows server"),
        ("version", "2012"),
        ("version", "10"),
        ("category", "BILLING"),
        ("severity", "D"),
        ("hours", "SOMETIMES"),
        ("country", "XX"),
        ("country", "EU"),
        ("time_zone", "Mars/Olympus"),
        ("contact_method", "FAX"),
    ],
)
def test_step_one_with_an_unknown_choice_is_refused_at_its_field(field: str, value: str):
    response = begun().product(plan=str(plan(FABRIKAM).public_id), **{field: value})

    assert field in errors_of(response)


@pytest.mark.parametrize(
    "whose", ["another account's", "none", "no id at all", "for cloud", "the advice"]
)
def test_step_one_with_a_plan_that_was_not_offered_is_refused(whose: str):
    forged = {
        "another account's": str(plan(NORTHWIND).public_id),
        "none": "00000000-0000-0000-0000-000000000000",
        "no id at all": "1 OR 1=1",
        "for cloud": str(plan(FABRIKAM, CLOUD).public_id),
        "the advice": str(plan(FABRIKAM, scope=None).public_id),
    }[whose]

    assert errors_of(begun().product(plan=forged)) == {"plan": CHOOSE_ANOTHER}


def test_severity_c_around_the_clock_is_an_error_and_keeps_the_rest():
    response = begun().product(plan=str(plan(FABRIKAM).public_id), hours="ALWAYS", category="CRASH")

    assert errors_of(response) == {"hours": "Severity C is answered during business hours only."}
    assert values_in(form_of(page_of(response)))["category"] == "CRASH"


def test_severity_a_is_always_around_the_clock():
    wizard = begun().at_review(plan(FABRIKAM), severity="A", hours="BUSINESS")

    page = wizard.see("review")
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    wizard.review()

    request = SupportRequest.objects.latest("pk")
    assert facts["Hours"] == "24x7"
    assert (request.severity, request.require_24x7) == ("A", True)
    assert (request.due_at - request.opened_at).total_seconds() == 2 * 3600


def test_severity_options_say_when_the_first_answer_comes():
    page = begun().show()

    assert page.one("select", name="severity").texts("option") == [
        "Choose…",
        "A - Critical business impact: first answer within 2 hours, day and night",
        "B - Moderate business impact: first answer within 4 hours",
        "C - Minimal business impact: first answer within 8 hours of business time",
    ]


def test_versions_are_those_of_the_family_newest_first():
    page = begun().show(family="SQL Server", version="")

    assert page.one("select", name="version").texts("option")[1:] == [
        *("2025", "2022", "2019", "2017", "2016")
    ]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": ""}, {"title"}),
        ({"title": "   "}, {"title"}),
        ({"description": ""}, {"description"}),
        ({"title": "x" * 201}, {"title"}),
        ({"description": "x" * 10_001}, {"description"}),
        ({"tried": "x" * 10_001}, {"tried"}),
    ],
)
def test_step_two_with_too_little_or_too_much_is_refused_and_kept(
    fields: dict[str, str], wrong: set[str]
):
    wizard = begun().at_issue(plan(FABRIKAM))

    response = wizard.issue(**fields)

    assert set(errors_of(response)) == wrong
    kept = values_in(form_of(page_of(response)))
    assert {name: kept[name] for name in ISSUE if name not in wrong} == {
        name: text for name, text in ISSUE.items() if name not in wrong
    }


def test_step_two_with_text_as_long_as_allowed_is_accepted():
    wizard = begun().at_issue(plan(FABRIKAM))

    response = wizard.issue(title="x" * 200, description="ы" * 10_000, tried="")

    assert response.url == wizard.url("review")


@pytest.mark.parametrize(
    ("phone", "words"),
    [
        ("", "This field is required."),
        ("call me", "Enter a phone number with its international code."),
        ("12", "Enter a phone number with its international code."),
    ],
)
def test_contact_by_phone_needs_a_number(phone: str, words: str):
    wizard = begun().at_review(plan(FABRIKAM), contact_method="PHONE")

    assert errors_of(wizard.review(contact_phone=phone)) == {"contact_phone": words}


def test_contact_by_phone_with_a_number_is_accepted():
    wizard = begun().at_review(plan(FABRIKAM), contact_method="PHONE")

    assert wizard.review(contact_phone="+49 (30) 901-820").status_code == 302


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"contact_name": ""}, {"contact_name"}),
        ({"contact_name": "x" * 121}, {"contact_name"}),
        ({"contact_email": "fritz"}, {"contact_email"}),
        ({"contact_email": f"{'x' * 250}@example.com"}, {"contact_email"}),
        ({"contact_phone": "+" * 60}, {"contact_phone"}),
    ],
)
def test_step_three_with_something_wrong_is_refused(fields: dict[str, str], wrong: set[str]):
    wizard = begun().at_review(plan(FABRIKAM))

    assert set(errors_of(wizard.review(**fields))) == wrong


def test_step_one_with_a_cloud_product_takes_the_cloud_plan():
    wizard = Wizard(client_of("admin@tailspin.example"))
    cloud = plan(TAILSPIN, CLOUD)

    response = wizard.product(plan=str(cloud.public_id), family="Azure", version="App Service")

    assert response.url == wizard.url("issue")
