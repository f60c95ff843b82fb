"""Days, times and numbers in each language, as sentences need them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import formats, translation

from portal import languages, sentences

# Five past two in the afternoon of a Wednesday; its day and month have one digit.
MOMENT = datetime(2027, 3, 3, 14, 5, tzinfo=UTC)
# Exclusive: the day before is the last one.
END = datetime(2027, 5, 14, tzinfo=UTC)
DAY = date(2027, 8, 9)

TABLE = """
en      | day                  | 3 March 2027
en      | short_day            | 3 Mar 2027
en      | day_and_time         | 3 Mar 2027, 14:05
en      | last_day             | 13 May 2027
en      | short_last_day       | 13 May 2027
en      | calendar_day         | 9 August 2027
en      | short_calendar_day   | 9 Aug 2027
en      | MONTH_DAY_FORMAT     | 9 August
en      | YEAR_MONTH_FORMAT    | August 2027
en      | number               | 1,234,567.5
zh-hans | day                  | 2027年3月3日
zh-hans | short_day            | 2027年3月3日
zh-hans | day_and_time         | 2027年3月3日 14:05
zh-hans | last_day             | 2027年5月13日
zh-hans | short_last_day       | 2027年5月13日
zh-hans | calendar_day         | 2027年8月9日
zh-hans | short_calendar_day   | 2027年8月9日
zh-hans | MONTH_DAY_FORMAT     | 8月9日
zh-hans | YEAR_MONTH_FORMAT    | 2027年8月
zh-hans | number               | 1,234,567.5
zh-hant | day                  | 2027年3月3日
zh-hant | short_day            | 2027年3月3日
zh-hant | day_and_time         | 2027年3月3日 14:05
zh-hant | last_day             | 2027年5月13日
zh-hant | short_last_day       | 2027年5月13日
zh-hant | calendar_day         | 2027年8月9日
zh-hant | short_calendar_day   | 2027年8月9日
zh-hant | MONTH_DAY_FORMAT     | 8月9日
zh-hant | YEAR_MONTH_FORMAT    | 2027年8月
zh-hant | number               | 1,234,567.5
ru      | day                  | 3 марта 2027
ru      | short_day            | 03.03.2027
ru      | day_and_time         | 03.03.2027, 14:05
ru      | last_day             | 13 мая 2027
ru      | short_last_day       | 13.05.2027
ru      | calendar_day         | 9 августа 2027
ru      | short_calendar_day   | 09.08.2027
ru      | MONTH_DAY_FORMAT     | 9 августа
ru      | YEAR_MONTH_FORMAT    | Август 2027
ru      | number               | 1~234~567,5
hu      | day                  | 2027. március 3.
hu      | short_day            | 2027. 03. 03.
hu      | day_and_time         | 2027. 03. 03., 14:05
hu      | last_day             | 2027. május 13.
hu      | short_last_day       | 2027. 05. 13.
hu      | calendar_day         | 2027. augusztus 9.
hu      | short_calendar_day   | 2027. 08. 09.
hu      | MONTH_DAY_FORMAT     | augusztus 9.
hu      | YEAR_MONTH_FORMAT    | 2027. augusztus
hu      | number               | 1~234~567,5
sv      | day                  | 3 mars 2027
sv      | short_day            | 3 mar 2027
sv      | day_and_time         | 3 mar 2027, 14:05
sv      | last_day             | 13 maj 2027
sv      | short_last_day       | 13 maj 2027
sv      | calendar_day         | 9 augusti 2027
sv      | short_calendar_day   | 9 aug 2027
sv      | MONTH_DAY_FORMAT     | 9 augusti
sv      | YEAR_MONTH_FORMAT    | augusti 2027
sv      | number               | 1~234~567,5
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.strip().splitlines()]


def written(what: str) -> str:
    """Return the text of one row, in the language that is spoken."""
    if what == "number":
        return formats.number_format(Decimal("1234567.5"), force_grouping=True)
    if what.endswith("_FORMAT"):
        return formats.date_format(DAY, what)
    value = DAY if "calendar" in what else END if "last" in what else MOMENT
    function = getattr(sentences, what)
    return str(function(value))


@pytest.mark.parametrize("language", languages.NAMES)
def test_days_and_numbers_are_written_as_in_the_language(language: str):
    expected = {what: text.replace("~", "\u00a0") for code, what, text in ROWS if code == language}

    with translation.override(language):
        assert {what: written(what) for what in expected} == expected
    assert len(expected) == 10


@pytest.mark.parametrize("language", languages.NAMES)
def test_time_of_day_has_24_hours(language: str):
    with translation.override(language):
        assert formats.time_format(MOMENT, "TIME_FORMAT") == "14:05"


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("en", "3 Mar 2027, in 3 days"),
        ("zh-hans", "2027年3月3日（3 天后）"),
        ("zh-hant", "2027年3月3日（3 天後）"),
        ("ru", "03.03.2027 (через 3 дня)"),
        ("hu", "2027. 03. 03., 3 nap múlva"),
        ("sv", "3 mar 2027, om 3 dagar"),
    ],
)
def test_day_has_its_distance_beside_it(language: str, spoken: str):
    with translation.override(language):
        said = sentences.with_distance(MOMENT, now=datetime(2027, 2, 28, 9, tzinfo=UTC))

    assert said == spoken
