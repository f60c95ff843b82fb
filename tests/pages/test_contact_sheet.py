"""No page of the portal is missing on the contact sheet."""

import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from scripts.contact_sheet import Studio
from scripts.sights import EVERYTHING, NOBODY, OTHERS, STATES, Answer, Opens, all_sights
from scripts.tours import TOURS
from tests.pages.doors import NO_PAGES, PAGES
from tests.pages.visits import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def opens_as(who: str) -> Opens:
    """Return what opens pages as this account, in no browser."""
    client: Any = Client() if who == NOBODY else client_of(who)

    def opens(path: str) -> Answer | None:
        response = client.get(path, follow=True)
        if not response["Content-Type"].startswith("text/html"):
            return None
        asked = response.request
        query = f"?{asked['QUERY_STRING']}" if asked["QUERY_STRING"] else ""
        return Answer(f"{asked['PATH_INFO']}{query}", response.content.decode())

    return opens


def test_every_page_and_kind_of_account_is_on_the_contact_sheet():
    sights = list(all_sights(opens_as))
    found = {sight.route for sight in sights}
    on_tour = set[str]().union(*(tour.shows for tour in TOURS))

    assert {sight.who for sight in sights} == {*EVERYTHING, *STATES, *OTHERS}

    assert PAGES - found - on_tour == set()
    assert (found | on_tour) & set(NO_PAGES) == set()


def test_part_of_the_sheet_is_asked_for_by_words(tmp_path: Any):
    studio = Studio(tmp_path, only=["Wizard", "fabrikam"])

    assert studio.wants("admin@fabrikam.example", "portal wizard")
    assert not studio.wants("admin@fabrikam.example", "imports")


def test_sheet_can_be_asked_for_from_the_command_line():
    asked = [sys.executable, "-m", "scripts.contact_sheet", "--language", "tlh"]

    answer = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "LANGUAGE is one of en, zh-hans, zh-hant, ru, hu, sv.\n"
