"""The headers of every kind of answer: pages, errors, redirects, downloads."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from partnercenter.demo.accounts import FABRIKAM
from portal.models import AuditRecord
from tests.pages.visits import client_of, plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

FRITZ = "admin@fabrikam.example"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


@pytest.fixture(autouse=True)
def _faults(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.pages.faulty_urls"


def own(name: str) -> str:
    """Return an address about Fabrikam's plan."""
    return reverse(name, args=[plan(FABRIKAM).public_id])


ANSWERS: dict[str, tuple[int, Callable[[Client], Any]]] = {
    "page": (200, lambda c: c.get("/dashboard/")),
    "redirect": (302, lambda c: c.get("/")),
    "download": (200, lambda c: c.get(own("benefits:ledger-csv"))),
    "description of the api": (200, lambda c: c.get("/api/v1/schema")),
    "answer of the api": (200, lambda c: c.get("/api/v1/products")),
    "problem of the api": (400, lambda c: c.get("/api/v1/products?nowhere=1")),
    "json": (
        200,
        lambda c: c.post(own("benefits:show-ids"), headers={"accept": "application/json"}),
    ),
    "refused form": (400, lambda c: c.post("/supportforbusiness/plans")),
    "unreadable": (400, lambda c: c.get("/?x=%00")),
    "wrong host": (400, lambda c: c.get("/", headers={"host": "evil.example"})),
    "not authorized": (403, lambda c: c.get("/staff/")),
    "not found": (404, lambda c: c.get("/nowhere")),
    "method": (405, lambda c: c.get("/account/switch")),
    "bug": (500, lambda c: c.get("/bug")),
    "no database": (503, lambda c: c.get("/no-database")),
}


def answer(name: str) -> Any:
    """Return an answer of this kind to a signed-in account."""
    client = client_of(FRITZ)
    client.raise_request_exception = False
    status, send = ANSWERS[name]
    response = send(client)
    assert response.status_code == status
    return response


def policy_of(response: Any) -> dict[str, str]:
    """Return the directives of the content security policy."""
    directives = response["Content-Security-Policy"].split(";")
    return dict(directive.split(maxsplit=1) for directive in directives)


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_of_every_kind_carries_the_strict_policy(name: str):
    response = answer(name)

    assert policy_of(response) == POLICY


def test_policy_of_the_api_docs_adds_pictures_from_data_addresses_and_nothing_else():
    response = Client().get("/api/v1/docs")

    assert policy_of(response) == {**POLICY, "img-src": "'self' data:"}


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_of_every_kind_is_not_guessed_framed_or_told_to_others(name: str):
    response = answer(name)

    assert (
        response["X-Content-Type-Options"],
        response["X-Frame-Options"],
        response["Referrer-Policy"],
        response["Cross-Origin-Opener-Policy"],
    ) == ("nosniff", "DENY", "same-origin", "same-origin")


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_of_every_kind_names_its_request(name: str):
    first, second = answer(name), answer(name)

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first["MS-RequestId"])
    assert first["MS-RequestId"] != second["MS-RequestId"]


def test_request_id_of_the_caller_is_answered_and_recorded():
    client = client_of(FRITZ)

    response = client.get("/staff/", headers={"MS-RequestId": "my-call-42"})

    assert response["MS-RequestId"] == "my-call-42"
    assert AuditRecord.objects.latest("pk").request_id == "my-call-42"


@pytest.mark.parametrize(
    "given", ["", "x" * 65, "a b", "<script>", "a\tb", "ä", "a;b", "../../etc", "a\u2028b"]
)
def test_request_id_that_is_not_sound_is_replaced(given: str):
    response = Client().get("/", headers={"MS-RequestId": given})

    assert re.fullmatch(r"[0-9a-f-]{36}", response["MS-RequestId"])


def test_cookies_are_out_of_reach_of_scripts():
    client = Client()

    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": FRITZ, "password": "partner-center-demo"})

    assert {name: cookie["httponly"] for name, cookie in client.cookies.items()} == {
        "csrftoken": True,
        "sessionid": True,
    }
    assert all(cookie["samesite"] == "Lax" for cookie in client.cookies.values())


def test_page_is_compressed_when_the_browser_can():
    response = client_of(FRITZ).get("/dashboard/", headers={"accept-encoding": "gzip"})

    assert response["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response["Vary"]
