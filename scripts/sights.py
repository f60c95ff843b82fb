"""Which pages there are to see: followed link by link, for each kind of account."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve

NOBODY = ""
HOME = "/"
TECHNICAL = "/dashboard/mpn/membership/benefits/technical"
OFFERS = "/dashboard/mpn/membership/offers"
NOWHERE = "/nowhere"
SIGNED_IN = (HOME, "/accounts/logout/", "/accounts/password/change/")
# What no page links to, or only after a form.
SIGNED_OUT = (
    *(HOME, "/accounts/login/", "/accounts/signup/", "/accounts/inactive/", NOWHERE),
    *("/accounts/password/reset/", "/accounts/password/reset/done/"),
    *("/accounts/password/reset/key/1-no-such-key/", "/accounts/password/reset/key/done/"),
    *("/gallery/", "/api/v1/docs", "/help/", "/help/codes"),
)
# One kind of account each: all that they reach is shown.
EVERYTHING: dict[str, Sequence[str]] = {
    NOBODY: SIGNED_OUT,
    "admin@fabrikam.example": (*SIGNED_IN, NOWHERE, TECHNICAL),
    "pat@outlook.example": (*SIGNED_IN,),
    "csponly@contoso.example": (*SIGNED_IN, TECHNICAL),
    "manager@portal.example": (*SIGNED_IN, "/staff/partners"),
}
# Of these: how it stands with their benefits, and what none before them has.
STATES: dict[str, Sequence[str]] = {
    f"{who}.example": (HOME, TECHNICAL, OFFERS)
    for who in (
        *("admin@contoso", "user@contoso", "multi@contoso", "admin@northwind", "admin@tailspin"),
        *("admin@adatum", "admin@wingtip", "admin@proseware", "admin@expired", "admin@renewal"),
        *("admin@exhausted", "admin@pending", "admin@scheduled"),
    )
}
# Of these: what is asked for here, whoever else has it, and what none before them has.
OTHERS: dict[str, Sequence[str]] = {
    "agent@contoso.example": (HOME, "/commerce/customers/list"),
    "admin@litware.example": (HOME, TECHNICAL),
    "staff@portal.example": (HOME, "/staff/requests", "/staff/partners", "/staff/partners/5234567"),
    "auditor@portal.example": (HOME, "/staff/partners/5234567"),
    "root@portal.example": (HOME, "/admin/", "/admin/partners/user/"),
}
OF_A_STATE = {"dashboard", "benefits:technical", "benefits:plan"}
# How many addresses of a name each account shows, where one of them is not like the other.
MOST = {
    "benefits:plan": 6,
    "help-topic": 30,
    "help-code": 3,
    "benefits:offer": 3,
    "support:portal-help": 4,
    # Those of the list: what links there in other languages comes after them.
    "support:staff-partner": 13,
    "support:staff-import-columns": 4,
}
# How many are opened beyond those: each shows the same, but not every one links to everything.
OPENED = {"support:staff-memberships": 13}


@dataclass(frozen=True)
class Sight:
    """A page as an account sees it."""

    who: str
    route: str
    path: str


@dataclass(frozen=True)
class Answer:
    """What came of opening an address: where it led to, and the page."""

    path: str
    html: str


# Opens an address; None is what is no page, such as a table to download.
Opens = Callable[[str], Answer | None]


def all_sights(opens_as: Callable[[str], Opens]) -> Iterator[Sight]:
    """Yield every page that links lead to, by what `opens_as` gives for an account's address."""
    shown: set[str] = set()
    for who, seeds in {**EVERYTHING, **STATES, **OTHERS}.items():
        known = {*shown} if who not in EVERYTHING else set()
        worth = OF_A_STATE if who in STATES else set()
        for sight in _linked(opens_as(who), who=who, seeds=seeds, without=known - worth):
            shown.add(sight.route)
            yield sight


@cache
def route_of(path: str) -> str:
    """Return the name of the page at this address; the address itself where none is."""
    try:
        return str(resolve(urlsplit(path).path).view_name)
    except Resolver404:
        return path


def _linked(opens: Opens, *, who: str, seeds: Sequence[str], without: set[str]) -> Iterator[Sight]:
    """Open the seeds and what they link to, up to so many addresses of each name."""
    waiting, seen, opened, shown = list(seeds), set(seeds), Counter[str](), Counter[str]()
    while waiting:
        asked = waiting.pop(0)
        route = route_of(asked)
        opened[route] += 1
        if shown[route] >= MOST.get(route, 1) and opened[route] > OPENED.get(route, 0):
            continue
        answer = opens(asked)
        if answer is None:
            continue
        route = route_of(answer.path)
        is_asked_for = who in OTHERS and asked in seeds
        if (is_asked_for or route not in without) and shown[route] < MOST.get(route, 1):
            shown[route] += 1
            seen.add(answer.path)
            yield Sight(who, route, answer.path)
        for link in _links(answer):
            route = route_of(link)
            is_new = link not in seen and route not in without
            if is_new and shown[route] < MOST.get(route, 1) and not _is_elsewhere(route, who):
                seen.add(link)
                waiting.append(link)


def _links(answer: Answer) -> list[str]:
    reader = _Links()
    reader.feed(answer.html)
    found = [urldefrag(urljoin(answer.path, link)).url for link in reader.found]
    return [link for link in found if link.startswith("/")]


def _is_elsewhere(route: str, who: str) -> bool:
    """Whether it is the same for everybody and shown to nobody else, or not of our own making."""
    open_to_all = route.startswith("help") or route in ("gallery", "api:docs")
    return (open_to_all and who != NOBODY) or route.startswith("admin:")


class _Links(HTMLParser):
    """Where the links of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]
