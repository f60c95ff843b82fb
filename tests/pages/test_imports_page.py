"""Importing from the staff desk: who may, uploading, what is wrong, importing, the list."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partners.imports.models import SILENT_FOR, Import, ImportProgress
from partners.models import Partner, User
from portal import clock
from portal.models import AuditRecord
from support.imports import KINDS
from tests.factories import UserFactory
from tests.imports import HEADERS, checked, requested, text_of, uploaded, worked
from tests.pages.html import Element, parsed
from tests.pages.visits import client_of, main_of, page_of, visit

pytestmark = pytest.mark.django_db

LIST = "/staff/imports"
GOOD = ["4500001,Contoso,SE,MPN", "4500002,Fabrikam,US,MPN|CSP"]
BAD = ["45,Contoso,SE,MPN", "4500002,Fabrikam,Sweden,MPN"]
Kind = User.StaffKind
MAY_IMPORT = (Kind.BENEFITS_MANAGER, Kind.ADMINISTRATOR)
MAY_SEE = (*MAY_IMPORT, Kind.AUDITOR)


def manager() -> User:
    """Return a benefits manager."""
    return UserFactory(staff_kind=Kind.BENEFITS_MANAGER, name="Mona Manager")


def address(of: Import, page: str = "") -> str:
    """Return the address of an import, or of a page below it."""
    return reverse(f"support:staff-import{page}", args=[of.public_id])


def send(client: Any, content: str, *, kind: str = "partners", name: str = "p.csv") -> Any:
    """Upload a file by the form."""
    file = SimpleUploadedFile(name, content.encode())
    return client.post(LIST, {"kind": kind, "file": file})


def said(page: Element) -> str:
    """Return what the page's box says."""
    return main_of(page).all(cls="alert")[0].text


@pytest.mark.parametrize("kind", [*Kind, "partner user", "anonymous"])
def test_pages_open_to_those_who_may_see_and_buttons_to_those_who_may_import(kind):
    person = UserFactory(staff_kind=kind if kind in list(Kind) else None)
    client = client_of(person if kind != "anonymous" else None)
    of = checked("partners", text_of("partners", GOOD))
    reading = [
        LIST,
        address(of),
        address(of, "-errors"),
        reverse("support:staff-import-columns", args=["roles"]),
        reverse("support:staff-import-template", args=["roles"]),
    ]
    writing = [LIST, address(of, "-check"), address(of, "-run")]

    opened = {client.get(url).status_code for url in reading}
    sent = [client.post(url).status_code for url in writing]

    shut = 302 if kind == "anonymous" else 403
    assert opened == {200 if kind in MAY_SEE else shut}
    assert sent == ([400, 302, 409] if kind in MAY_IMPORT else [shut] * 3)
    assert Import.objects.get().state == ("UPLOADED" if kind in MAY_IMPORT else "CHECKED")


def test_navigation_leads_staff_who_may_see_to_the_imports():
    agent, auditor = UserFactory(staff=True), UserFactory(staff_kind=Kind.AUDITOR)

    links = [
        [a.text for a in visit(who, "/staff/").one("nav", id="navigation").all("a")]
        for who in (agent, auditor)
    ]
    page = visit(auditor, LIST)

    assert ("Imports" in links[0], "Imports" in links[1]) == (False, True)
    current = page.one("nav", id="navigation").all("a", aria_current="page")
    assert [a.text for a in current] == ["Imports"]
    assert not main_of(page).has("form", method="post")


def test_file_is_uploaded_checked_imported_and_stands_in_the_list():
    by = manager()
    client = client_of(by)

    response = send(client, text_of("partners", GOOD), name="partners of May.csv")
    of = Import.objects.get()
    waiting = client.get(response.url)
    worked(of)
    ready = page_of(client.get(response.url))
    sent = client.post(address(of, "-run"))
    again = client.post(address(of, "-run"))
    worked(of)
    done = page_of(client.get(sent.url))

    assert response.url == sent.url == again.url == address(of)
    region = main_of(page_of(waiting)).one(role="status")
    assert region.text == "Being checked. Line 0 of 4."
    assert region.one("progress").attrs["max"] == "4"
    assert '<noscript><meta http-equiv="refresh" content="4">' in waiting.content.decode()
    assert said(ready) == "The file has no errors. Nothing is imported yet."
    assert said(done) == "Imported: 2 new rows, 0 changed."
    assert not main_of(done).has("form")
    assert Partner.objects.get(mpn_id="4500002").in_csp
    row = main_of(visit(by, LIST)).one("tbody").one("tr")
    cells = [cell.text for cell in row.all("td")]
    assert row.one("th").text == "partners of May.csv"
    assert (cells[0], cells[2:]) == ("Partners", ["Imported", "2", "0", "0", "0"])
    whole = AuditRecord.objects.get(action="partners.import_data")
    assert (whole.actor, whole.channel, len(whole.request_id)) == (by, "PAGE", 36)


def test_errors_are_listed_paged_and_downloaded():
    client = client_of(manager())
    lines = [f"{4_500_000 + n},Partner {n},Sweden,MPN" for n in range(30)]
    of = checked("partners", text_of("partners", ["45,=Contoso,SE,MPN", *lines]))

    first = page_of(client.get(address(of)))
    more = main_of(first).one("a", href="?after=25#errors")
    second = page_of(client.get(address(of) + "?after=25"))
    download = client.get(address(of, "-errors"))

    assert said(first) == (
        "31 errors were found. Nothing was imported, and nothing can be until they are corrected. "
        "Correct the file and upload it again."
    )
    rows = main_of(first).one("tbody").all("tr")
    assert [cell.text for cell in rows[0].all("th") + rows[0].all("td")] == [
        "Line 2",
        "mpn_id",
        "“45” is not an MPN ID. Write seven digits; a spreadsheet may have dropped zeros in front.",
    ]
    assert (len(rows), more.text) == (25, "More errors")
    assert [r.one("th").text for r in main_of(second).one("tbody").all("tr")] == [
        f"Line {number}" for number in range(27, 33)
    ]
    written = b"".join(download).decode("utf-8-sig").splitlines()
    assert written[0] == "line,column,code,what is wrong"
    assert (len(written), written[2][:25]) == (32, "3,country,unknown_country")
    assert client.post(address(of, "-run")).status_code == 409


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose what the rows are."),
        ({"kind": "partners"}, "Choose a CSV file."),
        ({"kind": "pets", "file": text_of("partners", GOOD)}, "Choose what the rows are."),
        ({"kind": "partners", "file": ""}, "The file is empty."),
        ({"kind": "users", "file": text_of("partners", GOOD)}, "These columns are not known:"),
        ({"kind": "partners", "file": "\ufffeNo"}, "These columns are not known:"),
        ({"kind": "partners", "file": "a\x00b\n"}, "This file is not text in UTF-8:"),
    ],
)
def test_file_that_is_none_is_refused_with_a_sentence(data, sentence):
    client = client_of(manager())
    if "file" in data:
        data = {**data, "file": SimpleUploadedFile("x.csv", data["file"].encode())}

    response = client.post(LIST, data)

    assert response.status_code == 400
    problems = main_of(page_of(response)).all(cls="field__error")
    assert any(sentence in problem.text for problem in problems)
    assert not Import.objects.exists()


def test_progress_is_asked_for_until_the_answer_says_what_it_came_to():
    client = client_of(manager())
    of = requested("partners", text_of("partners", GOOD))
    ImportProgress.objects.filter(of=of).update(lines_done=3)

    asked = client.get(address(of), headers={"HX-Request": "true"})
    worked(of)
    finished = client.get(address(of), headers={"HX-Request": "true"})

    assert "Being imported. Line 3 of 4." in " ".join(asked.content.decode().split())
    assert (asked.status_code, finished.status_code) == (200, 286)
    answer = parsed(finished.content.decode())
    assert answer.all(cls="alert")[0].text == "Imported: 2 new rows, 0 changed."
    below = answer.one("div", data_hx_swap_oob="true")
    assert below.attrs["id"] == "below"
    assert below.one("a", href=LIST).text == "Import another file"
    assert all("<html" not in part.content.decode() for part in (asked, finished))


def test_interrupted_import_says_so_and_is_checked_again():
    client = client_of(manager())
    of = uploaded("partners", text_of("partners", GOOD))
    long_ago = clock.real_now() - SILENT_FOR - timedelta(seconds=1)
    ImportProgress.objects.filter(of=of).update(beat_at=long_ago)

    page = page_of(client.get(address(of)))
    client.post(address(of, "-check"))

    assert said(page) == (
        "The work on this file was interrupted. Nothing was imported. "
        "Have it checked again, then import it."
    )
    assert not Import.objects.get().is_interrupted(real_now=clock.real_now())


def test_list_is_filtered_by_kind_and_paged_by_key():
    by = manager()
    for _turn in range(26):
        uploaded("partners", text_of("partners", GOOD), by=by)
    uploaded("users", text_of("users", []), by=by)

    first = main_of(visit(by, f"{LIST}?kind=partners"))
    older = first.all("a")[-1]
    second = main_of(visit(by, LIST + older.attrs["href"]))
    users = main_of(visit(by, f"{LIST}?kind=users&after=nonsense"))

    rows = [len(page.one("tbody").all("tr")) for page in (first, second, users)]
    assert (older.text, rows) == ("Older", [25, 1, 1])
    assert "No import with rows of this kind." in main_of(visit(by, f"{LIST}?kind=roles")).text
    assert visit(by, f"{LIST}?kind=pets&after=9999999999999999999")


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_explained_and_their_template_is_a_file_of_the_kind(kind):
    client = client_of(manager())

    page = main_of(page_of(client.get(reverse("support:staff-import-columns", args=[kind]))))
    template = client.get(reverse("support:staff-import-template", args=[kind]))

    names = [row.one("th").text for row in page.all("tbody")[0].all("tr")]
    text = template.content.decode()
    assert ",".join(names) == text.splitlines()[0] == HEADERS[kind]
    assert template["Content-Disposition"] == f'attachment; filename="{kind}.csv"'
    assert uploaded(kind, text).lines == 3
    assert client.get("/staff/imports/columns/pets").status_code == 404
