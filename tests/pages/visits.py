"""Who visits the pages, and what they find of the demo world."""

from typing import Any

from benefits.allotments import Scope
from benefits.models import Contract, IssuedId, Plan
from partners.models import Partner, User
from partners.roles import Role
from tests.pages.html import Element, parsed
from tests.pages.markup import faults_of
from tests.sessions import signed_in
from tests.stories import row_counts

TECHNICAL = "/dashboard/mpn/membership/benefits/technical"
STAFF = "staff@portal.example"


def account(email: str) -> User:
    """Return an account of the demo world."""
    return User.objects.get(email=email)


def client_of(who: User | str | None) -> Any:
    """
    Return a browser in which this account is signed in, or nobody.

    Its answers know more than their types say: where they lead to, what they rendered.
    """
    return signed_in(account(who) if isinstance(who, str) else who)


def page_of(response: Any) -> Element:
    """Return the page that was answered, as a tree; one that is not valid HTML fails the test."""
    page = parsed(response.content.decode())
    assert list(faults_of(page)) == []
    return page


def visit(who: User | str | None, url: str, *, status: int = 200) -> Element:
    """Open an address as this account; the page must have this status."""
    response = client_of(who).get(url)
    assert response.status_code == status, f"{url}: {response.status_code}"
    return page_of(response)


def main_of(page: Element) -> Element:
    """Return the part of a page that is not frame."""
    return page.one("main")


def partner(mpn_id: str) -> Partner:
    """Return a partner of the demo world."""
    return Partner.objects.get(mpn_id=mpn_id)


def plan(mpn_id: str, scope: Scope | None = Scope.ON_PREMISES) -> Plan:
    """Return the partner's plan for products of that scope; None: the advisory hours."""
    return Plan.objects.get(package__membership__partner__mpn_id=mpn_id, scope=scope)


def contract(mpn_id: str) -> Contract:
    """Return the partner's only contract."""
    return Contract.objects.get(package__membership__partner__mpn_id=mpn_id)


def numbers(of: Contract) -> tuple[str, str]:
    """Return the contract's current Access ID and Contract ID."""
    current = dict(of.issued_ids.filter(replaced_at=None).values_list("kind", "number"))
    return str(current[IssuedId.Kind.ACCESS]), str(current[IssuedId.Kind.CONTRACT])


def grouped(number: str) -> str:
    """Return a nine-digit number in groups of three, as pages write it."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def alerts(page: Element) -> list[str]:
    """Return the words of the flash messages."""
    return [alert.text for alert in page.one(id="messages").all(cls="alert")]


def admin_of(mpn_id: str) -> User:
    """Return a Global admin of the demo partner."""
    return User.objects.get(
        affiliations__partner__mpn_id=mpn_id,
        affiliations__role_assignments__role=Role.GLOBAL_ADMIN,
    )


def changed_since(before: dict[str, int]) -> dict[str, int]:
    """Return how many rows each table gained; sessions, which signing in writes, left out."""
    return {
        name: count - before[name]
        for name, count in row_counts().items()
        if count != before[name] and name != "sessions.Session"
    }
