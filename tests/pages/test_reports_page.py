"""The reports: who may, what the address asks for, pictures with tables, downloads."""

import csv
import io
from datetime import UTC, datetime

import pytest

from benefits.models import LedgerEntry
from partners.models import User
from support.services.usage import sum_up
from tests.factories import PartnerFactory, UserFactory
from tests.pages.html import Element
from tests.pages.visits import STAFF, client_of, main_of, visit
from tests.stories import admin_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

REPORTS = "/staff/reports"
TITLES = [
    *("Incidents by month", "Incidents by product", "Incidents by level"),
    *("Incidents by portal", "Hours of advice by month"),
]


def reports(query: str = "") -> Element:
    """Return the main part of the page."""
    return main_of(visit(STAFF, f"{REPORTS}{query}"))


def downloaded(name: str, query: str = "") -> list[list[str]]:
    """Return the rows of a download, the header first."""
    text = b"".join(client_of(STAFF).get(f"{REPORTS}/{name}.csv{query}")).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def table_of(main: Element, name: str) -> list[list[str]]:
    """Return the rows of the table that belongs to a picture."""
    rows = main.one("figure", id=f"chart-{name}").one("tbody").all("tr")
    return [[cell.text for cell in row if cell.tag in ("th", "td")] for row in rows]


@pytest.mark.parametrize("url", [REPORTS, f"{REPORTS}/month.csv", f"{REPORTS}/few-left.csv"])
def test_reports_are_for_all_staff_and_for_nobody_else(url: str):
    partner_user, nobody = admin_of(PartnerFactory()), None

    by_staff = [client_of(UserFactory(staff_kind=kind)).get(url) for kind in User.StaffKind]

    assert [answer.status_code for answer in by_staff] == [200] * 4
    assert "This is for staff of these kinds" in main_of(visit(partner_user, url, status=403)).text
    assert client_of(nobody).get(url).status_code == 302


def test_reports_draw_what_was_used_and_say_it_in_tables_and_downloads():
    main = reports()
    assert main.texts("h2")[:5] == TITLES

    for name in ("month", "product", "level", "portal", "hours"):
        rows = table_of(main, name)
        header, *lines = downloaded(name)
        assert header[1:] == ["name", "used", "returned", "net"]
        assert [line[1:] for line in lines] == rows[:-1]
        sums = [sum(int(line[column]) for line in lines) for column in (2, 3, 4)]
        assert rows[-1] == ["In all", *map(str, sums)]
    used = LedgerEntry.objects.filter(kind="CONSUME", plan__unit="INCIDENT")
    used = used.filter(occurred_at__gte=datetime(2025, 12, 1, tzinfo=UTC))
    assert sum(int(line[2]) for line in downloaded("month")[1:]) == used.count()
    sum_up()
    assert [table_of(reports(), name) for name in ("month", "level")] == [
        table_of(main, name) for name in ("month", "level")
    ]


def test_reports_are_of_the_last_twelve_months_unless_others_are_asked_for():
    asked = {
        "": ("2025-12", "2026-11"),
        "?first=2026-03": ("2026-03", "2026-11"),
        "?last=2026-03": ("2025-04", "2026-03"),
        "?first=2026-02&last=2026-02": ("2026-02", "2026-02"),
        "?first=2027-05": ("2027-05", "2027-05"),
        "?first=2010-01": ("2010-01", "2014-12"),
        "?last=2000-03": ("2000-01", "2000-03"),
    }

    months = {query: [row[0] for row in downloaded("month", query)[1:]] for query in asked}

    assert {query: (of[0], of[-1]) for query, of in months.items()} == asked
    assert len(months[""]) == 12


def test_reports_keep_one_level_and_one_portal_and_hand_them_on_to_downloads():
    main = reports("?level=SILVER&portal=AZURE&first=2026-01")

    levels = {row[0]: row[1] for row in downloaded("level", "?portal=AZURE&level=SILVER")[1:]}
    assert "January 2026 to November 2026 \u00b7 Silver competency \u00b7 Azure" in main.text
    assert {code for code, label in levels.items() if label} == {
        *("GOLD", "SILVER", "ACTION_PACK", "BOUGHT")
    }
    links = [a.attrs["href"] for a in main.all("a") if "month.csv" in a.attrs["href"]]
    assert links == [f"{REPORTS}/month.csv?first=2026-01&level=SILVER&portal=AZURE"]
    every, silver = (downloaded("level", query)[1:] for query in ("", "?level=SILVER"))
    assert [row for row in silver if row[0] == "SILVER"] == [r for r in every if r[0] == "SILVER"]
    assert sum(int(row[2]) for row in silver if row[0] != "SILVER") == 0


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first=soon", "Enter the month as 2026-11."),
        ("last=2026-13", "Enter the month as 2026-11."),
        ("last=1999-12", "Reports begin in January 2000."),
        ("first=3000-01", "Reports end in December 2999."),
        ("first=2026-03&last=2026-02", "The last month is before the first one."),
        ("first=2020-01&last=2025-01", "Choose 60 months at most."),
        ("level=BRONZE", "BRONZE is not one of the available choices"),
    ],
)
def test_what_is_not_valid_is_said_and_filters_nothing(query: str, sentence: str):
    main = reports(f"?{query}")

    assert sentence in main.text
    assert main.texts("h2")[1:6] == TITLES


def test_months_in_which_nothing_was_used_say_so():
    main = reports("?first=2001-01&last=2001-02")

    assert main.text.count("Nothing was used or returned in these months.") == 5
    assert downloaded("product", "?first=2001-01&last=2001-02") == [
        ["product", "name", "used", "returned", "net"]
    ]


def test_few_left_and_ending_are_counted_shown_and_downloaded():
    main = reports()

    few, ending = downloaded("few-left"), downloaded("ending")
    headings = main.texts("h2")[5:]
    assert headings == [f"Few left ({len(few) - 1})", f"Ending in 30 days ({len(ending) - 1})"]
    northwind = [row for row in few[1:] if row[1] == "Northwind Traders"]
    assert [(row[5], row[6], row[7]) for row in northwind] == [
        ("ACTIVE", "3", "15"),
        ("ACTIVE", "1", "5"),
    ]
    assert "Northwind Traders" in main.text
    links = [a.attrs["href"] for a in main.all("a") if "/staff/partners?" in a.attrs["href"]]
    assert links == [f"/staff/partners?situation={name}" for name in ("FEW_LEFT", "ENDING")]


def test_downloads_have_the_readers_words_beside_codes_and_names_of_every_language():
    """A plan has one name everywhere, on pages too; where it comes from is said in words."""
    english = downloaded("ending")
    User.objects.filter(email=STAFF).update(language="sv")

    swedish, page = downloaded("ending"), reports().text

    rows = zip(english, swedish, strict=True)
    changed = {cells for row in rows for cells in zip(*row, strict=True) if len({*cells}) > 1}
    assert changed == {("Gold competency", "Guldkompetens")}
    assert all(row[2] in page for row in swedish[1:])


def test_report_that_does_not_exist_is_not_found():
    assert client_of(STAFF).get(f"{REPORTS}/secrets.csv").status_code == 404
