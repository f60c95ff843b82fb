"""My requests, kept by state and by plan through the address."""

import pytest
from django.db.models import Q
from django.urls import reverse

from benefits.allotments import Scope
from partnercenter.demo.accounts import FABRIKAM, NORTHWIND
from support.models import SupportRequest
from tests.factories import SupportRequestFactory, UserFactory
from tests.lives import State, change
from tests.pages.html import Element, values_in
from tests.pages.life_pages import AUTHOR, address, open_request
from tests.pages.test_requests_page import LIST, numbers_on, walk
from tests.pages.visits import STAFF, account, client_of, main_of, page_of, plan, visit
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

OWNER = "admin@fabrikam.example"


def own(**wanted: object) -> list[str]:
    """Return the numbers of Fabrikam's requests like these, as the list shows them."""
    paid = Q(plan__package__partner__mpn_id=FABRIKAM)
    of_fabrikam = SupportRequest.objects.filter(paid | Q(partner__mpn_id=FABRIKAM, plan=None))
    found = of_fabrikam.filter(**wanted).order_by("-opened_at", "-pk")
    return list(found.values_list("number", flat=True))


def quick(page: Element) -> dict[str, bool]:
    """Return the links Open and All, and whether the list is what they lead to."""
    links = page.one("ul", cls="filter__quick").all("a")
    return {link.text: link.attrs.get("aria-current") == "true" for link in links}


def test_list_shows_all_unless_it_is_asked_for_less():
    page = visit(OWNER, LIST)

    assert numbers_on(page) == own()
    assert quick(page) == {"Open": False, "All": True}


def test_list_of_open_ones_leaves_out_resolved_and_closed():
    resolved = open_request()
    change(resolved, State.RESOLVED, by=account(STAFF), at=NOW)
    url = next(a.attrs["href"] for a in visit(OWNER, LIST).all("a") if a.text == "Open")

    page = visit(OWNER, url)

    assert numbers_on(page) == own(state__in=["OPEN", "IN_PROGRESS", "WAITING_FOR_PARTNER"])
    assert resolved.number not in numbers_on(page)
    assert quick(page) == {"Open": True, "All": False}


@pytest.mark.parametrize("state", ["OPEN", "CLOSED"])
def test_list_by_state_shows_those_in_it(state):
    page = visit(OWNER, f"{LIST}?state={state}")

    assert numbers_on(page) == own(state=state) != []
    assert values_in(page.one("form", role="search")) == {"state": state, "plan": ""}


def test_list_by_plan_shows_what_it_paid():
    cloud = plan(FABRIKAM, Scope.CLOUD)

    page = visit(OWNER, f"{LIST}?plan={cloud.public_id}")

    assert numbers_on(page) == own(plan=cloud) != []
    offered = page.one("select", id="id_plan").texts("option")
    assert offered == [
        "All",
        "Technical presales and deployment · Fabrikam · 13 Apr 2027",
        "Signature 10-pack · Fabrikam · 13 Apr 2027",
        "Partner support Gold 20pack · Fabrikam · 13 Apr 2027",
    ]


def test_list_by_state_and_plan_keeps_both_from_page_to_page():
    author = UserFactory()
    for _number in range(30):
        SupportRequestFactory(author=author, plan=plan(FABRIKAM))
        SupportRequestFactory(author=author, plan=plan(NORTHWIND))
        SupportRequestFactory(author=author, plan=plan(FABRIKAM), closed=True)
    first = f"{LIST}?state=OPEN&plan={plan(FABRIKAM).public_id}"

    pages = list(walk(client_of(author), first))

    assert [len(numbers_on(page)) for page in pages] == [25, 5]
    shown = SupportRequest.objects.filter(
        number__in=[n for page in pages for n in numbers_on(page)]
    )
    assert set(shown.values_list("state", "plan")) == {("OPEN", plan(FABRIKAM).pk)}
    assert pages[1].has("a", href=first)


def test_list_where_nothing_matches_says_what_to_do():
    main = main_of(visit(OWNER, f"{LIST}?state=RESOLVED"))

    assert main.one(cls="empty-state").one("h2").text == "No matching requests"
    assert main.one(cls="empty-state").has("a", href=LIST)
    assert main.has("form", role="search")


@pytest.mark.parametrize(
    "asked", ["state=GONE", "plan=x", "state=&plan=", "plan=00000000-0000-0000-0000-000000000000"]
)
def test_list_asked_for_what_is_not_known_shows_all(asked):
    page = page_of(client_of(OWNER).get(f"{LIST}?{asked}"))

    assert numbers_on(page) == own()


def test_list_by_a_plan_of_others_shows_all_and_names_none_of_theirs():
    page = visit(OWNER, f"{LIST}?plan={plan(NORTHWIND).public_id}")

    assert numbers_on(page) == own()
    assert "Northwind" not in page.text


def test_list_without_any_request_has_no_filter():
    assert not main_of(visit("pat@outlook.example", LIST)).has("form", role="search")


# --- where open requests are listed ----------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "url"),
    [
        (OWNER, reverse("dashboard")),
        (STAFF, reverse("support:staff-partner", args=[FABRIKAM])),
    ],
)
def test_open_requests_stand_with_their_state_and_lead_to_their_pages(who, url):
    request = open_request()
    SupportRequest.objects.filter(pk=request.pk).update(author=account(OWNER))

    (row,) = [
        r for r in main_of(visit(who, url)).all("tr") if request.number in r.texts(cls="id-number")
    ]

    assert row.one(cls="badge").text == "Open"
    assert row.has("a", href=address(request))


def test_request_of_staff_has_no_tabs_and_leads_back_to_the_card():
    page = visit(STAFF, address(open_request()))

    assert not page.has("nav", cls="tabs")
    card = reverse("support:staff-contract", args=[plan(FABRIKAM).package.contract.public_id])
    assert main_of(page).one("a", href=card).text == "Staff card of Fabrikam"
    assert visit(AUTHOR, LIST).has("nav", cls="tabs")
