"""Users and roles: the list, one user, adding, changing and removing one."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partners import permissions, users
from partners.acting import ActingRequest
from partners.models import Affiliation, Partner
from partners.pages import require_partner, signed_in
from partners.roles import Permission
from partners.services.affiliations import add_user, remove_user, set_programs, set_roles
from partners.user_forms import ProgramsForm, RolesForm, UserForm, held_programs
from portal import edge
from portal.refusals import Refusal

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@never_cache
@require_safe
def list_users(request: ActingRequest) -> HttpResponse:
    """Show who works for the partner, with programs and roles."""
    partner = _partner(request)
    name, after = (request.GET.get(asked, "") for asked in ("name", "after"))
    found = users.list_of_users(partner=partner, begins_with=name, key=after)
    return TemplateResponse(request, "partners/users.html", {"partner": partner, "users": found})


@signed_in
@get_or_post
def add(request: ActingRequest) -> HttpResponse:
    """Ask who is to be added, and add the user."""
    partner = _partner(request)
    if request.method != "POST":
        first = {"programs": ["MPN"] if partner.in_mpn else ["CSP"]}
        return _add_page(request, partner, UserForm(initial=first, partner=partner))
    form = UserForm(request.POST, partner=partner)
    if not form.is_valid():
        return _add_page(request, partner, form, status=400)
    try:
        added = add_user(
            mpn_id=partner.mpn_id, newcomer=form.newcomer(), by=request.user, at=request.now
        )
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _add_page(request, partner, form, refusal=refusal)
    messages.success(
        request,
        _("%(email)s can act for %(partner)s now. A mail that says how to begin is on its way.")
        % {"email": added.user.email, "partner": partner.name},
    )
    return redirect("partners:user", added.user.public_id)


@signed_in
@never_cache
@require_safe
def user(request: ActingRequest, account_id: uuid.UUID) -> HttpResponse:
    """Show one user, and what can be changed."""
    return _user_page(request, _affiliation_or_404(request, account_id))


@signed_in
@require_POST
def programs(request: ActingRequest, account_id: uuid.UUID) -> HttpResponse:
    """Change the programs that the user is associated with."""
    affiliation = _affiliation_or_404(request, account_id)
    form = ProgramsForm(request.POST, partner=affiliation.partner)
    return _change(request, affiliation, form, change=set_programs, programs_form=form)


@signed_in
@require_POST
def roles(request: ActingRequest, account_id: uuid.UUID) -> HttpResponse:
    """Change the roles of the user."""
    affiliation = _affiliation_or_404(request, account_id)
    form = RolesForm(request.POST)
    return _change(request, affiliation, form, change=set_roles, roles_form=form)


@signed_in
@require_POST
def remove(request: ActingRequest, account_id: uuid.UUID) -> HttpResponse:
    """End the user's work for the partner."""
    affiliation = _affiliation_or_404(request, account_id)
    row, partner = users.user_row(affiliation), affiliation.partner
    try:
        remove_user(mpn_id=partner.mpn_id, account_id=account_id, by=request.user, at=request.now)
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _user_page(request, affiliation, refusal=refusal)
    messages.info(
        request,
        _("%(name)s no longer works for %(partner)s.")
        % {"name": row.name, "partner": partner.name},
    )
    return _back(request, affiliation, to="partners:users")


def _change(
    request: ActingRequest,
    affiliation: Affiliation,
    form: forms.Form,
    *,
    change: Callable[..., Affiliation],
    **shown: Any,
) -> HttpResponse:
    """Make the change that the form asks for; a refusal shows it again as it was sent."""
    if not form.is_valid():
        return _user_page(request, affiliation, status=400, **shown)
    who = {"mpn_id": affiliation.partner.mpn_id, "account_id": affiliation.user.public_id}
    try:
        change(**who, **form.cleaned_data, by=request.user, at=request.now)
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _user_page(request, affiliation, refusal=refusal, **shown)
    name = {"name": users.user_row(affiliation).name}
    messages.success(request, _("The rights of %(name)s are changed.") % name)
    return _back(request, affiliation, to="partners:user")


def _partner(request: ActingRequest) -> Partner:
    """
    Return the partner whose users the account may manage.

    :raises NotAuthorized: it may not; with who may
    """
    partner = require_partner(request)
    permissions.require(Permission.MANAGE_ROLES, by=request.user, partner=partner)
    return partner


def _affiliation_or_404(request: ActingRequest, account_id: uuid.UUID) -> Affiliation:
    people = users.people_of(_partner(request)).select_related("partner")
    return get_object_or_404(people, user__public_id=account_id)


def _back(request: ActingRequest, affiliation: Affiliation, *, to: str) -> HttpResponseRedirect:
    """Go where the account still may: who changed their own rights sees what is left of them."""
    if affiliation.user_id == request.user.pk:
        return redirect("partners:my-access")
    return redirect(to, affiliation.user.public_id) if to == "partners:user" else redirect(to)


def _add_page(
    request: ActingRequest,
    partner: Partner,
    form: UserForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = {"partner": partner, "form": form}
    return edge.page(request, "partners/user_add.html", shown, refusal=refusal, status=status)


def _user_page(
    request: ActingRequest,
    affiliation: Affiliation,
    *,
    programs_form: ProgramsForm | None = None,
    roles_form: RolesForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    row, partner = users.user_row(affiliation), affiliation.partner
    held: dict[str, Any] = {"roles": [assignment.role for assignment in row.assignments]}
    programs = programs_form or ProgramsForm(initial=held_programs(affiliation), partner=partner)
    context = {
        "partner": partner,
        "row": row,
        "is_self": affiliation.user_id == request.user.pk,
        "programs_form": programs,
        "roles_form": roles_form or RolesForm(initial=held),
    }
    return edge.page(request, "partners/user.html", context, refusal=refusal, status=status)
