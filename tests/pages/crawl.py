"""Every page that an account can reach by links, and those that only a form opens."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import urldefrag, urljoin

from django.test import Client
from django.urls import reverse

from benefits.models import Contract, Plan
from partnercenter.demo import accounts
from partnercenter.demo.accounts import DemoAccount
from partners.models import Partner, User
from scripts.sights import route_of
from tests.pages.html import Element, parsed
from tests.pages.portals import PortalWizard
from tests.pages.visits import STAFF, account, client_of
from tests.pages.wizard import AZURE, SERVER, Wizard

# Thirty requests of one account look alike, and so do the four cloud portals.
OF_ONE_KIND = 2


@dataclass(frozen=True)
class Visited:
    """One answer that somebody got."""

    who: str
    url: str
    response: Any
    body: str

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return bool(self.response["Content-Type"].startswith("text/html"))

    @cached_property
    def page(self) -> Element:
        """The answer as a tree."""
        return parsed(self.body)

    def __str__(self) -> str:
        return f"{self.url} as {self.who}"


def everything() -> list[Visited]:
    """Return what each account of the demo world, and a stranger, can see."""
    found = list(_linked(Client(), "nobody", ["/", "/gallery/", "/accounts/signup/", "/nowhere"]))
    for listed in accounts.ACCOUNTS:
        found += _seen_by(listed)
    return found


def _seen_by(listed: DemoAccount) -> Iterator[Visited]:
    user = account(listed.email)
    client = client_of(user)
    yield from _linked(client, listed.name, _seeds(user))
    if not user.is_staff_member:
        yield from _wizard(client, listed.name)
        yield from _portal_wizard(client, listed.name)


def _seeds(user: User) -> list[str]:
    account_pages = ["/", "/accounts/logout/", "/accounts/password/change/", "/nowhere"]
    if not user.is_staff_member:
        return [*account_pages, reverse("benefits:technical")]
    if user.email != STAFF:
        return account_pages
    return [
        *account_pages,
        *(reverse("support:staff-partner", args=[p.mpn_id]) for p in Partner.objects.all()),
        *(reverse("support:staff-contract", args=[c.public_id]) for c in Contract.objects.all()),
    ]


def _linked(client: Client, who: str, seeds: list[str]) -> Iterator[Visited]:
    """Open the seeds and what they link to, each address once, some of each kind."""
    waiting, seen, routes = list(seeds), set(seeds), Counter[str]()
    while waiting:
        url = waiting.pop(0)
        response = client.get(url, follow=True)
        visited = Visited(who, url, response, b"".join(response).decode())
        yield visited
        for link in _links(visited) if visited.is_page else []:
            route = route_of(link)
            if link not in seen and routes[route] < OF_ONE_KIND:
                routes[route] += 1
                seen.add(link)
                waiting.append(link)


def _links(visited: Visited) -> Iterator[str]:
    """Yield the addresses of the portal that the page links to."""
    here = visited.response.request["PATH_INFO"]
    linked = dict.fromkeys(anchor.attrs["href"] for anchor in visited.page.all("a"))
    for href in linked:
        url = urldefrag(urljoin(here, href)).url
        if url.startswith("/") and not _is_elsewhere(url) and not _is_help(url):
            yield url


@cache
def _is_elsewhere(url: str) -> bool:
    """Whether it is no page of the portal's own: the API's description, the Django admin."""
    return url == reverse("api:docs") or url.startswith(reverse("admin:index"))


@cache
def _is_help(url: str) -> bool:
    """Whether it is a help page: test_help_pages.py opens all of them, and all their links."""
    return url.startswith(reverse("help"))


def _wizard(client: Client, who: str) -> Iterator[Visited]:
    """Show the plans for a product of each kind, and walk to the review with what pays first."""
    for product in (SERVER, AZURE):
        wizard = Wizard(client)
        wizard.product(action="show", **product)
        page = _opened(client, who, wizard.url("product"))
        yield page
        offered = page.page.all("input", name="plan")
        if offered:
            wizard.at_review(Plan.objects.get(public_id=offered[0].attrs["value"]), **product)
            yield _opened(client, who, wizard.url("issue"))
            yield _opened(client, who, wizard.url("review"))


def _portal_wizard(client: Client, who: str) -> Iterator[Visited]:
    """Walk to the review of a technical request, where a plan pays, and of one about a bill."""
    for kind in ("TECHNICAL", "BILLING"):
        wizard = PortalWizard(client)
        wizard.problem(kind=kind)
        page = _opened(client, who, wizard.url("details"))
        yield page
        offered = [radio.attrs["value"] for radio in page.page.all("input", name="plan")]
        if offered or kind == "BILLING":
            wizard.details(plan=offered[0] if offered else "")
            yield _opened(client, who, wizard.url("review"))


def _opened(client: Client, who: str, url: str) -> Visited:
    response = client.get(url)
    return Visited(who, url, response, response.content.decode())
