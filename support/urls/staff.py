"""Addresses of the staff side; what was looked up is never in one."""

from django.urls import include, path

from support.views import (
    adjusting,
    auditing,
    imports,
    memberships,
    partners,
    queue,
    reporting,
    staff,
    staff_card,
)

partner_urls = [
    path("partners", partners.find, name="staff-partners"),
    path("partners.csv", partners.find_csv, name="staff-partners-csv"),
    path("partners/new", partners.add, name="staff-partner-add"),
    path("partners/<mpn_id:mpn_id>", staff_card.partner, name="staff-partner"),
    path("partners/<mpn_id:mpn_id>/change", partners.change, name="staff-partner-change"),
    path("partners/<mpn_id:mpn_id>/accounts", partners.accounts, name="staff-accounts"),
    path("partners/<mpn_id:mpn_id>/memberships", memberships.memberships, name="staff-memberships"),
    path("partners/<mpn_id:mpn_id>/memberships/new", memberships.add, name="staff-membership-add"),
]

membership_urls = [
    path("change", memberships.change, name="staff-membership-change"),
    path("end", memberships.end, name="staff-membership-end"),
    path("competencies", memberships.competencies, name="staff-competencies"),
    path("competencies/lose", memberships.lose, name="staff-competency-lose"),
]

request_urls = [
    path("requests", queue.requests, name="staff-requests"),
    path("requests.csv", queue.requests_csv, name="staff-requests-csv"),
    path("requests/<request_number:number>/claim", queue.claim, name="staff-claim"),
    path("requests/<request_number:number>/release", queue.release, name="staff-release"),
    path("requests/<request_number:number>/take-over", queue.take_over, name="staff-take-over"),
]

import_urls = [
    path("imports", imports.imports, name="staff-imports"),
    path("imports/<uuid:import_id>", imports.one_import, name="staff-import"),
    path("imports/<uuid:import_id>/run", imports.run, name="staff-import-run"),
    path("imports/<uuid:import_id>/check", imports.again, name="staff-import-check"),
    path("imports/<uuid:import_id>/errors.csv", imports.problems_csv, name="staff-import-errors"),
    path("imports/columns/<slug:kind>", imports.columns, name="staff-import-columns"),
    path("imports/columns/<slug:kind>.csv", imports.template, name="staff-import-template"),
]

urlpatterns = [
    path("", staff.desk, name="staff-desk"),
    *partner_urls,
    path("memberships/<uuid:package_id>/", include(membership_urls)),
    path("contracts/<uuid:contract_id>", staff_card.contract, name="staff-contract"),
    path("plans/<uuid:plan_id>/adjust", adjusting.adjust, name="staff-adjust"),
    *request_urls,
    *import_urls,
    path("reports", reporting.show, name="staff-reports"),
    path("reports/<slug:report>.csv", reporting.download, name="staff-report-csv"),
    path("audit", auditing.audit, name="staff-audit"),
    path("audit.csv", auditing.audit_csv, name="staff-audit-csv"),
]
