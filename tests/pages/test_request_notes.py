"""Notes on the page of a request: whose they are, written once, and nothing typed lost."""

import pytest

from support.models import Note
from tests.factories import NoteFactory
from tests.lives import CloseReason, State, change, close
from tests.pages.life_pages import (
    AUTHOR,
    address,
    key_on,
    notes_on,
    open_request,
    press,
)
from tests.pages.test_statements import opening, statements
from tests.pages.validity import problems_of
from tests.pages.visits import (
    STAFF,
    account,
    alerts,
    client_of,
    main_of,
    page_of,
    visit,
)
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


@pytest.fixture
def request_():
    """Return an open request of an outsider, who used one of Fabrikam's incidents."""
    return open_request()


def test_notes_of_both_sides_stand_in_order_with_side_author_and_time(request_):
    press(AUTHOR, request_, "note", text="It happens\nagain.")
    press(STAFF, request_, "note", text="Try <b>this</b>.")

    assert notes_on(main_of(visit(AUTHOR, address(request_)))) == [
        ("Kofi Mensah · 20 Nov 2026, 09:00", "It happens again."),
        ("Support · Sam Tanaka · 20 Nov 2026, 09:00", "Try <b>this</b>."),
    ]


def test_note_is_added_and_the_page_says_the_new_state(request_):
    change(request_, State.WAITING_FOR_PARTNER, by=account(STAFF), at=NOW)

    page = press(AUTHOR, request_, "note", text="Here is the log.")

    number = request_.number
    assert alerts(page) == [f"Your note is added to request {number}. Its state: In progress."]
    assert Note.objects.get().text == "Here is the log."


@pytest.mark.parametrize("text", ["", " \n ", "x" * 10_001])
def test_note_that_is_none_is_told_so_and_kept(request_, text):
    page = press(AUTHOR, request_, "note", text=text, status=400)

    main = main_of(page)
    assert main.one(cls="error-summary").has("a", href="#id_text")
    assert main.one("textarea").text == " ".join(text.split())
    assert Note.objects.count() == 0


def test_note_sent_twice_by_one_form_is_written_once(request_):
    client, key = client_of(AUTHOR), key_on(visit(AUTHOR, address(request_)))

    for _press in range(2):
        response = client.post(address(request_, "note"), {"text": "Once.", "key": key})
        assert (response.status_code, response.url) == (302, address(request_))

    assert [note.text for note in Note.objects.all()] == ["Once."]


def test_note_sent_again_after_the_request_was_closed_stands_as_it_was(request_):
    client, key = client_of(AUTHOR), key_on(visit(AUTHOR, address(request_)))
    client.post(address(request_, "note"), {"text": "Once.", "key": key})
    close(request_, by=account(STAFF), at=NOW)

    again = client.post(address(request_, "note"), {"text": "Once.", "key": key})

    assert (again.status_code, Note.objects.count()) == (302, 1)


@pytest.mark.parametrize(("reused", "status"), [(True, 422), (False, 400)])
def test_note_under_a_key_that_is_of_no_use_keeps_its_text_and_gets_a_new_one(
    request_, reused, status
):
    key = key_on(visit(AUTHOR, address(request_))) if reused else "no key"
    if reused:
        press(AUTHOR, request_, "note", text="The first.", key=key)

    page = press(AUTHOR, request_, "note", text="The second.", key=key, status=status)

    assert main_of(page).one("textarea").text == "The second."
    assert key_on(page) != key
    press(AUTHOR, request_, "note", text="The second.", key=key_on(page))
    assert Note.objects.count() == 1 + reused


def test_note_typed_while_the_request_is_closed_is_refused_and_kept(request_):
    close(request_, by=account(STAFF), at=NOW, reason=CloseReason.DUPLICATE)

    main = main_of(press(AUTHOR, request_, "note", text="Typed meanwhile.", status=409))

    refusal = main.one(cls="explanation", role="alert")
    assert refusal.attrs["data-code"] == "already_closed"
    assert refusal.text == (
        "This request was closed on 20 November 2026. Open a new request instead."
    )
    assert main.one("textarea").text == "Typed meanwhile."
    assert Note.objects.count() == 0


@pytest.mark.parametrize("who", [AUTHOR, STAFF])
def test_page_takes_as_many_statements_for_fifty_notes_as_for_one(request_, who):
    press(STAFF, request_, "note", text="The first.")
    few = statements(opening(account(who), address(request_)))
    for number in range(49):
        NoteFactory(request=request_, written_at=NOW, text=f"Note {number}")

    many = statements(opening(account(who), address(request_)))

    assert len(few) == len(many) <= 11, "\n".join(many)


def test_many_notes_are_read_page_by_page_from_the_latest(request_):
    for number in range(60):
        NoteFactory(request=request_, written_at=NOW, text=f"Note {number}")
    client, url, pages = client_of(AUTHOR), address(request_), []

    while url:
        main = main_of(page_of(client.get(url)))
        pages.append([text for _head, text in notes_on(main)])
        url = next((a.attrs["href"] for a in main.all("a") if a.text == "Earlier notes"), "")

    shown = [[int(text.removeprefix("Note ")) for text in page] for page in pages]
    assert shown == [list(range(35, 60)), list(range(10, 35)), list(range(10))]
    assert main.has("a", href=f"{address(request_)}#notes")


@pytest.mark.parametrize("key", ["x", "0", "-1", "9" * 30, "٣"])
def test_notes_before_one_that_is_not_there_are_the_latest(request_, key):
    NoteFactory(request=request_, text="Here.")

    page = page_of(client_of(AUTHOR).get(address(request_), {"earlier": key}))

    assert [text for _head, text in notes_on(main_of(page))] == ["Here."]


@pytest.mark.parametrize("who", [AUTHOR, STAFF])
def test_page_of_a_note_that_came_too_late_is_sound(request_, who):
    close(request_, by=account(STAFF), at=NOW)

    page = press(who, request_, "note", text="Too late.", status=409)

    assert list(problems_of(page)) == []
    assert main_of(page).one("textarea").attrs["aria-label"] == "Your text"
