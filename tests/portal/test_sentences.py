"""Days, distances, names and numbers as the portal's sentences say them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from portal import sentences
from portal.templatetags import sentences as filters
from tests.pseudo_language import speaking_pseudo

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
END = datetime(2027, 1, 14, tzinfo=UTC)
# Back from the day before NOW.
WEEKDAYS = ["Thursday", "Wednesday", "Tuesday", "Monday", "Sunday", "Saturday"]


# --- days ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (sentences.day, "14 January 2027"),
        (sentences.short_day, "14 Jan 2027"),
        (sentences.day_and_time, "14 Jan 2027, 00:00"),
        (sentences.last_day, "13 January 2027"),
        (sentences.short_last_day, "13 Jan 2027"),
    ],
)
def test_days_in_utc(function, expected):
    assert function(END) == expected


@pytest.mark.parametrize(
    ("zone", "day", "last_day"),
    [
        ("Asia/Tokyo", "14 January 2027", "14 January 2027"),
        ("Europe/Stockholm", "14 January 2027", "14 January 2027"),
        ("America/Los_Angeles", "13 January 2027", "13 January 2027"),
    ],
)
def test_days_are_those_of_the_readers_zone(zone, day, last_day):
    with timezone.override(ZoneInfo(zone)):
        assert (sentences.day(END), sentences.last_day(END)) == (day, last_day)


def test_last_instant_is_just_before_the_end():
    assert sentences.last_instant(END) == datetime(2027, 1, 13, 23, 59, 59, 999999, tzinfo=UTC)


# --- distances -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "distance"),
    [
        (datetime(2027, 1, 13, 23, 59, tzinfo=UTC), "in 54 days"),
        (datetime(2026, 11, 21, 0, 0, tzinfo=UTC), "in 1 day"),
        (datetime(2026, 11, 20, 23, 59, tzinfo=UTC), "today"),
        (datetime(2026, 11, 20, 0, 0, tzinfo=UTC), "today"),
        (datetime(2026, 11, 19, 23, 59, tzinfo=UTC), "1 day ago"),
        (datetime(2026, 11, 17, 9, 0, tzinfo=UTC), "3 days ago"),
    ],
)
def test_distance_counts_calendar_days(moment, distance):
    assert sentences.distance(moment, now=NOW) == distance


@pytest.mark.parametrize(
    ("zone", "days"), [("UTC", 1), ("Asia/Tokyo", 0), ("America/Los_Angeles", 1)]
)
def test_days_until_are_those_of_the_readers_zone(zone, days):
    # From 16:30 to 00:30 UTC: in Tokyo both are on the 21st.
    with timezone.override(ZoneInfo(zone)):
        now, moment = NOW.replace(hour=16, minute=30), datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
        assert sentences.days_until(moment, now=now) == days


def test_days_until_over_the_change_of_the_clock_are_whole():
    with timezone.override(ZoneInfo("Europe/Stockholm")):
        before = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
        after = before + timedelta(hours=25)
        assert sentences.days_until(after, now=before) == 1


def test_with_distance_says_both():
    moment = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)

    assert sentences.with_distance(moment, now=NOW) == "13 Jan 2027, in 54 days"


@pytest.mark.parametrize(
    ("moment", "spoken"),
    [
        # 20 November 2026 is a Friday.
        (NOW, "today"),
        (NOW - timedelta(days=1), "Thursday"),
        (NOW - timedelta(days=3), "Tuesday"),
        (NOW - timedelta(days=6), "Saturday"),
        (NOW - timedelta(days=7), "13 November"),
        (NOW + timedelta(days=1), "21 November"),
        (NOW + timedelta(days=54), "13 January"),
        (NOW + timedelta(days=299), "15 September"),
        (NOW + timedelta(days=300), "16 September 2027"),
        (NOW - timedelta(days=299), "25 January"),
        (NOW - timedelta(days=300), "24 January 2026"),
    ],
)
def test_spoken_day_is_as_one_says_it_on_the_phone(moment, spoken):
    assert sentences.spoken_day(moment, now=NOW) == spoken


def test_iso_day_is_a_fact():
    assert sentences.iso_day(date(2027, 1, 13)) == "2027-01-13"


# --- names and numbers -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "one_of", "all_of"),
    [
        ([], "", ""),
        (["Ana Berg"], "Ana Berg", "Ana Berg"),
        (["Ana Berg", "Li Wei"], "Ana Berg or Li Wei", "Ana Berg and Li Wei"),
        (
            ["Ana Berg", "Li Wei", "Jo Doe"],
            "Ana Berg, Li Wei or Jo Doe",
            "Ana Berg, Li Wei and Jo Doe",
        ),
    ],
)
def test_names_are_listed_as_alternatives_or_together(names, one_of, all_of):
    assert (sentences.one_of(names), sentences.all_of(names)) == (one_of, all_of)


@pytest.mark.parametrize(
    ("moment", "spoken"),
    [
        (NOW - timedelta(days=3), "Tuesday"),
        (NOW - timedelta(days=7), "13 November"),
        (NOW - timedelta(days=300), "24 January 2026"),
    ],
)
def test_day_since_when_is_spoken_as_any_other(moment, spoken):
    assert sentences.spoken_since(moment, now=NOW) == spoken


def test_day_of_the_week_is_a_text_of_its_own_after_each_word_before_it():
    with speaking_pseudo():
        on, since = (
            [function(NOW - timedelta(days=days), now=NOW) for days in range(1, 7)]
            for function in (sentences.spoken_day, sentences.spoken_since)
        )

    assert on == since == [f"⟦{name}⟧" for name in WEEKDAYS]


def test_names_and_sentences_stand_in_a_row():
    assert sentences.listed(["Ana Berg", 7, "Li Wei"]) == "Ana Berg, 7, Li Wei"
    assert sentences.in_a_row(iter(["One 5 %.", "Two.", "Three."])) == "One 5 %. Two. Three."
    assert (sentences.listed([]), sentences.in_a_row([])) == ("", "")
    assert sentences.chained(["a", "b", "c"], pattern="%(first)s; %(second)s") == "a; b; c"


@pytest.mark.parametrize(("language", "gap"), [("en", " "), ("sv", " "), ("zh-hans", "")])
def test_between_two_sentences_stands_what_the_language_wants(language: str, gap: str):
    source = "One.{% gap %}Two."

    with translation.override(language):
        assert Template(source).render(Context()) == f"One.{gap}Two."


@pytest.mark.parametrize(
    ("number", "grouped"), [(123456786, "123 456 786"), (None, ""), (100000006, "100 000 006")]
)
def test_id_is_grouped_in_threes(number, grouped):
    assert sentences.grouped(number) == grouped


@pytest.mark.parametrize(("number", "signed"), [(20, "+20"), (-1, "\u22121"), (0, "0")])
def test_quantity_has_its_sign(number, signed):
    assert sentences.signed(number) == signed


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (filters.distance_from, "in 55 days"),
        (filters.with_distance_from, "14 Jan 2027, in 55 days"),
    ],
)
def test_templates_say_the_same(function, expected):
    assert function(END, NOW) == expected
