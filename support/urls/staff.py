"""Addresses of the staff side; what was looked up is never in one."""

from django.urls import path

from support.views import adjusting, auditing, reporting, staff

urlpatterns = [
    path("", staff.desk, name="staff-desk"),
    path("partners/<mpn_id:mpn_id>", staff.partner_card, name="staff-partner"),
    path("contracts/<uuid:contract_id>", staff.contract_card, name="staff-contract"),
    path("plans/<uuid:plan_id>/adjust", adjusting.adjust, name="staff-adjust"),
    path("audit", auditing.audit, name="staff-audit"),
    path("audit.csv", auditing.audit_csv, name="staff-audit-csv"),
    path("reports", reporting.show, name="staff-reports"),
    path("reports/<slug:report>.csv", reporting.download, name="staff-report-csv"),
]
