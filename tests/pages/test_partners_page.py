"""Partners for staff: found, added, changed, and their membership years, in every staff role."""

import csv
from typing import Any

import pytest
from django.urls import reverse

from benefits import entitlements
from benefits.models import Membership, Plan
from benefits.partner_search import Situation
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, NORTHWIND, PROSEWARE, SCHEDULED
from partners.models import Partner
from portal.models import AuditRecord
from tests.factories import AffiliationFactory, PartnerFactory
from tests.pages.visits import STAFF, alerts, client_of, main_of, page_of, partner, plan, visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

MANAGER, AUDITOR, ROOT = "manager@portal.example", "auditor@portal.example", "root@portal.example"
LIST = "/staff/partners"
NOBODY, OF_PARTNER = None, "admin@fabrikam.example"
READS = ("staff-partners", "staff-partners-csv", "staff-memberships", "staff-accounts")
WRITES = (
    *("staff-partner-add", "staff-partner-change", "staff-membership-add"),
    *("staff-membership-change", "staff-membership-end", "staff-competencies"),
)
VALID = {
    "staff-partner-add": {"mpn_id": "7123456", "name": "New", "country": "SE", "programs": "MPN"},
    "staff-partner-change": {"name": "Other", "country": "SE", "programs": "MPN"},
    "staff-membership-add": {"membership": "ACTION_PACK", "starts_on": "2026-01-01"},
    "staff-membership-change": {"level": "SILVER", "starts_on": "2026-01-01", "confirmed": "yes"},
    "staff-membership-end": {},
    "staff-competencies": {"name": "DevOps", "attained_on": "2026-01-01"},
    "staff-competency-lose": {"name": "Cloud Platform"},
}


def address(name: str, mpn_id: str = CONTOSO) -> str:
    """Return the address of a page about the partner, or about its membership."""
    if name in ("staff-partners", "staff-partners-csv", "staff-partner-add"):
        return reverse(f"support:{name}")
    if name in ("staff-membership-change", "staff-membership-end") or "competenc" in name:
        return reverse(f"support:{name}", args=[plan(mpn_id).package.public_id])
    return reverse(f"support:{name}", args=[mpn_id])


def listed(query: str = "", *, who: str = STAFF) -> list[str]:
    """Return the names of the partners that the page lists."""
    main = main_of(visit(who, f"{LIST}?{query}"))
    return [row.all("a")[0].text for row in main.all("tr")[1:]]


def send(name: str, data: dict[str, Any], *, mpn_id: str = CONTOSO, status: int = 302) -> Any:
    """Send a form as the benefits manager, and return the page that it leads to, or its own."""
    client = client_of(MANAGER)
    response = client.post(address(name, mpn_id), data)
    assert response.status_code == status, main_of(page_of(response)).text
    return page_of(client.get(response.url) if status == 302 else response)


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "reads", "writes", "posts"),
    [
        (STAFF, 200, 403, 403),
        (AUDITOR, 200, 403, 403),
        (MANAGER, 200, 200, 302),
        (ROOT, 200, 200, 302),
        (OF_PARTNER, 403, 403, 403),
        (NOBODY, 302, 302, 302),
    ],
)
def test_page_opens_to_those_who_may(who, reads, writes, posts):
    before = AuditRecord.objects.filter(refusal_code="").count()
    client = client_of(who)
    # The year that is ended can't be changed after it: that comes last.
    forms = sorted(VALID, key=lambda name: name == "staff-membership-end")
    urls = {name: address(name) for name in (*READS, *WRITES, *forms)}

    read = {name: client.get(urls[name]).status_code for name in READS}
    written = {name: client.get(urls[name]).status_code for name in WRITES}
    posted = {name: client.post(urls[name], VALID[name]).status_code for name in forms}

    assert read == dict.fromkeys(READS, reads)
    assert written == dict.fromkeys(WRITES, writes)
    assert posted == dict.fromkeys(VALID, posts)
    done = AuditRecord.objects.filter(refusal_code="").count() - before
    assert (done > 0) is (who in (MANAGER, ROOT))


def test_who_may_not_write_is_told_who_may_and_sees_no_button():
    for url in (LIST, address("staff-memberships")):
        main = main_of(visit(STAFF, url))
        assert "Benefits manager or Administrator" in main.text
        links = [a.attrs["href"] for a in main.all("a")]
        assert [href for href in links if href.endswith(("/new", "/change", "/end"))] == []


# --- finding ---------------------------------------------------------------------------------


def test_list_shows_what_each_partner_holds_and_leads_to_card_and_memberships():
    main = main_of(visit(STAFF, LIST))

    (row,) = [row for row in main.all("tr") if "Northwind" in row.text]
    assert row.texts("td")[0] == "Sweden MPN"
    assert "3 of 15 on-premises Few left 1 of 5 cloud Few left" in row.text
    assert [a.attrs["href"] for a in row.all("a")] == [
        reverse("support:staff-partner", args=[NORTHWIND]),
        address("staff-memberships", NORTHWIND),
    ]


def in_situation(situation: Situation, *, at: Any) -> set[str]:
    """Return the partners of which a plan stands so, one entitlement after the other."""
    applies = {
        Situation.FEW_LEFT: lambda e: e.is_few_left,
        Situation.ENDING: lambda e: e.is_ending_soon,
        Situation.USED_UP: lambda e: e.is_exhausted,
        Situation.NEVER_ACTIVATED: lambda e: e.is_not_activated,
    }[situation]
    held = entitlements.read(Plan.objects.all(), user=None, at=at)
    return {e.partner_name for e in held if not e.counts_hours and applies(e)}


@pytest.mark.parametrize("situation", list(Situation))
def test_situation_finds_whom_the_entitlements_say(situation, world):
    found = listed(f"situation={situation}")

    assert set(found) == in_situation(situation, at=world) != set()
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=fab", ["Fabrikam"]),
        ("name=%C5%81", ["Łódź AG"]),
        ("name=%25", []),
        ("country=US", ["Contoso", "Wingtip Toys"]),
        ("program=CSP", ["Contoso", "Litware"]),
        ("program=BOTH", ["Contoso"]),
        ("level=ACTION_PACK", ["A. Datum", "Wingtip Toys"]),
        ("level=SILVER&country=GB", ["Tailspin Toys"]),
        ("situation=USED_UP&sort=REMAINING", ["Fourth Coffee"]),
        ("level=PLATINUM&country=XX&situation=BEST&sort=LUCK&name=fab", ["Fabrikam"]),
    ],
)
def test_filter_keeps_what_it_is_asked_for(query, names):
    PartnerFactory(name="Łódź AG", country="PL")

    assert listed(query) == names


def test_list_is_sorted_by_end_and_by_what_remains():
    by_end, by_left = listed("sort=END"), listed("sort=REMAINING")

    assert by_end[0] == "Margie's Travel"
    assert by_left[:2] == ["Fourth Coffee", "Northwind Traders"]
    assert {"Litware", "Proseware", "Coho Winery"} & {*by_end, *by_left} == set()
    assert listed("sort=MPN_ID")[0] == "Contoso"


@pytest.mark.parametrize("order", ["NAME", "MPN_ID", "END", "REMAINING"])
def test_list_pages_by_key_and_shows_each_partner_once(order, world):
    for number in range(60):
        found = PartnerFactory(name=f"Firm {number % 7}")
        plans = Membership.objects.get(partner__mpn_id=FABRIKAM).package
        copy_of(plans, found)
    pages, url = [], f"{LIST}?sort={order}"

    while url:
        main = main_of(visit(STAFF, url))
        pages.append([row.all("a")[0].attrs["href"] for row in main.all("tr")[1:]])
        more = [a.attrs["href"] for a in main.all("a") if a.text == "More partners"]
        url = f"{LIST}{more[0]}" if more else ""

    rows = [href for page in pages for href in page]
    assert {len(page) for page in pages[:-1]} == {25}
    assert len(rows) == len(set(rows)) >= 60
    assert rows == [href_of(mpn_id) for mpn_id in exported(f"sort={order}")]


def href_of(mpn_id: str) -> str:
    return reverse("support:staff-partner", args=[mpn_id])


def copy_of(package: Any, of: Partner) -> None:
    """Give the partner the same package, contract and plans, past the services."""
    plans, contract, year = list(package.plans.all()), package.contract, package.membership
    for row in (year, package, contract, *plans):
        row.pk = None
        row._state.adding = True
    year.partner = package.partner = of
    year.save()
    package.membership, package.public_id = year, _fresh()
    package.save()
    for row in (contract, *plans):
        row.package, row.public_id = package, _fresh()
        row.save()


def _fresh() -> Any:
    return Plan._meta.get_field("public_id").get_default()


def exported(query: str) -> list[str]:
    """Return the MPN IDs of the download, each once, in its order."""
    response = client_of(STAFF).get(f"{address('staff-partners-csv')}?{query}")
    text = b"".join(response).decode("utf-8-sig")
    return list(dict.fromkeys(row["MPN ID"] for row in csv.DictReader(text.splitlines())))


@pytest.mark.parametrize("query", ["situation=FEW_LEFT", "country=US&sort=END", "name=co", ""])
def test_download_holds_what_the_page_lists_with_a_line_for_each_plan(query):
    names = dict(Partner.objects.values_list("mpn_id", "name"))

    assert [names[mpn_id] for mpn_id in exported(query)] == listed(query)


def test_download_says_what_is_left_and_runs_no_formula():
    Partner.objects.filter(mpn_id=NORTHWIND).update(name="=1+1")
    response = client_of(STAFF).get(f"{address('staff-partners-csv')}?situation=FEW_LEFT")

    lines = list(csv.DictReader(b"".join(response).decode("utf-8-sig").splitlines()))

    assert [(row["partner"], row["scope"], row["remaining"], row["total"]) for row in lines] == [
        ("'=1+1", "ON_PREMISES", "3", "15"),
        ("'=1+1", "CLOUD", "1", "5"),
    ]


def test_list_without_a_finding_says_what_to_do():
    main = main_of(visit(STAFF, f"{LIST}?name=zzz"))

    assert "No matching partners" in main.text
    assert main.all("a")[-1].text == "All partners"


# --- partners --------------------------------------------------------------------------------


def test_partner_is_added_and_leads_to_its_memberships():
    page = send("staff-partner-add", VALID["staff-partner-add"])

    assert alerts(page) == ["New is a partner now. Next: add its membership."]
    assert "This partner never had one." in main_of(page).text
    again = send("staff-partner-add", VALID["staff-partner-add"])
    assert alerts(again)[0].endswith("nothing more changed.")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mpn_id": FABRIKAM}, "The MPN ID 5234567 belongs to Fabrikam."),
        ({"mpn_id": "712345"}, "An MPN ID has seven digits."),
        ({"mpn_id": "712345६"}, "An MPN ID has seven digits."),
        ({"name": ""}, "Enter the name of the company."),
        ({"country": ""}, "Choose a country."),
        ({"programs": []}, "Choose MPN, CSP or both."),
    ],
)
def test_partner_that_may_not_be_is_not_added_and_what_was_typed_stays(changes, sentence):
    data = {**VALID["staff-partner-add"], "name": "Typed here", **changes}

    main = main_of(send("staff-partner-add", data, status=400))

    assert sentence in main.text
    if "name" not in changes:
        assert main.one("input", name="name").attrs["value"] == "Typed here"


def test_partner_is_changed():
    page = send(
        "staff-partner-change", {"name": "Contoso AG", "country": "CH", "programs": ["MPN", "CSP"]}
    )

    assert alerts(page) == ["Contoso AG is changed."]
    assert partner(CONTOSO).country == "CH"


def test_accounts_show_who_works_there_with_roles():
    AffiliationFactory(partner=partner(PROSEWARE), user__name="Zoe Last")

    main = main_of(visit(AUDITOR, address("staff-accounts")))

    (row,) = [row for row in main.all("tr") if "Ana Berg" in row.text]
    assert row.texts("td") == ["MPN, CSP", "Global admin", "Active"]
    assert "Zoe Last" not in main.text
    assert "Nobody works" in main_of(visit(AUDITOR, new_partners_accounts())).text


def new_partners_accounts() -> str:
    """Return the address of the accounts of a partner that has none."""
    return reverse("support:staff-accounts", args=[PartnerFactory().mpn_id])


# --- memberships -----------------------------------------------------------------------------


def test_card_leads_to_the_memberships_with_all_years_and_what_can_be_done():
    card = visit(MANAGER, reverse("support:staff-partner", args=[CONTOSO]))
    assert address("staff-memberships") in [a.attrs["href"] for a in main_of(card).all("a")]

    main = main_of(visit(MANAGER, address("staff-memberships")))

    (row,) = main.all("tr")[1:]
    assert "Gold Core membership · Cloud Platform, Data Platform" in row.text
    assert "On-premises support incidents · 20 incidents after activation" in row.text
    actions = [a.attrs["href"] for a in row.all("a")]
    assert actions == [
        address(f"staff-{name}") for name in ("membership-change", "competencies", "membership-end")
    ]


def test_membership_is_added_and_what_is_wrong_with_it_is_said():
    data = {"membership": "SILVER", "starts_on": "2026-11-01", "competencies": ["DevOps"]}

    refused = send("staff-membership-add", data, status=400)
    wrong = send("staff-membership-add", {"starts_on": "yesterday"}, status=400)
    added = send("staff-membership-add", data, mpn_id=PROSEWARE)

    assert "A membership of this kind runs in this time already." in main_of(refused).text
    assert main_of(refused).one("input", name="starts_on").attrs["value"] == "2026-11-01"
    assert "Choose one of the three." in main_of(wrong).text
    assert "Enter the day as 2026-11-20." in main_of(wrong).text
    assert "Silver runs from 1 November 2026" in alerts(added)[0]


def test_correction_is_shown_before_it_is_made():
    year = Membership.objects.get(partner__mpn_id=CONTOSO)
    data = {"level": "SILVER", "starts_on": year.starts_on.isoformat()}

    shown = main_of(send("staff-membership-change", data, status=200))
    assert Membership.objects.get(pk=year.pk).level == "GOLD"
    done = send("staff-membership-change", {**data, "confirmed": "yes"})

    assert [row.texts("td") for row in shown.one("tbody").all("tr")] == [
        ["20 incidents", "15 incidents"],
        ["unlimited incidents", "unlimited incidents"],
        ["50 hours of advice", "20 hours of advice"],
    ]
    assert alerts(done)[0].startswith("The membership is Silver from ")


def test_activated_membership_is_not_corrected_and_the_page_says_why():
    main = main_of(page_of(client_of(MANAGER).get(address("staff-membership-change", FABRIKAM))))

    assert main.one(cls="alert--error").attrs["data-code"] == "membership_not_changeable"
    assert "Its benefits were activated on" in main.text
    assert not main.has("input", name="starts_on")


def test_ending_early_says_what_lapses_before_and_after():
    shown = main_of(visit(MANAGER, address("staff-membership-end", FABRIKAM)))
    done = send("staff-membership-end", {}, mpn_id=FABRIKAM)
    again = send("staff-membership-end", {}, mpn_id=FABRIKAM)

    lapse = "Lapses unused: 17 on-premises incidents, 6 cloud incidents and 44 hours of advice."
    assert lapse in shown.text
    assert alerts(done) == [f"Gold has ended. {lapse}"]
    assert alerts(again)[0].endswith("nothing more changed.")
    card = visit(STAFF, reverse("support:staff-partner", args=[FABRIKAM]))
    assert "17 unused on-premises incidents and 6 cloud incidents lapsed" in main_of(
        card
    ).text.replace("\n", " ")


def test_membership_that_starts_later_is_called_off():
    shown = main_of(visit(MANAGER, address("staff-membership-end", SCHEDULED)))
    assert "It has not begun: it is called off" in shown.text

    done = send("staff-membership-end", {}, mpn_id=SCHEDULED)

    assert "called off on" in main_of(done).text


def test_competency_is_added_and_taken_away():
    added = send("staff-competencies", {"name": "DevOps", "attained_on": "2026-01-01"})
    lost = send("staff-competency-lose", {"name": "DevOps"})
    wrong = send("staff-competencies", {"name": "Magic", "attained_on": "3000-01-01"}, status=400)

    assert alerts(added)[0].startswith("DevOps is attained. The package changes")
    assert alerts(lost)[0].startswith("DevOps is taken away. The package changes")
    assert "Magic is not one of the available choices" in main_of(wrong).text
    assert (
        "Action Pack"
        in main_of(
            send(
                "staff-competencies",
                {"name": "DevOps", "attained_on": "2026-01-01"},
                mpn_id="5567890",
                status=400,
            )
        ).text
    )
