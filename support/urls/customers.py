"""Addresses of one customer, beside the list of them that partners has."""

from django.urls import path

from support.views import customers as views

urlpatterns = [
    path("<uuid:customer_id>/servicemanagement", views.service_management, name="customer"),
    path(
        "<uuid:customer_id>/servicemanagement/newrequest",
        views.new_request,
        name="customer-new-request",
    ),
]
