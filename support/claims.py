"""
Who works on a request: a claim says so, and keeps two agents from answering the same author.

It is a notice, not a lock: whoever works on requests still adds notes and sets states. Closing a
request ends its claim; resolving it does not, for it may come back to the same agent. Only the
claimer releases it; a benefits manager or administrator takes it over, with a reason.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from partners import permissions
from partners.models import User
from partners.permissions import staff_may
from partners.roles import StaffPermission
from portal.refusals import NextStep, Refusal
from portal.sentences import day_and_time
from support.models import SupportRequest

LONGEST_REASON = 200


class AlreadyClaimed(Refusal):
    """Somebody else works on the request; the explanation says who, and since when."""

    code = "already_claimed"
    status = 409


@dataclass(frozen=True)
class ClaimOffer:
    """How the claim of a request stands with its reader of the staff, and what they may do."""

    is_mine: bool
    may_claim: bool
    may_release: bool
    may_take_over: bool


def offer_of(request: SupportRequest, *, by: User) -> ClaimOffer | None:
    """Return what the page of a request offers; nothing where no claim is possible."""
    if not by.is_staff_member or request.state == SupportRequest.State.CLOSED:
        return None
    is_mine, is_free = is_of(request, by=by), request.claimed_by_id is None
    works = staff_may(by, StaffPermission.WORK_ON_REQUESTS)
    takes_over = staff_may(by, StaffPermission.TAKE_OVER_REQUESTS)
    return ClaimOffer(
        is_mine=is_mine,
        may_claim=works and is_free,
        may_release=works and is_mine,
        may_take_over=takes_over and not is_mine and not is_free,
    )


def is_of(request: SupportRequest, *, by: User) -> bool:
    """Whether the account is the one that works on the request."""
    return request.claimed_by_id == by.pk


def claimed_by_another(request: SupportRequest, *, by: User) -> AlreadyClaimed | None:
    """Return the refusal where somebody else works on the request; None where nobody does."""
    if request.claimed_by is None or is_of(request, by=by):
        return None
    assert request.claimed_at is not None, "a constraint"
    name = request.claimed_by.name
    return AlreadyClaimed(
        _("%(name)s has been working on this request since %(since)s.")
        % {"name": name, "since": day_and_time(request.claimed_at)},
        facts={
            "requestNumber": request.number,
            "claimedBy": name,
            "claimedAt": request.claimed_at.isoformat(),
        },
        next_step=_way_on(by),
    )


def _way_on(by: User) -> NextStep:
    if staff_may(by, StaffPermission.TAKE_OVER_REQUESTS):
        return NextStep(_("Open the request to take it over, with a reason."))
    kinds = permissions.staff_kinds_named(StaffPermission.TAKE_OVER_REQUESTS)
    return NextStep(
        _(
            "Take another one, or ask for its release. Staff of these kinds can take it over: "
            "%(kinds)s."
        )
        % {"kinds": kinds}
    )
