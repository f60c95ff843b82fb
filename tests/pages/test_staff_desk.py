"""The look-up: one box for whatever a caller reads out, by POST, recorded, without the number."""

from typing import Any

import pytest
from django.urls import reverse

from benefits.services.pairs import replace_pair
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, LITWARE, SCHEDULED, WINGTIP
from portal.models import AuditRecord
from support.models import SupportRequest
from tests.factories import IssuedIdFactory, PartnerFactory, UserFactory
from tests.pages.html import digits_in
from tests.pages.visits import (
    STAFF,
    account,
    admin_of,
    alerts,
    client_of,
    contract,
    grouped,
    main_of,
    numbers,
    page_of,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

DESK = "/staff/"


def look_up(query: str, who: str = STAFF) -> Any:
    """Type something into the box."""
    return client_of(who).post(DESK, {"query": query})


def partner_card(mpn_id: str) -> str:
    """Return the address of the partner's card."""
    return reverse("support:staff-partner", args=[mpn_id])


def contract_card(mpn_id: str) -> str:
    """Return the address of the card of the partner's contract."""
    return reverse("support:staff-contract", args=[contract(mpn_id).public_id])


def access_id() -> str:
    """Return Fabrikam's Access ID."""
    return numbers(contract(FABRIKAM))[0]


def full_width(number: str) -> str:
    """Return the number as an East Asian keyboard writes it."""
    return "".join(chr(ord(digit) + 0xFEE0) for digit in number)


def of_last_request() -> str:
    """Return the number of a request that Fabrikam's contract paid."""
    paid = SupportRequest.objects.filter(
        kind="TECHNICAL", plan__package__contract=contract(FABRIKAM)
    )
    request = paid.latest("pk")
    return str(request.number)


ONE_CONTRACT = {
    "Access ID": access_id,
    "grouped": lambda: f" {access_id()[:3]} {access_id()[3:6]}-{access_id()[6:]} ",
    "with words": lambda: f"Access ID: {access_id()}",
    "full-width": lambda: full_width(access_id()),
    "request number": of_last_request,
    "request number with words": lambda: f"request {of_last_request()}",
    "e-mail of an account with one contract only": lambda: "Consultant@Outlook.example",
}


@pytest.mark.parametrize("kind", ONE_CONTRACT)
def test_look_up_of_one_contract_opens_its_card(kind: str):
    response = look_up(ONE_CONTRACT[kind]())

    assert (response.status_code, response.url) == (302, contract_card(FABRIKAM))


ONE_PARTNER = {
    "5234567": FABRIKAM,
    " 5 234 567 ": FABRIKAM,
    "Fabrikam": FABRIKAM,
    "fabr": FABRIKAM,
    "FABRIKAM": FABRIKAM,
    "wingtip t": WINGTIP,
    "admin@litware.example": LITWARE,
    "Admin@Scheduled.Example": SCHEDULED,
}


@pytest.mark.parametrize("query", ONE_PARTNER)
def test_look_up_of_one_partner_opens_its_card(query: str):
    response = look_up(query)

    assert (response.status_code, response.url) == (302, partner_card(ONE_PARTNER[query]))


@pytest.mark.parametrize("query", ["северный", "СЕВЕР", "Северный Ветер"])
def test_look_up_by_name_folds_the_case_in_any_script(query: str):
    found = PartnerFactory(name="Северный ветер")

    assert look_up(query).url == partner_card(found.mpn_id)


def test_look_up_of_a_replaced_access_id_still_opens_the_card():
    old = IssuedIdFactory(contract=contract(FABRIKAM), replaced=True)

    assert look_up(str(old.number)).url == contract_card(FABRIKAM)


def test_card_found_by_a_replaced_access_id_says_since_when_it_no_longer_links():
    old, client, admin = access_id(), client_of(STAFF), admin_of(FABRIKAM).name
    replace_pair(
        contract_id=contract(FABRIKAM).public_id, by=admin_of(FABRIKAM), at=NOW, key="a-form"
    )

    page = page_of(client.get(client.post(DESK, {"query": old}).url))

    assert alerts(page) == [
        (
            f"The Access ID you looked up was replaced on 20 November 2026 by {admin} and no "
            f"longer links; the current one is {grouped(access_id())}. Accounts that are linked "
            "stay linked; for the new IDs the caller asks the partner."
        )
    ]
    assert page.one(id="replaced").text.startswith(
        "The IDs of this contract were replaced on 20 Nov 2026."
    )
    assert len(page.all("li", cls="tile--found")) == 2
    assert not digits_in(main_of(page).text) & {old, numbers(contract(FABRIKAM))[1]}
    assert page.one("input", id="id_query").attrs["value"] == old


def test_card_found_by_the_current_access_id_speaks_of_no_replacement():
    client = client_of(STAFF)

    page = page_of(client.get(client.post(DESK, {"query": access_id()}).url))

    assert alerts(page) == []
    assert not page.has(id="replaced")


def links_found(response: Any) -> list[str]:
    """Return where the short list leads."""
    page = main_of(page_of(response))
    assert response.status_code == 200
    return [a.attrs["href"] for a in page.all("a") if a.attrs["href"].startswith("/staff/")]


def test_look_up_of_a_beginning_that_several_have_gives_a_short_list():
    assert links_found(look_up("l")) == [partner_card(LITWARE), partner_card(SCHEDULED)]


def test_look_up_of_an_address_with_partner_and_contract_lists_both():
    response = look_up("admin@fabrikam.example")

    assert links_found(response) == [partner_card(FABRIKAM), contract_card(FABRIKAM)]


def test_look_up_of_an_address_with_two_partners_lists_both_and_the_contract():
    response = look_up("multi@contoso.example")

    assert links_found(response) == [
        partner_card(CONTOSO),
        partner_card(FABRIKAM),
        contract_card(FABRIKAM),
    ]


def test_look_up_of_a_beginning_that_too_many_have_shows_twenty_and_says_so():
    for number in range(21):
        PartnerFactory(name=f"Zebra {number:02}")

    response = look_up("zebra")

    assert len(links_found(response)) == 20
    assert problem_of(response) == "There are more; type more of the name."


def problem_of(response: Any) -> str:
    """Return the sentence at the box, which is announced."""
    return page_of(response).one(id="id_query_problem", role="alert").text


def swapped() -> str:
    """Return Fabrikam's Access ID with two different neighbours swapped."""
    number = access_id()
    at = next(i for i in range(1, 8) if number[i] != number[i + 1])
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


TYPING_ERROR = (
    "The Access ID has a typing error: check neighbouring digits, two of them may be swapped, or "
    "one is wrong."
)
NOTHING = {
    "nothing": (lambda: "", "Paste or type what the caller reads out."),
    "blanks": (lambda: "  \t ", "Paste or type what the caller reads out."),
    "a typing error": (
        swapped,
        TYPING_ERROR,
    ),
    "an unknown MPN ID": (lambda: "9999999", "No partner has this MPN ID."),
    "an unknown request": (lambda: "1" * 15, "There is no request with this number."),
    "an unknown address": (lambda: "x@y.example", "No account has this e-mail address."),
    "an address with nothing": (
        lambda: "pat@outlook.example",
        "This account works for no partner and has linked no contract.",
    ),
    "an unknown name": (lambda: "Adventure", "No partner's name begins like this."),
    "a number of other length": (
        lambda: "12345",
        "This number has 5 digits; an MPN ID has 7, an Access ID 9, a request 15.",
    ),
}


@pytest.mark.parametrize("kind", NOTHING)
def test_look_up_that_finds_nothing_says_why_and_keeps_what_was_typed(kind: str):
    query, sentence = NOTHING[kind][0](), NOTHING[kind][1]

    response = look_up(query)

    assert response.status_code == 404
    # Where neighbours may be swapped is the rule's to say.
    assert problem_of(response).partition(" It would fit")[0] == sentence
    assert page_of(response).one("input", id="id_query").attrs["value"] == query.strip()


def test_look_up_of_a_contract_id_finds_nothing_and_shows_it_to_nobody():
    _access_id, contract_id = numbers(contract(FABRIKAM))

    response = look_up(contract_id)

    assert response.status_code == 404
    assert problem_of(response) == (
        "The number is well-formed, but it is not an Access ID. Ask the caller "
        "which of the two IDs they read out: the Access ID is the one shown in "
        "clear."
    )
    assert contract_id not in digits_in(response.content.decode())


def test_look_up_of_a_contract_id_answers_as_for_a_number_never_issued():
    never_issued = IssuedIdFactory.build().number

    issued, unknown = look_up(numbers(contract(FABRIKAM))[1]), look_up(str(never_issued))

    assert (issued.status_code, unknown.status_code) == (404, 404)
    assert main_of(page_of(issued)).text == main_of(page_of(unknown)).text


@pytest.mark.parametrize(
    ("query", "facts"),
    [
        (access_id, {"kind": "access_id", "found": True}),
        (lambda: numbers(contract(FABRIKAM))[1], {"kind": "access_id", "found": False}),
        (of_last_request, {"kind": "request", "found": True}),
        (lambda: "fabrikam", {"kind": "name", "found": True}),
        (lambda: "x@y.example", {"kind": "email", "found": False}),
    ],
)
def test_look_up_is_recorded_without_what_was_typed(query: Any, facts: dict[str, object]):
    look_up(query())

    record = AuditRecord.objects.latest("pk")
    assert (record.action, record.actor, record.facts) == (
        "support.look_up",
        account(STAFF),
        facts,
    )
    whole = str({name: str(value) for name, value in vars(record).items()})
    assert query() not in whole


@pytest.mark.parametrize("query", [access_id, lambda: "5234567", of_last_request])
def test_look_up_never_puts_a_number_it_was_given_into_an_address(query: Any):
    typed = query()

    response = look_up(typed)

    assert typed not in response.url or typed == FABRIKAM


def test_look_up_in_an_address_looks_nothing_up():
    before = AuditRecord.objects.count()

    page = page_of(client_of(STAFF).get(f"{DESK}?query={access_id()}"))

    assert page.one("input", id="id_query").attrs["value"] == ""
    assert AuditRecord.objects.count() == before


@pytest.mark.parametrize(
    "who", ["manager@portal.example", "auditor@portal.example", "root@portal.example"]
)
def test_look_up_is_open_to_every_kind_of_staff(who: str):
    assert look_up(FABRIKAM, who).url == partner_card(FABRIKAM)


def test_look_up_by_a_partners_account_is_refused_and_recorded():
    response = look_up(FABRIKAM, "admin@contoso.example")

    record = AuditRecord.objects.latest("pk")
    assert response.status_code == 403
    assert main_of(page_of(response)).one(cls="next-step").text == (
        "This page is for the portal's support staff."
    )
    assert (record.action, record.refusal_code) == ("support:staff-desk", "not_authorized")


def test_look_up_is_in_the_top_bar_of_staff_pages_only():
    staff = page_of(client_of(STAFF).get(partner_card(FABRIKAM)))
    other = page_of(client_of("admin@fabrikam.example").get("/dashboard/"))

    assert staff.one("form", role="search", method="post").attrs["action"] == DESK
    assert not other.has("form", role="search")


def test_look_up_by_somebody_who_left_the_staff_is_refused_at_once():
    user = UserFactory(staff=True)
    client = client_of(user)
    user.staff_kind = None
    user.save(update_fields=["staff_kind"])

    assert client.post(DESK, {"query": FABRIKAM}).status_code == 403
