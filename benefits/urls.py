"""Addresses of the partner's benefits; never an Access ID or Contract ID in one."""

from django.urls import include, path

from benefits import support_plans
from benefits.views import accounts, pair, purchases, technical

app_name = "benefits"
support_plans.register()

technical_urls = [
    path("technical", technical.technical, name="technical"),
    path("technical/<uuid:plan_id>", technical.technical, name="plan"),
    path("technical/<uuid:plan_id>/ledger", technical.ledger, name="ledger"),
    path("technical/<uuid:plan_id>/ledger.csv", technical.ledger_csv, name="ledger-csv"),
    path("technical/<uuid:plan_id>/ids", technical.show_ids, name="show-ids"),
    path("technical/<uuid:plan_id>/activate", technical.activate, name="activate"),
    path("technical/<uuid:plan_id>/link", technical.link, name="link"),
    path("technical/<uuid:plan_id>/unlink", technical.unlink, name="unlink"),
    path("technical/<uuid:plan_id>/replace-ids", pair.replace_ids, name="replace-ids"),
    path("technical/<uuid:plan_id>/accounts", accounts.linked, name="accounts"),
    path(
        "technical/<uuid:plan_id>/accounts/<uuid:account_id>/revoke",
        accounts.revoke,
        name="revoke-account",
    ),
    path(
        "technical/<uuid:plan_id>/accounts/<uuid:account_id>/restore",
        accounts.restore,
        name="restore-account",
    ),
]

plan_urls = [
    path("partnersupport", purchases.partner_support, name="partner-support"),
    path("partnersupport/<uuid:plan_id>/ids", purchases.show_ids, name="show-bought-ids"),
    path("<offer:offer>", purchases.details, name="offer"),
    path("<offer:offer>/buy", purchases.buy, name="buy"),
]

urlpatterns = [
    path("dashboard/mpn/membership/benefits/", include(technical_urls)),
    path("support/", include(plan_urls)),
]
