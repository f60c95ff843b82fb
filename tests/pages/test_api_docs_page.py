"""The page to read and try the API: open to all, part of the portal, a token for sessions only."""

from typing import Any

import pytest
from django.test import Client

from portal.rest.schema import description
from tests.pages.html import Element
from tests.pages.validity import problems_of
from tests.pages.visits import STAFF, client_of, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

DOCS, SCHEMA = "/api/v1/docs", "/api/v1/schema"


def shown(client: Client) -> Element:
    """Return the page as this browser gets it."""
    return page_of(client.get(DOCS))


@pytest.mark.parametrize("who", [None, "pat@outlook.example", "admin@fabrikam.example", STAFF])
def test_api_docs_of_anybody_are_a_sound_page_of_the_portal(who: str | None):
    page = shown(client_of(who))

    assert list(problems_of(page)) == []
    assert page.one("h1").text == "REST API, version 1"
    assert "Back to the portal" in [link.text for link in page.all("a", href="/")]
    assert "This is a simulation" in page.one("footer").text


def test_api_docs_of_strangers_carry_no_token_and_set_only_the_cookie_of_forms():
    client = Client()

    place = shown(client).one(id="swagger-ui")

    assert place.attrs == {"id": "swagger-ui", "lang": "en", "data-schema": SCHEMA}
    # The choice of a language is a form.
    assert set(client.cookies) == {"csrftoken"}


def test_api_docs_of_a_session_carry_its_token_against_forgery():
    client = client_of("admin@fabrikam.example")

    token = shown(client).one(id="swagger-ui").attrs["data-csrf-token"]

    called = Client(enforce_csrf_checks=True)
    called.cookies = client.cookies
    asked = {"questions": [{"productFamily": "Windows", "productVersion": "11"}]}
    statuses = [
        called.post(
            "/api/v1/entitlements/check", asked, "application/json", headers=headers
        ).status_code
        for headers in ({"X-CSRFToken": token}, {})
    ]
    assert statuses == [200, 403]


@pytest.mark.parametrize("path", [DOCS, SCHEMA])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_api_docs_by_a_method_they_do_not_have_answer_405(path: str, method: str):
    response: Any = client_of("admin@fabrikam.example").generic(method, path)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response.json()["code"] == "method_not_allowed"


def test_description_is_the_same_for_everybody_and_may_be_kept():
    response = Client().get(SCHEMA)

    assert response.json() == description()
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "application/vnd.oai.openapi+json",
        "public, max-age=300",
    )
