"""The staff desk: the audit, as a page and to download."""

from django.http import HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partners import permissions
from partners.acting import ActingRequest
from partners.pages import signed_in
from partners.roles import StaffPermission
from portal.csv_export import csv_response
from support.audit_lines import StaffLine, lines
from support.staff_audit import AuditForm, all_asked, asked_by, page_asked

HEADER = [
    *("at", "who", "account", "mpn id", "partner", "action", "what", "detail"),
    *("target kind", "target id", "target", "outcome", "refusal"),
    *("by way of", "from", "request id"),
]


@signed_in
@never_cache
@require_safe
def audit(request: ActingRequest) -> HttpResponse:
    """Show what was done and tried anywhere in the portal, newest first."""
    permissions.require_staff(StaffPermission.READ_AUDIT, by=request.user)
    form = AuditForm(request.GET)
    asked = asked_by(form)
    page = page_asked(asked, key=request.GET.get("before", ""))
    context = {
        "form": form,
        "asked": asked,
        "choices": [
            (partner, f"?{form.query(partner=partner.mpn_id)}") for partner in asked.partners
        ],
        "page": page,
        "lines": list(lines(page.rows)),
        "audit_url": reverse("support:staff-audit"),
        "newest_query": form.query(),
        "older_query": form.query(before=page.next_key),
    }
    return TemplateResponse(request, "staff/audit.html", context)


@signed_in
@never_cache
@require_safe
def audit_csv(request: ActingRequest) -> HttpResponseBase:
    """Download everything that the page's filter keeps, newest first."""
    permissions.require_staff(StaffPermission.READ_AUDIT, by=request.user)
    asked = asked_by(AuditForm(request.GET))
    rows = (_row(line) for line in lines(all_asked(asked)))
    return csv_response(name="audit.csv", header=HEADER, rows=rows)


def _row(line: StaffLine) -> list[str]:
    record = line.record
    return [
        record.occurred_at.isoformat(),
        line.who,
        line.who_is,
        record.partner_mpn_id,
        line.partner,
        line.action,
        line.what,
        line.detail,
        record.target_kind,
        line.target_id,
        line.target,
        "refused" if record.refusal_code else "done",
        record.refusal_code,
        record.channel,
        record.address or "",
        line.request_id,
    ]
