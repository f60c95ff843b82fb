"""Pages as people of the other five languages read them: no word of English is left."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from benefits.allotments import Scope
from partnercenter.demo.accounts import EXHAUSTED, EXPIRED, FABRIKAM, NORTHWIND, WINGTIP
from partners.models import User
from portal import languages
from support.models import SupportRequest
from support.portals import CLOUD_PORTALS
from tests.pages.crawl import Visited
from tests.pages.names import proper_names
from tests.pages.visits import STAFF, client_of, main_of, page_of, plan
from tests.pages.wizard import Wizard
from tests.pseudo_language import WORD, put_data_in_brackets, unmarked

TRANSLATED = [code for code in languages.NAMES if code != languages.ENGLISH]
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")
ROOT = "root@portal.example"
OWNERS = ("admin@fabrikam.example", "admin@contoso.example")
TOPICS = ("activate", "link", "remaining", "n-1", "tpd", "wrong-account", "support-plans")
GALLERY = "/gallery/"
# Codes, addresses and units, the same in every language.
SIGNS = frozenset("utc csv api http".split())

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def seen(language: str) -> list[Visited]:
    """Return pages of each kind in the language, what people wrote in brackets."""
    put_data_in_brackets()
    User.objects.update(language=language)
    stranger = Client(headers={"Accept-Language": language})
    return [
        *opened("nobody", stranger, ["/", "/accounts/login/", "/nowhere", GALLERY, *help_pages()]),
        *(page for owner in OWNERS for page in opened(owner, client_of(owner), owners_pages())),
        *opened(OWNERS[0], client_of(OWNERS[0]), pages_of_things()),
        *opened(STAFF, client_of(STAFF), staff_pages()),
        *opened(ROOT, client_of(ROOT), administration_pages()),
        *in_the_wizard(client_of(OWNERS[0])),
    ]


def opened(who: str, client: Any, addresses: list[str]) -> Iterator[Visited]:
    """Open each address."""
    for url in addresses:
        response = client.get(url, follow=True)
        yield Visited(who, url, response, response.content.decode())


def help_pages() -> list[str]:
    """Return the list of topics, some of them, and some codes."""
    codes = ("plan_wrong_scope", "not_authorized", "no_incidents_remaining")
    return [
        reverse("help"),
        *(reverse("help-topic", args=[topic]) for topic in TOPICS),
        *(reverse("help-code", args=[code]) for code in codes),
    ]


def owners_pages() -> list[str]:
    """Return the pages of a company's Global admin."""
    names = """
        dashboard benefits:technical memberships:offers memberships:competencies
        partners:my-access partners:users partners:user-add partners:api-clients partners:audit
        notifications benefits:partner-support support:requests support:plans support:consultation
    """
    portal = CLOUD_PORTALS["azure"]
    pages = ("support:portal-help", "support:portal-plans", "support:portal-link")
    return [*map(reverse, names.split()), *(reverse(page, args=[portal]) for page in pages)]


def pages_of_things() -> list[str]:
    """Return the pages of a plan, and of requests that used it."""
    own = reverse("benefits:plan", args=[plan(FABRIKAM).public_id])
    mine = SupportRequest.objects.filter(author__email=OWNERS[0]).values_list("number", flat=True)
    return [own, f"{own}/ledger", *(reverse("support:request", args=[n]) for n in mine[:2])]


def staff_pages() -> list[str]:
    """Return the desk, its lists, and cards of partners in several states."""
    names = "staff-desk staff-requests staff-partners staff-reports".split()
    mpn_ids = (NORTHWIND, EXHAUSTED, EXPIRED, WINGTIP)
    return [
        *(reverse(f"support:{name}") for name in names),
        *(reverse("support:staff-partner", args=[mpn_id]) for mpn_id in mpn_ids),
    ]


def administration_pages() -> list[str]:
    """Return pages of each kind of the Django admin: what stands in them is ours and Django's."""
    names = "index partners_user_add partners_user_changelist benefits_ledgerentry_changelist"
    a_plan = reverse("admin:benefits_plan_change", args=[plan(FABRIKAM).pk])
    return [*(reverse(f"admin:{name}") for name in names.split()), a_plan]


def in_the_wizard(client: Any) -> Iterator[Visited]:
    """Walk from the product to the review."""
    wizard = Wizard(client)
    wizard.at_review(plan(FABRIKAM, Scope.ON_PREMISES))
    steps = [wizard.url(step) for step in ("product", "issue", "review")]
    yield from opened(OWNERS[0], client, steps)


def vocabulary(language: str) -> set[str]:
    """Return every word of the language's catalogues, Django's own included, and names."""
    said: Any = trans_real.translation(language)
    texts = [str(text) for catalogue in said._catalog._catalogs for text in catalogue.values()]
    with translation.override(language):
        names = proper_names()
    words = {word for text in texts for word in WORD.findall(text)}
    return {word.casefold() for word in words | names} | SIGNS


@pytest.mark.parametrize("language", TRANSLATED)
def test_page_is_in_the_language_and_no_word_of_another_is_left(language: str):
    pages = [page for page in seen(language) if page.is_page]
    known = vocabulary(language)

    assert {page.page.one("html").attrs["lang"] for page in pages} == {language}
    assert {page.response["Content-Language"] for page in pages} == {language}
    assert len(pages) > 50
    words = {word: str(page) for page in pages for word in foreign(page, language)}
    assert {word: page for word, page in words.items() if word.casefold() not in known} == {}
    # A day's own point in Hungarian, as in 2027. január 13., is the sentence's too.
    assert [str(page) for page in pages if ".." in page.page.text] == []


def foreign(page: Visited, language: str) -> set[str]:
    """Return the words that could be English: elsewhere than in Europe, those in Latin letters."""
    words = unmarked(page.page)
    if language in ("hu", "sv"):
        return {word for word in words if word.isascii()}
    return {word for text in words for word in LATIN.findall(text)}


def test_samples_of_the_gallery_are_the_same_english_in_every_language():
    clients = [Client(headers={"Accept-Language": language}) for language in languages.NAMES]
    pages = [page_of(client.get(GALLERY)) for client in clients]

    (english, *others) = [main_of(page).one("div", lang="en").text for page in pages]

    assert "Title (Required) One sentence: what doesn't work? This field is required." in english
    assert set(others) == {english}
