"""My requests: whose are seen, what of them, and sixty of them page by page."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import CONTOSO, FABRIKAM
from partners.models import User
from partners.roles import Role
from support.models import SupportRequest
from tests.factories import AffiliationFactory, NoteFactory, SupportRequestFactory, UserFactory
from tests.lives import CloseReason, close
from tests.pages.html import Element
from tests.pages.visits import (
    account,
    client_of,
    main_of,
    page_of,
    partner,
    plan,
    visit,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LIST = "/supportforbusiness/manage"
CONSULTANT = "consultant@outlook.example"
SECRET = "The vault of the cellar opens by itself"


def numbers_on(page: Element) -> list[str]:
    """Return the request numbers on the page, from top to bottom."""
    return [row.one(cls="id-number").text for row in page.all("tr") if row.has(cls="id-number")]


def by(email: str) -> SupportRequest:
    """Return a request that the account wrote, with words nobody else may read."""
    found = SupportRequest.objects.filter(author__email=email).latest("pk")
    found.title = found.description = found.tried = SECRET
    found.contact_name = found.contact_phone = SECRET[:39]
    found.save()
    return found


def address(request: SupportRequest) -> str:
    """Return the request's page."""
    return reverse("support:request", args=[request.number])


def test_list_shows_the_accounts_own_requests_newest_first():
    page = visit("user@fabrikam.example", LIST)

    own = SupportRequest.objects.filter(author__email="user@fabrikam.example")
    assert numbers_on(page) == [r.number for r in own.order_by("-opened_at", "-pk")]
    assert len(numbers_on(page)) == 6


def test_list_of_a_role_that_may_shows_what_the_partners_plans_paid_and_its_bills():
    page = visit("admin@fabrikam.example", LIST)

    paid = SupportRequest.objects.filter(plan__package__membership__partner__mpn_id=FABRIKAM)
    bills = SupportRequest.objects.filter(plan=None, partner__mpn_id=FABRIKAM)
    assert set(numbers_on(page)) == {r.number for r in [*paid, *bills]}
    assert (len(paid), len(bills)) == (8, 1)


def test_list_shows_the_text_of_others_to_nobody():
    by(CONSULTANT)

    assert SECRET in visit(CONSULTANT, LIST).text
    assert SECRET not in visit("admin@fabrikam.example", LIST).text


def test_list_without_requests_says_what_a_request_is():
    main = main_of(visit("pat@outlook.example", LIST))

    assert main.texts("h2") == ["No requests yet"]
    assert main.has("a", href=reverse("support:create"))


@pytest.mark.parametrize("role", [Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN, Role.ADMIN_AGENT])
def test_request_of_an_outsider_is_seen_without_its_text_by_those_in_charge(role: Role):
    request = by(CONSULTANT)
    reader = AffiliationFactory(partner=partner(FABRIKAM), roles=[role]).user

    main = main_of(visit(reader, address(request)))

    assert SECRET[:39] not in main.text
    facts = dict(zip(main.texts("dt"), main.texts("dd"), strict=True))
    assert set(facts) == {"State", "Product", "Severity", "Opened"}
    assert facts["Opened"].endswith("· Kofi Mensah")
    assert "seen only by the author and by support" in main.text


@pytest.mark.parametrize("role", [Role.GLOBAL_ADMIN, Role.MPN_PARTNER_ADMIN, Role.ADMIN_AGENT])
def test_words_of_an_outsider_stand_nowhere_that_those_in_charge_can_see(role: Role):
    request = by(CONSULTANT)
    for author in (request.author, account("staff@portal.example")):
        NoteFactory(request=request, author=author, text=f"{SECRET}, noted")
    reader = client_of(AffiliationFactory(partner=partner(FABRIKAM), roles=[role]).user)

    pages = [reader.get(url).content.decode() for url in (address(request), LIST, "/dashboard/")]

    assert [SECRET[:39] in page for page in pages] == [False, False, False]
    assert "Sam Tanaka" not in pages[0]
    title = page_of(reader.get(address(request))).one("title").text
    assert title.startswith(f"Request {request.number} ")
    assert SECRET in client_of(CONSULTANT).get(address(request)).content.decode()


def test_who_closed_a_request_and_why_is_told_to_author_and_staff_only():
    request = by(CONSULTANT)
    close(request, by=account("staff@portal.example"), at=NOW, reason=CloseReason.ANSWERED)
    said = {
        who: "Sam Tanaka · Answered" in main_of(visit(who, address(request))).text
        for who in (CONSULTANT, "auditor@portal.example", "admin@fabrikam.example")
    }

    assert list(said.values()) == [True, True, False]


@pytest.mark.parametrize("reader", [CONSULTANT, "staff@portal.example", "auditor@portal.example"])
def test_request_is_shown_with_its_text_to_author_and_staff(reader: str):
    request = by(CONSULTANT)

    main = main_of(visit(reader, address(request)))

    assert main.one("p", cls="lead").text == SECRET
    facts = dict(zip(main.texts("dt"), main.texts("dd"), strict=True))
    assert facts["Description"] == SECRET
    assert facts["Place"] == "Sweden, Europe/Stockholm"


@pytest.mark.parametrize(
    "reader", ["user@fabrikam.example", "pat@outlook.example", "admin@northwind.example"]
)
def test_request_of_somebody_else_is_not_there(reader: str):
    visit(reader, address(by(CONSULTANT)), status=404)


def test_requests_of_a_partner_are_seen_only_while_acting_for_it():
    client = client_of("multi@contoso.example")
    request = by(CONSULTANT)
    assert client.get(address(request)).status_code == 404

    client.post(reverse("partners:switch"), {"mpn_id": FABRIKAM})

    assert client.get(address(request)).status_code == 200
    client.post(reverse("partners:switch"), {"mpn_id": CONTOSO})
    assert client.get(address(request)).status_code == 404


def test_requests_of_a_partner_are_closed_when_the_role_is_taken_away():
    reader = account("admin@fabrikam.example")
    client = client_of(reader)
    reader.affiliations.get().role_assignments.all().delete()

    assert client.get(address(by(CONSULTANT))).status_code == 404


@pytest.mark.parametrize("number", ["1", "x", "260302000000042", "%F0%9F%98%80", "1%20OR%201"])
def test_request_that_never_was_is_not_there(number: str):
    response = client_of(CONSULTANT).get(f"{LIST}/{number}")

    assert response.status_code == 404


def author_of(count: int) -> User:
    """Return a new account with so many requests, three opened in each instant."""
    author = UserFactory()
    add_requests(author, count)
    return author


def add_requests(author: User, count: int) -> None:
    """Open so many requests, later than those before."""
    before = author.support_requests.count()
    for number in range(before, before + count):
        opened_at = NOW + timedelta(minutes=number // 3)
        SupportRequestFactory(author=author, plan=plan(FABRIKAM), opened_at=opened_at)


def walk(client: Any, here: str = LIST) -> Iterator[Element]:
    """Yield one page after the other, by the link to the older requests."""
    while here:
        page = page_of(client.get(here))
        yield page
        older = [a.attrs["href"] for a in page.all("a") if a.text == "Older"]
        here = older[0] if older else ""


def in_order(author: User) -> list[str]:
    """Return the numbers of the account's requests as the list shows them."""
    requests = author.support_requests.order_by("-opened_at", "-pk")
    return list(requests.values_list("number", flat=True))


def test_list_by_pages_shows_each_of_sixty_requests_once():
    author = author_of(60)

    pages = [numbers_on(page) for page in walk(client_of(author))]

    assert [len(page) for page in pages] == [25, 25, 10]
    assert [number for page in pages for number in page] == in_order(author)


def test_list_by_pages_is_not_disturbed_by_requests_opened_meanwhile():
    author = author_of(60)
    there = in_order(author)
    seen: list[str] = []

    for page in walk(client_of(author)):
        seen += numbers_on(page)
        add_requests(author, 4)

    assert seen == there


def test_list_by_pages_leads_back_to_the_newest():
    first, second, _third = walk(client_of(author_of(60)))

    assert "Newest" not in first.texts("a")
    assert second.has("a", href=LIST)


def test_list_after_a_key_that_is_not_the_accounts_shows_the_first_page():
    author = author_of(3)
    other = by(CONSULTANT)

    for key in (other.number, "x", "0" * 15, "9" * 400, "'"):
        page = page_of(client_of(author).get(f"{LIST}?before={key}"))
        assert numbers_on(page) == in_order(author)
