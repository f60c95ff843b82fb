"""The check: verdicts by the rules of submitting, in order, in a constant number of statements."""

import uuid
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from django.db import transaction

from benefits import entitlements
from benefits.models import Plan
from partnercenter.demo.accounts import (
    ADATUM,
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    NORTHWIND,
    PENDING,
    SCHEDULED,
    TAILSPIN,
)
from partners.permissions import refuse_without_mpn
from partners.scopes import ClientScope
from portal.refusals import Refusal
from support import coverage, products
from support.services.requests import quote_request
from tests.api.calls import Caller
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    linked_client,
    refused,
    staff_client,
    statements,
    user_of,
)
from tests.factories import AffiliationFactory
from tests.pages.states import CLOUD, STATES
from tests.pages.visits import admin_of, contract, partner, plan
from tests.stories import product, row_counts, submit
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

READ = ClientScope.ENTITLEMENTS_READ
SERVER = {"productFamily": "Windows Server", "productVersion": "2025"}
OLD_SERVER = {"productFamily": "Windows Server", "productVersion": "2016"}
AZURE = {"productFamily": "Azure", "productVersion": "Virtual Machines"}
PARTNERS = sorted({state.mpn_id for state in STATES.values()})
OFFERED = [p for p in products.CATALOGUE if p.is_released(on=NOW.astimezone(UTC).date())]


def check(caller, *questions):
    """Ask, and return the verdicts."""
    return answered(caller.post("entitlements/check", {"questions": list(questions)}))["answers"]


def question_about(about):
    """Return the question whether a plan would pay for the product."""
    return {"productFamily": about.family, "productVersion": about.version}


def yes(of, before):
    """Return the verdict that the plan pays."""
    return {
        "allowed": True,
        "planName": of.name,
        "entitlementId": str(of.public_id),
        "remainingBefore": before,
        "remainingAfter": None if before is None else before - 1,
        "explanation": None,
    }


def no(explanation):
    """Return the verdict that nothing pays, with its reason."""
    nothing = dict.fromkeys(("planName", "entitlementId", "remainingBefore", "remainingAfter"))
    return {"allowed": False, **nothing, "explanation": explanation}


def of_quote(verdict):
    """Return a quote of the services as the API words it."""
    if verdict.refusal is not None:
        return no(verdict.refusal.explanation.as_dict())
    return yes(Plan.objects.get(pk=verdict.payer.plan_pk), verdict.payer.remaining)


# --- answers ---------------------------------------------------------------------------------


def test_check_answers_each_question_in_its_order_and_changes_nothing():
    caller = client_at(FABRIKAM, READ)
    check(caller, SERVER)
    before = row_counts()

    found = check(caller, AZURE, SERVER, OLD_SERVER, AZURE)

    cloud, server = yes(plan(FABRIKAM, CLOUD), 6), yes(plan(FABRIKAM), 17)
    assert [found[0], found[1], found[3]] == [cloud, server, cloud]
    assert found[2] == no(found[2]["explanation"])
    assert found[2]["explanation"]["code"] == "product_not_supported"
    assert found[2]["explanation"]["facts"]["legacyCode"] == "Code: 8"
    assert row_counts() == before


def test_check_of_an_unlimited_plan_answers_without_numbers():
    assert check(client_at(TAILSPIN), AZURE) == [yes(plan(TAILSPIN, CLOUD), None)]


@pytest.mark.parametrize(
    ("mpn_id", "product", "code"),
    [
        (CONTOSO, SERVER, "benefit_not_activated"),
        (PENDING, SERVER, "activation_pending"),
        (SCHEDULED, SERVER, "benefit_not_started"),
        (EXPIRED, AZURE, "contract_expired"),
        (EXHAUSTED, AZURE, "no_incidents_remaining"),
        (ADATUM, AZURE, "plan_not_included"),
        (FABRIKAM, OLD_SERVER, "product_not_supported"),
    ],
)
def test_check_explains_each_state_by_its_code(mpn_id, product, code):
    (found,) = check(client_at(mpn_id), product)

    assert found == no(found["explanation"])
    assert found["explanation"]["code"] == code


@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_check_says_of_every_product_what_submitting_does(mpn_id):
    """Each product of the catalogue, by the partner's client: verdict, quote and the deed agree."""
    caller = client_at(mpn_id)
    user, at = user_of(caller), acting_at(mpn_id)

    found = check(caller, *(question_about(about) for about in OFFERED))

    for about, verdict in zip(OFFERED, found, strict=True):
        assert verdict == of_quote(quote_request(by=user, product=about, **at))
        assert verdict == deed(user, product=about, **at)


@pytest.mark.parametrize("mpn_id", PARTNERS)
def test_check_in_a_session_says_of_every_product_what_submitting_does(mpn_id):
    """The same by an account that has linked its contract, or has not when there is none."""
    user, at = admin_of(mpn_id), acting_at(mpn_id)

    found = check(browser_of(user.email), *(question_about(about) for about in OFFERED))

    for about, verdict in zip(OFFERED, found, strict=True):
        assert verdict == of_quote(quote_request(by=user, product=about, **at))
        assert verdict == deed(user, product=about, **at)


def acting_at(mpn_id) -> dict[str, Any]:
    """Return for whom, by which plan and when the services are asked."""
    return {"partner": partner(mpn_id), "plan_id": None, "at": NOW}


def deed(user, **call):
    """Really submit, take it back, and return what happened as a verdict."""
    try:
        with transaction.atomic():
            done = submit(by=user, **call)
            transaction.set_rollback(True)
    except Refusal as refusal:
        return no(refusal.explanation.as_dict())
    left = done.remaining_after
    return yes(done.request.plan, None if left is None else left + 1)


# --- which plans are asked about -------------------------------------------------------------


def test_check_of_a_contract_or_partner_asks_about_its_plans_only():
    caller = linked_client(FABRIKAM, contract(NORTHWIND))
    foreign = {"contractId": str(contract(NORTHWIND).public_id)}

    found = check(
        caller,
        SERVER,
        SERVER | foreign,
        SERVER | {"mpnId": NORTHWIND},
        SERVER | {"mpnId": FABRIKAM, "contractId": None},
        SERVER | {"mpnId": NORTHWIND, **foreign},
    )

    nearest = yes(plan(NORTHWIND), 3)
    assert found == [nearest, nearest, nearest, yes(plan(FABRIKAM), 17), nearest]


@pytest.mark.parametrize("who", ["client", "stranger", "staff"])
def test_check_of_what_is_absent_or_not_the_callers_is_not_found(who):
    callers: dict[str, Callable[[], Caller]] = {
        "client": lambda: client_at(CONTOSO),
        "stranger": lambda: browser_of("pat@outlook.example"),
        "staff": staff_client,
    }
    absent = [{"contractId": str(uuid.uuid4())}, {"mpnId": "9999999"}]
    foreign = [{"contractId": str(contract(FABRIKAM).public_id)}, {"mpnId": FABRIKAM}]
    mixed = {"contractId": str(contract(NORTHWIND).public_id), "mpnId": FABRIKAM}

    asked = [*absent, mixed, *([] if who == "staff" else foreign)]
    found = check(callers[who](), *(SERVER | narrowed for narrowed in asked))

    assert {verdict["explanation"]["code"] for verdict in found} == {"not_found"}
    assert all(verdict == found[0] for verdict in found)


def test_check_by_a_csp_only_account_about_its_own_partner_says_that_it_may_not():
    caller = browser_of(AffiliationFactory(partner=partner(FABRIKAM), csp_only=True).user.email)
    own, foreign = contract(FABRIKAM).public_id, contract(NORTHWIND).public_id
    named = [{"mpnId": FABRIKAM}, {"contractId": str(own)}]
    elsewhere = [
        {"mpnId": NORTHWIND},
        {"contractId": str(foreign)},
        {"contractId": str(foreign), "mpnId": FABRIKAM},
    ]

    found = check(caller, *(SERVER | narrowed for narrowed in [*named, *elsewhere]))

    refusal = refuse_without_mpn(partner=partner(FABRIKAM))
    assert found[:2] == [no(refusal.explanation.as_dict())] * 2
    assert {verdict["explanation"]["code"] for verdict in found[2:]} == {"not_found"}


def test_check_by_an_account_without_any_plan_says_how_to_get_one():
    (found,) = check(browser_of("pat@outlook.example"), SERVER)

    assert found["explanation"] == coverage.no_usable_plan().explanation.as_dict()


def test_check_by_a_colleague_who_has_not_linked_says_so():
    user = browser_of("multi@contoso.example")
    (found,) = check(user, SERVER | {"mpnId": CONTOSO})

    assert found["explanation"]["code"] == "benefit_not_activated"
    (other,) = check(user, SERVER)
    assert other == yes(plan(FABRIKAM), 17)


def test_check_by_staff_asks_about_any_partner_that_it_names():
    asked = [SERVER | {"mpnId": mpn_id} for mpn_id in PARTNERS]
    by_contract = SERVER | {"contractId": str(contract(FABRIKAM).public_id)}

    found = check(staff_client(), *asked, by_contract, SERVER)

    for mpn_id, verdict in zip(PARTNERS, found, strict=False):
        held = entitlements.read(
            Plan.objects.held_by(partner(mpn_id)).that_count_incidents(), user=None, at=NOW
        )
        newest = product("Windows Server", "2025")
        in_order = coverage.candidates(held, product=newest, needs_link=False)
        expected = coverage.verdict(in_order, product=newest, needs_link=False)
        assert verdict == of_quote(expected)
    assert found[-2] == found[PARTNERS.index(FABRIKAM)] == yes(plan(FABRIKAM), 17)
    assert found[-1]["explanation"]["code"] == "plan_not_included"


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (100, 200), (101, 400)])
def test_check_takes_up_to_a_hundred_questions(count, status):
    response = client_at(FABRIKAM).post("entitlements/check", {"questions": [SERVER] * count})

    assert response.status_code == status
    if status == 400:
        assert refused(response) == (400, "validation_error")
        assert [p["name"] for p in response.json()["invalidParameters"]] == ["questions"]
    else:
        assert len(response.json()["answers"]) == count


def test_check_of_unknown_products_names_each_by_its_place():
    unknown = {"productFamily": "Windows Server", "productVersion": "2099"}
    questions = [SERVER, unknown, AZURE, unknown]

    response = client_at(FABRIKAM).post("entitlements/check", {"questions": questions})

    assert refused(response) == (400, "validation_error")
    assert [p["name"] for p in response.json()["invalidParameters"]] == [
        "questions.1.productVersion",
        "questions.3.productVersion",
    ]


@pytest.mark.parametrize(
    ("narrowed", "code", "name"),
    [
        ({"contract": "1"}, "unknown_field", "questions.1.contract"),
        ({"contractId": "123456786"}, "validation_error", "questions.1.contractId"),
        ({"mpnId": "51234567"}, "validation_error", "questions.1.mpnId"),
        ({"productVersion": 2025}, "validation_error", "questions.1.productVersion"),
        ({"productFamily": ""}, "validation_error", "questions.1.productFamily"),
    ],
)
def test_check_of_a_malformed_question_names_its_place(narrowed, code, name):
    questions = [SERVER, SERVER | narrowed]

    response = client_at(FABRIKAM).post("entitlements/check", {"questions": questions})

    assert refused(response) == (400, code)
    assert [p["name"] for p in response.json()["invalidParameters"]] == [name]


@pytest.mark.parametrize("who", ["client", "staff"])
def test_check_takes_as_many_statements_for_a_hundred_questions_as_for_one(who):
    caller = staff_client() if who == "staff" else client_at(FABRIKAM)
    named = [SERVER | {"mpnId": mpn_id} for mpn_id in PARTNERS * 10][:100]
    check(caller, SERVER)

    few, many = (statements(lambda asked=a: check(caller, *asked)) for a in (named[:1], named))

    assert len(named) == 100
    assert len(few) == len(many) <= 3, "\n".join(many)
