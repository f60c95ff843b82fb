"""The help pages: every topic, every code of a refusal, and the ways that lead to them."""

import ast
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from partnercenter.demo.accounts import FABRIKAM
from partnercenter.help.codes import CODES, status_of
from partnercenter.help.topics import TOPIC_OF_PAGE, TOPICS
from tests.conventions.code import ROOT, calls_in, name_of, sources, templates
from tests.pages.html import Element
from tests.pages.test_doors import all_routes
from tests.pages.validity import problems_of
from tests.pages.visits import STAFF, TECHNICAL, client_of, main_of, page_of, plan, visit
from tests.portal.test_refusals import STATUS, all_refusals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

OFFERS, COMPETENCIES = "/dashboard/mpn/membership/offers", "/dashboard/mpn/membership/competencies"
MY_ACCESS, USERS = "/dashboard/account/my-access", "/dashboard/account/usermanagement"
SUPPORT_PLANS = "/support/partnersupport"
SOLD = ("/support/advanced-cloud-support", "/support/microsoft-services-premier-support")
HELP, CODE_LIST = "/help/", "/help/codes"
TOPIC_PAGES = [f"/help/{slug}" for slug in TOPICS]
CODE_PAGES = [f"/help/codes/{code}" for code in CODES]
# What is shown in the place of a page, and is no refusal of a service.
OF_PAGES_ALONE = {"bad_request", "form_expired"}
OLD_SENTENCE = re.compile(r"already\s+associated\s+(to|with)\s+an\s+account", re.IGNORECASE)
READERS = (
    None,
    *("admin@fabrikam.example", "user@fabrikam.example", "csponly@contoso.example"),
    *("pat@outlook.example", STAFF),
)


# --- what there is ---------------------------------------------------------------------------


@pytest.mark.parametrize("url", [HELP, CODE_LIST, *TOPIC_PAGES, *CODE_PAGES])
def test_help_page_opens_for_everybody_and_is_sound(url: str):
    page = visit(None, url)

    assert list(problems_of(page)) == []
    assert page.one("h1").text.startswith("Help | ")
    assert "{" not in main_of(page).text


def test_lists_name_every_topic_and_every_code():
    topics, codes = main_of(visit(None, HELP)), main_of(visit(None, CODE_LIST))

    assert {a.attrs["href"] for a in topics.all("a")} == {*TOPIC_PAGES, CODE_LIST}
    assert {a.attrs["href"] for a in codes.all("a")} == {*CODE_PAGES, HELP}
    assert codes.texts("code") == list(CODES)


def test_every_code_that_the_code_base_can_raise_has_an_entry():
    raised = {refusal.code for refusal in all_refusals()}

    assert raised - set(CODES) == set()
    assert set(CODES) == set(STATUS) | OF_PAGES_ALONE


def test_every_code_that_a_page_shows_without_a_refusal_has_an_entry():
    written = {
        ast.literal_eval(call.args[0])
        for path in sources()
        if path.name != "gallery.py"
        for name, call in calls_in(path)
        if name == "Explanation" and call.args
    }

    assert written >= OF_PAGES_ALONE
    assert written - set(CODES) == set()


@pytest.mark.parametrize("code", CODES)
def test_entry_of_a_code_answers_its_four_questions(code: str):
    main = main_of(visit(None, f"/help/codes/{code}"))

    assert main.texts("h2") == [
        *("What it means", "Why it happens", "What to do", "Who can"),
        "More help",
    ]
    raised = next((r.status for r in all_refusals() if r.code == code), None)
    assert main.texts("code") == [code, *([str(raised)] if raised else [])]
    assert status_of(code) == raised
    words = re.split("What it means|Why it happens|What to do|Who can|More help", main.text)
    assert min(len(part.split()) for part in words[1:5]) >= 1


@pytest.mark.parametrize("url", ["/help/nothing", "/help/codes/nothing", "/help/codes/Not-Code"])
def test_help_about_nothing_is_not_found(url: str):
    assert client_of(None).get(url).status_code == 404


# --- the words -------------------------------------------------------------------------------


def test_old_sentence_stands_on_its_help_page_and_nowhere_else():
    found = {
        name_of(path)
        for path in [*templates(), *sources(), *(ROOT / "static").rglob("*.js")]
        if OLD_SENTENCE.search(path.read_text(encoding="utf-8"))
    }

    assert found == {"templates/help/topics/already-associated.html"}
    quote = main_of(visit(None, "/help/already-associated")).one("blockquote").text
    assert quote == (
        "This Access ID is already associated to an account. Please contact your Technical Account "
        "Manager to obtain a new Access ID"
    )


def test_old_sentence_is_taken_apart_into_its_four_situations():
    main = main_of(visit(None, "/help/already-associated"))

    assert main.texts("h2")[:4] == [
        "The contract is linked to this very account",
        "The contract has ended",
        "Its incidents are used up",
        "The contract is an Action Pack's, and the IDs were entered in a cloud portal",
    ]


def test_figures_are_never_typed_into_a_help_page():
    """Hours, incidents and days come from where the rules read them."""
    names = re.compile(r"N-1|guide of 2021|Windows\s+10|Microsoft 365|h[1-6]>|level=\d")
    typed = {
        path.name: found
        for path in templates()
        if "help" in path.relative_to(ROOT / "templates").parts[0]
        if (found := re.findall(r"\d+", names.sub("", path.read_text(encoding="utf-8"))))
    }

    assert typed == {}


def test_remaining_incidents_tell_of_the_faked_request_of_2021():
    text = main_of(visit(None, "/help/remaining")).text

    assert "The guide of 2021 looked remaining incidents up by a faked request" in text
    assert "Here that is not needed. It still works" in text
    assert "its mainstream support ended on 14 October 2025" in text


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 20, tzinfo=UTC), ["Windows 11", "Office LTSC 2024"]),
        (datetime(2021, 6, 1, tzinfo=UTC), ["Windows 10", "Office 2019"]),
    ],
)
def test_versions_that_pass_follow_the_clock(settings: Any, now: datetime, expected: list[str]):
    settings.PORTAL_NOW = now

    rows = main_of(visit(None, "/help/n-1")).one("tbody").all("tr")

    covered = {row.one("th").text: row.one("td", data_label="Covered").text for row in rows}
    assert [covered[name] for name in ("Windows", "Office")] == expected
    assert len(covered) == 7
    assert covered["Dynamics CRM"] == "No version is covered today."


def test_what_memberships_give_is_read_from_the_rule():
    rows = main_of(visit(None, "/help/activate")).one("tbody").all("tr")

    assert [[row.one("th").text, *row.texts("td")] for row in rows] == [
        ["Action Pack", "10", "none", "none", "5"],
        ["Silver competency", "15", "5", "unlimited", "20"],
        ["Gold competency", "20", "10", "unlimited", "50"],
    ]


def test_first_answers_are_read_from_the_rule():
    severities = main_of(visit(None, "/help/requests")).one("dl").texts("dd")

    assert severities == [
        "within 2 hours, day and night",
        "within 4 business hours; day and night if that is asked for",
        "within 8 business hours",
    ]


# --- where they lead -------------------------------------------------------------------------


@pytest.mark.parametrize("reader", READERS)
def test_every_link_of_the_help_pages_opens_for_its_reader(reader: str | None):
    client = client_of(reader)
    pages = [HELP, CODE_LIST, *TOPIC_PAGES, *CODE_PAGES]
    opened = [client.get(url) for url in pages]
    assert {response.status_code for response in opened} == {200}
    mains = [main_of(page_of(response)) for response in opened]

    links = {a.attrs["href"] for main in mains for a in main.all("a")}

    found = {url: client.get(url).status_code for url in sorted(links - set(pages))}

    behind_sign_in = {url for url, status in found.items() if status == 302}
    assert {url: s for url, s in found.items() if s != 200 and url not in behind_sign_in} == {}
    assert bool(behind_sign_in) is (reader is None)
    for url in behind_sign_in:
        assert all(marked(main, url) for main in mains)


def marked(main: Element, url: str) -> bool:
    """Whether each link to the address says that it needs a sign-in."""
    return all(
        "(sign-in needed)" in item.text
        for item in [*main.all("li"), *main.all("dd"), *main.all("p")]
        if item.all("a", href=url)
    )


@pytest.mark.parametrize(
    ("page", "places"),
    [
        ("memberships", {OFFERS, COMPETENCIES}),
        ("activate", {COMPETENCIES}),
        ("n-1", {SUPPORT_PLANS}),
        ("already-associated", {SUPPORT_PLANS}),
        ("tpd", {f"{TECHNICAL}/createadvisoryhours-servicerequest"}),
        ("wrong-account", {MY_ACCESS, USERS}),
        ("customers", {"/commerce/customers/list"}),
        ("support-plans", {SUPPORT_PLANS, *SOLD}),
        ("codes/renewal_not_open", {OFFERS, SUPPORT_PLANS}),
        ("codes/upgrade_not_possible", {OFFERS}),
        ("codes/offer_not_active", {OFFERS}),
        ("codes/no_incidents_remaining", {SUPPORT_PLANS}),
        ("codes/contract_expired", {SUPPORT_PLANS}),
        ("codes/plan_not_included", {SUPPORT_PLANS}),
        ("codes/product_not_supported", {SUPPORT_PLANS}),
        ("codes/not_authorized", {MY_ACCESS}),
        ("codes/last_global_admin", {USERS}),
    ],
)
def test_help_leads_to_the_page_where_it_can_be_dealt_with(page: str, places: set[str]):
    links = main_of(visit("admin@contoso.example", f"/help/{page}")).all("a")

    assert places - {a.attrs["href"] for a in links} == set()


@pytest.mark.parametrize(
    ("reader", "absent"),
    [
        ("user@fabrikam.example", {"/commerce/customers/list", USERS}),
        ("csponly@contoso.example", {OFFERS, COMPETENCIES, USERS}),
        (STAFF, {OFFERS, COMPETENCIES, USERS, "/commerce/customers/list"}),
    ],
)
def test_help_leads_nobody_to_a_page_that_is_not_there_for_the_account(
    reader: str, absent: set[str]
):
    pages = ("memberships", "wrong-account", "customers")

    links = [a for page in pages for a in main_of(visit(reader, f"/help/{page}")).all("a")]

    assert {a.attrs["href"] for a in links} & absent == set()


# --- what leads to them ----------------------------------------------------------------------


def test_pages_with_a_topic_exist_and_so_do_their_topics():
    routes = {name for name, _arguments in all_routes()} | {"api:docs"}

    assert set(TOPIC_OF_PAGE) - routes == set()
    assert set(TOPIC_OF_PAGE.values()) - set(TOPICS) == set()


@pytest.mark.parametrize(
    ("url", "topic"),
    [
        (TECHNICAL, "/help/remaining"),
        ("/supportforbusiness/manage", "/help/requests"),
        ("/supportforbusiness/plans", "/help/remaining"),
        ("/portals/azure/link", "/help/link"),
        ("/dashboard/account/api-clients", "/help/api"),
        ("/dashboard/mpn/membership/offers", "/help/memberships"),
        ("/support/advanced-cloud-support", "/help/support-plans"),
        (f"{TECHNICAL}/createadvisoryhours-servicerequest", "/help/tpd"),
        ("/dashboard/account/usermanagement", "/help/wrong-account"),
        ("/accounts/password/change/", HELP),
        ("/nowhere", HELP),
    ],
)
def test_question_mark_leads_to_the_topic_of_the_page(url: str, topic: str):
    response = client_of("admin@fabrikam.example").get(url)

    page = visit("admin@fabrikam.example", url, status=response.status_code)
    (link,) = [a for a in page.all("a", cls="bar-link") if a.text == "Help"]
    assert link.attrs["href"] == topic


@pytest.mark.parametrize(
    ("email", "url", "topic"),
    [
        ("admin@contoso.example", TECHNICAL, "activate"),
        ("user@contoso.example", TECHNICAL, "activate"),
        ("admin@fabrikam.example", "expanded", "link"),
        ("admin@fabrikam.example", TECHNICAL, "tpd"),
        ("admin@fabrikam.example", "/supportforbusiness/plans", "link"),
        ("admin@fabrikam.example", "/supportforbusiness/create", "requests"),
        ("admin@fabrikam.example", "/portals/azure/link", "link"),
    ],
)
def test_question_finds_its_topic_where_it_arises(email: str, url: str, topic: str):
    if url == "expanded":
        url = reverse("benefits:plan", args=[plan(FABRIKAM).public_id])

    links = main_of(visit(email, url)).all("a", cls="help-link")

    assert f"/help/{topic}" in {a.attrs["href"] for a in links}


@pytest.mark.parametrize(
    ("email", "url", "status", "code"),
    [
        ("csponly@contoso.example", TECHNICAL, 403, "not_authorized"),
        ("admin@fabrikam.example", "/nowhere", 404, "not_found"),
        ("admin@exhausted.example", "/supportforbusiness/plans", 200, "no_incidents_remaining"),
    ],
)
def test_explanation_leads_to_the_page_of_its_code(email: str, url: str, status: int, code: str):
    main = main_of(visit(email, url, status=status))

    leading = [a for a in main.all("a") if a.text == "What does this mean?"]

    assert {a.attrs["href"] for a in leading} == {f"/help/codes/{code}"}
