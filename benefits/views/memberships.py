"""Membership: the years with their offers, renewing and upgrading with a preview, competencies."""

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from benefits import attained, membership_wording
from benefits.allotments import Level, MembershipKind
from benefits.calendar import RENEWAL_WINDOW
from benefits.changes import Change
from benefits.forms import LevelForm
from benefits.membership_wording import name_of
from benefits.models import Membership
from benefits.models.memberships import MembershipQuerySet
from benefits.services.renewal import preview_renewal, renew_membership
from benefits.services.upgrade import preview_upgrade, upgrade_membership
from partners.acting import ActingRequest
from partners.pages import require_mpn, signed_in
from partners.permissions import people_with
from partners.roles import Permission
from portal import edge
from portal.paging import page_of
from portal.refusals import Refusal

LONGEST_KEY = 18


@signed_in
@require_safe
def offers_alias(request: ActingRequest) -> HttpResponse:
    """Lead from the short address to the page."""
    require_mpn(request)
    return redirect("memberships:offers")


@signed_in
@require_safe
def offers(request: ActingRequest) -> HttpResponse:
    """List the partner's membership years, the latest first, with what can be done now."""
    partner = require_mpn(request)
    mine = Membership.objects.visible_to(request.user).held_by(partner)
    key = request.GET.get("before", "")
    page = page_of(
        mine.with_succession().prefetch_related("competencies").order_by("-starts_on", "-pk"),
        key=key if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY else "",
        after=lambda query, before: _after(query, mine, before),
        key_of=lambda year: str(year.pk),
    )
    rows = membership_wording.rows(page.rows, at=request.now)
    may = request.acting.may(Permission.RENEW_OR_UPGRADE)
    offered = any(row.can_be_renewed or row.can_be_upgraded for row in rows)
    people: tuple[str, ...] = ()
    if offered and not may:
        people = people_with(Permission.RENEW_OR_UPGRADE, partner_ids=[partner.pk])[partner.pk]
    context = {
        "partner": partner,
        "page": page,
        "current": [row for row in rows if row.is_current],
        "earlier": [row for row in rows if not row.is_current],
        "may": may,
        "people": people,
        "renewal_days": RENEWAL_WINDOW.days,
    }
    return TemplateResponse(request, "benefits/offers.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: ActingRequest, package_id: uuid.UUID) -> HttpResponse:
    """Show what renewing changes, at the level chosen, and renew."""
    year = _year_or_404(request, package_id)
    is_core = year.kind == MembershipKind.CORE
    form = LevelForm(request.POST if request.method == "POST" else request.GET)
    level = form.chosen() if is_core and form.is_valid() else None
    is_confirmed = request.method == "POST" and (level is not None or not is_core)
    try:
        if is_confirmed:
            return _renew(request, package_id, level)
        change = preview_renewal(
            package_id=package_id, level=level, by=request.user, at=request.now
        )
    except Refusal as refusal:
        return _refused(request, year, refusal)
    context = {
        "levels": [(value, name_of(value)) for value in (Level.GOLD, Level.SILVER)],
        "form": form if request.method == "POST" else None,
    }
    return _preview(request, year, change, context if is_core else {})


def _renew(request: ActingRequest, package_id: uuid.UUID, level: Level | None) -> HttpResponse:
    done = renew_membership(package_id=package_id, level=level, by=request.user, at=request.now)
    said = membership_wording.done(done.membership, is_new=done.is_new)
    return _to_new_package(request, done.membership, said)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def upgrade(request: ActingRequest, package_id: uuid.UUID) -> HttpResponse:
    """Show what upgrading to Gold changes, and upgrade."""
    year = _year_or_404(request, package_id)
    try:
        if request.method == "POST":
            done = upgrade_membership(package_id=package_id, by=request.user, at=request.now)
            said = membership_wording.done(done.membership, is_new=done.is_new)
            return _to_new_package(request, done.membership, said)
        change = preview_upgrade(package_id=package_id, by=request.user, at=request.now)
    except Refusal as refusal:
        return _refused(request, year, refusal)
    return _preview(request, year, change, {"is_upgrade": True})


@signed_in
@require_safe
def competencies(request: ActingRequest) -> HttpResponse:
    """Show which competencies are attained, which could be, and what they change."""
    partner = require_mpn(request)
    context = {"partner": partner, "held": attained.competencies_of(partner, at=request.now)}
    return TemplateResponse(request, "benefits/competencies.html", context)


def _year_or_404(request: ActingRequest, package_id: uuid.UUID) -> Membership:
    """Return the year of the partner acted for that gave the package."""
    partner = require_mpn(request)
    mine = Membership.objects.visible_to(request.user).held_by(partner)
    year = mine.with_succession().filter(package__public_id=package_id).first()
    if year is None:
        raise Http404
    return year


def _after(query: MembershipQuerySet, mine: MembershipQuerySet, key: str) -> MembershipQuerySet:
    last = mine.filter(pk=int(key)).first()
    if last is None:
        return query
    return query.filter(
        Q(starts_on__lt=last.starts_on) | Q(starts_on=last.starts_on, pk__lt=last.pk)
    )


def _to_new_package(request: ActingRequest, year: Membership, said: str) -> HttpResponse:
    """Lead to the new package, where it is activated and then linked."""
    plan = year.package.plans.order_by("pk")[0]
    messages.success(request, said)
    return redirect(f"{reverse('benefits:plan', args=[plan.public_id])}#plan-{plan.public_id}")


def _preview(
    request: ActingRequest, year: Membership, change: Change, context: Mapping[str, object]
) -> HttpResponse:
    is_upgrade = "is_upgrade" in context
    form = context.get("form")
    shown = {
        "year": year,
        "change": change,
        "before": name_of(change.level_before),
        "after": name_of(change.level_after),
        "rows": membership_wording.change_rows(change),
        "effects": membership_wording.effects(change, is_upgrade=is_upgrade),
        **context,
    }
    status = 400 if form else 200
    return TemplateResponse(request, "benefits/membership_change.html", shown, status=status)


def _refused(request: ActingRequest, year: Membership, refusal: Refusal) -> HttpResponse:
    """Say on the page why not; being without the right is answered as everywhere."""
    if refusal.status == 403:
        raise refusal
    edge.refused(request, refusal)
    context = {
        "year": year,
        "before": name_of(Level(year.level) if year.level else None),
    }
    return edge.page(request, "benefits/membership_change.html", context, refusal=refusal)
