"""Offers and competencies: what stands there, who may do what, and what doing it says."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from benefits.models import Membership, Plan
from partnercenter.demo.accounts import (
    ADATUM,
    CONTOSO,
    EXPIRED,
    FABRIKAM,
    NORTHWIND,
    PROSEWARE,
    RENEWAL,
    SCHEDULED,
    WINGTIP,
)
from partners.models import User
from portal.models import AuditRecord
from tests.factories import MembershipFactory, PackageFactory
from tests.pages.html import Element
from tests.pages.shown import badges_in, explanation_in, on_benefits_page
from tests.pages.visits import (
    TECHNICAL,
    admin_of,
    alerts,
    client_of,
    main_of,
    page_of,
    partner,
    plan,
    visit,
)
from tests.stories import row_counts
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

OFFERS, COMPETENCIES = reverse("memberships:offers"), reverse("memberships:competencies")
ROSA, RAUL = "admin@renewal.example", "user@renewal.example"
NILS = "admin@northwind.example"


def year_of(mpn_id: str) -> Membership:
    """Return the partner's latest membership year."""
    return Membership.objects.filter(partner__mpn_id=mpn_id).order_by("-starts_on", "-pk")[0]


def row_of(page: Element, year: Membership) -> Element:
    """Return the year's row."""
    return page.one("tr", id=f"membership-{year.package.public_id}")


def address(name: str, mpn_id: str) -> str:
    """Return the address of the preview of the partner's latest year."""
    return reverse(f"memberships:{name}", args=[year_of(mpn_id).package.public_id])


def send(who: User | str, url: str, **form: str) -> Any:
    """Confirm a preview, and follow where it leads."""
    return client_of(who).post(url, form, follow=True)


# --- the list --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mpn_id", "badge", "line", "actions"),
    [
        (FABRIKAM, "Running", "can be renewed from 15 Mar 2027, in 115 days", []),
        (NORTHWIND, "Running", "can be renewed from 24 Jan 2027, in 65 days", ["Upgrade to Gold"]),
        (RENEWAL, "To be renewed", "can be renewed until 9 Dec 2026, in 19 days", ["Renew"]),
        (SCHEDULED, "Starts later", "starts 30 Nov 2026, in 10 days", []),
        (EXPIRED, "Ended", "its benefits ended 10 Oct 2026, 41 days ago", []),
    ],
)
def test_offers_show_state_and_what_can_be_done(
    mpn_id: str, badge: str, line: str, actions: list[str]
):
    row = row_of(visit(admin_of(mpn_id), OFFERS), year_of(mpn_id))

    assert badges_in(row) == (badge,)
    assert row.one("td", data_label="State").one("p").text == line
    assert row.texts("a", cls="button") == actions


def test_offers_show_two_memberships_with_their_years():
    page = visit(admin_of(WINGTIP), OFFERS)

    rows = [[*row.texts("strong"), *row.texts("td")[:2]] for row in page.one("tbody").all("tr")]
    assert rows == [
        ["Silver", "23 Jun 2026", "23 Jun 2027"],
        ["Action Pack", "4 May 2026", "4 May 2027"],
    ]


def test_offers_to_somebody_without_the_role_say_who_can():
    row = row_of(visit(RAUL, OFFERS), year_of(RENEWAL))

    button = row.one("button")
    assert (button.text, button.attrs["aria-disabled"]) == ("Renew", "true")
    reason = row.one(id=button.attrs["aria-describedby"]).text
    assert reason == (
        "Your account may not renew or upgrade memberships. Ask somebody who can do it: Rosa Marín"
    )
    assert row.all("a", cls="button") == []


@pytest.mark.parametrize("mpn_id", [PROSEWARE, EXPIRED])
def test_offers_without_a_current_membership_say_so(mpn_id: str):
    page = visit(admin_of(mpn_id), OFFERS)

    assert page.one(cls="empty-state__title").text == "Looks like you don't have any benefits yet"
    assert page.has("table") is (mpn_id == EXPIRED)


def test_offers_have_the_short_address_of_the_original():
    response = client_of(ROSA).get("/dashboard/mpn/offers")

    assert (response.status_code, response.url) == (302, OFFERS)


@pytest.mark.parametrize("url", [OFFERS, COMPETENCIES, "/dashboard/mpn/offers"])
def test_membership_to_an_account_of_csp_only_is_refused_with_who_helps(url: str):
    page = visit("csponly@contoso.example", url, status=403)

    assert "This account is associated with CSP only" in main_of(page).text
    assert "Ana Berg or Li Wei" in main_of(page).text


def test_offers_go_on_after_twenty_five_rows():
    owner = partner(PROSEWARE)
    for year in range(30):
        membership = MembershipFactory(partner=owner, starts_on=date(1990 + year, 3, 1))
        PackageFactory(membership=membership)
    first = visit(admin_of(PROSEWARE), OFFERS)
    (older,) = [a for a in main_of(first).all("a") if a.text == "Older"]

    second = visit(admin_of(PROSEWARE), OFFERS + older.attrs["href"])

    assert [len(page.one("tbody").all("tr")) for page in (first, second)] == [25, 5]
    assert visit(admin_of(PROSEWARE), f"{OFFERS}?before=x").text == first.text


# --- renewing --------------------------------------------------------------------------------


def test_renewal_shows_before_kept_lost_and_new():
    page = visit(ROSA, address("renew", RENEWAL))

    rows = [[*row.texts("th"), *row.texts("td")] for row in page.one("tbody").all("tr")]
    until, new = "until 9 Dec 2026 (20 days)", "until 9 Dec 2027 (385 days)"
    assert rows == [
        [
            "On-premises support incidents",
            *[f"11 incidents {until}"] * 2,
            "nothing",
            f"20 incidents to activate {new}",
        ],
        [
            "Cloud support incidents",
            *[f"7 incidents {until}"] * 2,
            "nothing",
            f"10 incidents to activate {new}",
        ],
        [
            "Technical presales and deployment",
            *[f"50 hours {until}"] * 2,
            "nothing",
            f"50 hours {new}",
        ],
    ]
    assert main_of(page).one("form").texts("button") == ["Renew as Gold"]


def test_renewal_at_the_other_level_is_chosen_by_a_link():
    page = visit(ROSA, f"{address('renew', RENEWAL)}?level=SILVER")

    assert main_of(page).one("form").texts("button") == ["Renew as Silver"]
    assert "Silver gives less than Gold does now." in main_of(page).text
    assert page.one("tbody").all("tr")[0].texts("td")[3].startswith("15 incidents")


def test_renewal_leads_to_the_new_package_to_activate_it():
    response = send(ROSA, address("renew", RENEWAL), level="GOLD")

    new = year_of(RENEWAL)
    on_premises = Plan.objects.get(package=new.package, scope="ON_PREMISES")
    page = page_of(response)
    assert alerts(page) == [
        "The membership is Gold up to 10 November 2027. Next: activate the new package."
    ]
    url = reverse("benefits:plan", args=[on_premises.public_id])
    assert response.redirect_chain == [(f"{url}#plan-{on_premises.public_id}", 302)]
    assert page.one(id="details").texts("button")[0] == "Activate"
    assert on_benefits_page(page, on_premises).badges[0] == "Not activated"


def test_renewal_by_the_second_admin_says_that_it_was_done():
    url = address("renew", RENEWAL)
    send(ROSA, url, level="GOLD")
    rows = row_counts()

    response = send(ROSA, url, level="SILVER")

    assert alerts(page_of(response))[0].startswith("This was done before: the membership is Gold")
    assert row_counts() | {"sessions.Session": 0} == rows | {"sessions.Session": 0}
    page = visit(ROSA, url, status=409)
    assert explanation_in(page)[0] == "renewal_not_open"


@pytest.mark.parametrize("level", ["", "BRONZE", "G" * 5000])
def test_renewal_at_no_level_asks_for_one_and_changes_nothing(level: str):
    rows = row_counts()

    response = client_of(ROSA).post(address("renew", RENEWAL), {"level": level})

    assert response.status_code == 400
    assert "Choose Silver or Gold." in page_of(response).one(cls="error-summary").text
    assert row_counts() | {"sessions.Session": 0} == rows | {"sessions.Session": 0}


def test_renewal_of_action_pack_has_no_level(settings: Any):
    settings.PORTAL_NOW = NOW + timedelta(days=300)
    page = visit(admin_of(ADATUM), address("renew", ADATUM))

    assert main_of(page).one("form").texts("button") == ["Renew as Action Pack"]
    send(admin_of(ADATUM), address("renew", ADATUM), level="GOLD")
    assert year_of(ADATUM).starts_on == date(2027, 8, 22)


def test_renewal_too_early_says_when_and_is_recorded():
    url = address("renew", FABRIKAM)

    page = page_of(client_of("admin@fabrikam.example").post(url, {"level": "GOLD"}))

    code, words = explanation_in(main_of(page))
    assert code == "renewal_not_open"
    assert words.startswith("This membership can be renewed from 15 March 2027 until")
    record = AuditRecord.objects.get(refusal_code="renewal_not_open")
    assert (record.action, record.target_id) == (
        "benefits.renew_membership",
        str(year_of(FABRIKAM).package.public_id),
    )


def test_rows_of_the_package_offer_renewal_to_those_who_may():
    for who, offered in ((ROSA, 3), (RAUL, 0)):
        links = [a for a in main_of(visit(who, TECHNICAL)).all("a") if a.text == "Renew"]
        assert [a.attrs["href"] for a in links] == [address("renew", RENEWAL)] * offered

    send(ROSA, address("renew", RENEWAL), level="GOLD")

    main = main_of(visit(ROSA, TECHNICAL))
    assert "Renew" not in main.texts("a")
    # Two years of Gold's hours, and what holds for both is said once.
    assert main.text.count("of 50 hours left") == 2
    assert main.text.count("presales requests are unlimited") == 1


def test_notice_of_the_last_days_leads_to_the_offers():
    for url in (TECHNICAL, reverse("dashboard")):
        link = visit(ROSA, url).one("p", cls="next-step").one("a")
        assert (link.attrs["href"], link.text) == (
            OFFERS,
            "The membership can be renewed until 9 December 2026; the new year has a new package.",
        )


# --- upgrading -------------------------------------------------------------------------------


def test_upgrade_shows_what_is_kept_and_lost():
    page = visit(NILS, address("upgrade", NORTHWIND))

    rows = [row.texts("td")[1:3] for row in page.one("tbody").all("tr")]
    until = "until the Gold contract starts, at most until 22 Feb 2027"
    assert rows == [
        [f"3 incidents {until}", "nothing"],
        [f"1 incident {until}", "nothing"],
        ["nothing", "20 hours"],
    ]
    assert "Its last 65 days are replaced by 365 days of Gold." in main_of(page).text


def test_upgrade_leads_to_the_gold_package_and_silver_still_stands_there():
    silver = plan(NORTHWIND)

    page = page_of(send(NILS, address("upgrade", NORTHWIND)))

    assert alerts(page) == [
        "The membership is Gold up to 20 November 2027. Next: activate the new package."
    ]
    shown = on_benefits_page(page, silver)
    assert (shown.number, shown.badges[0]) == ("3", "Few left")
    offers = visit(NILS, OFFERS)
    old = Membership.objects.get(package=silver.package)
    assert badges_in(row_of(offers, old)) == ("Upgraded",)
    assert badges_in(row_of(offers, year_of(NORTHWIND))) == ("Running",)


def test_activation_of_gold_says_who_goes_on_and_ends_silver():
    silver = plan(NORTHWIND)
    send(NILS, address("upgrade", NORTHWIND))
    gold = Plan.objects.get(package=year_of(NORTHWIND).package, scope="ON_PREMISES")

    page = page_of(send(NILS, reverse("benefits:activate", args=[gold.public_id])))

    (said,) = alerts(page)
    assert said == (
        "Your benefits are active. Here are your IDs. "
        "1 account linked to the contract before goes on without them."
    )
    assert on_benefits_page(page, silver).badges == ("Ended",)
    opened = visit(NILS, reverse("benefits:plan", args=[silver.public_id]))
    code, words = explanation_in(opened.one(id="details"))
    assert code == "contract_expired"
    assert words == (
        "This plan was replaced by Gold: its contract ended on 20 November 2026. "
        "Use the benefits of the Gold membership."
    )


def test_package_that_was_upgraded_before_activation_says_so(settings: Any):
    settings.PORTAL_NOW = datetime(2026, 12, 10, 9, 0, tzinfo=NOW.tzinfo)
    owner, silver = admin_of(SCHEDULED), plan(SCHEDULED)

    page = page_of(send(owner, address("upgrade", SCHEDULED)))

    shown = on_benefits_page(page, silver)
    assert (shown.number, shown.line) == ("0", "replaced by Gold on 10 Dec 2026 · never activated")
    opened = visit(owner, reverse("benefits:plan", args=[silver.public_id]))
    assert explanation_in(opened.one(id="details"))[1].startswith(
        "This benefit was replaced by Gold on 10 December 2026, before it was activated."
    )


def test_upgrade_of_gold_is_refused_on_the_page():
    page = visit("admin@fabrikam.example", address("upgrade", FABRIKAM), status=409)

    assert explanation_in(main_of(page)) == (
        "upgrade_not_possible",
        "Gold is the highest level. Nothing has to be done.",
    )


# --- competencies ----------------------------------------------------------------------------


def test_competencies_show_what_is_attained_and_all_others():
    page = visit("admin@contoso.example", COMPETENCIES)

    attained, others = main_of(page).all("tbody")
    rows = [[*row.texts("th"), *row.texts("td")] for row in attained.all("tr")]
    assert rows == [
        ["Cloud Platform", "Apps & Infrastructure", "Cloud", "21 Sep 2026"],
        ["Data Platform", "Data & AI", "not cloud", "21 Sep 2026"],
    ]
    assert len(others.all("tr")) == 16
    assert len([row for row in others.all("tr") if row.has(cls="badge")]) == 5


UNLIMITED = "A cloud competency makes cloud support unlimited"


@pytest.mark.parametrize(
    ("mpn_id", "effect"),
    [
        (CONTOSO, f"{UNLIMITED}, and you have one."),
        (FABRIKAM, f"{UNLIMITED}: from the next package, since this one is activated."),
        (SCHEDULED, f"{UNLIMITED}: in this package too, while it is not activated."),
        (PROSEWARE, "Competencies are attained under a core membership, and there is none now."),
    ],
)
def test_competencies_say_what_a_cloud_competency_changes(mpn_id: str, effect: str):
    page = visit(admin_of(mpn_id), COMPETENCIES)

    assert main_of(page).all("li")[0].text == effect


def test_competency_attained_after_activation_counts_from_the_next_package():
    year = year_of(FABRIKAM)
    year.competencies.create(name="Security", attained_on=date(2026, 11, 1))

    page = visit("admin@fabrikam.example", COMPETENCIES)

    assert main_of(page).all("li")[0].text == (
        "A cloud competency makes cloud support unlimited: from the next package, since this one "
        "was activated before you attained it."
    )
