"""Addresses of the staff side; what was looked up is never in one."""

from django.urls import path

from support.views import adjusting, staff, staff_card

urlpatterns = [
    path("", staff.desk, name="staff-desk"),
    path("partners/<mpn_id:mpn_id>", staff_card.partner, name="staff-partner"),
    path("contracts/<uuid:contract_id>", staff_card.contract, name="staff-contract"),
    path("plans/<uuid:plan_id>/adjust", adjusting.adjust, name="staff-adjust"),
]
