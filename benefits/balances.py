"""
A plan as it was at a past instant, computed from the entries up to then: they prove the numbers.

Dates of package and contract are those that hold now; what had not happened yet is left out.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from benefits.entitlements import Entitlement, OwnLink
from benefits.models import LedgerEntry

Kind = LedgerEntry.Kind


def as_of(e: Entitlement, *, entries: Sequence[LedgerEntry], at: datetime) -> Entitlement:
    """
    Return the entitlement as it stood at a past instant.

    :param entries: every entry of the plan up to `at`, oldest first
    """
    uses = [entry for entry in entries if entry.kind == Kind.CONSUME]
    had_contract = e.requested_at is not None and e.requested_at <= at
    before = replace(
        e,
        at=at,
        used=-_sum(entries, Kind.CONSUME, Kind.RETURN),
        adjusted=_sum(entries, Kind.ADJUST),
        expired=-_sum(entries, Kind.EXPIRE),
        balance=_balance(e, entries),
        last_used_at=uses[-1].occurred_at if uses else None,
        last_request_number=uses[-1].request_number if uses else None,
        last_moved_at=entries[-1].occurred_at if entries else None,
        link=_link(e.link, at=at),
    )
    return before if had_contract or not e.needs_activation else _without_contract(before)


def _balance(e: Entitlement, entries: Sequence[LedgerEntry]) -> int | None:
    if e.is_unlimited or not entries:
        return None
    return sum(entry.quantity for entry in entries)


def _link(link: OwnLink | None, *, at: datetime) -> OwnLink | None:
    if link is None or link.linked_at > at:
        return None
    return replace(
        link,
        dropped_at=_if_happened(link.dropped_at, at=at),
        revoked_at=_if_happened(link.revoked_at, at=at),
    )


def _if_happened(moment: datetime | None, *, at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= at else None


def _without_contract(e: Entitlement) -> Entitlement:
    return replace(
        e,
        contract_pk=None,
        contract_id=None,
        contract_starts_at=None,
        requested_at=None,
        requested_by="",
        access_number=None,
        link=None,
        ends_at=e.activate_by,
    )


def _sum(entries: Sequence[LedgerEntry], *kinds: LedgerEntry.Kind) -> int:
    return sum(entry.quantity for entry in entries if entry.kind in kinds)
