"""No staff page reads a large table whole, whatever it shows and finds."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import CONTOSO, FABRIKAM
from partners.imports.models import Import
from partners.models import User
from tests.explain import scans
from tests.imports import checked, text_of
from tests.pages.visits import STAFF, client_of, contract, numbers, plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

ROOT = "root@portal.example"
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


def test_reading_a_table_whole_is_found():
    with scans() as found:
        list(User.objects.filter(name__contains="x"))
        list(User.objects.order_by("pk")[:3])

    ((table, _sql),) = found
    assert table == User._meta.db_table
