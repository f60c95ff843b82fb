"""
How the stories of presales and advice are told: each step is one call of the service pages use.

Requests are submitted at USED_AT of factories.py; the consultation was held THEN of lives.py.
"""

from datetime import datetime
from typing import Any

from benefits.models import LedgerEntry, Membership, Plan
from partners.models import Partner, User
from support.models import SupportRequest
from support.services import consultations
from support.services.consultations import ConsultationText
from support.services.requests import Submitted
from tests.factories import USED_AT, UserFactory
from tests.lives import THEN
from tests.stories import WINDOWS_SERVER, colleague_of

ADVISORY, PRESALES = SupportRequest.Kind.ADVISORY, SupportRequest.Kind.PRESALES
WRITTEN = {
    "topic": "Planning a migration",
    "title": "Which way to move thirty servers?",
    "description": "Thirty servers are to be moved within a quarter.",
    "contact_email": "ana@contoso.example",
    "contact_phone": "+46 8 123 456",
    "contact_language": "sv",
    "country": "SE",
    "time_zone": "Europe/Stockholm",
}


def hours_of(membership: Membership) -> Plan:
    """Return the membership's advisory hours, as they are stored now."""
    return Plan.objects.that_count_hours().get(package__membership=membership)


def ask(
    partner: Partner,
    *,
    by: User | None = None,
    kind: SupportRequest.Kind = ADVISORY,
    plan: Plan | None = None,
    at: datetime = USED_AT,
    key: str = "a-key",
    **text: Any,
) -> Submitted:
    """Ask for advice, as a new colleague without any role unless somebody is named."""
    return consultations.submit_consultation(
        by=by or colleague_of(partner),
        partner=partner,
        kind=kind,
        product=WINDOWS_SERVER,
        plan_id=plan.public_id if plan else None,
        text=ConsultationText(**{**WRITTEN, **text}),
        key=key,
        at=at,
    )


def deduct(
    request: SupportRequest, hours: int, *, by: User | None = None, at: datetime = THEN
) -> LedgerEntry:
    """Deduct hours, as a support agent unless somebody is named."""
    by = by or UserFactory(staff=True)
    return consultations.deduct_hours(number=request.number, hours=hours, by=by, at=at)


def use_hours(membership: Membership, *, leave: int) -> None:
    """Hold one consultation that leaves so many hours of the membership."""
    plan = hours_of(membership)
    held = ask(membership.partner, plan=plan, key=f"use-{plan.pk}")
    deduct(held.request, (plan.remaining or 0) - leave)
