"""What a partner holds, by topic."""

from benefits.models.contracts import Contract, IssuedId, Link
from benefits.models.events import Event, FeedHead
from benefits.models.ledger import LedgerEntry
from benefits.models.memberships import Competency, Membership
from benefits.models.plans import Package, Plan
from benefits.models.purchases import Purchase

__all__ = [
    "Competency",
    "Contract",
    "Event",
    "FeedHead",
    "IssuedId",
    "LedgerEntry",
    "Link",
    "Membership",
    "Package",
    "Plan",
    "Purchase",
]
