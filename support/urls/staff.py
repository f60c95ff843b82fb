"""Addresses of the staff side; what was looked up is never in one."""

from django.urls import path

from support.views import adjusting, imports, queue, staff, staff_card

urlpatterns = [
    path("", staff.desk, name="staff-desk"),
    path("partners/<mpn_id:mpn_id>", staff_card.partner, name="staff-partner"),
    path("contracts/<uuid:contract_id>", staff_card.contract, name="staff-contract"),
    path("requests", queue.requests, name="staff-requests"),
    path("requests.csv", queue.requests_csv, name="staff-requests-csv"),
    path("requests/<request_number:number>/claim", queue.claim, name="staff-claim"),
    path("requests/<request_number:number>/release", queue.release, name="staff-release"),
    path("requests/<request_number:number>/take-over", queue.take_over, name="staff-take-over"),
    path("plans/<uuid:plan_id>/adjust", adjusting.adjust, name="staff-adjust"),
    path("imports", imports.imports, name="staff-imports"),
    path("imports/<uuid:import_id>", imports.one_import, name="staff-import"),
    path("imports/<uuid:import_id>/run", imports.run, name="staff-import-run"),
    path("imports/<uuid:import_id>/check", imports.again, name="staff-import-check"),
    path("imports/<uuid:import_id>/errors.csv", imports.problems_csv, name="staff-import-errors"),
    path("imports/columns/<slug:kind>", imports.columns, name="staff-import-columns"),
    path("imports/columns/<slug:kind>.csv", imports.template, name="staff-import-template"),
]
