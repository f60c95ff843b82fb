"""
Comparing the pair that a caller reads out, for staff, who never see a Contract ID.

What was typed is not kept: the record says whose contract it was about and what came of it.
Source: "Check what the caller reads"; what does not match counts towards a throttle, so that nobody
finds a Contract ID by trying.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from benefits import ids
from benefits.models import Contract, IssuedId
from partners import permissions
from partners.models import User
from partners.roles import StaffPermission
from portal import audit, throttle

# For each account of staff: the address is that of a whole desk.
MISSES = throttle.Limit(scope="check-pair", hits=10, window=timedelta(minutes=15))


class Outcome(StrEnum):
    """What comparing the pair came to."""

    MATCHES = "MATCHES"
    CONTRACT_ID_DIFFERS = "CONTRACT_ID_DIFFERS"
    ACCESS_ID_REPLACED = "ACCESS_ID_REPLACED"
    ACCESS_ID_UNKNOWN = "ACCESS_ID_UNKNOWN"


@dataclass(frozen=True)
class Checked:
    """What came of it, and the contract that the Access ID is, or was, the name of."""

    outcome: Outcome
    contract: Contract | None = None
    replaced_at: datetime | None = None


@audit.attempt("support.check_pair")
def check_pair(*, access_text: str, contract_text: str, by: User, at: datetime) -> Checked:
    """
    Compare the typed pair with the issued ones, whatever card it is asked from; nothing changes.

    What linking forgives is forgiven here: spaces, words around, both in one field, swapped fields.

    :raises NotAuthorized: only staff look things up
    :raises MalformedId: a number has the wrong length or a typing error; not counted
    :raises TooManyAttempts: ten did not match within 15 minutes
    """
    permissions.require_staff(StaffPermission.LOOK_UP, by=by)
    pair = ids.read_pair(access_text=access_text, contract_text=contract_text)
    with transaction.atomic():
        attempt = throttle.begin(limit=MISSES, keys=[f"account:{by.pk}"])
        checked = _compare(pair)
        if checked.outcome != Outcome.MATCHES:
            attempt.count()
        contract = checked.contract
        audit.record(
            "support.check_pair",
            by=by,
            at=at,
            partner=contract.package.partner.mpn_id if contract else "",
            target=("contract", contract.public_id) if contract else None,
            facts={"outcome": checked.outcome.value},
        )
    return checked


def _compare(pair: ids.TypedPair) -> Checked:
    """Compare by one statement; in swapped fields the Access ID is the second number."""
    issued = IssuedId.objects.filter(number__in=[pair.access, pair.contract])
    found = {row.number: row for row in issued.select_related("contract__package__partner")}
    rows = [found.get(pair.access), found.get(pair.contract)]
    access = next((r for r in rows if r is not None and r.kind == IssuedId.Kind.ACCESS), None)
    if access is None:
        return Checked(Outcome.ACCESS_ID_UNKNOWN)
    if access.replaced_at is not None:
        return Checked(Outcome.ACCESS_ID_REPLACED, access.contract, access.replaced_at)
    matches = any(
        r is not None
        and r.kind == IssuedId.Kind.CONTRACT
        and r.contract_id == access.contract_id
        and r.replaced_at is None
        for r in rows
    )
    outcome = Outcome.MATCHES if matches else Outcome.CONTRACT_ID_DIFFERS
    return Checked(outcome, access.contract)
