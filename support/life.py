"""
The life of a request after it was submitted: what can be done with it now, by whom, and why not.

The services in services/request_life.py raise what stands here, and a page asks the same functions
what to offer. Source: "Support requests and incidents" (its life) and "Who may do what".
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits import reading, reasons
from benefits.models import LedgerEntry
from benefits.wording import package_name
from partners.models import User
from partners.permissions import NotAuthorized, staff_may
from partners.roles import StaffPermission
from portal.refusals import NextStep, Refusal
from portal.sentences import day, day_and_time
from support.consultations import is_deducted
from support.models import SupportRequest

State = SupportRequest.State
CloseReason = SupportRequest.CloseReason

REOPEN_WITHIN = timedelta(days=14)
# What was not the partner's to pay for: closing for these reasons returns what was used.
RETURNS_INCIDENT = frozenset({CloseReason.PRODUCT_DEFECT, CloseReason.DUPLICATE})
# What authors may say themselves; the other reasons are the staff's to give.
REASONS_OF_AUTHORS = (CloseReason.SOLVED_BY_PARTNER,)

FindReturn = Callable[[SupportRequest], datetime | None]


class Action(StrEnum):
    """What can be done with a request once it exists."""

    ADD_NOTE = "add_note"
    CHANGE_STATE = "change_state"
    CLOSE = "close"
    REOPEN = "reopen"
    DEDUCT_HOURS = "deduct_hours"


class AlreadyClosed(Refusal):
    """The request is closed; nothing is added to it and nothing changes but by reopening it."""

    code = "already_closed"
    status = 409


class NotReopenable(Refusal):
    """The request is still worked on, or its time or what it used is gone."""

    code = "not_reopenable"
    status = 409


class NothingToDeduct(Refusal):
    """The request takes no hours: its presales are unlimited, or it is about something else."""

    code = "nothing_to_deduct"
    status = 409


class AlreadyDeducted(Refusal):
    """The hours of this request were deducted before; it is done once."""

    code = "already_deducted"
    status = 409


def possible(request: SupportRequest, *, by: User, at: datetime) -> frozenset[Action]:
    """Return what the account can do with the request now."""
    return frozenset(
        action for action in Action if refusal_for(action, request, by=by, at=at) is None
    )


def close_reasons(request: SupportRequest, *, by: User) -> tuple[SupportRequest.CloseReason, ...]:
    """Return the reasons for which the account may close the request, open or not."""
    if staff_may(by, StaffPermission.WORK_ON_REQUESTS):
        return tuple(CloseReason)
    return REASONS_OF_AUTHORS if is_author(request, by=by) else ()


def reopenable_until(request: SupportRequest) -> datetime | None:
    """
    Return the instant (exclusive) up to which a resolved or closed request can be reopened.

    It counts from the first of the two; None while the request is still worked on.
    """
    return request.ended_at + REOPEN_WITHIN if request.ended_at else None


def returns_something(
    request: SupportRequest, *, reason: SupportRequest.CloseReason | str | None
) -> bool:
    """Whether closing for this reason gives an incident, or hours that were deducted, back."""
    if reason not in RETURNS_INCIDENT or request.plan_id is None:
        return False
    return not request.asks_for_hours or deduction_of(request) is not None


def deduction_of(request: SupportRequest) -> LedgerEntry | None:
    """Return the entry by which hours were deducted for the request, in one statement."""
    uses = LedgerEntry.objects.filter(request_number=request.number, kind=LedgerEntry.Kind.CONSUME)
    return uses.first() if request.asks_for_hours else None


def returned_at(request: SupportRequest) -> datetime | None:
    """Return when what the request used was returned to its plan, in one statement."""
    returns = LedgerEntry.objects.filter(
        request_number=request.number, kind=LedgerEntry.Kind.RETURN
    )
    return returns.values_list("occurred_at", flat=True).first()


def is_author(request: SupportRequest, *, by: User) -> bool:
    """Whether the account wrote it; staff are on the other side, whatever they wrote before."""
    return request.author_id == by.pk and not by.is_staff_member


# --- refusals --------------------------------------------------------------------------------


def refusal_for(
    action: Action,
    request: SupportRequest,
    *,
    by: User,
    at: datetime,
    find_return: FindReturn = returned_at,
) -> Refusal | None:
    """
    Return why the account cannot do this now, the right to it first; None when it can.

    :param find_return: says when the incident was returned, where that was read before
    """
    missing = lacking_right(action, request, by=by)
    return missing or _unfit_state(action, request, at=at, find_return=find_return)


def refusal_to_close(
    request: SupportRequest, *, reason: SupportRequest.CloseReason, by: User, at: datetime
) -> Refusal | None:
    """Return why the account cannot close the request for this reason now; None when it can."""
    missing = lacking_right(Action.CLOSE, request, by=by)
    if missing is None and reason not in close_reasons(request, by=by):
        return _not_authorized(
            {"reason": "staff_only", "closeReason": reason.value},
            NextStep(
                _(
                    "Only support closes a request for this reason. Close it as solved, or ask "
                    "for it in a note."
                )
            ),
        )
    return missing or _unfit_state(Action.CLOSE, request, at=at, find_return=returned_at)


def lacking_right(action: Action, request: SupportRequest, *, by: User) -> NotAuthorized | None:
    """Return the refusal for an account that may not do this, whatever the request's state."""
    if staff_may(by, StaffPermission.WORK_ON_REQUESTS):
        return None
    if not is_author(request, by=by):
        author = request.author.name
        return _not_authorized(
            {"reason": "not_involved"},
            NextStep(_("Only support and its author can do this:"), people=(author,)),
        )
    if action is Action.CHANGE_STATE:
        return _not_authorized({"reason": "staff_only"}, NextStep(_instead_of_state(request)))
    if action is Action.DEDUCT_HOURS:
        step = NextStep(_("Support deducts the hours after the consultation."))
        return _not_authorized({"reason": "staff_only"}, step)
    return None


def _instead_of_state(request: SupportRequest) -> str:
    if request.state == State.CLOSED:
        return _("Support sets the state.")
    return _("Support sets the state. Write a note, or close the request.")


def _not_authorized(facts: dict[str, str], next_step: NextStep) -> NotAuthorized:
    return NotAuthorized(
        _("You are not authorized for this action"), facts=facts, next_step=next_step
    )


def _unfit_state(
    action: Action, request: SupportRequest, *, at: datetime, find_return: FindReturn
) -> Refusal | None:
    if action is Action.REOPEN:
        return _not_reopenable(request, at=at, find_return=find_return)
    if request.state == State.CLOSED:
        return _already_closed(request, at=at, find_return=find_return)
    if action is Action.CHANGE_STATE and request.state == State.RESOLVED:
        # Any state after this one is a reopening, by whatever name.
        return _not_reopenable(request, at=at, find_return=find_return)
    if action is Action.DEDUCT_HOURS:
        return _not_deductible(request, at=at)
    return None


def _not_deductible(request: SupportRequest, *, at: datetime) -> Refusal | None:
    """Return why no hours can be deducted for the request; read anew under the plan's lock."""
    if not request.asks_for_hours:
        return NothingToDeduct(
            _("Only presales and advisory requests take hours."),
            facts={"requestNumber": request.number, "kind": request.kind},
        )
    assert request.plan_id is not None, "a constraint"
    e = reading.one(request.plan_id, user=None, at=at)
    if not is_deducted(SupportRequest.Kind(request.kind), e):
        return NothingToDeduct(
            _("Presales requests are unlimited with %(package)s and deduct nothing.")
            % {"package": package_name(e)},
            facts={"requestNumber": request.number, "kind": request.kind},
            next_step=NextStep(_("Close the request when it is answered.")),
        )
    deduction = deduction_of(request)
    return _already_deducted(deduction) if deduction else reasons.reason(e)


def _already_deducted(deduction: LedgerEntry) -> AlreadyDeducted:
    hours = -deduction.quantity
    return AlreadyDeducted(
        ngettext(
            "%(hours)d hour was deducted for this request on %(day)s.",
            "%(hours)d hours were deducted for this request on %(day)s.",
            hours,
        )
        % {"hours": hours, "day": day(deduction.occurred_at)},
        facts={
            "requestNumber": deduction.request_number,
            "hours": hours,
            "deductedAt": deduction.occurred_at.isoformat(),
        },
        next_step=NextStep(_("Hours are deducted once for each request.")),
    )


def _already_closed(
    request: SupportRequest, *, at: datetime, find_return: FindReturn
) -> AlreadyClosed:
    lost = _not_reopenable(request, at=at, find_return=find_return)
    until = reopenable_until(request)
    assert request.closed_at is not None and until is not None
    return AlreadyClosed(
        _("This request was closed on %(day)s.") % {"day": day(request.closed_at)},
        facts={
            "requestNumber": request.number,
            "closedAt": request.closed_at.isoformat(),
            "closeReason": request.close_reason,
            "reopenableUntil": None if lost else until.isoformat(),
        },
        next_step=lost.explanation.next_step
        if lost
        else NextStep(
            _("Reopen it to go on with it: this is possible until %(until)s.")
            % {"until": day_and_time(until)}
        ),
    )


def _not_reopenable(
    request: SupportRequest, *, at: datetime, find_return: FindReturn
) -> NotReopenable | None:
    facts = {"requestNumber": request.number, "state": request.state}
    until = reopenable_until(request)
    if until is None:
        return NotReopenable(
            _(
                "This request is still being worked on; only a resolved or closed one can "
                "be reopened."
            ),
            facts=facts,
            next_step=NextStep(_("Add a note to it instead.")),
        )
    if at >= until:
        return NotReopenable(
            _("This request could be reopened until %(until)s.") % {"until": day_and_time(until)},
            facts={**facts, "reopenableUntil": until.isoformat()},
            next_step=_new_request(),
        )
    returned = find_return(request)
    if returned is not None:
        sentence = (
            _("The hours of this request were returned on %(day)s.")
            if request.asks_for_hours
            else _("The incident of this request was returned on %(day)s.")
        )
        return NotReopenable(
            sentence % {"day": day(returned)},
            facts={**facts, "returnedAt": returned.isoformat()},
            next_step=_new_request(),
        )
    return None


def _new_request() -> NextStep:
    return NextStep(_("Open a new request instead."))
