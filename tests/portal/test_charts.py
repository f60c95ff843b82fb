"""Charts: numbers become positions, round scales, words and a table."""

import re
from datetime import date, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from portal.charts import Category, Chart, MarkedDay, Series, bars, columns, months, nothing, steps
from portal.charts.picture import round_ticks
from tests.pages.html import parsed

FIRST, LAST, TODAY = date(2026, 1, 1), date(2026, 12, 31), date(2026, 7, 2)


def remaining(values, *, today=TODAY, last=LAST) -> Chart:
    """Return the chart of what remains over the year 2026."""
    return steps(
        name="left",
        title="Remaining",
        heading="Left",
        values=values,
        first=FIRST,
        end=MarkedDay(last, "Ends 31 Dec 2026"),
        today=MarkedDay(today, "Today"),
        empty="Nothing yet.",
    )


def standing(*series: Series, stacked=False, count=2) -> Chart:
    """Return columns of the first months of the year."""
    days = [date(2026 + n // 12, n % 12 + 1, 1) for n in range(count)]
    return columns(
        name="used",
        title="Used",
        heading="Month",
        categories=months(days),
        series=series,
        stacked=stacked,
        empty="Nothing was used.",
    )


def drawn(chart: Chart):
    """Return the chart as it stands on a page."""
    html = Template("{% chart drawn %}").render(Context({"drawn": chart}))
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=", html)
    return parsed(html)


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (20, [0, 5, 10, 15, 20]),
        (21, [0, 5, 10, 15, 20, 25]),
        (23_456, [0, 5000, 10000, 15000, 20000, 25000]),
    ],
)
def test_scale_has_few_round_whole_numbers_and_reaches_the_highest(highest, ticks):
    assert round_ticks(highest) == ticks


def test_steps_hold_their_number_until_it_changes_and_end_today():
    chart = remaining([(FIRST, 20), (date(2026, 4, 2), 15)])

    assert [(line.x1, line.y1, line.x2, line.y2) for line in chart.lines] == [
        ("0", "48", "24.93", "48"),
        ("24.93", "48", "24.93", "93"),
        ("24.93", "93", "49.86", "93"),
    ]
    assert chart.dot == ("49.86", "93")
    assert [(mark.text.text, mark.line.x1) for mark in chart.marks] == [
        ("Ends 31 Dec 2026", "100"),
        ("Today", "49.86"),
    ]
    assert (
        chart.description == "Left: 20 on 1 January 2026, 15 since 2 April 2026. Ends 31 Dec 2026."
    )
    assert [(row.head, row.cells) for row in chart.table.rows] == [
        ("1 Jan 2026", [("Left", "20")]),
        ("2 Apr 2026", [("Left", "15")]),
    ]


@pytest.mark.parametrize(
    ("values", "today", "lines", "marks"),
    [
        ([(FIRST, 5)], FIRST, 0, 2),
        ([(FIRST, 5)], TODAY, 1, 2),
        # What is later than today is not known; what lies after the end stands at the edge.
        ([(FIRST, 5), (date(2026, 8, 1), 4)], TODAY, 1, 2),
        ([(FIRST, 5), (date(2027, 1, 1), 0)], date(2027, 6, 1), 2, 1),
        ([(FIRST, 0)], TODAY, 1, 2),
    ],
)
def test_steps_of_unusual_years(values, today, lines, marks):
    chart = remaining(values, today=today)

    assert (len(chart.lines), len(chart.marks)) == (lines, marks)


def test_steps_of_nothing_are_a_sentence_instead_of_a_picture():
    page = drawn(remaining([(LAST, 3)]))

    assert page.one("figure").text == "Remaining Nothing yet."
    assert not page.has("svg")


def test_steps_of_a_short_time_name_days_and_of_many_days_months():
    values = [(FIRST + timedelta(days=n), 1000 - n) for n in range(1000)]
    short = remaining(values[:3], today=FIRST, last=date(2026, 1, 20))
    long = remaining(values, today=date(2029, 1, 1), last=date(2028, 9, 26))

    assert [label.text for label in short.labels] == [
        "1 January",
        "6 January",
        "11 January",
        "16 January",
    ]
    assert len(long.table.rows) == 1000
    assert len([label for label in long.labels if not label.text.isdigit()]) <= 14


def test_columns_stand_on_the_base_with_their_numbers_on_top():
    chart = standing(Series("On-premises", [3, 0]))

    assert [(a.x, a.y, a.width, a.height) for a in chart.areas] == [("7.5", "20", "35", "180")]
    assert [number.text for number in chart.numbers] == ["3", "0"]
    assert [label.text for label in chart.labels] == ["Jan", "2026", "Feb"]
    assert chart.description == "On-premises: 3 in all; the highest is 3 (January 2026)."
    assert chart.legend == []


def test_columns_of_several_series_stand_side_by_side_or_on_each_other():
    series = Series("On-premises", [3, 1]), Series("Cloud", [1, 4])

    grouped, stacked = standing(*series), standing(*series, stacked=True)

    assert [(a.x, a.series) for a in grouped.areas] == [
        ("7.5", 1),
        ("25", 2),
        ("57.5", 1),
        ("75", 2),
    ]
    assert [(a.x, a.y, a.height) for a in stacked.areas[2:]] == [
        ("57.5", "164", "36"),
        ("57.5", "20", "144"),
    ]
    assert [number.text for number in stacked.numbers] == ["4", "5"]
    assert grouped.legend == ["On-premises", "Cloud"]
    assert [row.cells for row in grouped.table.rows] == [
        [("On-premises", "3"), ("Cloud", "1")],
        [("On-premises", "1"), ("Cloud", "4")],
    ]


def test_many_columns_keep_few_labels_and_all_numbers_in_the_table():
    chart = standing(Series("Used", range(1000)), count=1000)

    assert len({label.x for label in chart.labels}) <= 12
    assert (len(chart.areas), chart.numbers, len(chart.table.rows)) == (999, [], 1000)


def test_bars_lie_with_names_above_and_the_picture_holds_the_first_thirty():
    categories = [Category(f"Product {n}") for n in range(40)]

    chart = bars(
        name="p",
        title="Products",
        heading="Product",
        categories=categories,
        series=[Series("Used", [1234, *range(39)])],
    )

    assert (chart.areas[0].width, chart.numbers[0].text.strip()) == ("80", "1,234")
    assert [label.text for label in chart.labels] == [one.label for one in categories[:30]]
    assert len(chart.table.rows) == 40


@pytest.mark.parametrize("series", [Series("Used", [0, 0]), Series("Used", [])])
def test_bars_of_nothing_are_a_sentence(series):
    assert standing(series, count=len(series.values)) == nothing(
        name="used", title="Used", sentence="Nothing was used."
    )


def test_picture_is_named_described_and_has_its_table():
    page = drawn(standing(Series("On-premises", [3, 1]), Series("Cloud <b>", [1, 4])))

    picture = page.one("svg", role="img")
    named = picture.attrs["aria-labelledby"].split()
    assert " ".join(picture.one(id=one).text for one in named) == (
        "Used On-premises: 4 in all; the highest is 3 (January 2026). "
        "Cloud <b>: 5 in all; the highest is 4 (February 2026)."
    )
    # Several series differ by pattern, too; a pattern is found by its id.
    fills = {area.attrs["fill"] for area in picture.all("rect", cls="chart__area")}
    patterns = {f"url(#{pattern.attrs['id']})" for pattern in picture.all("pattern")}
    assert fills == {"url(#used-1)", "url(#used-2)"} & patterns
    assert page.one("table").texts("th") == [
        "Month",
        "On-premises",
        "Cloud <b>",
        "January 2026",
        "February 2026",
    ]


def test_positions_are_as_svg_reads_them_whatever_the_language():
    with translation.override("sv"):
        page = drawn(standing(Series("Used", [1000, 500])))

    assert page.all("rect", cls="chart__area")[0].attrs["x"] == "7.5%"
    assert "januari 2026 1 000" in page.one("table").text
