"""Four doors for every address: nobody, another partner, the wrong role, the wrong method."""

import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from benefits.allotments import Scope
from benefits.support_plans import Offer
from partnercenter.demo.accounts import FABRIKAM
from partners.models import Partner, User
from partners.roles import Role
from support.models import SupportRequest
from support.portals import CLOUD_PORTALS
from tests.factories import AffiliationFactory, CustomerFactory
from tests.pages.doors import ACTORS, DOORS, ROUTES, Door, closed_methods
from tests.pages.portals import PortalWizard
from tests.pages.visits import STAFF, account, client_of, contract, main_of, page_of, partner, plan
from tests.pages.wizard import Wizard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

IN_A_DRAFT = ("support:portal-problem", "support:portal-details", "support:portal-review")
OWNER = "admin@fabrikam.example"


def signed_in(actor: str) -> Client:
    """Return the browser of one of the table's actors."""
    known: dict[str, User | str | None] = {
        "nobody": None,
        "no_partner": "pat@outlook.example",
        "other": "admin@northwind.example",
        "no_role": "user@fabrikam.example",
        "owner": OWNER,
        "staff": STAFF,
    }
    if actor == "csp_only":
        Partner.objects.filter(mpn_id=FABRIKAM).update(in_csp=True)
        at = AffiliationFactory(
            partner=partner(FABRIKAM),
            csp_only=True,
            roles=[Role.ADMIN_AGENT],
            user__with_password=True,
        )
        return client_of(at.user)
    return client_of(known[actor])


def address(route: str, *, draft: uuid.UUID | None = None) -> str:
    """Return an address of the route, about something of Fabrikam."""
    # Made only where the route asks for it: most ask for one or none.
    arguments: dict[str, Callable[[], Any]] = {
        "plan_id": lambda: plan(FABRIKAM).public_id,
        "package_id": lambda: plan(FABRIKAM).package.public_id,
        "contract_id": lambda: contract(FABRIKAM).public_id,
        "mpn_id": lambda: FABRIKAM,
        "number": lambda: requests_of_owner().first(),
        "portal": lambda: CLOUD_PORTALS["azure"],
        "offer": lambda: Offer.PREMIER,
        "draft_id": lambda: draft or uuid.uuid4(),
        "uidb36": lambda: "1",
        "key": lambda: "no-such-key",
        "client_id": lambda: "demo-fabrikam",
        "topic": lambda: "activate",
        "import_id": uuid.uuid4,
        "kind": lambda: "partners",
        "code": lambda: "not_authorized",
        "report": lambda: "month",
        "account_id": lambda: account("user@fabrikam.example").public_id,
        "customer_id": lambda: CustomerFactory(partner=partner(FABRIKAM)).public_id,
    }
    names = next(names for name, names in all_routes() if name == route)
    return reverse(route, kwargs={name: arguments[name]() for name in names})


def requests_of_owner() -> Any:
    """Return the numbers of requests that only the owner and support may open."""
    found = SupportRequest.objects.filter(author__email=OWNER)
    return found.order_by("number").values_list("number", flat=True)


@cache
def all_routes() -> list[tuple[str, list[str]]]:
    """Return the name and the arguments of every page that the portal answers."""
    found = walk(get_resolver().url_patterns, namespace="")
    # The API and the administration have tables of doors of their own.
    elsewhere = ("api:", "admin:")
    return [(name, arguments) for name, arguments in found if not name.startswith(elsewhere)]


def walk(
    patterns: list[URLPattern | URLResolver], *, namespace: str, above: tuple[str, ...] = ()
) -> Any:
    """Yield the routes below these patterns; `above` are the arguments of their prefix."""
    for pattern in patterns:
        arguments = (*above, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, namespace=inside, above=arguments)
        else:
            yield f"{namespace}{pattern.name}", list(arguments)


def test_table_of_doors_and_the_addresses_name_the_same_routes():
    assert {name for name, _arguments in all_routes()} == ROUTES


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.route}-{door.method}")
def test_door_of_each_actor_answers_as_the_table_says(door: Door, actor: str):
    client = signed_in(actor)
    draft = None
    if door.route.startswith("support:create-"):
        # A draft lives in the session of who writes it: to everybody else it is not there.
        owner = client if actor == "owner" else signed_in("owner")
        draft = Wizard(owner).at_review(plan(FABRIKAM)).draft_id
    if door.route in IN_A_DRAFT:
        owner = client if actor == "owner" else signed_in("owner")
        draft = PortalWizard(owner).at_review(plan(FABRIKAM, Scope.CLOUD)).draft_id

    response = send(client, door.method, address(door.route, draft=draft))

    assert response.status_code == door.answers[actor]
    leads_back = door.route in ("account_logout", "partners:language")
    if actor == "nobody" and response.status_code == 302 and not leads_back:
        assert response.url.startswith(reverse("account_login"))


def send(client: Client, method: str, url: str) -> Any:
    """Send a request; what is posted leads a switch to Fabrikam, and a look-up nowhere."""
    if method == "POST":
        return client.post(url, {"mpn_id": FABRIKAM, "query": "nobody of that name"})
    return client.generic(method, url)


@pytest.mark.parametrize("route", sorted(route for route in ROUTES if closed_methods(route)))
def test_door_by_methods_it_does_not_have_answers_405(route: str):
    client = signed_in("staff" if route.startswith("support:staff") else "owner")
    if route == "account_login":
        client = Client()
    url = address(route)

    responses = {method: client.generic(method, url) for method in closed_methods(route)}

    assert {method: r.status_code for method, r in responses.items()} == dict.fromkeys(
        responses, 405
    )
    assert [method for method, r in responses.items() if method in r["Allow"]] == []


@pytest.mark.parametrize("door", [d for d in DOORS if d.method == "GET"], ids=lambda d: d.route)
def test_door_by_head_answers_as_by_get_without_a_body(door: Door):
    actor = "staff" if door.route.startswith("support:staff") else "owner"
    client = signed_in(actor)
    draft = None
    if "create-" in door.route:
        draft = Wizard(client).at_review(plan(FABRIKAM)).draft_id
    if door.route in IN_A_DRAFT:
        draft = PortalWizard(client).at_review(plan(FABRIKAM, Scope.CLOUD)).draft_id

    response = client.head(address(door.route, draft=draft))

    assert response.status_code == door.answers[actor]
    assert b"".join(response) == b""


def test_door_of_something_absent_answers_as_for_another_partners():
    """Whoever guesses an id learns nothing from the answer."""
    client = client_of("admin@northwind.example")
    absent = reverse("benefits:plan", args=[uuid.uuid4()])

    of_another, of_nobody = client.get(address("benefits:plan")), client.get(absent)

    assert (of_another.status_code, of_nobody.status_code) == (404, 404)
    assert main_of(page_of(of_another)) == main_of(page_of(of_nobody))


def test_door_of_an_account_that_was_deactivated_closes_at_once():
    client = client_of(OWNER)
    User.objects.filter(email=OWNER).update(is_active=False)

    response = client.get(reverse("dashboard"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_door_of_a_partner_that_was_deactivated_closes_at_once():
    client = client_of(OWNER)
    Partner.objects.filter(mpn_id=FABRIKAM).update(is_active=False)

    response = client.get(address("benefits:plan"))

    assert response.status_code == 403
