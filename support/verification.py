"""Holding requests and ledger against each other, on top of what benefits verifies itself."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef

from benefits import verification
from benefits.allotments import MembershipKind
from benefits.models import LedgerEntry
from benefits.verification import Difference
from support.life import RETURNS_INCIDENT
from support.models import ABOUT_HOURS, MonthlyUse, MonthlyUseHead, SupportRequest
from support.usage import by_month


def differences() -> Iterator[Difference]:
    """Yield every difference: in the ledger, and between entries and requests."""
    yield from verification.differences()
    of_request = LedgerEntry.objects.filter(
        request_number=OuterRef("number"), plan=OuterRef("plan")
    )
    uses = of_request.filter(kind=LedgerEntry.Kind.CONSUME)
    paid = SupportRequest.objects.filter(plan__isnull=False)
    # Hours are deducted once the consultation was held, and never for unlimited presales.
    by_incident = paid.exclude(kind__in=ABOUT_HOURS)
    for request in by_incident.filter(~Exists(uses)).order_by("pk").iterator():
        yield Difference(f"request {request.number}", "use of its plan", "one", "none")
    unlimited = paid.filter(kind="PRESALES", plan__package__membership__kind=MembershipKind.CORE)
    for request in unlimited.filter(Exists(uses)).order_by("pk").iterator():
        yield Difference(f"request {request.number}", "use of its plan", "none", "one")
    returns = of_request.filter(kind=LedgerEntry.Kind.RETURN)
    returning = paid.filter(Exists(uses), close_reason__in=RETURNS_INCIDENT)
    for request in returning.filter(~Exists(returns)).order_by("pk").iterator():
        yield Difference(f"request {request.number}", "return to its plan", "one", "none")
    misled = SupportRequest.objects.exclude(customer__partner=F("partner"))
    for request in misled.filter(customer__isnull=False).order_by("pk").iterator():
        yield Difference(
            f"request {request.number}", "customer", "another partner's", "its partner's"
        )
    requests = SupportRequest.objects.filter(number=OuterRef("request_number"))
    entries = LedgerEntry.objects.filter(request_number__isnull=False).filter(~Exists(requests))
    for entry in entries.order_by("pk").iterator():
        where = f"plan entry {entry.pk}, number {entry.number}"
        yield Difference(where, "request", entry.request_number, "no such request")
    yield from _differences_of_months()


def _differences_of_months() -> Iterator[Difference]:
    """Yield where the sums that reports read are not those of the entries summed up."""
    head = MonthlyUseHead.objects.first()
    summed_up = LedgerEntry.objects.filter(pk__lte=head.last_entry if head else 0)
    columns = ("month", "unit", "level", "portal", "product_family")
    of_entries = {
        tuple(row[name] for name in columns): (row["used"], row["returned"])
        for row in by_month(summed_up)
    }
    kept = {
        tuple(getattr(one, name) for name in columns): (one.used, one.returned)
        for one in MonthlyUse.objects.all()
    }
    for key in sorted(of_entries.keys() | kept.keys(), key=str):
        stored, computed = kept.get(key, (0, 0)), of_entries.get(key, (0, 0))
        if stored != computed:
            month, *others = key
            where = f"use in {month:%Y-%m} by {' '.join(map(str, others))}"
            yield Difference(where, "used and returned", stored, computed)
