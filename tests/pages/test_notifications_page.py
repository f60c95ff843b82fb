"""The bell in every bar, its list, and marking it as read."""

from datetime import timedelta

import pytest
from django.urls import reverse

from partners.models import User
from portal.models import NotificationsRead
from portal.paging import PAGE_SIZE
from support.models import SupportRequest
from tests.factories import SupportRequestFactory, UserFactory
from tests.pages.html import Element
from tests.pages.visits import (
    STAFF,
    TECHNICAL,
    account,
    alerts,
    changed_since,
    client_of,
    main_of,
    page_of,
    visit,
)
from tests.stories import row_counts
from tests.world.loaded import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LIST, READ = "/dashboard/notifications", "/dashboard/notifications/read"
IN_EVERY_FRAME = ("/dashboard/", TECHNICAL, "/supportforbusiness/plans", "/portals/azure/", "/x")
FEW_LEFT = "admin@northwind.example"


def bell(page: Element) -> str:
    """Return what the bell says."""
    (link,) = page.all("a", href=LIST, cls="bar-link")
    return link.one(cls="visually-hidden").text


def badges(page: Element) -> list[list[str]]:
    """Return the badges of each notification: what it is, and whether it is new."""
    rows = page.one("table").one("tbody").all("tr")
    return [row.texts(cls="badge") for row in rows]


def waiting(author: User, *, count: int = 1) -> None:
    """Let so many requests wait for the account, since yesterday."""
    SupportRequestFactory.create_batch(
        count,
        author=author,
        billing=True,
        state=SupportRequest.State.WAITING_FOR_PARTNER,
        state_changed_at=NOW - timedelta(days=1),
    )


@pytest.mark.parametrize("url", IN_EVERY_FRAME)
def test_bell_counts_what_is_unread_in_every_frame(url: str):
    page = visit(FEW_LEFT, url, status=404 if url == "/x" else 200)

    assert bell(page) == "Notifications, 2 unread"
    assert page.one(cls="bar-link__count").text == "2"


@pytest.mark.parametrize(
    ("email", "url"), [(None, "/"), (None, "/help/"), (STAFF, "/staff/"), (STAFF, "/help/")]
)
def test_bell_is_for_accounts_that_have_something_to_be_told(email: str | None, url: str):
    page = visit(email, url)

    assert page.all("a", href=LIST) == []


def test_bell_of_an_account_with_nothing_to_be_told_has_no_number():
    page = visit("pat@outlook.example", LIST)

    assert bell(page) == "Notifications"
    assert not page.has(cls="bar-link__count")
    assert main_of(page).one(cls="empty-state__title").text == "Nothing to tell"


def test_bell_counts_to_ninety_nine():
    user = UserFactory()
    waiting(user, count=100)

    page = visit(user, LIST)

    assert (bell(page), page.one(cls="bar-link__count").text) == (
        "Notifications, 100 unread",
        "99+",
    )


@pytest.mark.parametrize(
    ("email", "titles"),
    [
        ("admin@contoso.example", ["Not activated"]),
        ("admin@renewal.example", ["Ends soon", "Renewal"]),
        ("admin@exhausted.example", ["Used up", "Used up"]),
        (FEW_LEFT, ["Few left", "Few left"]),
        ("admin@pending.example", []),
        ("admin@expired.example", []),
        ("admin@scheduled.example", []),
        ("csponly@contoso.example", []),
    ],
)
def test_list_tells_of_the_states_of_the_demo_world(email: str, titles: list[str]):
    page = visit(email, LIST)

    found = [row[0] for row in badges(page)] if titles else []
    assert sorted(found) == titles
    assert page.has("table") is bool(titles)


def test_every_notification_leads_where_it_can_be_dealt_with():
    for email in ("admin@contoso.example", "admin@renewal.example", FEW_LEFT):
        rows = visit(email, LIST).one("table").one("tbody")
        for link in rows.all("a"):
            assert client_of(email).get(link.attrs["href"]).status_code == 200


def test_looking_writes_nothing_and_marks_nothing():
    client = client_of(FEW_LEFT)
    before = row_counts()

    client.get(LIST)

    assert changed_since(before) == {}
    assert badges(page_of(client.get(LIST))) == [["Few left", "New"]] * 2


def send(email: str, until: str):
    """Send the form of the list as this page held it, and follow."""
    return client_of(email).post(READ, {"until": until}, follow=True)


def test_marking_as_read_leaves_the_list_and_empties_the_bell():
    until = visit(FEW_LEFT, LIST).one("input", name="until").attrs["value"]

    page = page_of(send(FEW_LEFT, until))

    assert alerts(page) == ["All notifications up to then are marked as read."]
    assert (bell(page), badges(page)) == ("Notifications", [["Few left", "Read"]] * 2)
    assert not page.has("form", action=READ)
    assert bell(visit("admin@renewal.example", "/dashboard/")) == "Notifications, 2 unread"


def test_what_came_after_the_list_was_opened_stays_unread():
    waiting(account(FEW_LEFT))

    page = page_of(send(FEW_LEFT, (NOW - timedelta(days=2)).isoformat()))

    assert badges(page) == [["Waiting for you", "New"], *[["Few left", "Read"]] * 2]


@pytest.mark.parametrize(
    "until",
    [
        *("", "yesterday", "2026-11-20T09:00:00", "2026-13-40T00:00:00+00:00", "9" * 5000),
        *("0001-01-01T00:00:00+23:59", "９９９９"),
    ],
)
def test_form_that_does_not_say_until_when_marks_nothing(until: str):
    response = send(FEW_LEFT, until)

    assert response.status_code == 400
    assert page_of(response).one(role="alert").text.startswith("The form did not say")
    assert not NotificationsRead.objects.exists()


def test_long_list_goes_on_behind_the_last_one_shown():
    user = UserFactory()
    waiting(user, count=PAGE_SIZE + 1)

    first = visit(user, LIST)
    (older,) = [a.attrs["href"] for a in main_of(first).all("a") if a.text == "Older"]
    second = visit(user, f"{LIST}{older}")

    keys = [[row.attrs["data-key"] for row in p.one("tbody").all("tr")] for p in (first, second)]
    assert [len(page) for page in keys] == [PAGE_SIZE, 1]
    assert len({*keys[0], *keys[1]}) == PAGE_SIZE + 1
    assert [a.text for a in main_of(second).all("a", href=LIST)] == ["Newest"]
    assert len(visit(user, f"{LIST}?before=nonsense").one("tbody").all("tr")) == PAGE_SIZE


def test_new_link_is_told_to_the_admin_and_not_to_a_colleague():
    consultant = account("consultant@outlook.example")
    consultant.links.update(linked_at=NOW - timedelta(days=1))

    page = visit("admin@fabrikam.example", LIST)

    (link,) = page.one("tbody").all("a")
    assert "Kofi Mensah linked the contract." in page.one("tbody").text
    assert (
        reverse("benefits:accounts", args=[link.attrs["href"].split("/")[-2]])
        == (link.attrs["href"])
    )
    assert "linked the contract" not in main_of(visit("user@fabrikam.example", LIST)).text
