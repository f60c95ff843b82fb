"""When the first answer is due: business hours over nights, weekends and changes of the clock."""

from datetime import UTC, datetime

import pytest

from support.severities import Severity, due_at, may_require_24x7, runs_around_the_clock

STOCKHOLM = "Europe/Stockholm"


def instant(text):
    """Return the instant of a text without seconds in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(severity, opened_at, *, always=False, zone=STOCKHOLM):
    """Return when the first answer is due, as text in UTC."""
    found = due_at(severity, opened_at=instant(opened_at), require_24x7=always, time_zone=zone)
    assert found.tzinfo == UTC
    return f"{found:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("severity", "opened_at", "expected"),
    [
        # 16 November 2026 is a Monday; in winter Stockholm is one hour ahead of UTC: 8 to 16 UTC.
        (Severity.B, "2026-11-16 08:00", "2026-11-16 12:00:00"),
        (Severity.B, "2026-11-16 12:00", "2026-11-16 16:00:00"),
        (Severity.B, "2026-11-16 12:01", "2026-11-17 08:01:00"),
        (Severity.C, "2026-11-16 08:00", "2026-11-16 16:00:00"),
        (Severity.C, "2026-11-16 10:30", "2026-11-17 10:30:00"),
        # Before opening and after closing.
        (Severity.B, "2026-11-16 03:00", "2026-11-16 12:00:00"),
        (Severity.B, "2026-11-16 16:00", "2026-11-17 12:00:00"),
        (Severity.B, "2026-11-16 23:59", "2026-11-17 12:00:00"),
        # Over the weekend of 21 November.
        (Severity.B, "2026-11-20 14:30", "2026-11-23 10:30:00"),
        (Severity.C, "2026-11-20 15:59", "2026-11-23 15:59:00"),
        (Severity.B, "2026-11-21 10:00", "2026-11-23 12:00:00"),
        (Severity.C, "2026-11-22 23:30", "2026-11-23 16:00:00"),
        # Over the end of the year: no holidays.
        (Severity.C, "2026-12-31 12:00", "2027-01-01 12:00:00"),
        # Over a leap day, a Thursday.
        (Severity.C, "2024-02-28 15:00", "2024-02-29 15:00:00"),
    ],
)
def test_due_in_business_hours_of_the_contacts_zone(severity, opened_at, expected):
    assert due(severity, opened_at) == expected


@pytest.mark.parametrize(
    ("severity", "opened_at", "expected"),
    [
        # Summer time began on Sunday 29 March 2026: from 8-16 to 7-15 UTC.
        (Severity.C, "2026-03-27 12:00", "2026-03-30 11:00:00"),
        (Severity.B, "2026-03-27 15:00", "2026-03-30 10:00:00"),
        (Severity.B, "2026-03-29 00:30", "2026-03-30 11:00:00"),
        # It ended on Sunday 25 October 2026: back to 8-16 UTC.
        (Severity.C, "2026-10-23 11:00", "2026-10-26 12:00:00"),
        (Severity.B, "2026-10-23 14:00", "2026-10-26 11:00:00"),
        (Severity.B, "2026-10-25 00:30", "2026-10-26 12:00:00"),
    ],
)
def test_due_follows_the_contacts_clock_over_its_changes(severity, opened_at, expected):
    assert due(severity, opened_at) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        # Friday 20 November 2026, 12:00 UTC.
        ("UTC", "2026-11-20 16:00:00"),
        ("America/Los_Angeles", "2026-11-20 21:00:00"),
        ("Asia/Tokyo", "2026-11-23 04:00:00"),
        ("Asia/Kathmandu", "2026-11-23 07:15:00"),
        ("Pacific/Kiritimati", "2026-11-22 23:00:00"),
    ],
)
def test_due_depends_on_the_contacts_zone(zone, expected):
    assert due(Severity.B, "2026-11-20 12:00", zone=zone) == expected


@pytest.mark.parametrize(
    ("severity", "always", "opened_at", "expected"),
    [
        (Severity.A, True, "2026-11-21 23:00", "2026-11-22 01:00:00"),
        # A is always around the clock, asked for or not.
        (Severity.A, False, "2026-11-21 23:00", "2026-11-22 01:00:00"),
        (Severity.B, True, "2026-11-21 23:00", "2026-11-22 03:00:00"),
        # The night in which summer time begins is an hour shorter; four hours stay four hours.
        (Severity.B, True, "2026-03-28 23:00", "2026-03-29 03:00:00"),
    ],
)
def test_due_around_the_clock_counts_every_hour(severity, always, opened_at, expected):
    assert due(severity, opened_at, always=always) == expected


@pytest.mark.parametrize(
    ("severity", "asked", "around_the_clock"),
    [
        (Severity.A, False, True),
        (Severity.A, True, True),
        (Severity.B, False, False),
        (Severity.B, True, True),
        (Severity.C, False, False),
        (Severity.C, True, False),
    ],
)
def test_hours_run_around_the_clock_with_a_always_and_with_b_by_choice(
    severity, asked, around_the_clock
):
    assert runs_around_the_clock(severity, require_24x7=asked) is around_the_clock


def test_around_the_clock_may_be_asked_for_except_with_c():
    assert {severity.value: may_require_24x7(severity) for severity in Severity} == {
        "A": True,
        "B": True,
        "C": False,
    }
