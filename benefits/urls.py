"""Addresses of the partner's benefits; never an Access ID or Contract ID in one."""

from django.urls import path

from benefits import views

app_name = "benefits"

urlpatterns = [
    path("technical", views.technical, name="technical"),
    path("technical/<uuid:plan_id>", views.technical, name="plan"),
    path("technical/<uuid:plan_id>/ledger", views.ledger, name="ledger"),
    path("technical/<uuid:plan_id>/ledger.csv", views.ledger_csv, name="ledger-csv"),
    path("technical/<uuid:plan_id>/ids", views.show_ids, name="show-ids"),
    path("technical/<uuid:plan_id>/activate", views.activate, name="activate"),
    path("technical/<uuid:plan_id>/link", views.link, name="link"),
    path("technical/<uuid:plan_id>/unlink", views.unlink, name="unlink"),
]
