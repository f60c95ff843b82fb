"""Technical benefits: every state of a plan, as every reader may see and act on it."""

import pytest
from django.urls import reverse

from benefits.models import Plan
from partnercenter.demo.accounts import (
    CONTOSO,
    EXHAUSTED,
    EXPIRED,
    FABRIKAM,
    PENDING,
    PROSEWARE,
    RENEWAL,
    SCHEDULED,
    WINGTIP,
)
from partners.models import User
from tests.pages.html import Element
from tests.pages.shown import expected, explanation_in, on_benefits_page
from tests.pages.states import HEADLINES, NOTICES, STATES
from tests.pages.visits import (
    TECHNICAL,
    admin_of,
    client_of,
    contract,
    grouped,
    main_of,
    numbers,
    page_of,
    plan,
    visit,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

NO_ROLE = "user@contoso.example"


def plan_of(name: str) -> Plan:
    """Return the plan that a line of the table of states is about."""
    state = STATES[name]
    return Plan.objects.get(name=state.plan_name, package__membership__partner__mpn_id=state.mpn_id)


def opened(who: User | str, of: Plan) -> Element:
    """Open the plan's row; return what is inside."""
    page = visit(who, reverse("benefits:plan", args=[of.public_id]))
    return page.one(id="details")


@pytest.mark.parametrize("name", STATES)
def test_row_of_each_state_shows_number_line_and_badges(name: str):
    page = visit(admin_of(STATES[name].mpn_id), TECHNICAL)

    shown = on_benefits_page(page, plan_of(name))

    assert shown == expected(STATES[name], plan_of(name))


@pytest.mark.parametrize("mpn_id", HEADLINES)
def test_headline_of_each_partner_never_sums_packages(mpn_id: str):
    page = visit(admin_of(mpn_id), TECHNICAL)

    assert page.texts("p", cls="lead") == [HEADLINES[mpn_id]]


@pytest.mark.parametrize("mpn_id", [EXPIRED, PROSEWARE])
def test_headline_without_open_benefits_is_left_out(mpn_id: str):
    assert not visit(admin_of(mpn_id), TECHNICAL).has("p", cls="lead")


@pytest.mark.parametrize("mpn_id", NOTICES)
def test_notice_of_each_partner_is_the_one_that_matters_most(mpn_id: str):
    page = visit(admin_of(mpn_id), TECHNICAL)

    assert page.one(id="benefits").texts(cls="alert__title") == NOTICES[mpn_id]


def test_table_of_open_benefits_has_five_columns_and_the_next_end_first():
    page = visit(admin_of(WINGTIP), TECHNICAL)

    table = page.all("table")[0]

    assert table.texts("th", scope="col") == [
        "Benefit",
        "Remaining",
        "Activate by / Ends",
        "State",
        "Details",
    ]
    assert [row.attrs["id"] for row in table.all("tr") if "id" in row.attrs] == [
        f"plan-{plan_of(name).public_id}"
        for name in ("wingtip-pack", "wingtip-silver", "wingtip-five")
    ]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("contoso-gold", "Activate by 20 Oct 2027"),
        ("fabrikam-gold", "Ends 13 Apr 2027"),
        ("expired-gold", "Ended 10 Oct 2026"),
        ("scheduled-silver", "Starts 30 Nov 2026"),
        ("pending-gold", "Ends 29 Nov 2027"),
    ],
)
def test_row_of_each_state_labels_its_date(name: str, cell: str):
    page = visit(admin_of(STATES[name].mpn_id), TECHNICAL)

    row = page.one("tr", id=f"plan-{plan_of(name).public_id}")

    assert cell in row.texts("td")


def test_row_of_a_limited_plan_has_a_bar_and_of_an_unlimited_one_none():
    page = visit("admin@tailspin.example", TECHNICAL)

    assert page.texts(cls="meter__label") == ["1 used of 15", "0 used of 20"]


def test_row_names_its_source_and_the_plan_and_leads_to_its_own_address():
    page = visit(admin_of(FABRIKAM), TECHNICAL)

    row = page.one("tr", id=f"plan-{plan(FABRIKAM).public_id}")
    link = row.one("a")

    assert row.one("p", cls="secondary").text == "Gold competency · Partner support Gold 20pack"
    assert link.text == "On-premises support incidents"
    assert link.attrs["href"].startswith(reverse("benefits:plan", args=[plan(FABRIKAM).public_id]))
    assert link.attrs["aria-expanded"] == "false"


def test_expanded_row_of_an_active_plan_offers_a_request_the_ids_and_what_used_them():
    details = opened(admin_of(FABRIKAM), plan(FABRIKAM))

    access_id, _contract_id = numbers(contract(FABRIKAM))
    assert details.one(id="access-id").text == grouped(access_id)
    assert details.has("a", href=reverse("support:create"))
    assert details.has("form", action=f"{ids_address(FABRIKAM)}#ids")
    assert "one problem, one incident" in details.text
    movements = details.all("table")[0].one("tbody").all("tr")
    assert [row.texts("td")[0] for row in movements] == ["Used", "Used", "Used", "Granted"]
    assert details.one("figure").one("svg", role="img").one("title").text == (
        "On-premises support incidents: remaining over the year"
    )
    assert explanation_in(details) == ("", "")


def ids_address(mpn_id: str) -> str:
    """Return where Show is posted to."""
    return reverse("benefits:show-ids", args=[plan(mpn_id).public_id])


def activate_address(of: Plan) -> str:
    """Return where Activate is posted to."""
    return reverse("benefits:activate", args=[of.public_id])


@pytest.mark.parametrize("email", ["admin@contoso.example", "mpnadmin@contoso.example"])
def test_expanded_row_not_activated_lets_admins_activate(email: str):
    details = opened(email, plan(CONTOSO))

    form = details.one("form", action=activate_address(plan(CONTOSO)))

    assert form.one("button").text == "Activate"
    assert not details.has(aria_disabled="true")


@pytest.mark.parametrize("email", ["user@contoso.example", "agent@contoso.example"])
def test_expanded_row_not_activated_tells_everybody_else_who_can(email: str):
    details = opened(email, plan(CONTOSO))

    button = details.one("button", aria_disabled="true")
    beside = details.one(id=button.attrs["aria-describedby"])

    assert button.text == "Activate"
    assert beside.one("p", cls="next-step").text == "Ask somebody who can do it: Ana Berg or Li Wei"
    assert not details.has("form")


@pytest.mark.parametrize("email", ["admin@contoso.example", NO_ROLE])
def test_list_not_activated_offers_activation_in_the_notice(email: str):
    notice = visit(email, TECHNICAL).one(id="benefits").one(cls="alert")

    assert notice.has("button", aria_disabled="true") == (email == NO_ROLE)
    assert notice.has("form") == (email != NO_ROLE)


@pytest.mark.parametrize(
    "name", ["pending-gold", "scheduled-silver", "expired-gold", "exhausted-gold", "exhausted-ten"]
)
def test_expanded_row_that_cannot_be_used_says_why_and_offers_neither(name: str):
    details = opened(admin_of(STATES[name].mpn_id), plan_of(name))

    assert explanation_in(details) == STATES[name].reason
    assert "Activate" not in details.texts("button")
    assert not details.has("a", href=reverse("support:create"), cls="button")


@pytest.mark.parametrize("mpn_id", [PENDING, SCHEDULED, CONTOSO])
def test_expanded_row_before_its_start_shows_no_ids(mpn_id: str):
    details = opened(admin_of(mpn_id), plan(mpn_id))

    assert not details.has(id="ids")
    assert not details.has(id="linked-title")


def test_expanded_row_of_a_used_up_plan_lists_the_last_five_movements():
    details = opened(admin_of(EXHAUSTED), plan(EXHAUSTED))

    rows = details.all("table")[0].one("tbody").all("tr")

    assert [row.one("td", data_label="Remaining").text for row in rows] == list("01234")


def test_linked_accounts_are_listed_for_admins_and_counted_for_others():
    admin = opened(admin_of(RENEWAL), plan(RENEWAL))
    other = opened("user@renewal.example", plan(RENEWAL))

    assert "Rosa Marín" in admin.text
    assert "user@renewal.example" in admin.text
    assert "You and 1 other." in other.text
    assert "Rosa Marín" not in other.one("section", aria_labelledby="linked-title").text


def test_ended_benefits_stay_below_as_earlier_ones():
    main = main_of(visit(admin_of(EXPIRED), TECHNICAL))

    assert main.texts("h2") == [
        "Looks like you don't have any benefits yet",
        "Earlier benefits (3)",
    ]
    assert "You may have signed in using the wrong account." in main.text
    assert main.has("form", action=reverse("partners:sign-in-other"))


def test_partner_without_membership_is_shown_the_way_to_another_account():
    main = main_of(visit(admin_of(PROSEWARE), TECHNICAL))

    assert main.texts("h2") == ["Looks like you don't have any benefits yet"]
    assert main.has("form", action=reverse("partners:sign-in-other"))
    assert not main.has("table")


def test_advice_stands_apart_and_needs_neither_activation_nor_ids():
    page = visit(admin_of(CONTOSO), TECHNICAL)
    hours = plan(CONTOSO, scope=None)

    details = opened(admin_of(CONTOSO), hours)

    assert on_benefits_page(page, hours).number == "50"
    assert on_benefits_page(page, hours).badges == ("Active",)
    assert "It needs no activation and no IDs." in page.text
    assert "Hours of advice" in details.text
    assert not details.has("form")


@pytest.mark.parametrize(
    ("zone", "day"),
    [("America/Los_Angeles", "13 Apr 2027"), ("Asia/Tokyo", "14 Apr 2027"), ("", "13 Apr 2027")],
)
def test_last_day_is_the_one_of_the_readers_time_zone(zone: str, day: str):
    client = client_of(admin_of(FABRIKAM))
    client.cookies["time_zone"] = zone

    page = page_of(client.get(TECHNICAL))

    shown = on_benefits_page(page, plan(FABRIKAM))
    assert shown.line.startswith(f"of 20 left · ends {day}")


@pytest.mark.parametrize(
    ("email", "words", "names"),
    [
        (
            "csponly@contoso.example",
            "This account is associated with CSP only. You need an account associated with MPN.",
            "Ana Berg or Li Wei",
        ),
        ("admin@litware.example", "Litware isn't enrolled in MPN.", ""),
        (
            "pat@outlook.example",
            "This account works for no partner. Sign in with an account that does.",
            "",
        ),
    ],
)
def test_page_for_an_account_without_mpn_says_who_has_it(email: str, words: str, names: str):
    main = main_of(visit(email, TECHNICAL, status=403))

    assert main.one("h1").text == "You are not authorized for this action"
    assert main.one(cls="next-step").text == f"{words} {names}".strip()
    assert main.has("form", action=reverse("partners:sign-in-other"))
