"""What pages say of a request after something was done with it: always the new fact."""

from django.utils.translation import gettext as _

from benefits.entitlements import Entitlement
from portal.sentences import day_and_time
from support import life
from support.life import RETURNS_INCIDENT, CloseReason
from support.models import Note, SupportRequest


def note_added(note: Note) -> str:
    """Say that the note is there, and the state that it led to."""
    return _("Your note is added to request %(number)s. Its state: %(state)s.") % {
        "number": note.request.number,
        "state": note.request.get_state_display(),
    }


def state_set(request: SupportRequest) -> str:
    """Say which state the request is in now."""
    return _("The state of request %(number)s is now: %(state)s.") % {
        "number": request.number,
        "state": request.get_state_display(),
    }


def reopened(request: SupportRequest) -> str:
    """Say that the request is worked on again, and what that costs."""
    return _("Request %(number)s is open again. It used no new incident.") % {
        "number": request.number
    }


def closed(request: SupportRequest, *, plan: Entitlement | None) -> str:
    """
    Say that the request is closed, and what became of its incident.

    :param plan: the plan that paid, read after closing; None when it used no incident
    """
    if plan is None or request.close_reason not in RETURNS_INCIDENT:
        return _still_used(request)
    return _closed_and_returned(plan) % {
        "number": request.number,
        "left": plan.remaining,
        "total": plan.total,
        "plan": plan.plan_name,
    }


def _still_used(request: SupportRequest) -> str:
    until = life.reopenable_until(request)
    assert until is not None and request.closed_at is not None
    pattern = (
        _("Request %(number)s is closed. It can be reopened until %(until)s.")
        if request.closed_at < until
        else _("Request %(number)s is closed. It could be reopened until %(until)s.")
    )
    return pattern % {"number": request.number, "until": day_and_time(until)}


def _closed_and_returned(plan: Entitlement) -> str:
    if plan.is_expired:
        return _(
            "Request %(number)s is closed; its incident was returned, and lapsed with the rest of "
            "%(plan)s, which has ended."
        )
    if plan.is_unlimited:
        return _("Request %(number)s is closed; its incident was returned: %(plan)s is unlimited.")
    return _("Request %(number)s is closed; its incident was returned: %(left)d of %(total)d left.")


def meaning(reason: CloseReason, *, uses_incident: bool) -> str:
    """Say when a request is closed for this reason, and what becomes of its incident, if any."""
    cause = {
        CloseReason.SOLVED_BY_PARTNER: _("The partner found the solution."),
        CloseReason.ANSWERED: _("Support gave the answer."),
        CloseReason.PRODUCT_DEFECT: _("The product itself is at fault."),
        CloseReason.DUPLICATE: _("The same problem is worked on in another request."),
    }[reason]
    if not uses_incident:
        return cause
    if reason in RETURNS_INCIDENT:
        return _("%(cause)s The incident is returned; the request cannot be reopened.") % {
            "cause": cause
        }
    return _("%(cause)s The incident stays used.") % {"cause": cause}
