"""The look-up of staff: what an ID, number, e-mail or name is, and its entitlements."""

import pytest

from partnercenter.demo.accounts import CONTOSO, FABRIKAM, LITWARE, WINGTIP
from partners.scopes import ClientScope
from portal.models import AuditRecord
from support.models import SupportRequest
from tests.api.calls import staff_caller
from tests.api.resources import (
    answered,
    browser_of,
    client_at,
    everything,
    refused,
    staff_client,
    user_of,
)
from tests.factories import well_formed
from tests.pages.visits import contract, grouped, numbers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def look_up(caller, query):
    """Look something up."""
    return caller.post("lookups", {"query": query})


def found_by(query):
    """Return what a client of the staff finds."""
    return answered(look_up(staff_client(), query))


def entitlements_of(mpn_id, **filters):
    """Return the entitlements of a partner as staff read them."""
    return everything(staff_client(), "entitlements", mpnId=mpn_id, **filters)


def partner_found(mpn_id, name, kind):
    """Return the answer that leads to one partner."""
    return {
        "kind": kind,
        "problem": None,
        "partners": [{"mpnId": mpn_id, "name": name}],
        "contracts": [],
        "entitlements": entitlements_of(mpn_id),
    }


def contract_found(kind):
    """Return the answer that leads to Fabrikam's contract."""
    of = {"id": str(contract(FABRIKAM).public_id), "mpnId": FABRIKAM, "partnerName": "Fabrikam"}
    entitlements = entitlements_of(FABRIKAM)
    return {
        "kind": kind,
        "problem": None,
        "partners": [],
        "contracts": [of],
        "entitlements": entitlements,
    }


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        (FABRIKAM, "mpn_id"),
        (f"{FABRIKAM[:3]} {FABRIKAM[3:]}", "mpn_id"),
        ("fabri", "name"),
        ("FABRIKAM", "name"),
    ],
)
def test_lookup_of_a_partner_answers_it_with_its_entitlements(query, kind):
    assert found_by(query) == partner_found(FABRIKAM, "Fabrikam", kind)


def test_lookup_of_an_access_id_answers_its_contract_however_it_is_written():
    access, _number = numbers(contract(FABRIKAM))

    answers = [found_by(query) for query in (access, grouped(access), f"Access ID: {access}")]

    assert answers == [contract_found("access_id")] * 3


def test_lookup_of_a_request_number_answers_the_contract_that_paid():
    paid = SupportRequest.objects.filter(kind="TECHNICAL", plan__package__partner__mpn_id=FABRIKAM)
    request = paid.latest("pk")

    assert found_by(request.number) == contract_found("request")


def test_lookup_of_an_email_answers_what_the_account_uses():
    consultant, several = found_by("consultant@outlook.example"), found_by("USER@fabrikam.example")

    assert consultant == contract_found("email")
    assert several["partners"] == [{"mpnId": FABRIKAM, "name": "Fabrikam"}]
    assert [row["mpnId"] for row in several["contracts"]] == [FABRIKAM]
    assert (several["entitlements"], several["problem"]) == ([], None)


def test_lookup_of_a_partner_without_benefits_answers_it_alone():
    assert found_by(LITWARE) == partner_found(LITWARE, "Litware", "mpn_id")
    assert entitlements_of(LITWARE) == []


def test_lookup_of_a_beginning_of_several_names_lists_them_to_choose_from():
    found = found_by("l")

    assert [row["name"] for row in found["partners"]] == ["Litware", "Lucerne Publishing"]
    assert (found["contracts"], found["entitlements"]) == ([], [])


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("9999999", "mpn_id"),
        ("nobody@nowhere.example", "email"),
        ("pat@outlook.example", "email"),
        ("Zzz", "name"),
        ("261120999999999", "request"),
        (str(well_formed(5)), "access_id"),
        ("123456789", "access_id"),
        ("12345", "number"),
    ],
)
def test_lookup_of_what_is_not_there_answers_why(query, kind):
    found = found_by(query)

    assert found == {
        "kind": kind,
        "problem": found["problem"],
        "partners": [],
        "contracts": [],
        "entitlements": [],
    }
    assert found["problem"]


def test_lookup_of_a_contract_id_finds_nothing_and_repeats_it_nowhere():
    access, number = numbers(contract(FABRIKAM))

    for query in (number, f"{access} {number}"):
        response = look_up(staff_client(), query)
        assert answered(response)["contracts"] == []
        assert number not in response.content.decode()
        assert number not in str(AuditRecord.objects.latest("pk").facts)


def test_lookup_is_recorded_by_its_kind_without_what_was_typed():
    caller = staff_client()

    look_up(caller, FABRIKAM)

    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.actor, record.channel, record.partner_mpn_id, record.facts) == (
        "support.look_up",
        user_of(caller),
        "API",
        FABRIKAM,
        {"kind": "mpn_id", "found": True},
    )


@pytest.mark.parametrize("kind", ["SUPPORT_AGENT", "BENEFITS_MANAGER", "AUDITOR", "ADMINISTRATOR"])
def test_lookup_is_open_to_every_kind_of_staff(kind):
    assert answered(look_up(staff_client(kind), CONTOSO))["kind"] == "mpn_id"


@pytest.mark.parametrize("email", ["staff@portal.example", "auditor@portal.example"])
def test_lookup_is_open_to_the_sessions_of_staff(email):
    assert answered(look_up(browser_of(email), WINGTIP))["kind"] == "mpn_id"


def test_lookup_is_closed_to_everybody_else():
    unscoped = staff_caller(scopes=[ClientScope.ENTITLEMENTS_READ])

    assert refused(look_up(client_at(FABRIKAM), FABRIKAM)) == (403, "insufficient_scope")
    assert refused(look_up(unscoped, FABRIKAM)) == (403, "insufficient_scope")
    session = look_up(browser_of("admin@fabrikam.example"), FABRIKAM)
    assert refused(session) == (403, "not_authorized")
    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.refusal_code) == ("support.look_up", "not_authorized")


@pytest.mark.parametrize("query", ["", "   ", "x" * 401, 5123456, None])
def test_lookup_of_no_text_is_refused(query):
    response = look_up(staff_client(), query)

    assert refused(response) == (400, "validation_error")
    assert [p["name"] for p in response.json()["invalidParameters"]] == ["query"]
