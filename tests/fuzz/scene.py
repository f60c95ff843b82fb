"""The callers of the fuzz tests; called inside a process of the portal."""

import random
from datetime import timedelta
from typing import Any

from benefits.models import Contract, Package, Plan
from partnercenter.demo.use import use_incidents
from partners.models import Partner
from partners.scopes import STAFF_SCOPES
from portal import clock
from support.models import SupportRequest
from tests.api.calls import Caller, client_caller, staff_caller

MOST = 20
OWN_REQUESTS = 3


def caller(*, mpn_id: str | None) -> dict[str, Any]:
    """Return the token of a client of the partner, or of staff, and ids of what it may see."""
    partner = Partner.objects.get(mpn_id=mpn_id) if mpn_id else None
    called_by = client_caller(partner) if partner else staff_caller(scopes=STAFF_SCOPES)
    _open_requests(called_by)
    packages = Package.objects.filter(partner=partner) if partner else Package.objects.all()
    plans = Plan.objects.filter(package__in=packages)
    contracts = Contract.objects.filter(package__in=packages)
    requests = SupportRequest.objects.filter(plan__in=plans).order_by("-opened_at", "pk")
    partners = [partner] if partner else Partner.objects.order_by("pk")
    return {
        "token": called_by.token,
        "known": {
            "entitlementId": _ids(plans),
            "benefitId": _ids(packages),
            "contractId": _ids(contracts),
            "number": list(requests.values_list("number", flat=True)[:MOST]),
            "mpnId": [p.mpn_id for p in partners],
        },
    }


def _open_requests(called_by: Caller) -> None:
    """Let the client open requests of its own, where its partner has a plan that pays them."""
    assert called_by.client is not None
    client, now = called_by.client, clock.now()
    plan = (
        Plan.objects.that_count_incidents()
        .filter(package__partner=client.partner, remaining__gt=OWN_REQUESTS)
        .order_by("pk")
        .first()
    )
    if client.partner is not None and plan is not None:
        use_incidents(
            plan=plan,
            by=client.user,
            times=OWN_REQUESTS,
            since=now - timedelta(hours=1),
            until=now,
            today=now,
            chance=random.Random(client.partner.mpn_id),
        )


def _ids(rows: Any) -> list[str]:
    return [str(value) for value in rows.order_by("pk").values_list("public_id", flat=True)[:MOST]]
