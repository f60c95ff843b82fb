"""The partner's audit trail: as a page, and to download."""

from django.http import HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from partners import permissions, trail
from partners.acting import ActingRequest
from partners.models import Partner
from partners.pages import require_partner, signed_in
from partners.permissions import lacks_mpn, refuse_without_mpn
from partners.roles import Permission
from portal.audit_pages import page_of_records
from portal.csv_export import csv_response

HEADER = [
    *("at", "who", "action", "what", "detail", "target kind", "target"),
    *("outcome", "refusal", "by way of", "request id"),
]


@signed_in
@require_safe
def audit(request: ActingRequest) -> HttpResponse:
    """Show what was done and tried for the partner, newest first."""
    partner = _partner(request)
    form = trail.FilterForm(request.GET)
    chosen = form.chosen
    records = trail.records_of(partner, chosen=chosen)
    page = page_of_records(records, key=request.GET.get("before", ""))
    context = {
        "partner": partner,
        "form": form,
        "is_filtered": bool(chosen),
        "page": page,
        "lines": list(trail.lines(page.rows, partner=partner)),
        "newest_query": form.query(),
        "older_query": form.query(before=page.next_key),
    }
    return TemplateResponse(request, "partners/audit.html", context)


@signed_in
@require_safe
def audit_csv(request: ActingRequest) -> HttpResponseBase:
    """Download the records that the page's filter keeps, newest first."""
    partner = _partner(request)
    records = trail.records_of(partner, chosen=trail.FilterForm(request.GET).chosen)
    return csv_response(
        name=f"audit-{partner.mpn_id}.csv",
        header=HEADER,
        rows=(
            [
                line.record.occurred_at.isoformat(),
                line.who,
                line.record.action,
                line.what,
                line.detail,
                line.record.target_kind,
                line.target,
                "refused" if line.record.refusal_code else "done",
                line.record.refusal_code,
                line.record.channel,
                line.request_id,
            ]
            for line in trail.lines(records.iterator(chunk_size=1000), partner=partner)
        ),
    )


def _partner(request: ActingRequest) -> Partner:
    """
    Return the partner whose audit trail the account may read.

    :raises NotAuthorized: it may not; with who may
    """
    partner = require_partner(request)
    if lacks_mpn(request.acting.standing, Permission.AUDIT_TRAIL):
        raise refuse_without_mpn(partner=partner)
    permissions.require(Permission.AUDIT_TRAIL, by=request.user, partner=partner)
    return partner
