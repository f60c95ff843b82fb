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
    path("", partners.find, name="staff-partners"),
    path(".csv", partners.find_csv, name="staff-partners-csv"),
    path("/new", partners.add, name="staff-partner-add"),
    path("/<mpn_id:mpn_id>", staff_card.partner, name="staff-partner"),
    path("/<mpn_id:mpn_id>/change", partners.change, name="staff-partner-change"),
    path("/<mpn_id:mpn_id>/accounts", partners.accounts, name="staff-accounts"),
    path("/<mpn_id:mpn_id>/memberships", memberships.memberships, name="staff-memberships"),
    path("/<mpn_id:mpn_id>/memberships/new", memberships.add, name="staff-membership-add"),
]

membership_urls = [
    path("change", memberships.change, name="staff-membership-change"),
    path("end", memberships.end, name="staff-membership-end"),
    path("competencies", memberships.competencies, name="staff-competencies"),
    path("competencies/lose", memberships.lose, name="staff-competency-lose"),
]

request_urls = [
    path("", queue.requests, name="staff-requests"),
    path(".csv", queue.requests_csv, name="staff-requests-csv"),
    path("/<request_number:number>/claim", queue.claim, name="staff-claim"),
    path("/<request_number:number>/release", queue.release, name="staff-release"),
    path("/<request_number:number>/take-over", queue.take_over, name="staff-take-over"),
]

import_urls = [
    path("", imports.imports, name="staff-imports"),
    path("/<uuid:import_id>", imports.one_import, name="staff-import"),
    path("/<uuid:import_id>/run", imports.run, name="staff-import-run"),
    path("/<uuid:import_id>/check", imports.again, name="staff-import-check"),
    path("/<uuid:import_id>/errors.csv", imports.problems_csv, name="staff-import-errors"),
    path("/columns/<slug:kind>", imports.columns, name="staff-import-columns"),
    path("/columns/<slug:kind>.csv", imports.template, name="staff-import-template"),
]

urlpatterns = [
    path("", staff.desk, name="staff-desk"),
    path("partners", include(partner_urls)),
    path("memberships/<uuid:package_id>/", include(membership_urls)),
    path("contracts/<uuid:contract_id>", staff_card.contract, name="staff-contract"),
    path("plans/<uuid:plan_id>/adjust", adjusting.adjust, name="staff-adjust"),
    path("requests", include(request_urls)),
    path("imports", include(import_urls)),
    path("reports", reporting.show, name="staff-reports"),
    path("reports/<slug:report>.csv", reporting.download, name="staff-report-csv"),
    path("audit", auditing.audit, name="staff-audit"),
    path("audit.csv", auditing.audit_csv, name="staff-audit-csv"),
]
