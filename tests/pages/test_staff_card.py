"""The staff card: everything on one page, in the order in which it is asked for."""

import pytest
from django.urls import reverse

from benefits.models import LedgerEntry, Plan
from benefits.services.links import revoke_link
from partnercenter.demo.accounts import CONTOSO, EXHAUSTED, EXPIRED, FABRIKAM, PENDING, WINGTIP
from support.models import SupportRequest
from tests.factories import LinkFactory, PartnerFactory
from tests.pages.html import Element
from tests.pages.states import CLOUD, ON_PREMISES
from tests.pages.visits import (
    STAFF,
    account,
    admin_of,
    client_of,
    contract,
    grouped,
    main_of,
    numbers,
    page_of,
    plan,
    visit,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def address(mpn_id: str) -> str:
    """Return the card of the partner."""
    return reverse("support:staff-partner", args=[mpn_id])


def card(mpn_id: str) -> Element:
    """Return the main part of the partner's card."""
    return main_of(visit(STAFF, address(mpn_id)))


def under(main: Element, heading: str) -> str:
    """Return the words between a heading and the next."""
    start = main.text.index(heading) + len(heading)
    rest = [main.text.find(h, start) for h in main.texts("h2") if h != heading]
    ends = [end for end in rest if end >= 0]
    return main.text[start : min(ends) if ends else None]


def test_card_names_partner_programs_memberships_and_competencies():
    main = card(CONTOSO)

    facts = dict(zip(main.texts("dt"), main.texts("dd"), strict=True))
    assert main.one("h1").text == "Partner | Contoso"
    assert f"MPN ID {CONTOSO}" in main.text
    assert (facts["Programs"], facts["Country"]) == ("MPN, CSP", "United States")
    assert facts["Memberships"] == (
        "Gold competency · 21 Sep 2026 to 21 Sep 2027 · Cloud Platform, Data Platform"
        " All membership years"
    )


def test_card_shows_the_newest_membership_first():
    main = card(WINGTIP)

    facts = dict(zip(main.texts("dt"), main.texts("dd"), strict=True))
    assert facts["Memberships"].index("Silver competency") < facts["Memberships"].index(
        "Action Pack"
    )


def test_card_stands_in_the_order_of_a_call():
    main = card(FABRIKAM)

    assert main.texts("h2") == [
        "Plans",
        "Last movements",
        "Open requests",
        "Linked accounts",
        "Check what the caller reads",
        "Would it work for …?",
        "As of a past day",
        "What you can do",
        "Over the year",
    ]
    in_order = ["MPN ID", "Programs", "17 of 20 on-premises", "Plans"]
    assert sorted(in_order, key=main.text.index) == in_order


def test_card_shows_the_plans_on_premises_before_cloud_before_advice():
    tiles = card(WINGTIP).all("li", cls="tile")

    assert [tile.one(cls="tile__title").text for tile in tiles] == [
        "On-premises support incidents",
        "On-premises support incidents",
        "Cloud support incidents",
        "Technical presales and deployment",
        "Technical presales and deployment",
    ]


def test_card_shows_access_ids_in_clear_and_what_used_the_plan_last():
    access_id, _contract_id = numbers(contract(FABRIKAM))
    last = LedgerEntry.objects.filter(plan=plan(FABRIKAM)).latest("number")

    tile = card(FABRIKAM).one("li", data_plan=str(plan(FABRIKAM).public_id))

    assert f"Access ID {grouped(access_id)}" in tile.text
    assert f"last used by request {last.request_number} on 17 Nov 2026" in tile.text


def test_card_of_ended_benefits_shows_them():
    main = card(EXPIRED)

    assert len(main.all("li", cls="tile")) == 3
    assert not main.has(id="other-plans")


def test_card_opened_at_a_contract_outlines_it_and_folds_the_others_away():
    wingtips = Plan.objects.filter(package__membership__partner__mpn_id=WINGTIP)
    pack = wingtips.get(name="Partner support MAPS 10pack")

    main = main_of(
        visit(STAFF, reverse("support:staff-contract", args=[pack.package.contract.public_id]))
    )

    found = main.all("li", cls="tile--found")
    assert [tile.attrs["data-plan"] for tile in found] == [str(pack.public_id)]
    expander = main.one(id="other-plans")
    assert "open" not in expander.attrs
    assert expander.one("summary").text == "4 other plans of this partner"
    assert len(expander.all("li", cls="tile")) == 4


def test_card_lists_the_last_five_movements_newest_first():
    rows = card(EXHAUSTED).all("table")[0].one("tbody").all("tr")

    shown = [row.one("td", data_label="Request").text for row in rows]
    held = LedgerEntry.objects.filter(plan__package__contract=contract(EXHAUSTED))
    assert shown == [e.request_number for e in held.order_by("-occurred_at", "-pk")[:5]]


def test_card_lists_open_requests_with_their_titles():
    main = card(FABRIKAM)

    paid = SupportRequest.objects.filter(plan__package__contract=contract(FABRIKAM), state="OPEN")
    assert paid.count() > 0
    for request in paid:
        assert main.has("a", href=reverse("support:request", args=[request.number]))
        assert request.title in main.text


def test_card_before_activation_has_no_link_and_no_request_but_a_customers():
    main = card(CONTOSO)

    assert "Cloud Solution Provider for Relecloud" in under(main, "Open requests")
    assert SupportRequest.objects.filter(partner__mpn_id=CONTOSO).count() == 1
    assert "No account has linked it." in under(main, "Linked accounts")


def linked_on(main: Element) -> list[str]:
    """Return the addresses of the linked accounts on the card."""
    return [word for word in under(main, "Linked accounts").split() if "@" in word]


def test_card_lists_who_has_linked_the_contract_and_how():
    main = card(FABRIKAM)

    assert set(linked_on(main)) == {
        "admin@fabrikam.example",
        "user@fabrikam.example",
        "multi@contoso.example",
        "consultant@outlook.example",
    }
    assert "Kofi Mensah consultant@outlook.example · since 22 Aug 2026, with both IDs" in main.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kofi", ["consultant@outlook.example"]),
        ("KOFI M", ["consultant@outlook.example"]),
        (" consultant@", ["consultant@outlook.example"]),
        ("u", ["user@fabrikam.example"]),
        ("mensah", []),
        ("%", []),
    ],
)
def test_card_keeps_the_linked_accounts_that_begin_as_typed(typed: str, found: list[str]):
    response = client_of(STAFF).get(address(FABRIKAM), {"account": typed})

    page = page_of(response)
    assert linked_on(main_of(page)) == found
    assert page.one("input", id="id_account").attrs["value"] == typed


def test_card_with_many_links_shows_the_first_and_finds_the_rest():
    for number in range(40):
        LinkFactory(
            contract=contract(FABRIKAM), user__email=f"many{number:02}@x.example", linked_at=NOW
        )

    assert len(linked_on(card(FABRIKAM))) == 25
    page = page_of(client_of(STAFF).get(address(FABRIKAM), {"account": "many39"}))
    assert linked_on(main_of(page)) == ["many39@x.example"]


def test_card_marks_a_link_that_was_taken_away():
    revoke_link(
        contract_id=contract(FABRIKAM).public_id,
        user=account("consultant@outlook.example"),
        by=admin_of(FABRIKAM),
        at=NOW,
    )

    page = page_of(client_of(STAFF).get(address(FABRIKAM), {"account": "kofi"}))

    assert "Revoked" in under(main_of(page), "Linked accounts")


def test_card_of_an_unknown_partner_or_contract_is_not_there():
    nowhere = "00000000-0000-0000-0000-000000000000"

    visit(STAFF, address("9999999"), status=404)
    visit(STAFF, reverse("support:staff-contract", args=[nowhere]), status=404)
    visit(STAFF, "/staff/partners/x", status=404)


def test_card_stays_out_of_caches():
    response = client_of(STAFF).get(address(FABRIKAM))

    assert "no-store" in response["Cache-Control"]


def test_card_of_a_partner_without_membership_says_so():
    main = card(PartnerFactory().mpn_id)

    assert main.one(id="say").text == "There is no support plan."
    assert "none All membership years" in main.texts("dd")
    assert not main.has("li", cls="tile")


def test_card_says_the_same_to_every_reader():
    """Staff have no links, so no tile speaks of the reader's own."""
    for mpn_id, scope in ((FABRIKAM, ON_PREMISES), (FABRIKAM, CLOUD), (PENDING, CLOUD)):
        key = str(plan(mpn_id, scope).public_id)
        tiles = {
            main_of(visit(who, address(mpn_id))).one("li", data_plan=key).text
            for who in (STAFF, "auditor@portal.example")
        }
        assert len(tiles) == 1
        assert "linked" not in tiles.pop()
