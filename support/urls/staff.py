"""Addresses of the staff side; what was looked up is never in one."""

from django.urls import path

from support.views import adjusting, auditing, memberships, partners, reporting, staff

urlpatterns = [
    path("", staff.desk, name="staff-desk"),
    path("partners", partners.find, name="staff-partners"),
    path("partners/csv", partners.find_csv, name="staff-partners-csv"),
    path("partners/new", partners.add, name="staff-partner-add"),
    path("partners/<mpn_id:mpn_id>", staff.partner_card, name="staff-partner"),
    path("partners/<mpn_id:mpn_id>/change", partners.change, name="staff-partner-change"),
    path("partners/<mpn_id:mpn_id>/accounts", partners.accounts, name="staff-accounts"),
    path("partners/<mpn_id:mpn_id>/memberships", memberships.memberships, name="staff-memberships"),
    path("partners/<mpn_id:mpn_id>/memberships/new", memberships.add, name="staff-membership-add"),
    path(
        "memberships/<uuid:package_id>/change", memberships.change, name="staff-membership-change"
    ),
    path("memberships/<uuid:package_id>/end", memberships.end, name="staff-membership-end"),
    path(
        "memberships/<uuid:package_id>/competencies",
        memberships.competencies,
        name="staff-competencies",
    ),
    path(
        "memberships/<uuid:package_id>/competencies/lose",
        memberships.lose,
        name="staff-competency-lose",
    ),
    path("contracts/<uuid:contract_id>", staff.contract_card, name="staff-contract"),
    path("plans/<uuid:plan_id>/adjust", adjusting.adjust, name="staff-adjust"),
    path("audit", auditing.audit, name="staff-audit"),
    path("audit.csv", auditing.audit_csv, name="staff-audit-csv"),
    path("reports", reporting.show, name="staff-reports"),
    path("reports/<slug:report>.csv", reporting.download, name="staff-report-csv"),
]
