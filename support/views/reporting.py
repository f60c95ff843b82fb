"""The staff desk: reports, as a page and to download."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from benefits import situations, wording
from benefits.partner_search import Situation
from benefits.presentation import rows
from benefits.situations import SITUATIONS
from partners import permissions
from partners.acting import ActingRequest
from partners.pages import signed_in
from partners.roles import StaffPermission
from portal.csv_export import csv_response
from support import reports
from support.report_filter import ReportForm

SHOWN = 10
PLAN_HEADER = [
    *("mpn id", "partner", "plan", "source", "scope", "state"),
    *("remaining", "total", "ends at", "entitlement id"),
]


@signed_in
@never_cache
@require_safe
def show(request: ActingRequest) -> HttpResponse:
    """Show what was used in the months that are asked for, and what needs attention now."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    form = ReportForm(request.GET)
    period = form.period(at=request.now)
    query = form.query()
    context = {
        "form": form,
        "is_filtered": bool(form.chosen),
        "period": period,
        "reports": [(report, _csv_url(report.name, query)) for report in _reports(request, form)],
        "situations": _situations(request),
        "reports_url": reverse("support:staff-reports"),
    }
    return TemplateResponse(request, "staff/reports.html", context)


@signed_in
@never_cache
@require_safe
def download(request: ActingRequest, report: str) -> HttpResponseBase:
    """Download one of the reports, of the months that are asked for; or one of the lists."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    if report in SITUATIONS:
        lines = _plan_lines(SITUATIONS[report], request)
        return csv_response(name=f"{report}.csv", header=PLAN_HEADER, rows=lines)
    if report not in reports.NAMES:
        raise Http404
    found = _reports(request, ReportForm(request.GET))[reports.NAMES.index(report)]
    header = [report, "name", "used", "returned", "net"]
    if report == "hours":
        header[0] = "month"
    return csv_response(
        name=f"used-by-{report}.csv",
        header=header,
        rows=(
            [line.code, line.label, line.figures.used, line.figures.returned, line.figures.net]
            for line in found.lines
        ),
    )


def _reports(request: ActingRequest, form: ReportForm) -> list[reports.Report]:
    chosen = form.chosen
    return reports.build(
        period=form.period(at=request.now),
        level=chosen.get("level", ""),
        portal=chosen.get("portal", ""),
    )


def _situations(request: ActingRequest) -> list[dict[str, Any]]:
    """Return for each situation how many plans stand so, and the first of them."""
    keys = {name: situations.plans_in(one, at=request.now) for name, one in SITUATIONS.items()}
    shown = sorted({pk for pks in keys.values() for pk in pks[:SHOWN]})
    read = rows(situations.read(shown, at=request.now))
    by_pk = {row.entitlement.plan_pk: row for row in read}
    return [
        {
            "label": SITUATIONS[name].label,
            "count": len(pks),
            "rows": [by_pk[pk] for pk in pks[:SHOWN]],
            "csv_url": _csv_url(name, ""),
            "partners_url": f"{reverse('support:staff-partners')}?situation={SITUATIONS[name]}",
        }
        for name, pks in keys.items()
    ]


def _plan_lines(situation: Situation, request: ActingRequest) -> Iterator[list[Any]]:
    keys = situations.plans_in(situation, at=request.now)
    for e in situations.read_all(keys, at=request.now):
        yield [
            e.mpn_id,
            e.partner_name,
            e.plan_name,
            wording.source(e),
            e.scope,
            e.status,
            e.remaining,
            e.total,
            e.ends_at.isoformat(),
            str(e.id),
        ]


def _csv_url(name: str, query: str) -> str:
    url = reverse("support:staff-report-csv", args=[name])
    return f"{url}?{query}" if query else url
