"""
The control: using an incident as one should not, to see whether the harness would notice.

Called in several processes of the portal at once, each on the scratch world from which the
constraints were taken.
"""

import sys

from django.db import transaction

from benefits.models import LedgerEntry, Plan
from support.models import SupportRequest

READ, GO = "read", "go"


def consume(*, plan: str, number: str) -> str:
    """
    Read the balance outside of any transaction, wait for the others, then write what was read.

    Says READ when it has read, and goes on at GO.
    """
    read = Plan.objects.get(public_id=plan)
    sys.stdout.write(f"{READ}\n")
    sys.stdout.flush()
    assert sys.stdin.readline().strip() == GO
    if not read.remaining:
        return "refused"
    with transaction.atomic():
        _write_request(read, number)
        read.used += 1
        read.remaining -= 1
        read.last_number += 1
        read.save(update_fields=["used", "remaining", "last_number"])
        LedgerEntry.objects.create(
            plan=read,
            number=read.last_number,
            kind=LedgerEntry.Kind.CONSUME,
            quantity=-1,
            remaining_after=read.remaining,
            request_number=number,
            occurred_at=read.package.starts_at,
        )
    return "used"


def _write_request(plan: Plan, number: str) -> None:
    """Write one more request like the plan's last one."""
    request = SupportRequest.objects.filter(plan=plan).order_by("-pk")[0]
    request.pk = None
    request.number = number
    request.save(force_insert=True)
