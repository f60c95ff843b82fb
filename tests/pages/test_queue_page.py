"""The staff's queue and the claim on a request's page: what each reader sees, does and is told."""

import csv
from typing import Any

import pytest
from django.urls import reverse

from portal.models import AuditRecord
from support.models import SupportRequest
from support.services.claims import claim_request
from tests.factories import SupportRequestFactory, UserFactory
from tests.lives import State, change
from tests.pages.html import Element
from tests.pages.life_pages import AUTHOR, address, open_request
from tests.pages.validity import problems_of
from tests.pages.visits import STAFF, account, alerts, client_of, main_of, page_of, visit
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

QUEUE = "/staff/requests"
MANAGER, AUDITOR = "manager@portal.example", "auditor@portal.example"


@pytest.fixture
def request_():
    """Return an open request of an outsider, who used one of Fabrikam's incidents."""
    return open_request()


def row_of(page: Element, request: SupportRequest) -> Element:
    """Return the row of the request in the queue."""
    return page.one("tr", id=f"r{request.number}")


def act(who: str, request: SupportRequest, verb: str, **fields: str) -> Any:
    """Press the button of a claim; return the answer."""
    url = reverse(f"support:staff-{verb}", args=[request.number])
    return client_of(who).post(url, fields, follow=True)


def claimed_by_sam(request: SupportRequest) -> None:
    """Let the support agent of the demo claim the request."""
    claim_request(number=request.number, by=account(STAFF), at=NOW)


# --- the queue -------------------------------------------------------------------------------


def test_queue_lists_what_waits_with_whose_it_is_and_when_it_is_due(request_):
    page = visit(STAFF, QUEUE)

    shown = main_of(page).texts("th", scope="row")
    open_ones = SupportRequest.objects.not_ended().order_by("due_at", "pk")
    assert [text.split()[0] for text in shown] == [row.number for row in open_ones[:25]]
    cells = row_of(page, request_).all("td")
    assert [cell.text for cell in cells[:3]] == [
        "Fabrikam",
        "Windows Server 2025Support for Business",
        "Open Severity C",
    ]
    assert row_of(page, request_).has("a", href=address(request_))
    assert page.one("a", aria_current="page").text == "Requests"
    assert list(problems_of(page)) == []


def test_queue_filters_by_address_and_says_when_there_is_none():
    page = visit(STAFF, f"{QUEUE}?portal=PARTNER_CENTER&sort=newest&state=nonsense")

    form = main_of(page).one("form", role="search")
    chosen = [option.text for option in form.all("option", selected="")]
    others = ["All"] * 2
    assert chosen == ["Not resolved yet", *others, "Partner Center", *others, "Newest first"]
    assert {cell.text for cell in page.all("td", data_label="State")} == {"Open"}

    none = main_of(visit(STAFF, f"{QUEUE}?claimed=me&portal=API"))
    assert none.texts("h2") == ["No matching requests"]
    assert not none.has("table")


def test_queue_pages_by_key_and_keeps_what_was_asked():
    SupportRequestFactory.create_batch(60, product_family="Exchange Server", due_at=NOW)
    url, numbers = f"{QUEUE}?product=Exchange+Server", []

    while url:
        main = main_of(visit(STAFF, url))
        numbers += [text.split()[0] for text in main.texts("th", scope="row")]
        further = [a for a in main.all("a") if a.text == "Next page"]
        url = further[0].attrs["href"] if further else ""

    wanted = SupportRequest.objects.filter(product_family="Exchange Server").not_ended()
    assert numbers == list(wanted.order_by("due_at", "pk").values_list("number", flat=True))
    assert main.one("a", href=f"{QUEUE}?product=Exchange+Server").text == "First page"


def test_queue_as_csv_holds_all_that_was_asked_for_and_no_formula(request_):
    SupportRequestFactory.create_batch(30, title="=1+1", severity="B", due_at=NOW)
    claimed_by_sam(request_)

    response = client_of(AUDITOR).get(f"{QUEUE}.csv?state=OPEN")

    lines = list(csv.DictReader(b"".join(response).decode("utf-8-sig").splitlines()))
    wanted = SupportRequest.objects.filter(state="OPEN").order_by("due_at", "pk")
    assert [line["number"] for line in lines] == [row.number for row in wanted]
    assert {line["title"] for line in lines if line["severity"] == "B"} == {"'=1+1"}
    mine = next(line for line in lines if line["number"] == request_.number)
    assert (mine["mpn id"], mine["claimed by"], mine["claimed at"]) == (
        "5234567",
        account(STAFF).name,
        NOW.isoformat(),
    )


# --- claiming from the row -------------------------------------------------------------------


def test_claim_from_the_row_leads_back_to_the_same_list(request_):
    asked = "portal=SUPPORT_FOR_BUSINESS&due=today"
    form = row_of(visit(STAFF, f"{QUEUE}?{asked}&nonsense=1"), request_).one("form")
    query = form.one("input", name="queue").attrs["value"]

    response = act(STAFF, request_, "claim", queue=query)

    assert response.redirect_chain == [(f"{QUEUE}?due=today&portal=SUPPORT_FOR_BUSINESS", 302)]
    page = page_of(response)
    assert alerts(page) == [f"You are working on request {request_.number} now."]
    cell = row_of(page, request_).one("td", data_label="Claimed by")
    assert cell.text == f"You since 20 Nov 2026, 09:00 Release {request_.number}"
    released = act(STAFF, request_, "release", queue=query)
    assert alerts(page_of(released)) == [f"Nobody is working on request {request_.number} now."]


@pytest.mark.parametrize("query", ["//evil.example", "next=//evil.example", "&", "a=1&" * 500])
def test_claim_with_a_list_that_is_none_leads_to_the_whole_queue(request_, query):
    assert act(STAFF, request_, "claim", queue=query).redirect_chain == [(QUEUE, 302)]


def test_claim_of_what_another_has_says_who_in_the_list_and_on_the_request(request_):
    claimed_by_sam(request_)
    second = UserFactory(staff=True)

    for fields in ({"queue": "due=overdue"}, {}):
        response = act(second, request_, "claim", **fields)

        assert response.status_code == 409
        assert "has been working on this request since" in main_of(page_of(response)).text
        record = AuditRecord.objects.latest("pk")
        assert (record.action, record.refusal_code) == ("support.claim_request", "already_claimed")
    assert main_of(page_of(response)).one("h1").text == f"Request | {request_.number}"


def test_claim_is_not_offered_to_an_auditor_who_sees_it_all(request_):
    claimed_by_sam(request_)

    for url in (QUEUE, address(request_)):
        main = main_of(visit(AUDITOR, url))
        assert account(STAFF).name in main.text
        assert not [f for f in main.all("form") if "requests/" in f.attrs.get("action", "")]
    for verb in ("claim", "release", "take-over"):
        assert act(AUDITOR, request_, verb).status_code == 403


# Whether each may read the queue, claim and release, take over: 302 leads on, or to sign in.
WHO_MAY = {
    STAFF: (200, 302, 403),
    MANAGER: (200, 302, 302),
    AUDITOR: (200, 403, 403),
    "root@portal.example": (200, 302, 302),
    "admin@fabrikam.example": (403, 403, 403),
    AUTHOR: (403, 403, 403),
    None: (302, 302, 302),
}


@pytest.mark.parametrize("who", WHO_MAY)
def test_queue_and_claims_are_for_the_kinds_of_staff_of_the_table(request_, who):
    reads, claims, takes_over = WHO_MAY[who]
    client = client_of(who)

    read = [client.get(url).status_code for url in (QUEUE, f"{QUEUE}.csv")]
    done = [
        client.post(reverse(f"support:staff-{verb}", args=[request_.number]), {"why": "Away"})
        for verb in ("claim", "release", "take-over")
    ]

    assert read == [reads, reads]
    assert [answer.status_code for answer in done] == [claims, claims, takes_over]
    taken = SupportRequest.objects.get(pk=request_.pk).claimed_by
    assert (taken is not None) == (who is not None and takes_over == 302)


# --- the page of a request -------------------------------------------------------------------


def test_manager_takes_over_with_a_reason_and_what_was_typed_is_kept(request_):
    claimed_by_sam(request_)
    main = main_of(visit(MANAGER, address(request_)))
    assert f"{account(STAFF).name} has been working on it since 20 Nov 2026, 09:00." in main.text

    for why, problem in (("", "Say why."), ("x" * 201, "at most 200")):
        response = act(MANAGER, request_, "take-over", why=why)
        page = page_of(response)
        assert response.status_code == 400
        assert problem in page.one(cls="field__error").text
        assert page.one("input", name="why").attrs.get("value", "") == why
    page = page_of(act(MANAGER, request_, "take-over", why="Away until Monday"))

    assert alerts(page) == [f"You are working on request {request_.number} now."]
    assert "You have been working on it since" in main_of(page).text


def test_author_learns_that_somebody_works_on_it_and_not_who(request_):
    before = main_of(visit(AUTHOR, address(request_))).text
    claimed_by_sam(request_)

    after = main_of(visit(AUTHOR, address(request_))).text

    assert "a support agent is working on it" not in before
    assert "a support agent is working on it" in after
    assert account(STAFF).name not in after


def test_claim_is_offered_until_the_request_is_closed(request_):
    change(request_, State.RESOLVED, by=account(STAFF), at=NOW)
    assert "Who works on it" in main_of(visit(STAFF, address(request_))).texts("h2")

    client_of(STAFF).post(address(request_, "close"), {"reason": "DUPLICATE"})

    assert "Who works on it" not in main_of(visit(STAFF, address(request_))).texts("h2")
    response = act(STAFF, request_, "claim")
    assert response.status_code == 409
    assert "This request was closed on 20 November 2026." in main_of(page_of(response)).text


def test_claim_of_a_request_that_is_not_there_is_not_found():
    for who, verb in ((STAFF, "claim"), (STAFF, "release"), (MANAGER, "take-over")):
        url = reverse(f"support:staff-{verb}", args=["1" * 15])
        assert client_of(who).post(url, {"why": "x"}).status_code == 404
