"""Who calls, and what they ask for: the actors of the table of doors, in the demo world."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from benefits.models import Contract, Plan
from partnercenter.demo.accounts import FABRIKAM, NORTHWIND
from partners.models import User
from partners.roles import Role
from partners.scopes import PARTNER_SCOPES, STAFF_SCOPES, ClientScope
from portal.rest.views import ApiView, Operation
from support.models import SupportRequest
from support.services.request_life import close_request
from tests.api.calls import Caller, client_caller, session_caller, staff_caller
from tests.factories import AffiliationFactory, LinkFactory
from tests.pages import visits
from tests.stories import product, row_counts, submit
from tests.world.loaded import NOW

OWNER = "admin@fabrikam.example"
SESSIONS = {
    "agt": "staff@portal.example",
    "aud": "auditor@portal.example",
    "own": OWNER,
    "nor": "user@fabrikam.example",
    "riv": "admin@northwind.example",
    "con": "consultant@outlook.example",
    "per": "pat@outlook.example",
}
# What any call writes, whatever comes of it: how many calls were leased.
OF_EVERY_CALL = ("portal.CallWindow",)


def actor(code: str, *, without: str | None = None) -> Caller:
    """Return one of the table's actors; `few` is the one `without` a scope."""
    if code in SESSIONS:
        return session_caller(visits.account(SESSIONS[code]))
    fabrikam, northwind = visits.partner(FABRIKAM), visits.partner(NORTHWIND)
    fewer = [scope for scope in PARTNER_SCOPES if scope != without]
    bare = [scope for scope in STAFF_SCOPES if scope != ClientScope.STAFF]
    callers: dict[str, Callable[[], Caller]] = {
        "nob": Caller,
        "bad": lambda: Caller(token="nobody-was-issued-this-one"),
        "cli": lambda: client_caller(fabrikam),
        "few": lambda: client_caller(fabrikam, scopes=fewer),
        "for": lambda: client_caller(northwind),
        "lnk": lambda: linked(client_caller(northwind)),
        "stf": lambda: staff_caller(scopes=STAFF_SCOPES),
        "bar": lambda: staff_caller(scopes=bare),
        "csp": lambda: session_caller(csp_only()),
    }
    return callers[code]()


def linked(caller: Caller) -> Caller:
    """Link Fabrikam's contract to the client."""
    assert caller.client is not None
    LinkFactory(user=caller.client.user, contract=visits.contract(FABRIKAM))
    return caller


def csp_only() -> User:
    """Return an Admin agent of Fabrikam who is associated with CSP only."""
    at = AffiliationFactory(
        partner=visits.partner(FABRIKAM), csp_only=True, roles=[Role.ADMIN_AGENT]
    )
    return at.user


@dataclass(frozen=True)
class Things:
    """What addresses and bodies name."""

    plan: uuid.UUID
    package: uuid.UUID
    contract: uuid.UUID
    mpn_id: str
    number: str

    def address(self, route: str) -> str:
        """Return the address of the route about these things."""
        named: dict[str, Any] = {
            "entitlement_id": self.plan,
            "benefit_id": self.package,
            "contract_id": self.contract,
            "mpn_id": self.mpn_id,
            "number": self.number,
        }
        return reverse(f"api:{route}", kwargs={name: named[name] for name in ROUTES[route]})

    def body(self, route: str) -> Any:
        """Return what a good call sends there."""
        match route:
            case "check":
                return {"questions": [{**PRODUCT, "contractId": str(self.contract)}]}
            case "link":
                access, secret = visits.numbers(Contract.objects.get(public_id=self.contract))
                return {"accessId": access, "contractId": secret}
            case "requests":
                return request_body(entitlementId=str(self.plan))
            case "notes":
                return {"text": "It happens after each restart."}
            case "close":
                return {"reason": "SOLVED_BY_PARTNER"}
            case "lookups":
                return {"query": self.mpn_id}
        return None


PRODUCT = {"productFamily": "Windows Server", "productVersion": "2025"}


def request_body(**changes: Any) -> dict[str, Any]:
    """Return a request about an on-premises product; the default plan pays unless one is named."""
    contact = {
        "name": "Fritz Baum",
        "email": OWNER,
        "country": "DE",
        "timeZone": "Europe/Berlin",
    }
    written = {
        **PRODUCT,
        "category": "Other",
        "title": "Sign-in fails",
        "description": "Sign-in fails since the host was renamed.",
        "severity": "C",
        "contact": contact,
    }
    return {**written, **changes}


def things_of(mpn_id: str) -> Things:
    """Return what a company has; the request is one that its Global admin has just opened."""
    plan, author = visits.plan(mpn_id), visits.admin_of(mpn_id)
    about = product("Windows Server", "2025")
    opened = submit(by=author, at=NOW, key=f"of-{mpn_id}", plan_id=plan.public_id, product=about)
    return Things(
        plan=plan.public_id,
        package=plan.package.public_id,
        contract=visits.contract(mpn_id).public_id,
        mpn_id=mpn_id,
        number=opened.request.number,
    )


def things_of_nobody() -> Things:
    """Return ids of the right form that name nothing."""
    return Things(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), "4999999", "261120000000001")


def close(things: Things) -> None:
    """Let its author close the request: only then can it be reopened."""
    request = SupportRequest.objects.get(number=things.number)
    close_request(
        number=request.number,
        reason=SupportRequest.CloseReason.SOLVED_BY_PARTNER,
        by=request.author,
        at=NOW,
    )


def call(caller: Caller, method: str, route: str, things: Things) -> Any:
    """Send a call that lacks nothing but perhaps the right to it."""
    key = {"Idempotency-Key": "a-key"} if (route, method) == ("requests", "POST") else {}
    body = things.body(route) if method == "POST" else None
    return caller.send(method, things.address(route), body, headers=key)


def changed_since(before: dict[str, int]) -> dict[str, int]:
    """Return how many rows each table gained, apart from what every call writes."""
    changed = visits.changed_since(before)
    return {name: count for name, count in changed.items() if name not in OF_EVERY_CALL}


def numbers_now() -> tuple[Any, ...]:
    """Return every balance and every table's size, to show that nothing has changed."""
    kept = {name: n for name, n in row_counts().items() if name not in OF_EVERY_CALL}
    return kept, list(Plan.objects.order_by("pk").values())


def api_routes() -> dict[str, list[str]]:
    """Return name and arguments of every address of the API."""
    (api,) = (
        pattern
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLResolver) and pattern.namespace == "api"
    )
    return {str(p.name): list(p.pattern.converters) for p in _leaves(api)}


def _leaves(pattern: URLPattern | URLResolver) -> list[URLPattern]:
    if isinstance(pattern, URLPattern):
        return [pattern]
    return [leaf for below in pattern.url_patterns for leaf in _leaves(below)]


def operation_of(route: str, method: str) -> Operation | None:
    """Return what the view behind a route says of a method."""
    match = get_resolver().resolve(things_of_nobody().address(route))
    view = getattr(match.func, "view_class", None)
    return view.operation_of(method) if view is not None and issubclass(view, ApiView) else None


ROUTES = api_routes()
