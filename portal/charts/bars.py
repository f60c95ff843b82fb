"""Bars: for what follows in time they stand, for kinds of things they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.charts.picture import (
    FEW_LABELS,
    LABELS_HEIGHT,
    LINE_OF_TEXT,
    MOST_LABELS,
    Area,
    Chart,
    Scale,
    Table,
    TableRow,
    Text,
    nothing,
    number,
    position,
    round_ticks,
)
from portal.sentences import in_a_row

MOST_SERIES = 4
# Above standing bars there is room for a number of so many characters.
NUMBERS_HEIGHT, LONGEST_NUMBER = 20, 3
SHARE_OF_SLOT = 0.7
MOST_LYING = 30
NAME_HEIGHT, BAR_HEIGHT, BAR_GAP = 20, 14, 4
# The longest lying bar leaves room for its number.
LONGEST_BAR = 80.0


@dataclass(frozen=True)
class Category:
    """What a bar stands for: its name, and under a standing bar a short one of up to two lines."""

    label: str
    short: str = ""
    below: str = ""


@dataclass(frozen=True)
class Series:
    """Numbers of one kind, one for each category; whole and not negative."""

    name: str
    values: Sequence[int]


def months(days: Sequence[date]) -> list[Category]:
    """Return the categories of months, each given by one of its days, in order."""
    return [
        Category(
            label=formats.date_format(day, "YEAR_MONTH_FORMAT"),
            # Translators: a date format of Django, not a sentence: the month as short as it goes.
            short=formats.date_format(day, pgettext("date format", "M")),
            below=str(day.year) if place == 0 or day.month == 1 else "",
        )
        for place, day in enumerate(days)
    ]


def columns(
    *,
    name: str,
    title: str,
    heading: str,
    categories: Sequence[Category],
    series: Sequence[Series],
    stacked: bool = False,
    empty: str = "",
) -> Chart:
    """
    Return bars that stand side by side: for what follows in time, such as months.

    :param name: unique on the page
    :param heading: what the categories are: the head of the table's first column
    :param series: at most four
    :param stacked: several series on top of each other instead of side by side
    :param empty: the sentence for when every number is 0, or there is none
    """
    figures = _Figures(categories, series, is_stacked=stacked or len(series) == 1)
    if not figures.highest:
        return nothing(name=name, title=title, sentence=empty or _("There is nothing to show."))
    scale = Scale(top=NUMBERS_HEIGHT, ticks=round_ticks(figures.highest))
    return Chart(
        name=name,
        title=title,
        description=figures.in_words(),
        height=scale.base + LABELS_HEIGHT,
        axis_width=scale.width,
        scale=scale.labels(),
        areas=_standing(figures, scale=scale),
        numbers=_on_top(figures, scale=scale),
        labels=_under(categories, y=scale.base),
        legend=figures.legend(),
        table=figures.table(heading),
    )


def bars(
    *,
    name: str,
    title: str,
    heading: str,
    categories: Sequence[Category],
    series: Sequence[Series],
    stacked: bool = False,
    empty: str = "",
) -> Chart:
    """
    Return bars that lie under each other, their names above: for kinds of things, such as products.

    The picture holds the first 30 categories, the table all. Parameters are those of `columns`.
    """
    figures = _Figures(categories, series, is_stacked=stacked or len(series) == 1)
    if not figures.highest:
        return nothing(name=name, title=title, sentence=empty or _("There is nothing to show."))
    drawn = categories[:MOST_LYING]
    lines = 1 if figures.is_stacked else len(series)
    row = NAME_HEIGHT + lines * (BAR_HEIGHT + BAR_GAP) + 2 * BAR_GAP
    areas, numbers = [], []
    for place in range(len(drawn)):
        more_areas, more_numbers = _lying(figures, place, y=row * place + NAME_HEIGHT)
        areas += more_areas
        numbers += more_numbers
    return Chart(
        name=name,
        title=title,
        description=figures.in_words(),
        height=row * len(drawn),
        areas=areas,
        numbers=numbers,
        labels=[
            Text("0", position(row * place + NAME_HEIGHT - 6), one.label, anchor="start")
            for place, one in enumerate(drawn)
        ],
        legend=figures.legend(),
        table=figures.table(heading),
    )


@dataclass(frozen=True)
class _Figures:
    """The numbers of a chart, by series and category."""

    categories: Sequence[Category]
    series: Sequence[Series]
    is_stacked: bool

    def __post_init__(self) -> None:
        assert 1 <= len(self.series) <= MOST_SERIES, f"a chart has 1 to {MOST_SERIES} series"
        for one in self.series:
            assert len(one.values) == len(self.categories), f"{one.name}: one for each category"
            assert min(one.values, default=0) >= 0, f"{one.name}: below zero"

    def of(self, place: int) -> list[int]:
        """Return the numbers of one category."""
        return [one.values[place] for one in self.series]

    @property
    def highest(self) -> int:
        """How long the longest bar is; 0 when there is none."""
        together = sum if self.is_stacked else max
        return max((together(self.of(place)) for place in range(len(self.categories))), default=0)

    def in_words(self) -> str:
        """Say of each series how much it is in all, and where most of it is."""
        return in_a_row(self._sentence(one) for one in self.series)

    def _sentence(self, one: Series) -> str:
        most = max(one.values)
        return _("%(series)s: %(total)s in all; the highest is %(most)s (%(where)s).") % {
            "series": one.name,
            "total": number(sum(one.values)),
            "most": number(most),
            "where": self.categories[list(one.values).index(most)].label,
        }

    def legend(self) -> list[str]:
        """Return the names of several series."""
        return [one.name for one in self.series] if len(self.series) > 1 else []

    def table(self, heading: str) -> Table:
        """Return all numbers as a table."""
        return Table(
            heads=[heading, *(one.name for one in self.series)],
            rows=[
                TableRow(one.label, [(s.name, number(s.values[place])) for s in self.series])
                for place, one in enumerate(self.categories)
            ],
        )


def _standing(figures: _Figures, *, scale: Scale) -> list[Area]:
    slot = 100 / len(figures.categories)
    width = slot * SHARE_OF_SLOT / (1 if figures.is_stacked else len(figures.series))
    areas = []
    for place in range(len(figures.categories)):
        below, x = 0, slot * (place + (1 - SHARE_OF_SLOT) / 2)
        for series, value in enumerate(figures.of(place), start=1):
            top, bottom = scale.y(below + value), scale.y(below)
            if value:
                areas.append(Area.at(x, top, width, bottom - top, series=series))
            if figures.is_stacked:
                below += value
            else:
                x += width
    return areas


def _on_top(figures: _Figures, *, scale: Scale) -> list[Text]:
    """Return the number on each bar or stack, where there is room for all of them."""
    totals = [sum(figures.of(place)) for place in range(len(figures.categories))]
    longest = max(len(number(total)) for total in totals)
    if not figures.is_stacked or len(totals) > MOST_LABELS or longest > LONGEST_NUMBER:
        return []
    slot = 100 / len(totals)
    return [
        Text(position(slot * (place + 0.5)), position(scale.y(total) - 5), number(total))
        for place, total in enumerate(totals)
    ]


def _under(categories: Sequence[Category], *, y: int) -> list[Text]:
    """Return the short names under the bars, as many as there is room for."""
    every = -(-len(categories) // MOST_LABELS)
    shown = range(0, len(categories), every)
    slot = 100 / len(categories)
    labels = []
    for turn, place in enumerate(shown):
        one, x = categories[place], position(slot * (place + 0.5))
        is_minor = len(shown) > FEW_LABELS and turn % 2 == 1
        first = Text(x, position(y + LINE_OF_TEXT), one.short or one.label, is_minor=is_minor)
        labels.append(first)
        if one.below:
            labels.append(Text(x, position(y + 2 * LINE_OF_TEXT), one.below, is_minor=is_minor))
    return labels


def _lying(figures: _Figures, place: int, *, y: int) -> tuple[list[Area], list[Text]]:
    """Return the bars of one category, and the number at the end of each bar or stack."""
    areas, numbers, x, total = [], [], 0.0, 0
    for series, value in enumerate(figures.of(place), start=1):
        width = LONGEST_BAR * value / figures.highest
        if value:
            areas.append(Area.at(x, y, width, BAR_HEIGHT, series=series))
        x, total = x + width, total + value
        if not figures.is_stacked:
            numbers.append(_at_end(x, y, total))
            x, total, y = 0.0, 0, y + BAR_HEIGHT + BAR_GAP
    return areas, numbers or [_at_end(x, y, total)]


def _at_end(x: float, y: int, value: int) -> Text:
    return Text(position(x), position(y + BAR_HEIGHT - 3), f"\u2002{number(value)}", "start")
