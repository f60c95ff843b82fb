"""The staff's queue: what it holds, in which order, page by page, and by which index."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from support.models import SupportRequest
from support.queue import (
    BEHIND,
    BY_DUE,
    QueueForm,
    line_of,
    page_of_queue,
    query_of,
    queue,
    readable_key,
)
from tests.factories import SupportRequestFactory, UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def due(in_hours, **traits):
    """Write an open request whose first answer is due in so many hours."""
    return SupportRequestFactory(due_at=AT + in_hours * HOUR, **traits)


def listed(address="", *, reader=None):
    """Return the requests that the address asks for, in its order."""
    chosen = QueueForm(QueryDict(address)).chosen
    return list(queue(chosen=chosen, reader=reader or UserFactory(staff=True), at=AT))


# --- what is in it ---------------------------------------------------------------------------


def test_queue_holds_what_is_not_resolved_of_all_partners_due_first():
    third, first, second = due(5), due(-30), due(1, billing=True)
    due(-2, resolved=True)
    due(-3, closed=True)
    tied = due(5)

    assert listed() == [first, second, third, tied]


def test_queue_is_ordered_by_when_it_was_opened_if_asked():
    rows = [SupportRequestFactory(opened_at=AT - n * DAY, due_at=AT) for n in (2, 9, 4)]
    middle, oldest, newest = rows[2], rows[1], rows[0]

    assert listed("sort=newest") == [newest, middle, oldest]
    assert listed("sort=oldest") == [oldest, middle, newest]


def test_queue_keeps_what_the_address_asks_for():
    reader = UserFactory(staff=True)
    mine = due(-1, claimed_by=reader, claimed_at=AT)
    others = due(0, claimed=True, state="IN_PROGRESS")
    azure = due(1, billing=True)
    urgent = due(2, severity="A", require_24x7=True, product_family="SQL Server")
    advice = due(3, hours=True)
    everything = [mine, others, azure, urgent, advice]

    asked = {
        "": everything,
        "state=IN_PROGRESS": [others],
        "state=OPEN&severity=A": [urgent],
        "severity=B": [],
        "portal=AZURE": [azure],
        "portal=PARTNER_CENTER": [advice],
        "product=SQL+Server": [urgent],
        "claimed=me": [mine],
        "claimed=nobody": [azure, urgent, advice],
        "claimed=nobody&portal=AZURE&severity=C&due=today": [azure],
        # What is not known filters nothing; what has ended is not the queue's.
        "state=CLOSED&severity=Z&claimed=%00&due=x&sort=&portal=&product=Windows+3": everything,
        "state=RESOLVED": everything,
    }
    found = {address: listed(address, reader=reader) for address in asked}

    assert found == asked


@pytest.mark.parametrize(
    ("zone", "today"), [("UTC", [0, 1]), ("Asia/Tokyo", [0, 1, 2, 16]), ("Etc/GMT+1", [0, 1, 2])]
)
def test_queue_calls_today_what_is_due_before_the_readers_midnight(zone, today):
    # Half past ten in the evening in UTC; half past seven in the morning in Tokyo.
    rows = {hours: due(hours) for hours in (-1, 0, 1, 2, 16, 17, 400)}

    with timezone.override(zone):
        found = [listed(f"due={when}") for when in ("overdue", "today", "later")]

    later = [row for hours, row in rows.items() if hours >= 0 and hours not in today]
    assert found == [[rows[-1]], [rows[hours] for hours in today], later]


def test_request_is_overdue_only_while_nobody_has_begun():
    reader = UserFactory(staff=True)
    waiting, begun, in_time = due(-1), due(-1, state="IN_PROGRESS"), due(0)

    lines = [line_of(row, reader=reader, at=AT) for row in (waiting, begun, in_time)]

    assert [line.is_overdue for line in lines] == [True, False, False]


def test_line_names_the_partner_that_paid_or_for_whom_it_was_opened():
    paid, customers, nobodys = due(0), due(0, for_customer=True), due(0, billing=True)

    whose = [line_of(row, reader=UserFactory(), at=AT).whose for row in (paid, customers, nobodys)]

    assert whose == [paid.plan.package.partner, customers.partner, None]


# --- pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["", "newest", "oldest"])
def test_queue_is_read_page_by_page_without_gaps_or_repeats(sort):
    for number in range(60):
        SupportRequestFactory(due_at=AT + (number // 7) * HOUR, opened_at=AT - (number // 9) * DAY)
    chosen = {"sort": sort} if sort else {}
    whole = listed(query_of(chosen))

    read: list[SupportRequest] = []
    key = ""
    while True:
        page = page_of_queue(
            queue(chosen=chosen, reader=UserFactory(), at=AT), chosen=chosen, key=key
        )
        read += page.rows
        key = page.next_key
        if not key:
            break

    assert len(page.rows) == 10
    assert read == whole


def test_queue_goes_on_behind_a_request_that_was_closed_meanwhile():
    rows = [due(n) for n in range(3)]
    SupportRequest.objects.filter(pk=rows[0].pk).update(
        state="RESOLVED", ended_at=rows[0].state_changed_at
    )

    page = page_of_queue(
        queue(chosen={}, reader=UserFactory(), at=AT), chosen={}, key=rows[0].number
    )

    assert list(page.rows) == rows[1:]


@pytest.mark.parametrize("key", ["", "1" * 14, "1" * 16, "١" * 15, "x" * 15, "\x00", "²" * 15])
def test_key_that_can_be_none_begins_at_the_first(key):
    assert readable_key(key) == ""


# --- by which index --------------------------------------------------------------------------

INDEXES = {
    "": "support_queue_due",
    "due=overdue": "support_queue_due",
    "sort=newest": "support_queue_opened",
    "sort=oldest": "support_queue_opened",
    "severity=A": "support_queue_severity",
    "portal=AZURE": "support_queue_portal",
    "product=Windows+Server": "support_queue_product",
    "claimed=me": "support_queue_claimed",
    "state=IN_PROGRESS": "support_",
    "claimed=nobody": "support_queue_",
}


def five_hundred(*, claimer):
    """Write many open requests of all kinds, and let the database know how many there are."""
    like = SupportRequestFactory()
    rows = [
        SupportRequest(
            author=like.author,
            plan=like.plan,
            number=f"260303{number:09d}",
            portal=("API", "AZURE", "MICROSOFT_365", "SUPPORT_FOR_BUSINESS")[number % 4],
            severity="ABC"[number % 3],
            require_24x7=number % 3 == 0,
            product_family="Windows Server" if number % 10 == 0 else "Azure",
            state=("OPEN", "IN_PROGRESS", "WAITING_FOR_PARTNER")[number % 7 % 3],
            claimed_by=claimer if number % 20 == 0 else None,
            claimed_at=AT if number % 20 == 0 else None,
            contact_method="EMAIL",
            state_changed_at=AT,
            opened_at=AT - number * HOUR,
            due_at=AT + number * HOUR,
        )
        for number in range(500)
    ]
    SupportRequest.objects.bulk_create(rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE support_supportrequest")
            # As few as these are read faster without an index: as many as there may be are not.
            for way in ("seqscan", "bitmapscan", "sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")


@pytest.mark.parametrize("address", INDEXES)
def test_queue_is_read_by_an_index_of_what_is_not_resolved(address):
    reader = UserFactory(staff=True)
    five_hundred(claimer=reader)
    last = SupportRequest.objects.get(number=f"260303{60:09d}")
    chosen = QueueForm(QueryDict(address)).chosen
    found = queue(chosen=chosen, reader=reader, at=AT).select_related(None)

    behind = BEHIND[chosen.get("sort", BY_DUE)](found, last.number)

    # PostgreSQL reads what is frequent by the order alone, and leaves out the rest.
    index = INDEXES[address] if connection.vendor == "sqlite" else " using support_"
    for plan in (found[:26].explain(), behind[:26].explain()):
        assert index in plan
        assert not any(sorting in plan for sorting in ("Sort", "TEMP B-TREE"))
        assert "SCAN support_supportrequest\n" not in f"{plan}\n"
        assert "Seq Scan" not in plan
