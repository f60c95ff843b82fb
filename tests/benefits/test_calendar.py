"""The membership calendar, leap days included."""

from datetime import UTC, date, datetime

import pytest

from benefits.calendar import anniversary_of, end_of_benefits, midnight


@pytest.mark.parametrize(
    ("start", "anniversary"),
    [
        (date(2025, 12, 15), date(2026, 12, 15)),
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2024, 2, 28), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2024, 3, 1), date(2025, 3, 1)),
        (date(2096, 2, 29), date(2097, 2, 28)),
    ],
)
def test_anniversary_is_one_year_on(start, anniversary):
    assert anniversary_of(start) == anniversary


@pytest.mark.parametrize(
    ("anniversary", "end"),
    [
        (date(2026, 12, 15), datetime(2027, 1, 14, tzinfo=UTC)),
        (date(2027, 2, 1), datetime(2027, 3, 3, tzinfo=UTC)),
        (date(2028, 2, 1), datetime(2028, 3, 2, tzinfo=UTC)),
        (date(2025, 2, 28), datetime(2025, 3, 30, tzinfo=UTC)),
        # Summer time begins in Europe on 30 March 2025: UTC days do not care.
        (date(2025, 3, 15), datetime(2025, 4, 14, tzinfo=UTC)),
    ],
)
def test_end_of_benefits_is_thirty_days_after_the_anniversary(anniversary, end):
    assert end_of_benefits(anniversary) == end


def test_midnight_is_the_first_instant_of_the_utc_day():
    assert midnight(date(2026, 11, 20)) == datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
