"""The staff desk: finding partners, writing and changing them, and who works for them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from benefits import partner_search
from partners import permissions, users
from partners.acting import ActingRequest
from partners.models import Partner
from partners.pages import signed_in
from partners.permissions import staff_may
from partners.roles import StaffPermission
from partners.services.companies import change_partner, company_of, create_partner
from partners.wording import staff_who_may
from portal import edge
from portal.csv_export import csv_response
from portal.refusals import Refusal
from support import partner_list
from support.partner_forms import CompanyForm, NewPartnerForm, SearchForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@never_cache
@require_safe
def find(request: ActingRequest) -> HttpResponse:
    """List the partners that the filter keeps."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    form = SearchForm(request.GET)
    search, key = form.search(), request.GET.get("after", "")
    page = partner_search.page_of_partners(search, key=key, at=request.now)
    context = {
        "form": form,
        "search": search,
        "is_filtered": bool(set(form.chosen) - {"sort"}),
        "page": page,
        "rows": partner_list.rows(page.rows, at=request.now),
        "query": form.query(),
        "next_query": form.query(after=page.next_key),
        "quick": _quick(form),
        "crumbs": [(_("Staff desk"), reverse("support:staff-desk")), (_("Partners"), "")],
        **_rights(request),
    }
    return TemplateResponse(request, "staff/partners.html", context)


@signed_in
@require_safe
def find_csv(request: ActingRequest) -> HttpResponseBase:
    """Download what the page's filter keeps, in its order, with a line for each plan."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    found = partner_search.found(SearchForm(request.GET).search(), at=request.now)
    partners = found.iterator(chunk_size=partner_list.AT_ONCE)
    return csv_response(
        name="partners.csv",
        header=partner_list.HEADER,
        rows=partner_list.csv_rows(partners, at=request.now),
    )


@signed_in
@never_cache
@get_or_post
def add(request: ActingRequest) -> HttpResponse:
    """Ask what partner is to be written, and write it."""
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=request.user)
    if request.method != "POST":
        return _form_page(request, NewPartnerForm(initial={"programs": ["MPN"]}))
    form = NewPartnerForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    mpn_id = form.cleaned_data["mpn_id"]
    try:
        kept = create_partner(
            mpn_id=mpn_id, company=form.company(), by=request.user, at=request.now
        )
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _form_page(request, form, refusal=refusal)
    said = _("%(partner)s is a partner now. Next: add its membership.")
    if not kept.is_changed:
        said = _("%(partner)s is there already, just as you entered it: nothing more changed.")
    messages.success(request, said % {"partner": kept.partner.name})
    return redirect("support:staff-memberships", mpn_id)


@signed_in
@never_cache
@get_or_post
def change(request: ActingRequest, mpn_id: str) -> HttpResponse:
    """Change what a partner is called, where it is, and in which programs."""
    permissions.require_staff(StaffPermission.MANAGE_MEMBERSHIPS, by=request.user)
    partner = get_object_or_404(Partner, mpn_id=mpn_id)
    if request.method != "POST":
        form = CompanyForm(initial=vars(company_of(partner=partner)))
        return _form_page(request, form, partner=partner)
    form = CompanyForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, partner=partner, status=400)
    try:
        kept = change_partner(
            mpn_id=mpn_id, company=form.company(), by=request.user, at=request.now
        )
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _form_page(request, form, partner=partner, refusal=refusal)
    said = (
        _("%(partner)s is changed.")
        if kept.is_changed
        else _("%(partner)s was like this already: nothing changed.")
    )
    messages.success(request, said % {"partner": kept.partner.name})
    return redirect("support:staff-memberships", mpn_id)


@signed_in
@never_cache
@require_safe
def accounts(request: ActingRequest, mpn_id: str) -> HttpResponse:
    """Show who works for the partner, in which programs and with which roles."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    partner = get_object_or_404(Partner, mpn_id=mpn_id)
    name, after = (request.GET.get(asked, "") for asked in ("name", "after"))
    found = users.list_of_users(partner=partner, begins_with=name, key=after)
    context = {
        "partner": partner,
        "users": found,
        "crumbs": crumbs(partner, here=_("Users and roles")),
    }
    return TemplateResponse(request, "staff/accounts.html", context)


def crumbs(partner: Partner | None, *, here: str) -> list[tuple[str, str]]:
    """Return the way from the desk to a page about a partner, or about partners."""
    way = [
        (_("Staff desk"), reverse("support:staff-desk")),
        (_("Partners"), reverse("support:staff-partners")),
    ]
    if partner is not None:
        way.append((partner.name, reverse("support:staff-partner", args=[partner.mpn_id])))
    return [*way, (here, "")]


def _rights(request: ActingRequest) -> dict[str, Any]:
    permission = StaffPermission.MANAGE_MEMBERSHIPS
    return {"may": staff_may(request.user, permission), "who_may": staff_who_may(permission)}


def _quick(form: SearchForm) -> list[tuple[str, str, bool]]:
    """Return label and query of the situations, and whether the list shows that one."""
    asked = form.chosen.get("situation", "")
    every = [("", _("All")), *partner_search.Situation.choices]
    return [(str(label), form.query(situation=value), value == asked) for value, label in every]


def _form_page(
    request: ActingRequest,
    form: NewPartnerForm | CompanyForm,
    *,
    partner: Partner | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    here = _("Change the partner") if partner else _("Add a partner")
    shown = {"partner": partner, "form": form, "crumbs": crumbs(partner, here=here)}
    return edge.page(request, "staff/partner_form.html", shown, refusal=refusal, status=status)
