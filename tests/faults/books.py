"""
What the database of a world says after a fault; called inside a process of the portal.

The sums are made here again, apart from those of `verify_ledger`: the harness must notice more
incidents used than were granted even if the portal's own verification did not.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Sum

from benefits.models import IssuedId, LedgerEntry, Plan
from portal.models import AuditRecord
from support import verification
from support.models import SupportRequest

Kind = LedgerEntry.Kind


def read() -> dict[str, Any]:
    """Return the numbers that a fault must not make wrong."""
    entries = LedgerEntry.objects
    return {
        "problems": [*map(str, verification.differences()), *_overspent(), *_miscounted()],
        "overspent": list(_overspent()),
        "requests": SupportRequest.objects.count(),
        "entries": dict(Counter(entries.values_list("kind", flat=True))),
        "remaining": {
            str(plan.public_id): plan.remaining
            for plan in Plan.objects.order_by("pk").only("public_id", "remaining")
        },
        "done": dict(
            Counter(AuditRecord.objects.filter(refusal_code="").values_list("action", flat=True))
        ),
        "refused": dict(
            Counter(
                AuditRecord.objects.exclude(refusal_code="").values_list("refusal_code", flat=True)
            )
        ),
        "issued_ids": IssuedId.objects.count(),
    }


def with_uses(before: dict[str, Any], *, plan: str, times: int) -> dict[str, Any]:
    """Return what so many more requests, paid by this plan, change in the numbers of `read`."""
    entries, done, remaining = before["entries"], before["done"], before["remaining"]
    submitted = "support.submit_request"
    left = remaining[plan]
    return {
        "requests": before["requests"] + times,
        "entries": {**entries, "CONSUME": entries["CONSUME"] + times},
        "done": {**done, submitted: done[submitted] + times},
        "remaining": {**remaining, plan: None if left is None else left - times},
    }


def request_numbers() -> list[str]:
    """Return the numbers of all support requests."""
    return list(SupportRequest.objects.order_by("number").values_list("number", flat=True))


def _overspent() -> Iterator[str]:
    """Name the limited plans of which more was used than was granted, by the ledger alone."""
    for plan in Plan.objects.filter(allotment__isnull=False).order_by("pk"):
        used = -_sum(plan, Kind.CONSUME, Kind.RETURN)
        granted = _sum(plan, Kind.GRANT, Kind.ADJUST)
        if not 0 <= used <= granted:
            yield f"plan {plan.public_id}: {used} used of {granted}"


def _miscounted() -> Iterator[str]:
    """Say so when the requests that a plan pays are not those that incidents were used for."""
    entries = LedgerEntry.objects.filter(kind=Kind.CONSUME, plan__unit="INCIDENT")
    uses = sorted(map(str, entries.values_list("request_number", flat=True)))
    paid = SupportRequest.objects.filter(kind="TECHNICAL", plan__isnull=False)
    requests = list(paid.order_by("number").values_list("number", flat=True))
    if uses != requests:
        yield f"{len(requests)} requests, {len(uses)} incidents used for requests"


def _sum(plan: Plan, *kinds: str) -> int:
    entries = LedgerEntry.objects.filter(plan=plan, kind__in=kinds)
    total: int | None = entries.aggregate(total=Sum("quantity"))["total"]
    return total or 0
