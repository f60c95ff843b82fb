"""Downloads that are harmless in a spreadsheet, and lists that go on from a key."""

import pytest

from partners.models import Partner
from portal.csv_export import csv_response, defused
from portal.paging import Page, page_of
from tests.factories import PartnerFactory


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+46 8 123", "'+46 8 123"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("Contoso", "Contoso"),
        ("a=b", "a=b"),
        ("", ""),
        (None, ""),
        (-1, -1),
        (20, 20),
    ],
)
def test_cell_that_would_run_as_a_formula_is_defused(value, written):
    assert defused(value) == written


def test_csv_is_streamed_with_header_and_bom():
    response = csv_response(
        name="ledger.csv", header=["No.", "Reason"], rows=[[1, "=x"], [2, 'say "hi", please']]
    )

    assert response.getvalue().decode() == (
        '\ufeffNo.,Reason\r\n1,\'=x\r\n2,"say ""hi"", please"\r\n'
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="ledger.csv"'


def pages_of(size):
    """Return the names on each page of all partners, by name."""
    pages, key = [], ""
    while True:
        page = page_of(
            Partner.objects.order_by("name_folded"),
            key=key,
            after=lambda query, name: query.filter(name_folded__gt=name),
            key_of=lambda partner: partner.name_folded,
            size=size,
        )
        pages.append([partner.name for partner in page.rows])
        assert page.is_first is (key == "")
        if not page.next_key:
            return pages
        key = page.next_key


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("size", "pages"),
    [
        (2, [["A", "B"], ["C", "D"], ["E"]]),
        (5, [["A", "B", "C", "D", "E"]]),
        (4, [["A", "B", "C", "D"], ["E"]]),
        (1, [["A"], ["B"], ["C"], ["D"], ["E"]]),
    ],
)
def test_list_goes_on_from_the_key_until_its_end(size, pages):
    for name in "CABED":
        PartnerFactory(name=name)

    assert pages_of(size) == pages


@pytest.mark.django_db
def test_empty_list_is_one_empty_page():
    page = page_of(
        Partner.objects.order_by("pk"), key="", after=lambda query, _key: query, key_of=str
    )

    assert page == Page(rows=[], next_key="", is_first=True)
