"""The staff desk: membership years of a partner, written, corrected, ended; competencies."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from benefits import correction_wording
from benefits.membership_wording import name_of_year
from benefits.models import Membership
from benefits.services.competencies import gain_competency, lose_competency
from benefits.services.corrections import change_membership, preview_change
from benefits.services.endings import end_membership, preview_ending
from benefits.services.memberships import create_membership
from partners import permissions
from partners.acting import ActingRequest
from partners.models import Partner
from partners.pages import signed_in
from partners.permissions import staff_may
from partners.roles import StaffPermission
from partners.wording import staff_who_may
from portal import edge
from portal.refusals import Refusal
from support import membership_list
from support.membership_forms import CompetencyForm, CorrectionForm, MembershipForm
from support.views.partners import crumbs

MANAGE = StaffPermission.MANAGE_MEMBERSHIPS
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@never_cache
@require_safe
def memberships(request: ActingRequest, mpn_id: str) -> HttpResponse:
    """Show all years of a partner with their plans, and what can be done with each."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    partner = get_object_or_404(Partner, mpn_id=mpn_id)
    page = membership_list.page_of_years(partner, key=request.GET.get("before", ""))
    rows = membership_list.rows(page.rows, at=request.now)
    context = {
        "partner": partner,
        "page": page,
        "current": [row for row in rows if row.year.is_current],
        "earlier": [row for row in rows if not row.year.is_current],
        "may": staff_may(request.user, MANAGE),
        "who_may": staff_who_may(MANAGE),
        "crumbs": crumbs(partner, here=_("Memberships")),
    }
    return TemplateResponse(request, "staff/memberships.html", context)


@signed_in
@never_cache
@get_or_post
def add(request: ActingRequest, mpn_id: str) -> HttpResponse:
    """Ask which year is to be written, and write it."""
    permissions.require_staff(MANAGE, by=request.user)
    partner = get_object_or_404(Partner, mpn_id=mpn_id)
    form = MembershipForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            written = create_membership(
                mpn_id=mpn_id,
                kind=form.kind,
                level=form.level,
                starts_on=form.cleaned_data["starts_on"],
                competencies=form.cleaned_data["competencies"],
                by=request.user,
                at=request.now,
            )
        except Refusal as refused:
            refusal = edge.refused(request, refused)
        else:
            return _back(request, partner, correction_wording.written(written))
    here = crumbs(partner, here=_("Add a membership"))
    shown = {"partner": partner, "form": form, "crumbs": here}
    return _page(request, "staff/membership_add.html", shown, form=form, refusal=refusal)


@signed_in
@never_cache
@get_or_post
def change(request: ActingRequest, package_id: uuid.UUID) -> HttpResponse:
    """Correct level and start of a year: first what that changes, then, confirmed, the change."""
    permissions.require_staff(MANAGE, by=request.user)
    year = _year_or_404(package_id)
    form = CorrectionForm(request.POST if request.method == "POST" else None, year=year)
    preview, refusal = None, None
    try:
        if not form.is_bound:
            # What can't be changed at all says so before anybody types.
            preview_change(**_same(year), by=request.user, at=request.now)
        elif form.is_valid():
            asked: dict[str, Any] = {**form.chosen, "package_id": package_id}
            if "confirmed" in request.POST:
                changed = change_membership(**asked, by=request.user, at=request.now)
                return _back(request, year.partner, correction_wording.changed(changed))
            preview = preview_change(**asked, by=request.user, at=request.now)
    except Refusal as refused:
        refusal = edge.refused(request, refused)
    shown = {
        **_about(year, here=_("Correct a membership")),
        "form": form,
        "lines": correction_wording.lines(preview) if preview else [],
        "preview": preview,
    }
    return _page(request, "staff/membership_change.html", shown, form=form, refusal=refusal)


@signed_in
@never_cache
@get_or_post
def end(request: ActingRequest, package_id: uuid.UUID) -> HttpResponse:
    """Show what ending a year early makes lapse, and end it."""
    permissions.require_staff(MANAGE, by=request.user)
    year = _year_or_404(package_id)
    lapsing, refusal = [], None
    try:
        if request.method == "POST":
            ended = end_membership(package_id=package_id, by=request.user, at=request.now)
            return _back(request, year.partner, correction_wording.ended(ended))
        lapsing = preview_ending(package_id=package_id, by=request.user, at=request.now)
    except Refusal as refused:
        refusal = edge.refused(request, refused)
    shown = {
        **_about(year, here=_("End a membership early")),
        "effects": correction_wording.effects_of_ending(year, lapsing, at=request.now),
    }
    return _page(request, "staff/membership_end.html", shown, refusal=refusal)


@signed_in
@never_cache
@get_or_post
def competencies(request: ActingRequest, package_id: uuid.UUID) -> HttpResponse:
    """Show the competencies of a year, and write down one that was gained."""
    permissions.require_staff(MANAGE, by=request.user)
    year = _year_or_404(package_id)
    form = CompetencyForm(request.POST if request.method == "POST" else None)
    refusal = None
    if form.is_valid():
        try:
            gained = gain_competency(
                package_id=package_id, **form.cleaned_data, by=request.user, at=request.now
            )
        except Refusal as refused:
            refusal = edge.refused(request, refused)
        else:
            name = form.cleaned_data["name"]
            said = correction_wording.gained(gained, name=name)
            return _again(request, package_id, said)
    return _competencies_page(request, year, form, refusal=refusal)


@signed_in
@require_POST
def lose(request: ActingRequest, package_id: uuid.UUID) -> HttpResponse:
    """Take a competency away from a year."""
    permissions.require_staff(MANAGE, by=request.user)
    year = _year_or_404(package_id)
    name = request.POST.get("name", "")
    try:
        lost = lose_competency(package_id=package_id, name=name, by=request.user, at=request.now)
    except Refusal as refused:
        edge.refused(request, refused)
        return _competencies_page(request, year, CompetencyForm(), refusal=refused)
    return _again(request, package_id, correction_wording.lost(lost, name=name))


def _year_or_404(package_id: uuid.UUID) -> Membership:
    years = Membership.objects.with_succession()
    return get_object_or_404(years, package__public_id=package_id)


def _same(year: Membership) -> dict[str, Any]:
    return {
        "package_id": year.package.public_id,
        "level": year.level,
        "starts_on": year.starts_on,
    }


def _about(year: Membership, *, here: str) -> dict[str, Any]:
    return {
        "year": year,
        "partner": year.partner,
        "title": name_of_year(year),
        "crumbs": crumbs(year.partner, here=here),
    }


def _competencies_page(
    request: ActingRequest,
    year: Membership,
    form: CompetencyForm,
    *,
    refusal: Refusal | None,
) -> HttpResponse:
    shown = {
        **_about(year, here=_("Competencies")),
        "form": form,
        "held": list(year.competencies.order_by("attained_on", "pk")),
        "is_activated": hasattr(year.package, "contract"),
    }
    return _page(request, "staff/membership_competencies.html", shown, form=form, refusal=refusal)


def _page(
    request: ActingRequest,
    template: str,
    shown: dict[str, Any],
    *,
    form: forms.Form | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Show the page with what was refused, or with what is wrong in the form, and its status."""
    status = 400 if form is not None and form.errors else 200
    return edge.page(request, template, shown, refusal=refusal, status=status)


def _back(request: ActingRequest, partner: Partner, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("support:staff-memberships", partner.mpn_id)


def _again(request: ActingRequest, package_id: uuid.UUID, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("support:staff-competencies", package_id)
