"""The left navigation: sections that stay as somebody has left them."""

import pytest
from django.urls import reverse

from partnercenter.navigation import CLOSED
from tests.pages.visits import client_of, page_of

FRITZ = "admin@fabrikam.example"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def seen(address: str, *, closed: str = "") -> tuple[dict[str, bool], bool]:
    """Return which sections of a page stand open, and whether the whole column does."""
    client = client_of(FRITZ)
    client.cookies[CLOSED] = closed
    page = page_of(client.get(address))
    column = page.one("nav", id="navigation")
    button = page.one("button", data_navigation="")
    assert button.attrs["aria-expanded"] == ("false" if "data-closed" in column.attrs else "true")
    sections = {
        section.attrs["data-section"]: "open" in section.attrs for section in column.all("details")
    }
    return sections, "data-closed" not in column.attrs


def test_sections_are_open_until_somebody_closes_them():
    sections, is_open = seen(reverse("dashboard"))

    names = ["membership", "benefits", "support", "portals", "account"]
    assert (sections, is_open) == (dict.fromkeys(names, True), True)


def test_closed_section_stays_closed_except_on_its_own_pages():
    for address, closed in (
        ("dashboard", ["support", "account"]),
        ("partners:my-access", ["support"]),
    ):
        sections, is_open = seen(reverse(address), closed="support.account.nonsense")

        assert [name for name, is_shown in sections.items() if not is_shown] == closed
        assert is_open


def test_whole_column_stays_closed():
    sections, is_open = seen(reverse("benefits:technical"), closed="menu")

    assert (all(sections.values()), is_open) == (True, False)
