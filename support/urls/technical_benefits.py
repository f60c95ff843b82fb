"""What the second of the technical benefits is spent on; beside the addresses of benefits."""

from django.urls import path

from support.views import consultations

urlpatterns = [
    path("createadvisoryhours-servicerequest", consultations.create, name="consultation"),
]
