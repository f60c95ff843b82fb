"""A partner's API clients: the list, registering one, and what can be done with one."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import permissions
from partners.acting import ActingRequest
from partners.forms import ClientForm, ScopesForm
from partners.models import ApiClient, Partner
from partners.pages import require_mpn, signed_in
from partners.presentation import client_row, client_rows
from partners.roles import Permission
from partners.scopes import ClientScope
from partners.services.clients import (
    Registered,
    change_scopes,
    register_client,
    revoke_client,
    rotate_secret,
)
from portal import edge
from portal.idempotency import key_of_form
from portal.paging import page_of
from portal.refusals import Refusal

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@never_cache
@get_or_post
def api_clients(request: ActingRequest) -> HttpResponse:
    """Show the partner's clients; register one, and answer its secret, this once."""
    partner = _partner(request)
    if request.method != "POST":
        form = ClientForm(initial={"scopes": [ClientScope.ENTITLEMENTS_READ.value]})
        return _list_page(request, partner, form)
    form = ClientForm(request.POST)
    if not form.is_valid():
        return _list_page(request, partner, form, status=400)
    try:
        key = request.POST.get("key", "")
        registered = register_client(
            partner=partner, **form.cleaned_data, by=request.user, at=request.now, key=key
        )
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _list_page(request, partner, form, refusal=refusal)
    return _client_page(request, registered.client, shown=registered)


@signed_in
@require_safe
def api_client(request: ActingRequest, client_id: str) -> HttpResponse:
    """Show one client, and what can be done with it."""
    return _client_page(request, _client_or_404(request, client_id))


@signed_in
@never_cache
@require_POST
def rotate(request: ActingRequest, client_id: str) -> HttpResponse:
    """Give the client a new secret, and answer it, this once."""
    client = _client_or_404(request, client_id)
    key = request.POST.get("key", "")
    rotated = rotate_secret(client_id=client.client_id, by=request.user, at=request.now, key=key)
    return _client_page(request, rotated.client, shown=rotated)


@signed_in
@require_POST
def scopes(request: ActingRequest, client_id: str) -> HttpResponse:
    """Change what the client may do."""
    client = _client_or_404(request, client_id)
    form = ScopesForm(request.POST)
    if not form.is_valid():
        return _client_page(request, client, form=form, status=400)
    chosen = form.cleaned_data["scopes"]
    change_scopes(client_id=client.client_id, scopes=chosen, by=request.user, at=request.now)
    messages.success(request, _("The rights of %(client)s are changed.") % {"client": client.name})
    return redirect("partners:api-client", client.client_id)


@signed_in
@require_POST
def revoke(request: ActingRequest, client_id: str) -> HttpResponse:
    """Stop the client for good."""
    client = _client_or_404(request, client_id)
    revoke_client(client_id=client.client_id, by=request.user, at=request.now)
    messages.info(
        request,
        _("%(client)s is revoked: its secret and its tokens have stopped working.")
        % {"client": client.name},
    )
    return redirect("partners:api-clients")


def _partner(request: ActingRequest) -> Partner:
    """
    Return the partner whose clients the account may look after.

    :raises NotAuthorized: it may not; with who may
    """
    partner = require_mpn(request)
    permissions.require(Permission.API_CLIENTS, by=request.user, partner=partner)
    return partner


def _client_or_404(request: ActingRequest, client_id: str) -> ApiClient:
    mine = ApiClient.objects.of(_partner(request))
    return get_object_or_404(
        mine.select_related("registered_by", "revoked_by"), client_id=client_id
    )


def _list_page(
    request: ActingRequest,
    partner: Partner,
    form: ClientForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    mine = ApiClient.objects.of(partner).select_related("registered_by", "revoked_by")
    key = request.GET.get("before", "")
    revoked = page_of(
        mine.filter(revoked_at__isnull=False).order_by("-pk"),
        key=key if key.isascii() and key.isdigit() and len(key) < 19 else "",
        after=lambda query, before: query.filter(pk__lt=int(before)),
        key_of=lambda client: str(client.pk),
    )
    context = {
        "partner": partner,
        "clients": client_rows(mine.in_force().order_by("-pk")),
        "revoked": client_rows(revoked.rows),
        "page": revoked,
        "form": form,
        "key": key_of_form(request.POST.get("key", ""), refusal=refusal),
        **_token_addresses(request),
    }
    return edge.page(request, "partners/api_clients.html", context, refusal=refusal, status=status)


def _client_page(
    request: ActingRequest,
    client: ApiClient,
    *,
    shown: Registered | None = None,
    form: ScopesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": client_row(client),
        "shown": shown,
        "form": form or ScopesForm(initial={"scopes": client.scopes}),
        "key": uuid.uuid4(),
        **_token_addresses(request),
    }
    return TemplateResponse(request, "partners/api_client.html", context, status=status)


def _token_addresses(request: ActingRequest) -> dict[str, Any]:
    return {"address": request.build_absolute_uri("/").rstrip("/")}
