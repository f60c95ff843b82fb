"""Addresses of Support for Business."""

from django.urls import path

from support.views import plans, request_life, requests, wizard

urlpatterns = [
    path("create", wizard.product, name="create"),
    path("create/<uuid:draft_id>/product", wizard.product, name="create-product"),
    path("create/<uuid:draft_id>/issue", wizard.issue, name="create-issue"),
    path("create/<uuid:draft_id>/review", wizard.review, name="create-review"),
    path("plans", plans.plans, name="plans"),
    path("plans/<uuid:contract_id>/unlink", plans.unlink, name="unlink"),
    path("plans/<uuid:contract_id>/link", plans.link_own, name="link-own"),
    path("manage", requests.requests, name="requests"),
    path("manage/<request_number:number>", requests.request_detail, name="request"),
    path("manage/<request_number:number>/note", request_life.add_note, name="request-note"),
    path("manage/<request_number:number>/state", request_life.change_state, name="request-state"),
    path("manage/<request_number:number>/close", request_life.close, name="request-close"),
    path("manage/<request_number:number>/reopen", request_life.reopen, name="request-reopen"),
    path("manage/<request_number:number>/deduct", request_life.deduct, name="request-deduct"),
]
