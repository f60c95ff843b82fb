"""The staff look-up: what a query is taken for, and what it finds."""

import unicodedata

import pytest

from benefits.ids import swaps_that_fit
from benefits.models import IssuedId
from benefits.services.pairs import replace_pair
from partners.permissions import NotAuthorized
from portal.models import AuditRecord
from support.services.lookup import Finding, Replaced, look_up, to_show_again
from tests.factories import (
    USED_AT,
    AffiliationFactory,
    IssuedIdFactory,
    LinkFactory,
    PartnerFactory,
    SupportRequestFactory,
    UserFactory,
    well_formed,
)
from tests.stories import admin_of, gold_contract, numbers_of, partner_of, plan_of

pytestmark = pytest.mark.django_db


def find(query):
    """Look something up as a support agent."""
    return look_up(query=query, by=UserFactory(staff=True), at=USED_AT)


# --- Access ID -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "{id}",
        " {id} ",
        "Access ID: {id}",
        "id {id} of 3 March",
        "\u200b{id}\ufeff",
        "{id}\x00",
    ],
)
def test_access_id_finds_its_contract(typed):
    contract = gold_contract()
    gold_contract()

    assert find(typed.format(id=numbers_of(contract)[0])) == Finding("access_id", contract=contract)


def test_replaced_access_id_still_finds_its_contract_and_who_replaced_it():
    contract = gold_contract()
    admin, old = admin_of(partner_of(contract)), numbers_of(contract)[0]
    replace_pair(contract_id=contract.public_id, by=admin, at=USED_AT, key="a-form")

    found = find(old)

    current = int(numbers_of(contract)[0])
    assert found == Finding(
        "access_id", contract=contract, replaced=Replaced(USED_AT, by=admin.name, current=current)
    )
    assert find(str(current)) == Finding("access_id", contract=contract)


def test_access_id_replaced_by_nobody_known_still_finds_its_contract():
    contract = gold_contract()
    old = IssuedIdFactory(contract=contract, replaced=True)

    current = int(numbers_of(contract)[0])
    assert find(str(old.number)).replaced == Replaced(USED_AT, by="", current=current)


def test_replaced_contract_id_is_answered_like_a_number_never_issued():
    contract = gold_contract()
    replaced = IssuedIdFactory(contract=contract, replaced=True, kind=IssuedId.Kind.CONTRACT)

    assert find(str(replaced.number)) == find(str(well_formed(70_000_000)))


def test_access_id_with_typing_error_is_told():
    found = find("111111112")

    assert (found.kind, found.contract) == ("access_id", None)
    assert found.problem == (
        "The Access ID has a typing error: check neighbouring digits, two of them may be swapped, "
        "or one is wrong."
    )


@pytest.mark.parametrize("place", range(1, 9))
def test_access_id_with_neighbours_swapped_is_told_where(place):
    number = str(well_formed(18273649))
    typed = number[: place - 1] + number[place] + number[place - 1] + number[place + 1 :]

    found = find(typed)

    assert place in swaps_that_fit(typed)
    assert f"{place}–{place + 1}" in found.problem.partition("swapped: ")[2]
    assert number not in found.problem


def test_contract_id_is_answered_like_a_number_never_issued():
    contract = gold_contract()

    answers = [find(numbers_of(contract)[1]), find(str(well_formed(70_000_000)))]

    assert answers[0] == answers[1]
    assert answers[0].contract is None


def test_both_ids_together_are_not_looked_up():
    contract = gold_contract()

    found = find(" ".join(numbers_of(contract)))

    assert found == Finding("access_id", problem="Paste the Access ID alone, without the other ID.")


# --- other numbers ---------------------------------------------------------------------------


def test_seven_digits_find_a_partner():
    partner = PartnerFactory(mpn_id="5123456")

    assert find("512-3456") == Finding("mpn_id", partner=partner)


def test_fifteen_digits_find_the_contract_that_paid_the_request():
    contract = gold_contract()
    request = SupportRequestFactory(plan=plan_of(contract))

    assert find(f"Request {request.number}") == Finding("request", contract=contract)


@pytest.mark.parametrize("for_a_partner", [True, False])
def test_fifteen_digits_of_a_request_without_plan_find_the_request(for_a_partner):
    partner = PartnerFactory() if for_a_partner else None
    request = SupportRequestFactory(billing=True, partner=partner)

    assert find(request.number) == Finding("request", request=request, partner=partner)


@pytest.mark.parametrize(
    ("query", "kind", "problem"),
    [
        ("5999999", "mpn_id", "No partner has this MPN ID."),
        ("260302999999999", "request", "There is no request with this number."),
        (
            "12345",
            "number",
            "This number has 5 digits; an MPN ID has 7, an Access ID 9, a request 15.",
        ),
        ("nobody@contoso.example", "email", "No account has this e-mail address."),
        ("Zzz", "name", "No partner's name begins like this."),
        ("\x00", "nothing", "Paste or type what the caller reads out."),
        ("", "nothing", "Paste or type what the caller reads out."),
        ("   ", "nothing", "Paste or type what the caller reads out."),
    ],
)
def test_query_that_finds_nothing_says_why(query, kind, problem):
    assert find(query) == Finding(kind, problem=problem)


# --- addresses -------------------------------------------------------------------------------


def test_address_of_partners_user_finds_the_partner():
    row = AffiliationFactory(user__email="ana@contoso.example")

    assert find(" ANA@contoso.example") == Finding("email", partner=row.partner)


def test_address_of_consultant_finds_the_contract_that_was_linked():
    contract = gold_contract()
    LinkFactory(contract=contract, user__email="kofi@outlook.example")

    assert find("kofi@outlook.example") == Finding("email", contract=contract)


def test_address_with_partner_and_contract_lists_both():
    row = AffiliationFactory(user__email="ana@contoso.example")
    contract = gold_contract()
    LinkFactory(contract=contract, user=row.user)
    LinkFactory(contract=gold_contract(), user=row.user, dropped=True)

    assert find("ana@contoso.example") == Finding(
        "email", partners=[row.partner], contracts=[contract]
    )


def test_address_without_partner_and_contract_says_so():
    UserFactory(email="pat@outlook.example")

    assert find("pat@outlook.example").problem == (
        "This account works for no partner and has linked no contract."
    )


# --- names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("İstanbul Bilişim", ["istanbul", "İSTANBUL", "ISTANBUL", "ıstanbul", "i\u0307stanbul"]),
        ("Isparta", ["ısparta", "ISPARTA", "isp"]),
        ("Straße & Söhne", ["strasse", "STRASSE", "straße", "Straße  &", "straße & so\u0308hne"]),
        ("ΟΔΥΣΣΕΥΣ", ["οδυσσευς", "Οδυσσεύς"[:3], "οδυσσευσ"]),
        ("Северный ветер", ["СЕВЕР", " северный "]),
        ("株式会社東京", ["株式", "株式会社東京"]),
        ("ﾄｳｷｮｳ", ["トウキョウ", "ﾄｳ"]),
        ("42 Wallaby", ["42", "４２ w"]),
        ("Café", [unicodedata.normalize("NFD", "café"), "CAFÉ"]),
        ("100%_sure", ["100%", "100%_"]),
    ],
)
def test_beginning_of_a_name_is_found_in_any_script_and_form(name, queries):
    partner = PartnerFactory(name=name)
    PartnerFactory(name="Zz")

    found = {query: find(query).partner for query in queries}

    assert found == dict.fromkeys(queries, partner)


@pytest.mark.parametrize("query", ["contoso", "CONT", "Contoso", "con"])
def test_beginning_of_a_name_finds_the_partner(query):
    partner = PartnerFactory(name="Contoso")
    PartnerFactory(name="Second Contoso")

    assert find(query) == Finding("name", partner=partner)


def test_beginning_of_several_names_lists_them_by_name():
    named = {name: PartnerFactory(name=name) for name in ("Contoso West", "Contoso East")}

    assert find("Contoso") == Finding(
        "name", partners=[named["Contoso East"], named["Contoso West"]]
    )


def test_beginning_of_many_names_lists_twenty_and_says_that_there_are_more():
    for number in range(21):
        PartnerFactory(name=f"Contoso {number:02d}")

    found = find("contoso")

    assert [p.name for p in found.partners] == [f"Contoso {number:02d}" for number in range(20)]
    assert found.problem == "There are more; type more of the name."


# --- who, and what is kept -------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["SUPPORT_AGENT", "BENEFITS_MANAGER", "AUDITOR", "ADMINISTRATOR"])
def test_look_up_is_for_every_kind_of_staff(kind):
    partner = PartnerFactory(mpn_id="5123456")

    found = look_up(query="5123456", by=UserFactory(staff_kind=kind), at=USED_AT)

    assert found.partner == partner


def test_look_up_by_others_is_refused():
    with pytest.raises(NotAuthorized) as refused:
        look_up(query="5123456", by=UserFactory(), at=USED_AT)

    assert refused.value.attempt is not None
    assert refused.value.attempt.action == "support.look_up"


def test_look_up_that_leads_to_a_short_list_is_recorded_as_found():
    listed = [PartnerFactory(name=f"Contoso {number}") for number in range(2)]

    look_up(query="contoso", by=UserFactory(staff=True), at=USED_AT)

    record = AuditRecord.objects.get(action="support.look_up")
    mpn_ids = [partner.mpn_id for partner in listed]
    assert record.facts == {"kind": "name", "found": True, "partners": mpn_ids}
    assert (record.partner_mpn_id, record.target_kind) == ("", "")


def test_look_up_is_recorded_without_what_was_typed():
    contract = gold_contract()
    agent = UserFactory(staff=True)

    look_up(query=numbers_of(contract)[0], by=agent, at=USED_AT)

    record = AuditRecord.objects.get(action="support.look_up")
    assert (record.actor, record.partner_mpn_id, record.facts) == (
        agent,
        partner_of(contract).mpn_id,
        {"kind": "access_id", "found": True},
    )
    assert (record.target_kind, record.target_id) == ("contract", str(contract.public_id))


SHOWN = {
    "Contoso": True,
    "ana@contoso.example": True,
    "5123456": True,
    "260302000000001": True,
    "123456787": True,
    "123456786": False,
    "Contract ID 987654329": False,
    "1234567869876543291": False,
    "987\u200b654329": False,
    "ana@987654329.example": False,
}


@pytest.mark.parametrize("query", SHOWN)
def test_query_is_shown_again_unless_it_can_hold_a_contract_id(query):
    assert to_show_again(query=query, finding=find(query)) == (query if SHOWN[query] else "")


def test_access_id_is_shown_again_once_it_has_found_its_contract():
    access_id, contract_id = numbers_of(gold_contract())

    shown = [
        to_show_again(query=query, finding=find(query))
        for query in (f"ID {access_id}", contract_id)
    ]

    assert shown == [f"ID {access_id}", ""]


def test_contract_id_is_not_among_the_numbers_of_a_finding():
    contract = gold_contract()
    number = contract.issued_ids.get(kind=IssuedId.Kind.CONTRACT).number

    assert str(number) not in repr(find(numbers_of(contract)[0]))
