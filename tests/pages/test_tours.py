"""The browser's tours (tests/browser) leave no page out: each route that answers one is on one."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import get_resolver, resolve

from scripts.sights import NOWHERE, route_of
from tests.browser import tours
from tests.browser.addresses import FORMS, TOURS
from tests.pages.doors import DOORS, PAGES
from tests.pages.visits import client_of, main_of, page_of

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
# Forms that are sent there with something wrong in them.
WRONG_BY_HAND = {
    "account_login": tours.without_account,
    "account_reset_password": tours.without_account,
    "partners:api-clients": tours.as_admin_of_programs,
    "support:create-product": tours.as_one_who_asks_for_support,
    "support:create-issue": tours.as_one_who_asks_for_support,
    "support:create-review": tours.as_one_who_asks_for_support,
    "support:request-note": tours.as_one_who_asks_for_support,
    "support:portal-create": tours.as_one_in_the_cloud_portals,
    "support:portal-details": tours.as_one_in_the_cloud_portals,
    "support:staff-desk": tours.as_staff,
}
A_BUTTON, A_CHOICE = "has nothing to fill in", "has a choice that is made already"
ELSEWHERE = "asks what another page asks too"
NEVER_WRONG = {
    "account_signup": "is closed",
    "oauth-token": "is for machines",
    "account_logout": A_BUTTON,
    "partners:switch": A_BUTTON,
    "partners:language": A_BUTTON,
    "partners:sign-in-other": A_BUTTON,
    "partners:user-roles": "may be empty",
    "partners:user-remove": A_BUTTON,
    "partners:api-client-secret": A_BUTTON,
    "partners:api-client-revoke": A_BUTTON,
    "notifications-read": A_BUTTON,
    "memberships:renew": A_BUTTON,
    "memberships:upgrade": A_BUTTON,
    "benefits:show-ids": A_BUTTON,
    "benefits:activate": A_BUTTON,
    "benefits:link": A_BUTTON,
    "benefits:unlink": A_BUTTON,
    "benefits:replace-ids": A_BUTTON,
    "benefits:show-bought-ids": A_BUTTON,
    "benefits:buy": A_BUTTON,
    "benefits:revoke-account": A_BUTTON,
    "benefits:restore-account": A_BUTTON,
    "support:create": ELSEWHERE,
    "support:link-own": A_BUTTON,
    "support:unlink": A_BUTTON,
    "support:request-state": A_CHOICE,
    "support:request-reopen": A_BUTTON,
    "support:portal-link-own": A_BUTTON,
    "support:portal-problem": ELSEWHERE,
    "support:portal-review": A_BUTTON,
    "support:staff-contract": ELSEWHERE,
    "support:staff-claim": A_BUTTON,
    "support:staff-release": A_BUTTON,
    "support:staff-import-run": A_BUTTON,
    "support:staff-import-check": A_BUTTON,
    "support:staff-membership-end": A_BUTTON,
    "support:staff-competency-lose": A_BUTTON,
}
OF_THE_ADMINISTRATION = {
    "add": tours.as_administrator,
    "jsi18n": "texts for scripts",
}
# What answers with a refusal is on the tours for that.
REFUSED = {
    "/nowhere as ": 404,
    "/nowhere as admin@fabrikam.example": 404,
    "/dashboard/mpn/membership/benefits/technical as csponly@contoso.example": 403,
    "/staff/imports as staff@portal.example": 403,
    "/account/switch as admin@fabrikam.example": 405,
}


def kind_of(name: str) -> str:
    """Return what the admin shows at an address of this name, of whatever model."""
    return name.rpartition("_")[2]


def forms_sent_empty() -> Iterator[str]:
    """Yield the route that each form is sent to, found by its button."""
    for forms in FORMS.values():
        for email, sent in forms().items():
            client = client_of(email or None)
            for url, button in sent:
                answer = client.get(url, follow=True)
                (form,) = (
                    form
                    for form in main_of(page_of(answer)).all("form")
                    if button in form.texts("button")
                )
                here, action = answer.request["PATH_INFO"], form.attrs.get("action", "")
                yield route_of(urljoin(here, action))


def test_every_page_is_on_a_tour():
    answers: dict[tuple[str, str], int] = {}
    for visits in TOURS.values():
        for email, urls in visits().items():
            client = client_of(email or None)
            answers |= {(url, email): client.get(url, follow=True).status_code for url in urls}
    seen = {route_of(url) for url, _email in answers}
    ours = {route for route in seen if not route.startswith("admin:")}

    assert PAGES - ours == set(BY_HAND)
    assert ours - PAGES == {NOWHERE, "partners:switch"}
    refused = {f"{url} as {who}": status for (url, who), status in answers.items() if status != 200}
    assert refused == REFUSED


def test_every_kind_of_page_of_the_administration_is_on_a_tour():
    _prefix, admin = get_resolver().namespace_dict["admin"]
    kinds = {kind_of(name) for name in admin.reverse_dict if isinstance(name, str)}
    (urls,) = TOURS["administration"]().values()
    seen = {kind_of(resolve(urlsplit(url).path).url_name or "") for url in urls}

    assert kinds - seen == {*OF_THE_ADMINISTRATION}


def test_every_form_that_can_be_wrong_is_sent_so_on_a_tour():
    sent = set(forms_sent_empty())
    forms = {door.route for door in DOORS if door.method == "POST"}

    assert forms - sent == {*WRONG_BY_HAND, *NEVER_WRONG}
    assert sent <= forms
    assert WRONG_BY_HAND.keys() & NEVER_WRONG.keys() == set()
