"""The audit trail: what it says and hides, its filters, its pages, its download."""

import csv
import io
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.urls import reverse

from benefits.models import IssuedId
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, LITWARE
from partners.models import User
from portal.models import AuditRecord
from tests.factories import AffiliationFactory, AuditRecordFactory, PartnerFactory, UserFactory
from tests.pages.html import Element, digits_in
from tests.pages.test_statements import statements
from tests.pages.visits import (
    STAFF,
    account,
    client_of,
    contract,
    main_of,
    numbers,
    page_of,
    partner,
    plan,
    visit,
)
from tests.stories import admin_of
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

AUDIT, CSV = "/dashboard/account/audit", "/dashboard/account/audit.csv"
USERS = "/dashboard/account/usermanagement"
ANA, LI, FRITZ = "admin@contoso.example", "mpnadmin@contoso.example", "admin@fabrikam.example"


def rows_of(page: Element) -> list[list[str]]:
    """Return the words of the table's cells, row by row."""
    tables = main_of(page).all("table")
    body = tables[0].one("tbody") if tables else Element("tbody")
    return [[c.text for c in row if c.tag in ("th", "td")] for row in body.all("tr")]


def trail(query: str = "", who: str = ANA) -> list[list[str]]:
    """Return the rows of the trail."""
    return rows_of(visit(who, f"{AUDIT}{query}"))


def downloaded(who: User | str, query: str = "") -> list[list[str]]:
    """Return the rows of the download."""
    text = b"".join(client_of(who).get(f"{CSV}{query}")).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def record(number: int, **changes: Any) -> AuditRecord:
    """Write a record of Contoso so many hours ago."""
    common = {"partner_mpn_id": CONTOSO, "occurred_at": NOW - timedelta(hours=number)}
    return AuditRecordFactory(**{**common, "actor": account(ANA), **changes})


# --- what it says ----------------------------------------------------------------------------


def test_trail_says_when_who_what_on_what_and_with_what_outcome():
    ingrid = account("user@contoso.example")
    changes = f"{USERS}/{ingrid.public_id}"
    client = client_of(ANA)
    given = client.post(f"{changes}/roles", {"roles": ["ADMIN_AGENT"]})["MS-RequestId"]
    own = f"{USERS}/{account(ANA).public_id}"
    kept = client.post(f"{own}/remove")["MS-RequestId"]

    newest, second = trail()[:2]

    assert newest == [
        "20 Nov 2026, 09:00",
        "Ana Berg",
        "Remove a user from the company",
        "Account admin@contoso.example",
        f"Refused: last Global admin Request ID {kept}",
    ]
    assert second == [
        "20 Nov 2026, 09:00",
        "Ana Berg",
        "Change a user's roles Given: Admin agent.",
        "Account user@contoso.example",
        f"Done Request ID {given}",
    ]


def test_trail_shows_times_where_the_reader_is():
    User.objects.filter(email=ANA).update(time_zone="Asia/Tokyo")
    record(0)

    assert trail()[0][0] == "20 Nov 2026, 18:00"


def test_trail_names_no_staff():
    client_of(STAFF).post("/staff/", {"query": CONTOSO})

    row = trail()[0]

    assert row[1:4] == ["Support", "Look something up", ""]
    assert "Sam Tanaka" not in client_of(ANA).get(AUDIT).content.decode()
    assert downloaded(ANA)[1][1] == "Support"
    assert trail("?person=sam") == []
    assert trail("?person=supp")[0][1] == "Support"


def test_trail_names_what_was_only_tried_by_its_id_unless_it_is_of_the_house():
    stranger = account(FRITZ)
    path = f"{USERS}/{stranger.public_id}/remove"
    client_of(LI).post(path)

    assert trail()[0][3:] == [
        f"Account {stranger.public_id}",
        f"Refused: not authorized {trail()[0][4].split('authorized ')[1]}",
    ]
    assert FRITZ not in client_of(ANA).get(AUDIT).content.decode()


def test_trail_calls_a_person_by_the_address_that_the_company_knows():
    row = AffiliationFactory(partner=partner(CONTOSO), known_as="Nia", user__name="Zed Secret")
    record(0, action="partners.remove_user", target_kind="account", target_id=row.user.public_id)
    row.delete()

    assert trail()[0][3] == f"Account {row.user.email}"
    assert "Zed Secret" not in client_of(ANA).get(AUDIT).content.decode()


def test_trail_holds_no_contract_id_whatever_was_done_with_it():
    client, of = client_of(FRITZ), contract(FABRIKAM)
    access, secret = numbers(of)
    pair = {"access_id": access, "contract_id": secret}
    client.post(reverse("benefits:show-ids", args=[plan(FABRIKAM).public_id]))
    client.post("/supportforbusiness/plans", pair)
    client.post("/supportforbusiness/plans", {**pair, "access_id": numbers_of_another()})
    client.post("/supportforbusiness/plans", {"access_id": secret, "contract_id": secret})
    client.post("/supportforbusiness/plans", {"access_id": "1", "contract_id": secret[:8]})

    page = client.get(AUDIT).content.decode()
    table = "\n".join(",".join(row) for row in downloaded(FRITZ))

    done = {row[2] for row in rows_of(page_of(client.get(AUDIT)))[:4]}
    assert done == {"Show the IDs", "Link a contract to an account"}
    issued = IssuedId.objects.values_list("number", flat=True)
    secrets = {str(n) for n in issued.filter(kind=IssuedId.Kind.CONTRACT)}
    assert digits_in(f"{secret} {page}") & secrets == {secret}
    assert (digits_in(page) | digits_in(table)) & secrets == set()


def numbers_of_another() -> str:
    """Return an Access ID that is not Fabrikam's."""
    other = IssuedId.objects.filter(kind=IssuedId.Kind.ACCESS)
    return str(other.exclude(contract=contract(FABRIKAM)).order_by("pk")[0].number)


def test_trail_is_of_the_partner_acted_for_only():
    AuditRecordFactory(partner_mpn_id=FABRIKAM, occurred_at=NOW, request_id="of-fabrikam")
    AuditRecordFactory(partner_mpn_id="", occurred_at=NOW, request_id="of-nobody")
    record(0, request_id="of-contoso")

    page = client_of(ANA).get(AUDIT).content.decode()

    assert [name for name in ("of-fabrikam", "of-nobody", "of-contoso") if name in page] == [
        "of-contoso"
    ]


def test_trail_without_records_says_so():
    admin = admin_of(PartnerFactory())

    assert main_of(visit(admin, AUDIT)).one(cls="empty-state").one("h2").text == (
        "Nothing recorded yet"
    )


# --- who may ---------------------------------------------------------------------------------


def test_csp_only_global_admin_of_an_mpn_partner_is_told_why_not():
    user = AffiliationFactory(partner=partner(CONTOSO), csp_only=True, roles=["GLOBAL_ADMIN"]).user

    for url in (AUDIT, CSV):
        main = main_of(visit(user, url, status=403))
        assert "This account is associated with CSP only." in main.text
        assert "Ana Berg" in main.text


def test_global_admin_of_a_csp_partner_reads_its_trail():
    AuditRecordFactory(partner_mpn_id=LITWARE, occurred_at=NOW, action="partners.add_user")

    assert trail(who="admin@litware.example")[0][2] == "Add a user"


def test_account_without_the_right_reads_who_has_it():
    main = main_of(visit("user@contoso.example", AUDIT, status=403))

    assert "Ana Berg or Li Wei" in main.text


# --- filters and pages -----------------------------------------------------------------------


def mixed() -> None:
    """Write records that differ in what they are about, outcome, person and day."""
    refused: dict[str, Any] = {"refusal_code": "not_authorized", "actor": None}
    record(0, action="partners.set_roles", request_id="roles")
    record(24, action="benefits.show_pair", request_id="pair", actor=account(LI))
    record(48, action="benefits:show-ids", request_id="page", **refused)
    record(72, action="support.look_up", request_id="look", actor=account(STAFF))


def found(query: str) -> list[str]:
    """Return the request ids of the rows, those of the world left out."""
    return [row[-1].split("Request ID ")[1] for row in trail(query) if "Request ID" in row[-1]]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["roles", "pair", "page", "look"]),
        ("?about=USERS", ["roles"]),
        ("?about=IDS", ["pair"]),
        ("?about=OTHER", ["page"]),
        ("?outcome=REFUSED", ["page"]),
        ("?outcome=DONE", ["roles", "pair", "look"]),
        ("?person=LI", ["pair"]),
        ("?person=ana", ["roles"]),
        ("?since=2026-11-19", ["roles", "pair"]),
        ("?until=2026-11-18", ["page", "look"]),
        ("?since=2026-11-18&until=2026-11-19&outcome=DONE", ["pair"]),
        ("?about=USERS&person=li", []),
        # What is not known filters nothing.
        ("?about=SECRETS&outcome=x", ["roles", "pair", "page", "look"]),
    ],
)
def test_trail_is_filtered_by_address_alike_on_page_and_in_the_download(query: str, ids: list[str]):
    mixed()

    assert found(query) == ids
    assert [row[-1] for row in downloaded(ANA, query)[1:] if row[-1]] == ids


def test_days_of_the_filter_are_those_of_the_reader():
    User.objects.filter(email=ANA).update(time_zone="Asia/Tokyo")
    # In Tokyo it is the 21st from 15:00 UTC on.
    record(0, occurred_at=datetime.fromisoformat("2026-11-20T15:00Z"), request_id="next-day")
    record(0, occurred_at=datetime.fromisoformat("2026-11-20T14:59Z"), request_id="day")

    assert found("?since=2026-11-20&until=2026-11-20") == ["day"]
    assert found("?since=2026-11-21") == ["next-day"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=tomorrow", "Enter the day as 2026-11-20."),
        ("since=2026-02-30", "Enter the day as 2026-11-20."),
        ("until=0001-01-01", "greater than or equal to 2000-01-01"),
        ("until=9999-12-31", "less than or equal to 2999-12-31"),
        ("since=2026-11-20&until=2026-11-19", "The last day is before the first one."),
        (f"person={'x' * 121}", "at most 120 characters"),
    ],
)
def test_filter_that_is_not_valid_is_said_and_keeps_what_was_typed(query: str, sentence: str):
    record(0)
    page = visit(ANA, f"{AUDIT}?{query}")

    assert sentence in main_of(page).one("form", role="search").text
    name, value = query.rsplit("&", maxsplit=1)[-1].split("=")
    # What is no day at all, a browser would not show in the field of a day.
    shown = None if sentence.startswith("Enter the day") else value
    assert main_of(page).one("input", name=name).attrs.get("value") == shown
    assert rows_of(page) != []


def test_trail_by_pages_shows_each_of_sixty_records_once_and_keeps_the_filter():
    for number in range(60):
        record(number // 2, request_id=f"id-{number}", action="partners.set_roles")
    client, url, seen = client_of(ANA), f"{AUDIT}?about=USERS&person=Ana", []
    while url:
        page = page_of(client.get(url))
        seen.append([row[-1].split("Request ID ")[1] for row in rows_of(page)])
        older = [a.attrs["href"] for a in main_of(page).all("a") if a.text == "Older"]
        url = f"{AUDIT}{older[0]}" if older else ""
        # A record of meanwhile does not disturb.
        record(0, request_id="new", action="partners.set_roles")

    pairs = [(f"id-{number + 1}", f"id-{number}") for number in range(0, 60, 2)]
    assert [len(ids) for ids in seen] == [25, 25, 10]
    assert [name for ids in seen for name in ids] == [name for pair in pairs for name in pair]


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "\u0663", "9" * 18])
def test_trail_from_a_key_that_is_none_begins_at_the_newest(key: str):
    record(0, request_id="newest")

    assert found(f"?before={key}") == ["newest"]


def test_download_says_what_the_page_says_with_codes_beside_the_words():
    record(
        0,
        action="partners.set_programs",
        facts={"given": ["CSP"], "taken": []},
        target_kind="account",
        target_id=str(account(LI).public_id),
        request_id="=1+1",
    )

    header, first = downloaded(ANA)[:2]

    assert dict(zip(header, first, strict=True)) == {
        "at": NOW.isoformat(),
        "who": "Ana Berg",
        "action": "partners.set_programs",
        "what": "Change a user's programs",
        "detail": "Given: CSP.",
        "target kind": "account",
        "target": LI,
        "outcome": "done",
        "refusal": "",
        "by way of": "COMMAND",
        # A spreadsheet would run it.
        "request id": "'=1+1",
    }


def test_trail_takes_few_statements_and_no_more_for_a_hundred_records():
    taken = []
    for rows in (1, 100):
        of = PartnerFactory()
        client = client_of(admin_of(of))
        for _row in range(rows):
            target = UserFactory()
            AuditRecordFactory(
                partner_mpn_id=of.mpn_id,
                occurred_at=NOW,
                actor=UserFactory(),
                target_kind="account",
                target_id=str(target.public_id),
            )
        opened = [AUDIT, CSV, f"{AUDIT}?person=pers&about=BENEFITS&outcome=DONE&since=2026-01-01"]
        taken.append([len(statements(partial(read, client, url))) for url in opened])

    few, many = taken
    assert few == many
    assert max(many) <= 8


def read(client: Any, url: str) -> None:
    """Open the address, and read the answer to its end."""
    assert b"".join(client.get(url)) != b""
