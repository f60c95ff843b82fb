"""Every page of the demo world, as every account: sound, sealed, and without a Contract ID."""

from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from benefits.models import IssuedId
from partnercenter.demo import accounts
from partnercenter.demo.accounts import FABRIKAM
from tests.pages.crawl import Visited, everything
from tests.pages.html import digits_in
from tests.pages.markup import faults_of
from tests.pages.names import proper_names
from tests.pages.validity import problems_of
from tests.pages.visits import client_of, contract, numbers, plan
from tests.pages.weight import first_weight, page_weight
from tests.pseudo_language import put_data_in_brackets, speaking_pseudo, unmarked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture(scope="module")
def visited(world: object, django_db_blocker: Any) -> list[Visited]:
    """Return everything that anybody can see, opened once, in the language of no people."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "PORTAL_NOW", world)
        put_data_in_brackets()
        with speaking_pseudo():
            return everything()


def secrets() -> set[str]:
    """Return every Contract ID that was issued."""
    issued = IssuedId.objects.filter(kind=IssuedId.Kind.CONTRACT)
    return {str(number) for number in issued.values_list("number", flat=True)}


def test_every_account_has_pages_of_its_own(visited: list[Visited]):
    pages = {v.who for v in visited}

    assert pages == {"nobody", *(a.name for a in accounts.ACCOUNTS)}
    assert len(visited) > 400


def test_every_link_leads_somewhere(visited: list[Visited]):
    refused = {
        str(v): v.response.status_code
        for v in visited
        if v.response.status_code != 200 and v.url != "/nowhere"
    }

    # No page leads these there; the crawl asks on its own.
    without_mpn = ("Chris Poe", "Luc Warin", "Pat Moore", "Kofi Mensah")
    # Their company stands in the navigation with all that it could have.
    of_a_company = ("Chris Poe", "Luc Warin")
    membership = (reverse("memberships:offers"), reverse("memberships:competencies"))
    assert refused == {
        **{f"{reverse('benefits:technical')} as {who}": 403 for who in without_mpn},
        **{f"{url} as {who}": 403 for url in membership for who in of_a_company},
    }


def test_every_page_is_valid_html(visited: list[Visited]):
    faults = {f"{v}: {fault}" for v in visited if v.is_page for fault in faults_of(v.page)}

    assert sorted(faults) == []


def test_every_page_is_sound(visited: list[Visited]):
    problems = {f"{v}: {p}" for v in visited if v.is_page for p in problems_of(v.page)}

    assert sorted(problems) == []


def test_every_word_is_marked_for_translation(visited: list[Visited]):
    """What stands outside of brackets is a name, or was forgotten."""
    pages = [v for v in visited if v.is_page and v.url != reverse("gallery")]
    names = proper_names()

    forgotten = {f"{v}: {word}" for v in pages for word in unmarked(v.page) - names}

    assert sorted(forgotten) == []


def test_every_page_is_sealed(visited: list[Visited]):
    open_ = [str(v) for v in visited if not is_sealed(v.response)]

    assert open_ == []


def is_sealed(response: Any) -> bool:
    """Whether the browser is told to run, embed and guess nothing."""
    return (
        "unsafe" not in response["Content-Security-Policy"]
        and "default-src 'none'" in response["Content-Security-Policy"]
        and "frame-ancestors 'none'" in response["Content-Security-Policy"]
        and response["X-Content-Type-Options"] == "nosniff"
        and response["X-Frame-Options"] == "DENY"
        and response["Referrer-Policy"] == "same-origin"
        and response["Cross-Origin-Opener-Policy"] == "same-origin"
        and len(response["MS-RequestId"]) == 36
    )


def test_every_page_of_a_signed_in_account_stays_out_of_caches(visited: list[Visited]):
    kept = [
        str(v)
        for v in visited
        if v.who != "nobody" and "no-store" not in v.response["Cache-Control"]
    ]

    assert kept == []


def test_contract_id_would_be_found_if_a_page_held_it():
    url = reverse("benefits:show-ids", args=[plan(FABRIKAM).public_id])

    shown = client_of("admin@fabrikam.example").post(url).content.decode()

    assert digits_in(shown) & secrets() == {numbers(contract(FABRIKAM))[1]}


def test_contract_id_stands_in_no_page_that_did_not_ask_for_it(visited: list[Visited]):
    leaks = {str(v) for v in visited if digits_in(v.body) & secrets()}

    assert len(secrets()) == 10
    assert leaks == set()


def test_no_number_of_nine_digits_stands_in_an_address(visited: list[Visited]):
    issued = {str(n) for n in IssuedId.objects.values_list("number", flat=True)}

    assert not [str(v) for v in visited if digits_in(v.url) & issued]


def test_page_weighs_at_most_60_kilobytes_at_first_and_15_afterwards(visited: list[Visited]):
    """Django's own administration has its own weight, the gallery shows everything at once."""
    pages = [v for v in visited if v.is_page and not v.url.startswith(("/admin/", "/gallery/"))]
    pages = [v for v in pages if "drf_spectacular_sidecar" not in v.body]

    weights = {str(v): (first_weight(v.body), page_weight(v.body)) for v in pages}

    heavy = {page: both for page, both in weights.items() if both[0] > 60_000 or both[1] > 15_000}
    assert heavy == {}
    # It counts what a page asks for.
    assert all(first > alone + 10_000 for first, alone in weights.values())
