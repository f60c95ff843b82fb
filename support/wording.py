"""What pages say of a request after something was done with it: always the new fact."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.entitlements import Entitlement
from benefits.models import Contract, LedgerEntry
from benefits.wording import package_name
from partners.models import Partner
from portal.refusals import NextStep
from portal.sentences import day, day_and_time
from support import life
from support.consultations import is_deducted
from support.life import RETURNS_INCIDENT, CloseReason, returns_something
from support.models import Note, SupportRequest
from support.services.pair_check import Checked, Outcome


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


def claimed(request: SupportRequest) -> str:
    """Say that the reader works on the request from now on."""
    return _("You are working on request %(number)s now.") % {"number": request.number}


def released(request: SupportRequest) -> str:
    """Say that nobody works on the request."""
    return _("Nobody is working on request %(number)s now.") % {"number": request.number}


def reopened(request: SupportRequest) -> str:
    """Say that the request is worked on again, and what that costs."""
    if request.asks_for_hours:
        return _("Request %(number)s is open again.") % {"number": request.number}
    return _("Request %(number)s is open again. It used no new incident.") % {
        "number": request.number
    }


def closed(request: SupportRequest, *, plan: Entitlement | None) -> str:
    """
    Say that the request is closed, and what became of what it used.

    :param plan: the plan that paid, read after closing; None when it used nothing
    """
    if plan is None or not returns_something(request, reason=request.close_reason):
        return _still_used(request)
    said = _closed_with_hours(plan) if plan.counts_hours else _closed_and_returned(plan)
    return said % {
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


def _closed_with_hours(plan: Entitlement) -> str:
    if plan.is_expired:
        return _(
            "Request %(number)s is closed; its hours were returned, and lapsed with the rest, for "
            "they have ended."
        )
    return _(
        "Request %(number)s is closed; its hours were returned: %(left)d of %(total)d hours left."
    )


def deducted(entry: LedgerEntry) -> str:
    """Say how many hours were deducted, and what is left."""
    return ngettext(
        "%(hours)d hour is deducted for request %(number)s. Left: %(left)d.",
        "%(hours)d hours are deducted for request %(number)s. Left: %(left)d.",
        -entry.quantity,
    ) % {
        "hours": -entry.quantity,
        "number": entry.request_number,
        "left": entry.remaining_after,
    }


def hours_used(request: SupportRequest, plan: Entitlement, *, used: int) -> str:
    """
    Say what a request for presales or advice takes from its plan.

    :param used: the hours that were deducted for it, 0 when none were yet
    """
    values = {"hours": used, "package": package_name(plan), "partner": plan.partner_name}
    if used:
        return (
            ngettext(
                "It used %(hours)d hour of %(package)s (%(partner)s).",
                "It used %(hours)d hours of %(package)s (%(partner)s).",
                used,
            )
            % values
        )
    if not is_deducted(SupportRequest.Kind(request.kind), plan):
        return (
            _(
                "Presales requests are unlimited with %(package)s (%(partner)s): no hours are "
                "deducted."
            )
            % values
        )
    return (
        _(
            "No hours are deducted yet. Support deducts them from %(package)s (%(partner)s) after "
            "the consultation."
        )
        % values
    )


def meaning(reason: CloseReason, *, uses_incident: bool, takes_hours: bool = False) -> str:
    """Say when a request is closed for this reason, and what becomes of what it used, if any."""
    cause = {
        CloseReason.SOLVED_BY_PARTNER: _("The partner found the solution."),
        CloseReason.ANSWERED: _("Support gave the answer."),
        CloseReason.PRODUCT_DEFECT: _("The product itself is at fault."),
        CloseReason.DUPLICATE: _("The same problem is worked on in another request."),
    }[reason]
    if takes_hours:
        return _hours_after(reason) % {"cause": cause}
    if not uses_incident:
        return cause
    if reason in RETURNS_INCIDENT:
        return _("%(cause)s The incident is returned; the request cannot be reopened.") % {
            "cause": cause
        }
    return _("%(cause)s The incident stays used.") % {"cause": cause}


def _hours_after(reason: CloseReason) -> str:
    if reason in RETURNS_INCIDENT:
        return _("%(cause)s The deducted hours are returned; the request cannot be reopened.")
    return _("%(cause)s The deducted hours stay used.")


@dataclass(frozen=True)
class PairWords:
    """What staff are told of a pair that was compared: good or not, and whose it is."""

    level: str
    text: str
    elsewhere: NextStep | None = None


def checked_pair(
    checked: Checked | None, *, partner: Partner, contract: Contract | None
) -> PairWords | None:
    """
    Return what comparing the caller's pair came to; None when nothing was compared.

    :param partner: whose card it was asked from
    :param contract: the contract that the card is opened at, if at one
    """
    if checked is None:
        return None
    match checked.outcome:
        case Outcome.MATCHES:
            level, text = "success", _("The pair matches.")
        case Outcome.CONTRACT_ID_DIFFERS:
            level, text = "warning", _("The Contract ID does not match.")
        case Outcome.ACCESS_ID_UNKNOWN:
            level, text = "warning", _("No contract has this Access ID.")
        case Outcome.ACCESS_ID_REPLACED:
            assert checked.replaced_at is not None
            level = "warning"
            text = _("The Access ID was replaced on %(day)s and no longer links.") % {
                "day": day(checked.replaced_at)
            }
    return PairWords(level, text, _elsewhere(checked.contract, partner=partner, contract=contract))


def _elsewhere(
    found: Contract | None, *, partner: Partner, contract: Contract | None
) -> NextStep | None:
    """Return the way to the contract that the pair is about, when it is not on this card."""
    if found is None or found == contract:
        return None
    owner = found.package.partner
    if owner == partner and contract is None:
        return None
    url = reverse("support:staff-contract", args=[found.public_id])
    if owner == partner:
        return NextStep(_("It is about another contract of this partner."), url=url)
    return NextStep(_("It is about a contract of %(partner)s.") % {"partner": owner.name}, url=url)
