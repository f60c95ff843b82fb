"""Pages for what goes wrong: one clear sentence, a way on, no detail, the right status."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from partnercenter.demo.accounts import CONTOSO, FABRIKAM
from partners.models import User
from tests.pages.html import Element
from tests.pages.validity import problems_of
from tests.pages.visits import changed_since, client_of, main_of, page_of, plan
from tests.stories import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FRITZ = "admin@fabrikam.example"
NOTHING_HERE = "There is nothing at this address, or nothing that this account may see."
UNREADABLE = "This request could not be read."
OUT_OF_REACH = "The portal cannot reach its data right now."


@pytest.fixture
def faulty(settings: Any) -> Client:
    """Return a browser at a portal that has views which fail."""
    settings.ROOT_URLCONF = "tests.pages.faulty_urls"
    return Client(raise_request_exception=False)


def sentence(response: Any, status: int) -> str:
    """Return the one sentence of a sound error page."""
    page = page_of(response)
    assert response.status_code == status
    assert list(problems_of(page)) == []
    assert page.has("a", href="/", cls="button")
    return page.one("h1").text


def code(response: Any) -> str:
    """Return the code of the explanation on the page."""
    return page_of(response).one("main").one(cls="stack").attrs["data-code"]


@pytest.mark.parametrize("who", [None, FRITZ, "staff@portal.example"])
@pytest.mark.parametrize(
    "url", ["/nowhere", "/adm/", "/staff/partners/", "/static/nothing.css", "/%F0%9F%98%80"]
)
def test_address_without_anything_says_so(who: str | None, url: str):
    response = client_of(who).get(url)

    assert (sentence(response, 404), code(response)) == (NOTHING_HERE, "not_found")


def test_absent_plan_looks_like_another_partners():
    client = client_of(FRITZ)
    urls = [
        reverse("benefits:plan", args=["00000000-0000-0000-0000-000000000000"]),
        reverse("benefits:plan", args=[plan(CONTOSO).public_id]),
    ]

    answers = [client.get(url) for url in urls]

    assert {sentence(answer, 404) for answer in answers} == {NOTHING_HERE}


def test_form_without_its_token_says_how_to_go_on_and_changes_nothing():
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(email="admin@contoso.example"))
    before = row_counts()

    response = client.post(reverse("benefits:activate", args=[plan(CONTOSO).public_id]))

    assert sentence(response, 403) == (
        "This form was opened before you signed in, or cookies are switched off."
    )
    assert code(response) == "form_expired"
    assert main_of(page_of(response)).one(cls="next-step").text == (
        "Go back, reload the page and send the form again."
    )
    assert changed_since(before) == {}


def token_in(page: Element) -> str:
    """Return the token of the first form on the page."""
    return page.all("input", name="csrfmiddlewaretoken")[0].attrs["value"]


def test_form_with_its_token_is_taken():
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(email="admin@contoso.example"))
    token = token_in(page_of(client.get(reverse("benefits:technical"))))

    url = reverse("benefits:activate", args=[plan(CONTOSO).public_id])

    assert client.post(url, {"csrfmiddlewaretoken": token}).status_code == 302


def test_form_of_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(email="admin@contoso.example"))
    token = token_in(page_of(client.get(reverse("benefits:technical"))))

    response = client.post(
        reverse("benefits:activate", args=[plan(CONTOSO).public_id]),
        {"csrfmiddlewaretoken": token},
        headers={"origin": "https://evil.example"},
    )

    assert response.status_code == 403
    assert plan(CONTOSO).remaining is None


def test_form_address_opened_as_a_page_says_that_it_takes_a_form():
    response = client_of(FRITZ).get(reverse("benefits:activate", args=[plan(FABRIKAM).public_id]))

    assert sentence(response, 405) == "This address only takes a form that was sent from its page."
    assert (code(response), response["Allow"]) == ("method_not_allowed", "POST")


@pytest.mark.parametrize(
    "send",
    [
        lambda c: c.get("/dashboard/?x=%00"),
        lambda c: c.get("/supportforbusiness/manage/%00"),
        lambda c: c.get("/supportforbusiness/manage?before=%00"),
        lambda c: c.post("/supportforbusiness/plans", {"access_id": "1\x00"}),
        lambda c: c.post("/supportforbusiness/create", {"family\x00": "x"}),
        lambda c: c.post("/account/switch", {f"x{n}": n for n in range(1001)}),
        lambda c: c.post("/account/switch", {"mpn_id": "x" * 1_100_000}),
    ],
    ids=["query", "path", "key", "form", "name", "too many fields", "too much"],
)
def test_request_that_cannot_be_read_says_so_and_changes_nothing(send: Any):
    client = client_of(FRITZ)
    before = row_counts()

    response = send(client)

    assert sentence(response, 400) == UNREADABLE
    assert changed_since(before) == {}


@pytest.mark.parametrize("who", ["staff@portal.example", FRITZ])
@pytest.mark.parametrize("text", ["\x00", "@\x00", "5234567\x00", "Fabrikam\x00"])
def test_look_up_of_what_no_database_stores_is_no_fault(who: str, text: str):
    response = client_of(who).post("/staff/", {"query": text})

    assert response.status_code in (400, 403)


def test_host_that_is_not_ours_is_refused():
    response = Client(headers={"host": "evil.example"}).get("/")

    assert response.status_code == 400
    assert b"evil.example" not in response.content


def test_bug_in_a_view_shows_a_page_without_detail(faulty: Client):
    response = faulty.get("/bug")

    assert sentence(response, 500) == "Something went wrong here. It is not your fault."
    assert b"secret" not in response.content


@pytest.mark.parametrize("url", ["/no-database", "/lost-connection"])
def test_database_that_fails_in_a_view_is_answered_with_503(faulty: Client, url: str):
    response = faulty.get(url)

    assert sentence(response, 503) == OUT_OF_REACH
    assert code(response) == "unavailable"
    assert int(response["Retry-After"]) > 0
    assert b"secret" not in response.content


def test_database_that_fails_while_a_form_is_sent_claims_nothing_it_does_not_know(faulty: Client):
    response = faulty.post("/no-database")

    assert sentence(response, 503) == OUT_OF_REACH
    assert main_of(page_of(response)).one(cls="next-step").text == (
        "Look at your plans and requests in a few seconds. Sending the same form again uses "
        "nothing twice."
    )


@pytest.mark.parametrize("url", ["/", "/dashboard/", "/supportforbusiness/create", "/nowhere"])
def test_database_that_fails_outside_any_view_is_answered_with_503(settings: Any, url: str):
    settings.SESSION_ENGINE = "tests.pages.faulty_sessions"
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "x" * 32

    response = client.get(url)

    assert sentence(response, 503) == OUT_OF_REACH
    assert int(response["Retry-After"]) > 0


def test_health_without_a_session_needs_none(settings: Any):
    settings.SESSION_ENGINE = "tests.pages.faulty_sessions"

    assert Client().get("/health").status_code == 200


def test_gallery_is_not_there_outside_demo_and_development(settings: Any):
    assert Client().get("/gallery/").status_code == 200
    settings.DEMO = settings.DEBUG = False
    settings.PORTAL_NOW = None

    response = Client().get("/gallery/")

    assert sentence(response, 404) == NOTHING_HERE
