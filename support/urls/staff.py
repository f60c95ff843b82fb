"""Addresses of the staff side; what was looked up is never in one."""

from django.urls import path

from support.views import adjusting, queue, staff, staff_card

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
]
