"""The browser's tours (tests/browser) leave no page out: each route that answers one is on one."""

import pytest

from scripts.sights import NOWHERE, route_of
from tests.browser import tours
from tests.browser.addresses import TOURS
from tests.pages.doors import PAGES
from tests.pages.visits import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

# No address alone leads there: the tour that does, in tests/browser/tours.py.
BY_HAND = {
    "support:create-product": tours.as_one_who_asks_for_support,
    "support:create-issue": tours.as_one_who_asks_for_support,
    "support:create-review": tours.as_one_who_asks_for_support,
    "support:portal-problem": tours.as_one_in_the_cloud_portals,
    "support:portal-details": tours.as_one_in_the_cloud_portals,
    "support:portal-review": tours.as_one_in_the_cloud_portals,
}
# What answers with a refusal is on the tours for that.
REFUSED = {
    "/nowhere as ": 404,
    "/nowhere as admin@fabrikam.example": 404,
    "/dashboard/mpn/membership/benefits/technical as csponly@contoso.example": 403,
    "/staff/imports as staff@portal.example": 403,
    "/account/switch as admin@fabrikam.example": 405,
}


def test_every_page_is_on_a_tour():
    answers: dict[tuple[str, str], int] = {}
    for visits in TOURS.values():
        for email, urls in visits().items():
            client = client_of(email or None)
            answers |= {(url, email): client.get(url, follow=True).status_code for url in urls}
    seen = {route_of(url) for url, _email in answers}

    assert PAGES - seen == set(BY_HAND)
    assert seen - PAGES == {NOWHERE, "partners:switch"}
    refused = {f"{url} as {who}": status for (url, who), status in answers.items() if status != 200}
    assert refused == REFUSED
