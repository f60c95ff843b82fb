"""The customers of a CSP partner: the list, one customer's page, and New request."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import CONTOSO
from partners.models import Customer, Partner
from partners.roles import Role
from portal.models import AuditRecord
from support.models import SupportRequest
from tests.factories import (
    AffiliationFactory,
    CustomerFactory,
    PartnerFactory,
    SupportRequestFactory,
)
from tests.pages.customers import (
    AGENT,
    CSP_ONLY,
    LIST,
    customer,
    new_request_url,
    page_url,
)
from tests.pages.html import Element
from tests.pages.test_statements import HUNDRED, ONE, opening, statements
from tests.pages.visits import (
    account,
    changed_since,
    client_of,
    main_of,
    page_of,
    partner,
    visit,
)
from tests.stories import row_counts
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LUC = "admin@litware.example"
IN_CSP = ("admin@contoso.example", AGENT, CSP_ONLY, LUC)


def names(page: Element) -> list[str]:
    """Return the customers that the list shows, in its order."""
    return main_of(page).texts("a", cls="row-link")


# --- the list --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", IN_CSP)
def test_list_shows_the_customers_of_the_partner_acted_for(who: str):
    page = visit(who, LIST)

    of_contoso = ["Lamna Healthcare", "Relecloud", "Woodgrove Bank"]
    assert names(page) == (["VanArsdel"] if who == LUC else of_contoso)
    current = page.one("nav", id="navigation").all("a", aria_current="page")
    assert [a.text for a in current] == ["Customers"]


NOT_IN_CSP = (
    "This account is not associated with CSP at Contoso. You need one that is, such as that of: "
    "Ana Berg, Chris Poe or Omar Said"
)


@pytest.mark.parametrize(
    ("who", "step"),
    [
        ("user@contoso.example", NOT_IN_CSP),
        ("admin@fabrikam.example", "Fabrikam isn't enrolled in CSP."),
        (
            "pat@outlook.example",
            "This account works for no partner. Sign in with an account that does.",
        ),
    ],
)
def test_list_outside_csp_is_refused_with_who_is_inside(who: str, step: str):
    for url in (LIST, page_url(customer()), new_request_url(customer())):
        main = main_of(visit(who, url, status=403))
        assert main.one("h1").text == "You are not authorized for this action"
        assert main.one(cls="next-step").text == step
    assert AuditRecord.objects.latest("pk").refusal_code == "not_authorized"
    start = page_of(client_of(who).get("/", follow=True))
    assert LIST not in [a.attrs["href"] for a in start.all("a")]


@pytest.mark.parametrize(
    ("search", "found"),
    [("rele", ["Relecloud"]), ("WOOD", ["Woodgrove Bank"]), ("lamna.ex", ["Lamna Healthcare"])],
)
def test_search_finds_by_the_beginning_of_name_or_domain(search: str, found: list[str]):
    page = visit(AGENT, f"{LIST}?search={search}")

    assert names(page) == found
    assert main_of(page).one("input", name="search").attrs["value"] == search


@pytest.mark.parametrize("typed", ["Юг", "юГТ", "yug"])
def test_search_in_another_script(typed: str):
    CustomerFactory(partner=partner(CONTOSO), name="ЮгТранс", domain="yugtrans.example")

    assert names(visit(AGENT, f"{LIST}?search={quote(typed)}")) == ["ЮгТранс"]


@pytest.mark.parametrize("search", ["nobody", "%", "VanArsdel", "x" * 5000, "'\"<b>"])
def test_search_without_result_says_so_and_leads_to_all(search: str):
    main = main_of(visit(AGENT, f"{LIST}?search={quote(search)}"))

    assert main.one("h2").text == "No matching customers"
    assert search[:120] in main.one(cls="empty-state").text
    assert main.has("a", href=LIST)


def test_list_without_customers_says_what_would_stand_there():
    alone = AffiliationFactory(partner=PartnerFactory(csp_only=True), csp_only=True).user

    main = main_of(visit(alone, LIST))

    assert main.one("h2").text == "No customers yet"
    assert not main.has("input", name="search")
    assert main.has("a", href=reverse("support:create"))


def test_list_pages_by_name_and_keeps_the_search():
    here = partner(CONTOSO)
    for number in range(60):
        # Two of each name: the key tells them apart.
        CustomerFactory(partner=here, name=f"Adventure {number // 2:02}")
    client = client_of(AGENT)

    seen, url = [], f"{LIST}?search=adv"
    while url:
        page = page_of(client.get(url))
        seen.append(names(page))
        more = [a.attrs["href"] for a in main_of(page).all("a") if a.text == "More customers"]
        url = f"{LIST}{more[0]}" if more else ""

    assert [len(rows) for rows in seen] == [25, 25, 10]
    every = [f"Adventure {number // 2:02}" for number in range(60)]
    assert [name for rows in seen for name in rows] == every


@pytest.mark.parametrize("key", ["nonsense", "00000000-0000-0000-0000-000000000000", "of Litware"])
def test_list_with_an_unknown_key_begins_at_the_first(key: str):
    known = str(customer("VanArsdel").public_id) if key == "of Litware" else key

    assert names(visit(AGENT, f"{LIST}?after={known}"))[0] == "Lamna Healthcare"


def test_customer_given_up_is_in_no_list_and_has_no_page():
    Customer.objects.filter(name="Relecloud").update(is_active=False)

    assert names(visit(AGENT, LIST)) == ["Lamna Healthcare", "Woodgrove Bank"]
    visit(AGENT, page_url(customer()), status=404)
    assert client_of(AGENT).post(new_request_url(customer())).status_code == 404


# --- one customer ----------------------------------------------------------------------------


def test_page_of_a_customer_lists_its_requests_with_text_to_the_author_alone():
    request = SupportRequest.objects.get(customer=customer())
    by_author = main_of(visit(AGENT, page_url(customer())))
    by_colleague = main_of(visit("admin@contoso.example", page_url(customer())))

    row = f"{request.number} {request.title} Azure · Virtual Machines Cloud Solution Provider, "
    rest = "no incident Open 18 Nov 2026 Omar Said"
    assert by_author.one("tbody").text == row + rest
    assert by_colleague.one("tbody").text == (row + rest).replace(f"{request.title} ", "")
    link = reverse("support:request", args=[request.number])
    # Of what was opened for the partner without a plan, those in charge see the page, too.
    in_charge, others = by_colleague, main_of(visit(CSP_ONLY, page_url(customer())))
    assert by_author.has("a", href=link)
    assert (in_charge.has("a", href=link), others.has("a", href=link)) == (True, False)


def test_page_of_a_customer_without_requests_says_so():
    main = main_of(visit(CSP_ONLY, page_url(customer("Woodgrove Bank"))))

    assert main.one("h1").text == "Woodgrove Bank | Service management"
    assert "No requests yet" in main.texts("h3")
    assert "woodgrove.example" in main.texts("dd")


def test_page_of_a_customer_pages_its_requests():
    of = customer("Lamna Healthcare")
    for number in range(30):
        opened = NOW - timedelta(days=number)
        SupportRequestFactory(for_customer=True, customer=of, opened_at=opened)
    client = client_of(AGENT)

    first = page_of(client.get(page_url(of)))
    (older,) = [a.attrs["href"] for a in main_of(first).all("a") if a.text == "Older"]
    second = page_of(client.get(f"{page_url(of)}{older}"))

    shown = [row.one(cls="id-number").text for page in (first, second) for row in rows_of(page)]
    newest_first = SupportRequest.objects.filter(customer=of).order_by("-opened_at")
    assert shown == list(newest_first.values_list("number", flat=True))
    assert len(rows_of(first)) == 25


def rows_of(page: Element) -> list[Element]:
    """Return the rows of the page's table."""
    return main_of(page).one("tbody").all("tr")


@pytest.mark.parametrize("who", [AGENT, CSP_ONLY])
def test_new_request_is_offered_to_admin_agents(who: str):
    main = main_of(visit(who, page_url(customer())))

    assert main.has("a", cls="button--primary", href=new_request_url(customer()))


def test_new_request_is_disabled_for_others_with_who_can():
    main = main_of(visit("admin@contoso.example", page_url(customer())))

    button = main.one("button", cls="button--primary")
    assert (button.text, button.attrs["aria-disabled"]) == ("New request", "true")
    assert main.one(id=button.attrs["aria-describedby"]).text == (
        "Your account may not open requests for customers: that is the right of Admin agents. "
        "Ask somebody who can do it: Chris Poe or Omar Said"
    )


@pytest.mark.parametrize("method", ["get", "post"])
def test_new_request_without_the_right_is_refused_with_who_can(method: str):
    client = client_of("admin@contoso.example")

    response = getattr(client, method)(new_request_url(customer()), {"workload": "azure"})

    step = main_of(page_of(response)).one(cls="next-step").text
    assert response.status_code == 403
    assert step == "Ask somebody who can do it: Chris Poe or Omar Said"
    assert AuditRecord.objects.latest("pk").refusal_code == "not_authorized"


def test_customer_of_another_partner_is_as_absent_as_none():
    before = row_counts()
    of = customer("VanArsdel")

    for url in (page_url(of), new_request_url(of)):
        visit(AGENT, url, status=404)
    assert client_of(AGENT).post(new_request_url(of), {"workload": "azure"}).status_code == 404
    assert changed_since(before) == {}


@pytest.mark.parametrize("workload", ["azure", "microsoft365", "dynamics365", "lifecycle-services"])
def test_new_request_starts_a_draft_in_the_portal_of_the_workload(workload: str):
    client, before = client_of(AGENT), row_counts()

    page = page_of(
        client.post(new_request_url(customer()), {"workload": workload}, follow=True),
    )

    assert f"frame-portal--{workload}" in page.one("body").classes
    assert page.one(cls="customer-band").text.startswith("You act for Relecloud (relecloud.")
    assert changed_since(before) == {}


@pytest.mark.parametrize("workload", ["", "windows", "x" * 9000])
def test_new_request_without_a_workload_says_what_is_missing(workload: str):
    response = client_of(AGENT).post(new_request_url(customer()), {"workload": workload})

    errors = main_of(page_of(response)).texts(cls="field__error")
    assert response.status_code == 400
    assert errors in (
        ["Choose the workload that the request concerns."],
        ["Choose one of the workloads."],
    )


# --- statements ------------------------------------------------------------------------------


def scene(rows: int) -> tuple[Partner, Customer]:
    """Write a partner with so many customers, one of which has so many requests."""
    here = PartnerFactory(in_csp=True)
    of = CustomerFactory(partner=here, name="A customer")
    for _number in range(1, rows):
        CustomerFactory(partner=here)
    for number in range(rows):
        opened = NOW - timedelta(days=number)
        SupportRequestFactory(for_customer=True, customer=of, opened_at=opened)
    return here, of


@pytest.mark.parametrize(("page", "most"), [("list", 6), ("customer", 8), ("my requests", 8)])
def test_page_takes_few_statements_and_no_more_for_a_hundred_rows(page: str, most: int):
    def seeing(rows: int) -> Callable[[], object]:
        here, of = scene(rows)
        agent = AffiliationFactory(partner=here, csp=True, roles=[Role.ADMIN_AGENT]).user
        SupportRequest.objects.filter(customer=of).update(author=agent)
        urls = {"list": LIST, "customer": page_url(of), "my requests": reverse("support:requests")}
        return opening(agent, urls[page])

    few, many = (statements(seeing(rows)) for rows in (ONE, HUNDRED))

    assert len(few) == len(many) <= most, "\n".join(many)


def test_author_of_the_demo_request_sees_for_whom_it_is_in_my_requests():
    main = main_of(visit(AGENT, reverse("support:requests")))

    assert account(AGENT).support_requests.count() == 1
    assert "Cloud Solution Provider for Relecloud" in main.one("tbody").text
