"""The audit of the whole portal: who may, what it says and hides, its filters, its download."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benefits.models import IssuedId
from partnercenter.demo.accounts import CONTOSO, FABRIKAM, NORTHWIND
from partners.models import ApiClient, User
from portal import audit_words
from portal.audit_pages import position_of
from portal.audit_words import Group
from portal.models import AuditRecord
from tests.explain import scans
from tests.factories import AuditRecordFactory, PartnerFactory, PlanFactory, UserFactory
from tests.pages.html import Element, digits_in
from tests.pages.visits import (
    STAFF,
    account,
    client_of,
    contract,
    main_of,
    numbers,
    page_of,
    plan,
    visit,
)
from tests.stories import admin_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

AUDIT, CSV = "/staff/audit", "/staff/audit.csv"
LATEST = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)
AUDITOR, ANA, FRITZ = "auditor@portal.example", "admin@contoso.example", "admin@fabrikam.example"


def audit(query: str = "") -> Element:
    """Return the main part of the page."""
    return main_of(visit(AUDITOR, f"{AUDIT}{query}"))


def rows_of(main: Element) -> list[list[Element]]:
    """Return the cells of the table, row by row."""
    tables = main.all("table")
    body = tables[0].one("tbody") if tables else Element("tbody")
    return [[cell for cell in row if cell.tag in ("th", "td")] for row in body.all("tr")]


def downloaded(query: str = "") -> list[dict[str, str]]:
    """Return the rows of the download."""
    text = b"".join(client_of(AUDITOR).get(f"{CSV}{query}")).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def found(query: str) -> list[str]:
    """Return the request ids of the page's rows, those of the world left out."""
    texts = [row[-1].text for row in rows_of(audit(query))]
    return [text.split("Request ID ")[1].split()[0] for text in texts if "Request ID" in text]


def record(number: int, **changes: Any) -> AuditRecord:
    """Write a record that is so many hours older than LATEST, and newer than all of the world."""
    return AuditRecordFactory(**{"occurred_at": LATEST - timedelta(hours=number), **changes})


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [AUDIT, CSV])
def test_audit_is_for_auditors_and_administrators_alone(url: str):
    answers = {
        kind: client_of(UserFactory(staff_kind=kind)).get(url).status_code
        for kind in User.StaffKind
    }

    assert answers == {
        "SUPPORT_AGENT": 403,
        "BENEFITS_MANAGER": 403,
        "AUDITOR": 200,
        "ADMINISTRATOR": 200,
    }
    assert client_of(None).get(url).status_code == 302
    for who in (admin_of(PartnerFactory()), STAFF):
        main = main_of(visit(who, url, status=403))
        assert "This is for staff of these kinds: Auditor, Administrator." in main.text


def test_navigation_leads_to_the_audit_only_those_who_may_read_it():
    entries = {who: visit(who, "/staff/").one("nav", id="navigation") for who in (AUDITOR, STAFF)}

    shared = ["Staff desk", "Requests", "Partners", "Reports"]
    assert entries[AUDITOR].texts("a") == [*shared, "Imports", "Audit"]
    assert entries[STAFF].texts("a") == shared
    here = visit(AUDITOR, AUDIT).one("nav", id="navigation")
    assert here.texts("a", aria_current="page") == ["Audit"]


# --- what it says ----------------------------------------------------------------------------


def test_audit_says_who_what_on_what_for_whom_and_what_was_refused():
    agent = client_of(STAFF)
    looked_up = agent.post("/staff/", {"query": FABRIKAM})["MS-RequestId"]
    refused = agent.get(AUDIT)["MS-RequestId"]
    of = plan(FABRIKAM)
    shown = client_of(FRITZ).post(reverse("benefits:show-ids", args=[of.public_id]))["MS-RequestId"]

    rows = {row[-1].text.split("Request ID ")[1].split()[0]: row for row in rows_of(audit())[:3]}

    assert [cell.text for cell in rows[looked_up]][1:5] == [
        "Sam Tanaka staff@portal.example \u00b7 Support agent",
        "Look something up",
        "",
        "Fabrikam",
    ]
    assert [cell.text for cell in rows[refused]][1:] == [
        "Sam Tanaka staff@portal.example \u00b7 Support agent",
        "Open a page or make a call: support:staff-audit",
        "",
        "",
        f"Refused: not authorized Request ID {refused} from 127.0.0.1",
    ]
    assert rows[shown][3].text.endswith("of Fabrikam")
    card = reverse("support:staff-contract", args=[contract(FABRIKAM).public_id])
    assert rows[shown][3].one("a").attrs["href"] == card
    assert rows[shown][4].one("a").attrs["href"] == f"/staff/partners/{FABRIKAM}"


def test_audit_names_what_ids_stand_for_and_leads_to_their_pages():
    gold, not_activated = plan(FABRIKAM), plan(CONTOSO)
    request = gold.support_requests.order_by("pk")[0]
    card = f"/staff/contracts/{contract(FABRIKAM).public_id}"
    expected: dict[tuple[str, object], tuple[str, str]] = {
        ("plan", gold.public_id): ("Partner support Gold 20pack of Fabrikam", card),
        ("plan_id", gold.public_id): ("Partner support Gold 20pack of Fabrikam", card),
        ("contract", contract(FABRIKAM).public_id): ("Gold competency of Fabrikam", card),
        ("package", not_activated.package.public_id): (
            "Gold competency of Contoso",
            f"/staff/partners/{CONTOSO}",
        ),
        ("request", request.number): (request.number, f"/supportforbusiness/manage/{request}"),
        ("mpn_id", FABRIKAM): ("Fabrikam", f"/staff/partners/{FABRIKAM}"),
        ("account", account(ANA).public_id): (ANA, ""),
        ("client", "demo-contoso"): ("demo-contoso", ""),
        ("plan", "no-such-plan"): ("no-such-plan", ""),
    }
    for number, (kind, target) in enumerate(expected):
        record(number, target_kind=kind, target_id=str(target))

    cells = [row[3] for row in rows_of(audit())[: len(expected)]]

    shown = [
        (cell.one("p").text, "".join(a.attrs["href"] for a in cell.all("a"))) for cell in cells
    ]
    assert shown == list(expected.values())
    assert [row["target"] for row in downloaded()[: len(expected)]] == [
        name for name, _url in expected.values()
    ]


def test_audit_holds_no_contract_id_whatever_somebody_put_into_an_address():
    access, secret = numbers(contract(FABRIKAM))
    client = client_of(FRITZ)
    client.post(f"/dashboard/account/api-clients/{secret}/secret", {"key": "x"})
    client.post("/supportforbusiness/plans", {"access_id": access, "contract_id": secret})
    record(0, target_kind="client", target_id=secret, request_id=secret, refusal_code="not_found")
    record(0, action=f"/nowhere/{secret}", refusal_code="not_authorized")

    page = visit(AUDITOR, AUDIT)
    asked = visit(AUDITOR, f"{AUDIT}?target={secret}&partner={secret}")
    everything = "\n".join(str(row) for row in downloaded())

    issued = IssuedId.objects.filter(kind=IssuedId.Kind.CONTRACT)
    secrets = {str(number) for number in issued.values_list("number", flat=True)}
    texts = [page.text, str(page), everything, main_of(asked).text, str(main_of(asked))]
    assert digits_in(secret) & secrets == {secret}
    assert [digits_in(text) & secrets for text in texts] == [set()] * len(texts)
    assert "Look it up on the staff desk instead." in main_of(asked).text


# --- filters and pages -----------------------------------------------------------------------


def mixed() -> None:
    """Write records that differ in everything that can be asked for."""
    of: dict[str, Any] = {"partner_mpn_id": CONTOSO}
    number = plan(FABRIKAM).support_requests.order_by("pk")[0].number
    client = ApiClient.objects.get(client_id="demo-contoso").user
    ana, fritz = account(ANA), account(FRITZ)
    refused = {"refusal_code": "not_authorized"}
    closed = {"target_kind": "request", "target_id": number, "refusal_code": "already_closed"}
    noted = {"target_kind": "number", "target_id": number}
    added = {"target_kind": "account", "target_id": str(fritz.public_id)}
    shown = {"actor": fritz, "partner_mpn_id": FABRIKAM, **refused}
    record(0, action="partners.set_roles", request_id="roles", actor=ana, **of)
    record(24, action="benefits.show_pair", request_id="pair", **shown)
    record(48, action="benefits:show-ids", request_id="page", **refused)
    record(72, action="support.look_up", request_id="look", actor=account(STAFF))
    record(96, action="support.close_request", request_id="close", actor=client, **closed, **of)
    record(120, action="support.add_note", request_id="note", actor=client, **noted, **of)
    record(144, action="partners.add_user", request_id="user", actor=ana, **added, **of)


FILTERS: dict[str, list[str]] = {
    "": ["roles", "pair", "page", "look", "close", "note", "user"],
    "who=admin@contoso.example": ["roles", "user"],
    "who=ADMIN@Contoso.example": ["roles", "user"],
    "who=demo-contoso": ["close", "note"],
    f"partner={CONTOSO}": ["roles", "close", "note", "user"],
    "partner=CONTO": ["roles", "close", "note", "user"],
    "about=USERS": ["roles", "user"],
    "about=partners.add_user": ["user"],
    "about=REQUESTS": ["close", "note"],
    "about=OTHER": ["page"],
    "about=OTHER&outcome=DONE": [],
    "outcome=REFUSED": ["pair", "page", "close"],
    "outcome=DONE": ["roles", "look", "note", "user"],
    "outcome=not_authorized": ["pair", "page"],
    "target={number}": ["close", "note"],
    "target=admin@fabrikam.example": ["user"],
    "request_id=page": ["page"],
    "since=2027-01-19": ["roles", "pair"],
    "since=2027-01-01&until=2027-01-17": ["look", "close", "note", "user"],
    "since=2027-01-15&until=2027-01-15&about=REQUESTS": ["note"],
    "about=REQUESTS&outcome=REFUSED": ["close"],
    "about=benefits.show_pair&outcome=not_authorized": ["pair"],
    "about=benefits.show_pair&outcome=DONE": [],
    f"partner={CONTOSO}&about=USERS&who=admin@contoso.example&outcome=DONE": ["roles", "user"],
    f"partner={CONTOSO}&about=OTHER": [],
    f"partner={CONTOSO}&outcome=REFUSED": ["close"],
    "target={number}&who=demo-contoso&outcome=already_closed": ["close"],
    f"request_id=pair&partner={FABRIKAM}": ["pair"],
    f"request_id=pair&partner={CONTOSO}": [],
    # What is not known filters nothing.
    "about=SECRETS&outcome=x": ["roles", "pair", "page", "look", "close", "note", "user"],
}


def test_audit_is_filtered_by_address_alike_on_page_and_in_the_download():
    mixed()
    number = plan(FABRIKAM).support_requests.order_by("pk")[0].number
    asked = {query: f"?{query.format(number=number)}" for query in FILTERS}
    written = set(FILTERS[""])

    in_the_table = {query: found(url) for query, url in asked.items()}
    in_the_file = {
        query: [row["request id"] for row in downloaded(url) if row["request id"] in written]
        for query, url in asked.items()
    }

    assert in_the_table == FILTERS
    assert in_the_file == FILTERS


def test_no_filter_reads_a_large_table_whole_and_none_takes_many_statements():
    mixed()
    number = plan(FABRIKAM).support_requests.order_by("pk")[0].number
    client = client_of(AUDITOR)
    before = f"before={position_of(AuditRecord.objects.newest_first()[0]).key}"
    taken = {}

    for query in FILTERS:
        for url in (AUDIT, CSV):
            asked = f"{url}?{query.format(number=number)}&{before}"
            with scans() as read_whole, CaptureQueriesContext(connection) as captured:
                b"".join(client.get(asked))
            assert read_whole == [], query
            taken[url, query] = len(captured)

    assert max(taken.values()) <= 8, taken


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("who=nobody@contoso.example", "No account has this e-mail address"),
        ("who=no-such-client", "no API client this ID"),
        ("target=nobody@contoso.example", "No account has this e-mail address."),
        ("partner=1234567", "No partner has this MPN ID or a name that begins like this."),
        ("partner=zzz", "No partner has this MPN ID or a name that begins like this."),
        ("request_id=none", "Nothing that you filtered for was done or tried."),
    ],
)
def test_what_there_is_not_is_said_instead_of_showing_everything(query: str, sentence: str):
    main = audit(f"?{query}")

    assert sentence in main.one(cls="empty-state").text
    assert rows_of(main) == []
    assert downloaded(f"?{query}") == []


def test_several_partners_of_a_beginning_are_offered_to_choose_from():
    one, other = (PartnerFactory(name=f"Zeta {name}") for name in ("Beta", "Alpha"))

    main = audit("?partner=ZETA&outcome=DONE")

    links = {a.text: a.attrs["href"] for a in main.one(cls="empty-state").all("a")}
    assert links == {
        "Zeta Alpha": f"?partner={other.mpn_id}&outcome=DONE",
        "Zeta Beta": f"?partner={one.mpn_id}&outcome=DONE",
        "The whole audit": AUDIT,
    }
    for number in range(20):
        PartnerFactory(name=f"Zeta {number}")
    assert "More than 20 partners begin like this." in audit("?partner=zeta").text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=tomorrow", "Enter the day as 2026-11-20."),
        ("since=2026-11-20&until=2026-11-19", "The last day is before the first one."),
        (f"who={'x' * 255}", "at most 254 characters"),
        (f"request_id={'x' * 65}", "at most 64 characters"),
    ],
)
def test_filter_that_is_not_valid_is_said_and_keeps_what_was_typed(query: str, sentence: str):
    main = audit(f"?{query}")

    assert sentence in main.one("form", role="search").text
    name, value = query.rsplit("&", maxsplit=1)[-1].split("=")
    # What is no day at all, a browser would not show in the field of a day.
    shown = None if sentence.startswith("Enter the day") else value
    assert main.one("input", name=name).attrs.get("value") == shown
    assert rows_of(main) != []


def test_every_action_and_every_refusal_can_be_asked_for():
    form = audit().one("form", role="search")

    whats = {o.attrs["value"] for o in form.one("select", name="about").all("option")}
    outcomes = {o.attrs["value"] for o in form.one("select", name="outcome").all("option")}
    assert whats == {"", *Group.values, *audit_words.registered()}
    assert outcomes == {"", "DONE", "REFUSED", *audit_words.CODES}


@pytest.mark.parametrize("query", ["about=REQUESTS", f"partner={NORTHWIND}", "outcome=DONE"])
def test_audit_by_pages_shows_each_of_sixty_records_once_and_keeps_the_filter(query: str):
    actions = ("support.add_note", "support.submit_request", "support.close_request")
    for number in range(60):
        record(
            number // 2,
            request_id=f"id-{number}",
            action=actions[number % 3],
            partner_mpn_id=NORTHWIND,
        )
    client, url = client_of(AUDITOR), f"{AUDIT}?{query}"
    seen: list[list[str]] = []
    while url and len(seen) < 3:
        main = main_of(page_of(client.get(url)))
        seen.append([row[-1].text.split("Request ID ")[1] for row in rows_of(main)
                     if "Request ID" in row[-1].text])  # fmt: skip
        older = [a.attrs["href"] for a in main.all("a") if a.text == "Older"]
        url = f"{AUDIT}{older[0]}" if older else ""

    pairs = [(f"id-{number + 1}", f"id-{number}") for number in range(0, 60, 2)]
    assert [len(ids) for ids in seen] == [25, 25, 10]
    assert [name for ids in seen for name in ids] == [name for pair in pairs for name in pair]


@pytest.mark.parametrize("key", ["x", "-1", "1-", "9" * 30 + "-1", "\u0663-1", f"{'9' * 18}-1"])
def test_audit_from_a_key_that_is_none_begins_at_the_newest(key: str):
    record(0, request_id="newest")

    assert found(f"?before={key}")[0] == "newest"


def test_download_goes_on_over_many_statements_and_defuses_formulas():
    AuditRecord.objects.bulk_create(
        AuditRecordFactory.build(
            occurred_at=LATEST, actor=None, target_kind="client", target_id="=1+1"
        )
        for _number in range(1001)
    )

    rows = downloaded("?target=%3D1%2B1")

    assert len(rows) == 1001
    assert {row["target"] for row in rows} == {"'=1+1"}
    assert {row["who"] for row in rows} == {"The portal"}


def test_bought_package_is_named_by_what_was_bought():
    package = PlanFactory(bought=True).package
    record(0, target_kind="package", target_id=str(package.public_id))

    cell = rows_of(audit())[0][3]

    assert cell.one("p").text == f"Premier Support for Partners of {package.partner.name}"
