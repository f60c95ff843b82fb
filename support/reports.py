"""The reports on what was used: each with its lines, its total, its chart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.allotments import Unit
from portal import charts
from portal.charts import Category, Chart, Series
from portal.charts.picture import Table, TableRow, number
from portal.sentences import signed
from support import usage
from support.models import PlanLevel, SupportRequest
from support.report_filter import Period
from support.usage import Cell, Figures

# In this order on the page; the names stand in the addresses of the downloads.
NAMES = ("month", "product", "level", "portal", "hours")
# Where incidents are used; presales and advice alone come from Partner Center.
PORTALS = [p for p in SupportRequest.Portal if p != SupportRequest.Portal.PARTNER_CENTER]


@dataclass(frozen=True)
class Line:
    """The figures of one month, product, level or portal; `code` is what a download calls it."""

    code: str
    label: str
    figures: Figures


@dataclass(frozen=True)
class Report:
    """One report: its lines in order, and how it is drawn."""

    name: str
    title: str
    lines: Sequence[Line]
    chart: Chart
    total: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing was used or returned."""
        return not any(line.figures.used or line.figures.returned for line in self.lines)


@dataclass(frozen=True)
class _Draft:
    """A report before it is drawn: months stand side by side, everything else lies."""

    name: str
    title: str
    heading: str
    lines: list[Line]
    months: Sequence[date] = ()
    unit: Unit = Unit.INCIDENT


def build(*, period: Period, level: str = "", portal: str = "") -> list[Report]:
    """
    Return the reports of these months, in one statement; in the order of NAMES.

    :param level: keeps plans of this level; "" all
    :param portal: keeps requests that came by this portal; "" all
    """
    found = [
        cell
        for cell in usage.cells(first=period.first, last=period.last)
        if level in ("", cell.level) and portal in ("", cell.portal)
    ]
    incidents = [cell for cell in found if cell.unit == Unit.INCIDENT]
    hours = [cell for cell in found if cell.unit == Unit.HOUR]
    drafts = [
        _by_month("month", _("Incidents by month"), incidents, period),
        _by_product(incidents),
        _by_choice("level", _("Incidents by level"), _("Level"), incidents, of=PlanLevel),
        _by_choice("portal", _("Incidents by portal"), _("Portal"), incidents, of=PORTALS),
        _by_month("hours", _("Hours of advice by month"), hours, period, unit=Unit.HOUR),
    ]
    asked = _asked(period, level=level, portal=portal)
    return [_drawn(draft, asked=asked) for draft in drafts]


def _by_month(
    name: str, title: str, cells: Iterable[Cell], period: Period, *, unit: Unit = Unit.INCIDENT
) -> _Draft:
    figures = usage.summed(cells, by=lambda cell: cell.month)
    lines = [
        Line(f"{month:%Y-%m}", _month_name(month), figures.get(month, Figures()))
        for month in period.months
    ]
    return _Draft(name, title, _("Month"), lines, months=period.months, unit=unit)


def _by_product(cells: Iterable[Cell]) -> _Draft:
    """Return the report by product family, the most used first."""
    figures = usage.summed(cells, by=lambda cell: cell.product_family)
    in_order = sorted(figures.items(), key=lambda item: (-item[1].net, item[0].casefold()))
    lines = [Line(family, family, of) for family, of in in_order]
    return _Draft("product", _("Incidents by product"), _("Product"), lines)


def _by_choice(
    name: str, title: str, heading: str, cells: Iterable[Cell], *, of: Iterable[Any]
) -> _Draft:
    """Return the report by level or portal, each of them, also where nothing was used."""
    by_code = usage.summed(cells, by=lambda cell: str(getattr(cell, name)))
    lines = [Line(one.value, str(one.label), by_code.get(one.value, Figures())) for one in of]
    return _Draft(name, title, heading, lines)


def _asked(period: Period, *, level: str, portal: str) -> str:
    """Return what the figures are of: months, and level and portal if one is chosen."""
    parts = [
        _("%(first)s to %(last)s")
        % {"first": _month_name(period.first), "last": _month_name(period.last)}
    ]
    if level:
        parts.append(str(PlanLevel(level).label))
    if portal:
        parts.append(str(SupportRequest.Portal(portal).label))
    return " \u00b7 ".join(parts)


def _drawn(draft: _Draft, *, asked: str) -> Report:
    lines = draft.lines
    total = sum((line.figures for line in lines), Figures())
    chart = (charts.columns if draft.months else charts.bars)(
        name=f"chart-{draft.name}",
        title=_("%(report)s, %(asked)s") % {"report": draft.title, "asked": asked},
        heading=draft.heading,
        categories=charts.months(draft.months) or [Category(line.label) for line in lines],
        series=_series(lines, total),
        empty=_("Nothing was used or returned in these months."),
    )
    if chart.table is not None:
        chart = replace(chart, table=_table(draft.heading, lines, total))
    return Report(draft.name, draft.title, lines, chart, _total(total, draft.unit))


def _series(lines: Sequence[Line], total: Figures) -> list[Series]:
    """Return what is drawn: what was returned only where something was."""
    used = Series(_("Used"), [line.figures.used for line in lines])
    returned = Series(_("Returned"), [line.figures.returned for line in lines])
    return [used, returned] if total.returned else [used]


def _table(heading: str, lines: list[Line], total: Figures) -> Table:
    """Return the chart's numbers with what they come to: below zero a bar cannot be drawn."""
    heads = [_("Used"), _("Returned"), _("Net")]
    rows = [*lines, Line("", _("In all"), total)]
    return Table(
        heads=[heading, *heads],
        rows=[
            TableRow(
                line.label,
                [
                    (heads[0], number(line.figures.used)),
                    (heads[1], number(line.figures.returned)),
                    (heads[2], _net(line.figures.net)),
                ],
            )
            for line in rows
        ],
    )


def _net(value: int) -> str:
    return signed(value) if value < 0 else number(value)


def _total(total: Figures, unit: Unit) -> str:
    """Return the sum in one sentence."""
    if unit == Unit.HOUR:
        text = ngettext("%(used)s hour used", "%(used)s hours used", total.used)
    else:
        text = ngettext("%(used)s incident used", "%(used)s incidents used", total.used)
    return _("%(used)s, %(returned)s returned: %(net)s net.") % {
        "used": text % {"used": number(total.used)},
        "returned": number(total.returned),
        "net": _net(total.net),
    }


def _month_name(month: date) -> str:
    return formats.date_format(month, "YEAR_MONTH_FORMAT")
