"""What a chart is drawn from: positions, words, the same numbers as a table; and round scales."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from django.utils import formats

PLOT_HEIGHT = 180
LABELS_HEIGHT = 38
LETTER_WIDTH, LINE_OF_TEXT = 7, 15
# Of more labels than a few every second one is left out on narrow screens.
MOST_LABELS, FEW_LABELS = 12, 6


@dataclass(frozen=True)
class Text:
    """A word in the picture; a minor one is left out where there is little room."""

    x: str
    y: str
    text: str
    anchor: str = "middle"
    is_minor: bool = False


@dataclass(frozen=True)
class Area:
    """A rectangle, in the look of its series; series count from 1."""

    x: str
    y: str
    width: str
    height: str
    series: int = 1

    @classmethod
    def at(cls, x: float, y: float, width: float, height: float, *, series: int = 1) -> "Area":
        """Return the rectangle at these places."""
        return cls(position(x), position(y), position(width), position(height), series)


@dataclass(frozen=True)
class Line:
    """A straight line."""

    x1: str
    y1: str
    x2: str
    y2: str

    @classmethod
    def between(cls, x1: float, y1: float, x2: float, y2: float) -> "Line":
        """Return the line between these places."""
        return cls(position(x1), position(y1), position(x2), position(y2))


@dataclass(frozen=True)
class Mark:
    """A line down the picture with its words at the top."""

    line: Line
    text: Text


@dataclass(frozen=True)
class TableRow:
    """A row of the table: its head, and each cell with the head of its column."""

    head: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """The numbers of the picture in words."""

    heads: list[str] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)


@dataclass(frozen=True)
class Chart:
    """
    What `{% chart %}` draws; where there is nothing to draw, a sentence stands in `empty`.

    `name` is unique on a page: the parts of the picture are called by it.
    """

    name: str
    title: str
    empty: str = ""
    description: str = ""
    height: int = 0
    axis_width: int = 0
    scale: list[Text] = field(default_factory=list)
    labels: list[Text] = field(default_factory=list)
    numbers: list[Text] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    dot: tuple[str, str] | None = None
    legend: list[str] = field(default_factory=list)
    table: Table = field(default_factory=Table)


def nothing(*, name: str, title: str, sentence: str) -> Chart:
    """Return the chart of nothing: a sentence instead of an empty picture."""
    return Chart(name=name, title=title, empty=sentence)


@dataclass(frozen=True)
class Scale:
    """From numbers to pixels: 0 lies at `base`, the last of the ticks at `top`."""

    top: int
    ticks: Sequence[int]

    @property
    def base(self) -> int:
        """Where 0 lies."""
        return self.top + PLOT_HEIGHT

    @property
    def width(self) -> int:
        """How much room the numbers beside the picture need."""
        return LETTER_WIDTH * max(len(number(tick)) for tick in self.ticks) + 10

    def y(self, value: int) -> float:
        """Return where the value lies."""
        return self.base - PLOT_HEIGHT * value / self.ticks[-1]

    def labels(self) -> list[Text]:
        """Return the numbers beside the picture."""
        return [Text("0", position(self.y(tick)), number(tick)) for tick in self.ticks]


def round_ticks(highest: int, *, most: int = 5) -> list[int]:
    """
    Return round whole numbers from 0 up to the first that is not below `highest`.

    :param most: how many steps there are at most
    """
    highest = max(highest, 1)
    step = next(one for one in _round_numbers() if one * most >= highest)
    return list(range(0, highest + step, step))


def _round_numbers() -> Iterator[int]:
    """Yield 1, 2, 5, 10, 20, 50, …"""
    for power in count():
        yield from (factor * 10**power for factor in (1, 2, 5))


def number(value: int) -> str:
    """Return a number as it is written in the reader's language."""
    return formats.number_format(value, force_grouping=True)


def position(value: float) -> str:
    """Return a position as SVG reads it, whatever separates decimals in the reader's language."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".")
