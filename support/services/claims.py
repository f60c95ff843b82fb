"""
Claiming a support request, releasing it, taking it over.

The request is locked first and read after: of two agents at once one has it, and the other is told
who. Who may do what is in support/claims.py.
"""

from datetime import datetime

from django.db import transaction

from partners import permissions
from partners.models import User
from partners.roles import StaffPermission
from portal import audit
from support import claims, life
from support.models import SupportRequest
from support.services.request_life import locked


@audit.attempt("support.claim_request", target_kind="request", target_from="number")
@transaction.atomic
def claim_request(*, number: str, by: User, at: datetime) -> SupportRequest:
    """
    Say that `by` works on the request; claiming one's own again changes nothing.

    :raises SupportRequest.DoesNotExist: no such request
    :raises NotAuthorized: only staff who work on requests claim them
    :raises AlreadyClosed: the request has to be reopened first
    :raises AlreadyClaimed: somebody else works on it
    """
    permissions.require_staff(StaffPermission.WORK_ON_REQUESTS, by=by)
    request = _open(number, by=by, at=at)
    refusal = claims.claimed_by_another(request, by=by)
    if refusal is not None:
        raise refusal
    if not claims.is_of(request, by=by):
        _give(request, to=by, at=at)
        _record("support.claim_request", request, by=by, at=at)
    return request


@audit.attempt("support.release_request", target_kind="request", target_from="number")
@transaction.atomic
def release_request(*, number: str, by: User, at: datetime) -> SupportRequest:
    """
    Say that `by` works on the request no longer; releasing it again changes nothing.

    :raises SupportRequest.DoesNotExist: no such request
    :raises NotAuthorized: only staff who work on requests release them
    :raises AlreadyClaimed: somebody else works on it
    """
    permissions.require_staff(StaffPermission.WORK_ON_REQUESTS, by=by)
    request = locked(number=number)
    refusal = claims.claimed_by_another(request, by=by)
    if refusal is not None:
        raise refusal
    if claims.is_of(request, by=by):
        _give(request, to=None, at=None)
        _record("support.release_request", request, by=by, at=at)
    return request


@audit.attempt("support.take_over_request", target_kind="request", target_from="number")
@transaction.atomic
def take_over_request(*, number: str, reason: str, by: User, at: datetime) -> SupportRequest:
    """
    Put `by` in the place of whoever works on the request; one's own changes nothing.

    :param reason: why, validated by a form; kept in the audit
    :raises SupportRequest.DoesNotExist: no such request
    :raises NotAuthorized: only benefits managers and administrators take over
    :raises AlreadyClosed: the request has to be reopened first
    """
    permissions.require_staff(StaffPermission.TAKE_OVER_REQUESTS, by=by)
    request = _open(number, by=by, at=at)
    if not claims.is_of(request, by=by):
        before = request.claimed_by
        _give(request, to=by, at=at)
        taken_from = str(before.public_id) if before else None
        facts = {"reason": reason, "takenFrom": taken_from}
        _record("support.take_over_request", request, by=by, at=at, **facts)
    return request


def _open(number: str, *, by: User, at: datetime) -> SupportRequest:
    """Lock the request; closed ones are claimed by nobody."""
    request = locked(number=number)
    refusal = life.refusal_for(life.Action.ADD_NOTE, request, by=by, at=at)
    if refusal is not None:
        raise refusal
    return request


def _give(request: SupportRequest, *, to: User | None, at: datetime | None) -> None:
    request.claimed_by, request.claimed_at = to, at
    request.save(update_fields=["claimed_by", "claimed_at"])


def _record(
    action: str, request: SupportRequest, *, by: User, at: datetime, **facts: str | None
) -> None:
    audit.record(
        action,
        by=by,
        at=at,
        partner=request.mpn_id(),
        target=("request", request.number),
        facts=facts,
    )
