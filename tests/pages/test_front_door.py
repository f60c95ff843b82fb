"""The front door: what a stranger reads, and where each kind of account lands."""

from typing import Any

import pytest
from django.test import Client

from partnercenter.demo import accounts
from partnercenter.demo.accounts import EXPIRED, FABRIKAM
from support.models import SupportRequest
from tests.pages.states import HEADLINES, NOTICES
from tests.pages.visits import (
    STAFF,
    admin_of,
    client_of,
    main_of,
    visit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

DASHBOARD = "/dashboard/"


def test_stranger_reads_what_this_is_and_where_to_sign_in():
    main = main_of(visit(None, "/"))

    assert main.one("h1").text == "Partner Center | Technical benefits"
    assert main.has("a", href="/accounts/login/")


@pytest.mark.parametrize("url", ["/", "/accounts/login/"])
def test_stranger_is_shown_the_demo_accounts_and_their_password(url: str):
    page = visit(None, url)

    shown = {
        page.one(id=table.attrs["aria-labelledby"]).text: table.one("tbody").texts("th")
        for table in page.all("table")
    }
    assert shown == {g.title: [a.email for a in g.accounts] for g in accounts.account_groups()}
    assert "The password of all of them is partner-center-demo." in page.text


def test_groups_of_the_demo_accounts_hold_each_listed_account_once():
    grouped = [account for group in accounts.account_groups() for account in group.accounts]

    assert grouped == accounts.listed_accounts()


def test_stranger_sees_a_picture_with_a_title_and_what_it_shows():
    main = main_of(visit(None, "/"))

    picture = main.one("svg", cls="welcome-picture")
    assert picture.attrs["aria-labelledby"] == "picture-title picture-description"
    assert picture.one("title").text == "From a benefit to a request"
    assert picture.one("desc").text == (
        "17 of 20 incidents of a plan are left. Its two IDs open a support request, and 16 are "
        "left."
    )
    assert len(main.texts("p", cls="lead")) == 3


@pytest.mark.parametrize("url", ["/", "/accounts/login/"])
def test_stranger_is_shown_no_account_outside_a_demo(settings: Any, url: str):
    settings.DEMO = False
    settings.PORTAL_NOW = None

    page = visit(None, url)

    assert not page.has("table")
    assert accounts.PASSWORD not in page.text


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("admin@fabrikam.example", DASHBOARD),
        ("csponly@contoso.example", DASHBOARD),
        ("admin@litware.example", DASHBOARD),
        ("pat@outlook.example", "/supportforbusiness/plans"),
        ("consultant@outlook.example", "/supportforbusiness/plans"),
        (STAFF, "/staff/"),
        ("root@portal.example", "/staff/"),
    ],
)
def test_front_door_leads_each_account_to_its_page(who: str, where: str):
    response = client_of(who).get("/")

    assert (response.status_code, response.url) == (302, where)


@pytest.mark.parametrize(
    ("who", "url", "status"),
    [
        (None, "/", 200),
        (None, "/accounts/login/", 200),
        (None, "/nowhere", 404),
        (STAFF, "/staff/", 200),
        (STAFF, "/dashboard/mpn/membership/benefits/technical", 403),
        ("admin@fabrikam.example", DASHBOARD, 200),
        ("admin@fabrikam.example", "/supportforbusiness/create", 200),
    ],
)
def test_every_page_says_that_it_is_a_simulation_and_what_the_clock_shows(
    who: str | None, url: str, status: int
):
    page = visit(who, url, status=status)

    assert page.one(cls="simulation-badge").text == "Simulation"
    assert "This is a simulation for training." in page.one("footer").text
    assert page.one(cls="demo-band").text == (
        "Demo clock: the rules see 20 November 2026, 09:00 UTC"
    )


def test_page_without_a_fixed_clock_shows_no_band(settings: Any):
    settings.PORTAL_NOW = None

    assert not visit(None, "/").has(cls="demo-band")


@pytest.mark.parametrize("mpn_id", HEADLINES)
def test_dashboard_says_what_technical_benefits_says(mpn_id: str):
    main = main_of(visit(admin_of(mpn_id), DASHBOARD))

    assert main.texts("p", cls="lead") == [HEADLINES[mpn_id]]
    assert main.texts(cls="alert__title") == NOTICES[mpn_id]


def test_dashboard_shows_what_remains_and_one_main_action():
    main = main_of(visit(admin_of(FABRIKAM), DASHBOARD))

    assert main.one("ul", cls="tiles").texts(cls="number-large") == ["17", "6"]
    assert main.texts("a", cls="button--primary") == ["Open Technical benefits"]


def test_dashboard_shows_the_five_newest_of_ones_own_open_requests():
    main = main_of(visit("admin@fabrikam.example", DASHBOARD))

    own = SupportRequest.objects.filter(author__email="admin@fabrikam.example", state="OPEN")
    numbers = [row.one(cls="id-number").text for row in main.one("table").one("tbody").all("tr")]
    assert numbers == [r.number for r in own.order_by("-opened_at", "-pk")[:5]]
    assert len(numbers) > 0


def test_dashboard_without_current_benefits_leads_to_the_earlier_ones():
    main = main_of(visit(admin_of(EXPIRED), DASHBOARD))

    assert not main.has("p", cls="lead")
    assert "There are no current benefits." in main.text
    assert main.has("a", href="/dashboard/mpn/membership/benefits/technical")


@pytest.mark.parametrize("who", ["csponly@contoso.example", "admin@litware.example"])
def test_dashboard_of_an_account_of_csp_only_shows_no_benefit(who: str):
    main = main_of(visit(who, DASHBOARD))

    assert not main.has(cls="number-large")
    assert "not associated with MPN" in main.text
    assert main.has("a", href="/supportforbusiness/plans")


def test_health_answers_without_an_account_and_stays_out_of_caches():
    response = Client().get("/health")

    assert response.json() == {"status": "ok"}
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
