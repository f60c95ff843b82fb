"""No page reads more of a large table than it shows: no staff page one whole, whatever it finds."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import CONTOSO, FABRIKAM
from partners.imports.models import Import
from partners.models import User
from support.models import SupportRequest
from tests.explain import scans, work
from tests.factories import IssuedIdFactory, SupportRequestFactory
from tests.imports import checked, text_of
from tests.pages.visits import STAFF, admin_of, client_of, contract, numbers, plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ROOT = "root@portal.example"


def _a_request() -> str:
    """Return the number of a request that nobody has resolved."""
    waiting = SupportRequest.objects.not_ended().order_by("-due_at", "-pk")
    return waiting.values_list("number", flat=True)[0]


def _queue(asked: str) -> Callable[[], str]:
    """Return what makes the address of a later page of the queue."""
    return lambda: reverse("support:staff-requests") + f"?{asked}&after={_a_request()}"


# What the queue may be asked for, and all of it at once.
ASKED = (
    *("sort=newest", "sort=oldest", "due=overdue", "due=today", "state=IN_PROGRESS"),
    *("severity=A", "portal=AZURE", "product=SQL+Server", "claimed=me", "claimed=nobody"),
    "state=OPEN&severity=C&portal=API&product=Azure&claimed=me&due=later&sort=newest",
)
# What the list of partners is asked for: each filter, each order, and pages further down.
QUERIES = (
    *("", "name=f", "country=DE", "program=MPN", "program=CSP", "program=BOTH"),
    *("level=GOLD", "level=ACTION_PACK", "situation=FEW_LEFT", "situation=ENDING"),
    *("situation=USED_UP", "situation=NEVER_ACTIVATED", "sort=MPN_ID", "sort=END"),
    *("sort=REMAINING", "country=DE&situation=USED_UP&sort=REMAINING", "level=SILVER&sort=END"),
    *(f"sort={order}&after={FABRIKAM}" for order in ("NAME", "MPN_ID", "END", "REMAINING")),
)


def _partners(query: str) -> Callable[[], str]:
    """Return what makes the address of the list, asked so."""
    return lambda: reverse("support:staff-partners") + f"?{query}"


def about(mpn_id: str, name: str) -> str:
    """Return the address of a page about the partner's membership."""
    return reverse(name, args=[plan(mpn_id).package.public_id])


# An administrator may open them all.
PAGES: dict[str, Callable[[], str]] = {
    "desk": lambda: reverse("support:staff-desk"),
    "card": lambda: reverse("support:staff-partner", args=[FABRIKAM]),
    "card of who has not activated": lambda: reverse("support:staff-partner", args=[CONTOSO]),
    "card at a contract": lambda: reverse(
        "support:staff-contract", args=[contract(FABRIKAM).public_id]
    ),
    "card with an account": lambda: (
        reverse("support:staff-partner", args=[FABRIKAM]) + "?account=admin"
    ),
    "queue": lambda: reverse("support:staff-requests"),
    "queue as CSV": lambda: reverse("support:staff-requests-csv"),
    **{f"queue with {asked}": _queue(asked) for asked in ASKED},
    "request": lambda: reverse("support:request", args=[_a_request()]),
    "card with all that is asked": lambda: (
        reverse("support:staff-partner", args=[FABRIKAM])
        + "?language=sv&day=2026-11-01&version=Windows/11&email=consultant@outlook.example"
        + "&account=a&after=1"
    ),
    "memberships": lambda: reverse("support:staff-memberships", args=[FABRIKAM]),
    "accounts": lambda: reverse("support:staff-accounts", args=[FABRIKAM]),
    "accounts by name": lambda: reverse("support:staff-accounts", args=[FABRIKAM]) + "?name=a",
    "correction of a membership": lambda: about(CONTOSO, "support:staff-membership-change"),
    "end of a membership": lambda: about(FABRIKAM, "support:staff-membership-end"),
    "competencies": lambda: about(FABRIKAM, "support:staff-competencies"),
    **{f"partners {query or 'all'}": _partners(query) for query in QUERIES},
    # Whoever downloads all partners has them all read.
    "some partners as CSV": lambda: (
        reverse("support:staff-partners-csv") + "?country=DE&situation=USED_UP"
    ),
    "audit": lambda: reverse("support:staff-audit"),
    "audit as CSV": lambda: reverse("support:staff-audit-csv"),
    "reports": lambda: reverse("support:staff-reports"),
    "few left as CSV": lambda: reverse("support:staff-report-csv", args=["few-left"]),
    "ending as CSV": lambda: reverse("support:staff-report-csv", args=["ending"]),
    "imports": lambda: reverse("support:staff-imports"),
    "imports of a kind, further on": lambda: (
        reverse("support:staff-imports") + "?kind=partners&after=9"
    ),
    "an import": lambda: reverse("support:staff-import", args=[an_import().public_id]),
    "an import, more errors": lambda: (
        reverse("support:staff-import", args=[an_import().public_id]) + "?after=1"
    ),
    "errors of an import": lambda: reverse(
        "support:staff-import-errors", args=[an_import().public_id]
    ),
    "correction": lambda: reverse("support:staff-adjust", args=[plan(FABRIKAM).public_id]),
}
LOOKED_UP: dict[str, Callable[[], str]] = {
    "MPN ID": lambda: FABRIKAM,
    "Access ID": lambda: numbers(contract(FABRIKAM))[0],
    "replaced Access ID": lambda: str(
        IssuedIdFactory(contract=contract(FABRIKAM), replaced=True).number
    ),
    "typing error": lambda: "123456787",
    "known request": _a_request,
    "name of digits": lambda: "42",
    "e-mail of several": lambda: "multi@contoso.example",
    "unknown request": lambda: "261120123456789",
    "e-mail": lambda: "admin@fabrikam.example",
    "part of a name": lambda: "Fab",
    "unknown name": lambda: "Zzz",
}


def an_import() -> Import:
    """Return an import with errors."""
    return checked("partners", text_of("partners", ["1,A,SE,MPN", "2,B,SE,MPN"]))


@pytest.mark.parametrize("name", PAGES)
def test_staff_page_reads_no_large_table_whole(name: str):
    client, url = client_of(ROOT), PAGES[name]()

    with scans() as found:
        response = client.get(url)
        b"".join(response)

    assert response.status_code == 200
    assert found == []


@pytest.mark.parametrize("name", LOOKED_UP)
def test_looking_up_reads_no_large_table_whole(name: str):
    client, query = client_of(STAFF), LOOKED_UP[name]()

    with scans() as found:
        client.post(reverse("support:staff-desk"), {"query": query})

    assert found == []


@pytest.mark.parametrize("verb", ["claim", "release", "take-over"])
def test_claiming_reads_no_large_table_whole(verb: str):
    client = client_of(ROOT)
    url = reverse(f"support:staff-{verb}", args=[_a_request()])

    with scans() as found:
        response = client.post(url, {"why": "Away"})

    assert response.status_code == 302
    assert found == []


def test_home_takes_no_more_for_a_thousand_requests_that_have_ended():
    who, home = admin_of(FABRIKAM), reverse("dashboard")
    client = client_of(who)
    client.get(home)
    with work() as few:
        client.get(home)
    ended, paid_by = 1_000, plan(FABRIKAM)
    SupportRequest.objects.bulk_create(
        SupportRequestFactory.build_batch(ended, author=who, plan=paid_by, closed=True)
    )

    with work() as many:
        client.get(home)

    # PostgreSQL may go another way in a larger table, but not past every tenth of them.
    assert 0 < sum(many) < 1.1 * sum(few) + ended / 10


def test_reading_a_table_whole_is_found():
    with scans() as found:
        list(User.objects.filter(name__contains="x"))
        list(User.objects.order_by("pk")[:3])

    ((table, _sql),) = found
    assert table == User._meta.db_table
