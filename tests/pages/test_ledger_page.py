"""The ledger of a plan: the page, newest first, and the CSV, oldest first and harmless."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from benefits.models import LedgerEntry, Plan
from partners.models import User
from tests.factories import LedgerEntryFactory, PlanFactory
from tests.pages.html import Element
from tests.pages.visits import client_of, page_of
from tests.stories import (
    admin_of,
    gold_contract,
    linked_outsider,
    partner_of,
    plan_of,
    submit,
)
from tests.world.loaded import NOW

pytestmark = pytest.mark.django_db


def address(plan: Plan) -> str:
    """Return the ledger page of the plan."""
    return reverse("benefits:ledger", args=[plan.public_id])


def reader_of(plan: Plan) -> User:
    """Return a new admin of the partner that holds the plan."""
    return admin_of(plan.package.partner)


def used_often(times: int) -> Plan:
    """Return an unlimited plan with so many uses."""
    plan = PlanFactory(unlimited=True)
    add_uses(plan, times)
    return plan


def add_uses(plan: Plan, times: int) -> None:
    """Append uses to an unlimited plan."""
    before = plan.entries.count()
    for number in range(before + 1, before + times + 1):
        LedgerEntryFactory(
            plan=plan,
            number=number,
            consumed=True,
            remaining_after=None,
            request_number=f"261120{number:09d}",
            occurred_at=NOW - timedelta(minutes=1000 - number),
        )


def numbers_on(page: Element) -> list[str]:
    """Return the request numbers on the page, from top to bottom."""
    return page.texts("td", data_label="Request")


def walk(client: Any, url: str) -> Any:
    """Yield one page after the other, by the link to the older entries."""
    here = url
    while here:
        page = page_of(client.get(here))
        yield page
        older = [a.attrs["href"] for a in page.all("a") if a.text == "Older"]
        here = f"{url}{older[0]}" if older else ""


def test_ledger_shows_the_newest_movement_first_with_balance_and_actor():
    contract = gold_contract()
    author = linked_outsider(contract)
    used = submit(by=author).request.number

    page = page_of(client_of(admin_of(partner_of(contract))).get(address(plan_of(contract))))

    rows = [row.texts("td") for row in page.one("tbody").all("tr")]
    assert rows[0] == ["Used", "\u22121", "19", used, author.name]
    assert rows[1][:4] == ["Granted", "+20", "20", ""]
    assert page.one("h1").text == "Ledger | On-premises support incidents"


def test_ledger_before_anything_moved_says_so():
    plan = PlanFactory()

    page = page_of(client_of(reader_of(plan)).get(address(plan)))

    assert "Nothing has been granted or used yet." in page.text
    assert not page.has("table")


def test_ledger_by_pages_shows_each_of_sixty_movements_once():
    plan = used_often(60)

    pages = list(walk(client_of(reader_of(plan)), address(plan)))

    assert [len(numbers_on(page)) for page in pages] == [25, 25, 10]
    assert [number for page in pages for number in numbers_on(page)] == [
        f"261120{number:09d}" for number in range(60, 0, -1)
    ]


def test_ledger_by_pages_is_not_disturbed_by_movements_added_meanwhile():
    plan = used_often(60)
    seen: list[str] = []

    for page in walk(client_of(reader_of(plan)), address(plan)):
        seen += numbers_on(page)
        add_uses(plan, 3)

    assert seen == [f"261120{number:09d}" for number in range(60, 0, -1)]


@pytest.mark.parametrize("key", ["x", "-1", "1.5", "9" * 30, "٣", "'; DROP"])
def test_ledger_with_a_key_that_is_none_shows_the_first_page(key: str):
    plan = used_often(3)

    response = client_of(reader_of(plan)).get(f"{address(plan)}?before={key}")

    assert response.status_code == 200
    assert len(numbers_on(page_of(response))) == 3


def downloaded(plan: Plan) -> tuple[Any, list[list[str]]]:
    """Return the CSV's response and its rows."""
    url = reverse("benefits:ledger-csv", args=[plan.public_id])
    response = client_of(reader_of(plan)).get(url)
    text = b"".join(response).decode()
    assert text.startswith("\ufeff")
    return response, list(csv.reader(io.StringIO(text[1:])))


def test_csv_holds_every_movement_oldest_first():
    plan = used_often(60)

    response, (header, *rows) = downloaded(plan)

    assert header == ["number", "kind", "quantity", "remaining", "request", "reason", "by", "at"]
    assert [row[0] for row in rows] == [str(number) for number in range(1, 61)]
    assert rows[0] == [
        *("1", "CONSUME", "-1", "", "261120000000001", "", ""),
        (NOW - timedelta(minutes=999)).isoformat(),
    ]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="ledger-{plan.public_id}.csv"'


def test_csv_agrees_with_the_cached_balance():
    contract = gold_contract()
    author = linked_outsider(contract)
    for number in range(3):
        submit(by=author, key=str(number))

    _response, (_header, *rows) = downloaded(plan_of(contract))

    assert sum(int(row[2]) for row in rows) == int(rows[-1][3]) == plan_of(contract).remaining


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_defuses_what_a_spreadsheet_would_run(start: str):
    evil = f'{start}HYPERLINK("http://evil.example")'
    plan = PlanFactory(granted=True)
    LedgerEntryFactory(
        plan=plan,
        number=2,
        kind=LedgerEntry.Kind.ADJUST,
        quantity=1,
        remaining_after=21,
        reason=evil,
    )

    _response, rows = downloaded(plan)

    assert rows[2][5] == f"'{evil}"
    assert rows[2][2] == "1"
