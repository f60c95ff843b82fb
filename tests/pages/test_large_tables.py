"""No staff page reads a large table whole, whatever it shows and finds."""

from collections.abc import Callable
from functools import partial

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import CONTOSO, FABRIKAM
from partners.models import User
from tests.explain import scans
from tests.pages.visits import STAFF, client_of, contract, numbers, plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ROOT = "root@portal.example"
# What the list of partners is asked for: each filter, each order, and pages further down.
QUERIES = (
    *("", "name=f", "country=DE", "program=MPN", "program=CSP", "program=BOTH"),
    *("level=GOLD", "level=ACTION_PACK", "situation=FEW_LEFT", "situation=ENDING"),
    *("situation=USED_UP", "situation=NEVER_ACTIVATED", "sort=MPN_ID", "sort=END"),
    *("sort=REMAINING", "country=DE&situation=USED_UP&sort=REMAINING", "level=SILVER&sort=END"),
    *(f"sort={order}&after={FABRIKAM}" for order in ("NAME", "MPN_ID", "END", "REMAINING")),
)


def list_of(query: str) -> str:
    """Return the address of the list of partners that is asked for so."""
    return f"{reverse('support:staff-partners')}?{query}"


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
    "memberships": lambda: reverse("support:staff-memberships", args=[FABRIKAM]),
    "accounts": lambda: reverse("support:staff-accounts", args=[FABRIKAM]),
    "accounts by name": lambda: reverse("support:staff-accounts", args=[FABRIKAM]) + "?name=a",
    "correction of a membership": lambda: about(CONTOSO, "support:staff-membership-change"),
    "end of a membership": lambda: about(FABRIKAM, "support:staff-membership-end"),
    "competencies": lambda: about(FABRIKAM, "support:staff-competencies"),
    **{f"partners {query or 'all'}": partial(list_of, query) for query in QUERIES},
    # Whoever downloads all partners has them all read.
    "some partners as CSV": lambda: (
        reverse("support:staff-partners-csv") + "?country=DE&situation=USED_UP"
    ),
    "correction": lambda: reverse("support:staff-adjust", args=[plan(FABRIKAM).public_id]),
}
LOOKED_UP: dict[str, Callable[[], str]] = {
    "MPN ID": lambda: FABRIKAM,
    "Access ID": lambda: numbers(contract(FABRIKAM))[0],
    "unknown request": lambda: "261120123456789",
    "e-mail": lambda: "admin@fabrikam.example",
    "part of a name": lambda: "Fab",
    "unknown name": lambda: "Zzz",
}


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


def test_reading_a_table_whole_is_found():
    with scans() as found:
        list(User.objects.filter(name__contains="x"))
        list(User.objects.order_by("pk")[:3])

    ((table, _sql),) = found
    assert table == User._meta.db_table
