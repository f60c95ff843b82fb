"""What is done with a request after it was submitted; each answer leads back to its page."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from benefits import reading
from benefits.entitlements import Entitlement
from partners.acting import ActingRequest
from partners.pages import signed_in
from portal import edge
from portal.refusals import Refusal
from support import life, wording
from support.life import Action
from support.life_forms import CloseForm, DeductForm, NoteForm, StateForm
from support.models import SupportRequest
from support.services import consultations, request_life
from support.views.requests import request_page, visible_or_404


@signed_in
@require_POST
def add_note(request: ActingRequest, number: str) -> HttpResponse:
    """Add a note; the same form writes it once."""
    form, key = NoteForm(request.POST), request.POST.get("key", "")

    def add() -> str:
        text = form.cleaned_data["text"]
        note = request_life.add_note(
            number=number, text=text, by=request.user, at=request.now, key=key
        )
        return wording.note_added(note)

    return _done(request, number, add, action=Action.ADD_NOTE, form=form)


@signed_in
@require_POST
def change_state(request: ActingRequest, number: str) -> HttpResponse:
    """Put the request into another state of work."""
    form = StateForm(request.POST)

    def change() -> str:
        state = SupportRequest.State(form.cleaned_data["state"])
        changed = request_life.change_state(
            number=number, state=state, by=request.user, at=request.now
        )
        return wording.state_set(changed)

    return _done(request, number, change, action=Action.CHANGE_STATE, form=form)


@signed_in
@require_POST
def close(request: ActingRequest, number: str) -> HttpResponse:
    """Close the request for a reason, and say what became of its incident."""
    form = CloseForm(request.POST)

    def end() -> str:
        reason = SupportRequest.CloseReason(form.cleaned_data["reason"])
        closed = request_life.close_request(
            number=number, reason=reason, by=request.user, at=request.now
        )
        return wording.closed(closed, plan=_payer(request, closed))

    return _done(request, number, end, action=Action.CLOSE, form=form)


@signed_in
@require_POST
def reopen(request: ActingRequest, number: str) -> HttpResponse:
    """Open the request again."""

    def again() -> str:
        reopened = request_life.reopen_request(number=number, by=request.user, at=request.now)
        return wording.reopened(reopened)

    return _done(request, number, again, action=Action.REOPEN)


@signed_in
@require_POST
def deduct(request: ActingRequest, number: str) -> HttpResponse:
    """Deduct the hours of the consultation that was held."""
    form = DeductForm(request.POST)

    def take() -> str:
        hours = form.cleaned_data["hours"]
        entry = consultations.deduct_hours(
            number=number, hours=hours, by=request.user, at=request.now
        )
        return wording.deducted(entry)

    return _done(request, number, take, action=Action.DEDUCT_HOURS, form=form)


def _payer(request: ActingRequest, found: SupportRequest) -> Entitlement | None:
    """Return the plan that paid, read now; billing and subscription requests have none."""
    if found.plan_id is None:
        return None
    return reading.one(found.plan_id, user=request.user, at=request.now)


def _done(
    request: ActingRequest,
    number: str,
    act: Callable[[], str],
    *,
    action: Action,
    form: forms.Form | None = None,
) -> HttpResponse:
    """
    Act, and say the new fact on the request's page.

    What is refused, or not filled in, shows the page as it is now, with what was typed.
    """
    found = visible_or_404(request, number)
    try:
        if form is not None and not form.is_valid():
            _refuse_without_right(action, found, request)
            return request_page(request, found, form=form, status=400)
        messages.success(request, act())
    except Refusal as refusal:
        edge.refused(request, refusal)
        found = visible_or_404(request, number)
        return request_page(request, found, form=form, refusal=refusal)
    return redirect("support:request", number)


def _refuse_without_right(action: Action, found: SupportRequest, request: ActingRequest) -> None:
    """Tell whoever may not do it so, before what they filled in is looked at."""
    missing = life.lacking_right(action, found, by=request.user)
    if missing is not None:
        raise missing
