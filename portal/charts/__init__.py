"""
Charts as geometry: numbers in, positions and labels out; `{% chart %}` draws them.

Across, positions are shares of the width in percent; down, they are pixels. So nothing scales, and
letters keep their size however narrow the page is.
"""

from portal.charts.bars import Category, Series, bars, columns, months
from portal.charts.picture import Chart, nothing
from portal.charts.steps import MarkedDay, steps

__all__ = [
    "Category",
    "Chart",
    "MarkedDay",
    "Series",
    "bars",
    "columns",
    "months",
    "nothing",
    "steps",
]
