"""No page of the portal is missing on the contact sheet, unless it says here why."""

from typing import Any

import pytest
from django.test import Client

from scripts.contact_sheet import Studio
from scripts.sights import NOBODY, Answer, Opens, all_sights
from scripts.tours import TOURS
from tests.pages.doors import ROUTES, closed_methods
from tests.pages.visits import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LEFT_OUT = {
    "health": "is for machines",
    "memberships:offers-alias": "leads to the offers",
    "partners:audit-csv": "is a table to download",
    "benefits:ledger-csv": "is a table to download",
    "support:staff-partners-csv": "is a table to download",
    "support:staff-requests-csv": "is a table to download",
    "support:staff-import-errors": "is a table to download",
    "support:staff-import-template": "is a table to download",
    "support:staff-report-csv": "is a table to download",
    "support:staff-audit-csv": "is a table to download",
}


def opens_as(who: str) -> Opens:
    """Return what opens pages as this account, in no browser."""
    client: Any = Client() if who == NOBODY else client_of(who)

    def opens(path: str) -> Answer | None:
        response = client.get(path, follow=True)
        if not response["Content-Type"].startswith("text/html"):
            return None
        asked = response.request
        query = f"?{asked['QUERY_STRING']}" if asked["QUERY_STRING"] else ""
        return Answer(f"{asked['PATH_INFO']}{query}", response.content.decode())

    return opens


def test_every_page_is_on_the_contact_sheet_or_left_out_for_a_reason():
    pages = {route for route in ROUTES if "GET" not in closed_methods(route)}

    found = {sight.route for sight in all_sights(opens_as)}
    on_tour = set[str]().union(*(tour.shows for tour in TOURS))

    assert pages - found - on_tour == set(LEFT_OUT)
    assert (found | on_tour) & set(LEFT_OUT) == set()


def test_part_of_the_sheet_is_asked_for_by_words(tmp_path: Any):
    studio = Studio(tmp_path, only=["Wizard", "fabrikam"])

    assert studio.wants("admin@fabrikam.example", "portal wizard")
    assert not studio.wants("admin@fabrikam.example", "imports")
