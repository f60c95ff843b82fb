"""A line that holds its number from day to day: what remains over a year."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.utils import formats
from django.utils.translation import gettext as _

from portal.charts.bars import months
from portal.charts.picture import (
    FEW_LABELS,
    LABELS_HEIGHT,
    LINE_OF_TEXT,
    MOST_LABELS,
    Area,
    Chart,
    Line,
    Mark,
    Scale,
    Table,
    TableRow,
    Text,
    nothing,
    number,
    position,
    round_ticks,
)

# Above the line there is room for two marks and for the number at its end.
MARKS_HEIGHT = 48
# A picture of fewer days has days under it, of more the months.
FEW_DAYS, DAYS_NAMED = 92, 4
# A label that begins further right would stand out of the picture.
LAST_LABEL = 92
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class MarkedDay:
    """A day with a line down the picture, and the words at it."""

    day: date
    label: str


def steps(
    *,
    name: str,
    title: str,
    heading: str,
    values: Sequence[tuple[date, int]],
    first: date,
    end: MarkedDay,
    today: MarkedDay,
    empty: str = "",
) -> Chart:
    """
    Return a line that holds its number from day to day, up to today.

    :param name: unique on the page
    :param heading: what is counted: the head of the table's second column
    :param values: from which day on it is how much: one for a day, in order, not negative
    :param first: the first day of the picture; what is earlier stands at its edge
    :param end: the last day of the picture
    :param today: up to when the line is drawn, in the picture or after it
    """
    known = [(day, value) for day, value in values if day <= today.day]
    if not known:
        return nothing(name=name, title=title, sentence=empty or _("There is nothing to show."))
    span = _Span(first, max(first, end.day))
    scale = Scale(top=MARKS_HEIGHT, ticks=round_ticks(max(value for _day, value in known)))
    areas, lines = _stairs(known, until=today.day, span=span, scale=scale)
    x, y = span.x(today.day), scale.y(known[-1][1])
    return Chart(
        name=name,
        title=title,
        description=_in_words(known, heading=heading, end=end),
        height=scale.base + LABELS_HEIGHT,
        axis_width=scale.width,
        scale=scale.labels(),
        areas=areas,
        lines=lines,
        dot=(position(x), position(y)),
        numbers=[_at_end(x, y, known[-1][1])],
        marks=_marks(end=end, today=today, span=span, base=scale.base),
        labels=list(_labels(span, y=scale.base)),
        table=_table(known, heading=heading),
    )


def _at_end(x: float, y: float, value: int) -> Text:
    """Return the number beside the line's end; where there is no room after it, before it."""
    if x > LAST_LABEL:
        return Text(position(x), position(y + 18), f"{number(value)}\u2002", "end")
    return Text(position(x), position(y + 4), f"\u2002{number(value)}", "start")


@dataclass(frozen=True)
class _Span:
    """The days across, each as wide as another, the last one too."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def x(self, day: date) -> float:
        """Return where the day begins; what lies outside is at the edge."""
        return 100 * min(max((day - self.first).days / self.days, 0.0), 1.0)


def _stairs(
    known: Sequence[tuple[date, int]], *, until: date, span: _Span, scale: Scale
) -> tuple[list[Area], list[Line]]:
    """Return the line, and what lies below it."""
    areas, lines = [], []
    for (day, value), (next_day, next_value) in pairwise([*known, (until, known[-1][1])]):
        left, right, y, next_y = span.x(day), span.x(next_day), scale.y(value), scale.y(next_value)
        if right > left:
            lines.append(Line.between(left, y, right, y))
        if right > left and value:
            areas.append(Area.at(left, y, right - left, scale.base - y))
        if next_value != value:
            lines.append(Line.between(right, y, right, next_y))
    return areas, lines


def _marks(*, end: MarkedDay, today: MarkedDay, span: _Span, base: int) -> list[Mark]:
    """Return the marked days; the words of each stand on a line of their own."""
    places = [(span.x(end.day + ONE_DAY), end.label, LINE_OF_TEXT)]
    if span.first <= today.day <= span.last:
        places.append((span.x(today.day), today.label, 2 * LINE_OF_TEXT))
    return [
        Mark(
            Line.between(x, y + 3, x, base),
            Text(position(x), position(y), label, "start" if x < 50 else "end"),
        )
        for x, label, y in places
    ]


def _labels(span: _Span, *, y: int) -> Iterator[Text]:
    named = _months(span) if span.days > FEW_DAYS else _days(span)
    for turn, (day, short, below) in enumerate(named):
        is_minor = len(named) > FEW_LABELS and turn % 2 == 1
        if span.x(day) > LAST_LABEL:
            continue
        x = position(span.x(day))
        yield Text(x, position(y + LINE_OF_TEXT), short, "start", is_minor)
        if below:
            yield Text(x, position(y + 2 * LINE_OF_TEXT), below, "start", is_minor)


def _days(span: _Span) -> list[tuple[date, str, str]]:
    every = -(-span.days // DAYS_NAMED)
    shown = [span.first + ONE_DAY * number for number in range(0, span.days, every)]
    return [(day, formats.date_format(day, "MONTH_DAY_FORMAT"), "") for day in shown]


def _months(span: _Span) -> list[tuple[date, str, str]]:
    first = span.first if span.first.day == 1 else _next_month(span.first)
    firsts = [first]
    while _next_month(firsts[-1]) <= span.last:
        firsts.append(_next_month(firsts[-1]))
    # A year with the days after it has 13 or 14 months; there is room for those.
    shown = firsts[:: -(-len(firsts) // (MOST_LABELS + 2))]
    return [(day, one.short, one.below) for day, one in zip(shown, months(shown), strict=True)]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _in_words(known: Sequence[tuple[date, int]], *, heading: str, end: MarkedDay) -> str:
    (first, at_first), (last, at_last) = known[0], known[-1]
    if len(known) == 1:
        return _("%(what)s: %(from)s since %(first)s. %(end)s.") % {
            "what": heading,
            "from": number(at_first),
            "first": formats.date_format(first, "DATE_FORMAT"),
            "end": end.label,
        }
    return _("%(what)s: %(from)s on %(first)s, %(to)s since %(last)s. %(end)s.") % {
        "what": heading,
        "from": number(at_first),
        "first": formats.date_format(first, "DATE_FORMAT"),
        "to": number(at_last),
        "last": formats.date_format(last, "DATE_FORMAT"),
        "end": end.label,
    }


def _table(known: Sequence[tuple[date, int]], *, heading: str) -> Table:
    return Table(
        heads=[_("From"), heading],
        rows=[
            TableRow(formats.date_format(day, "SHORT_DATE_FORMAT"), [(heading, number(value))])
            for day, value in known
        ],
    )
