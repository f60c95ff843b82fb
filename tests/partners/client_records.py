"""What the audit says of API clients."""

from portal.models import AuditRecord


def records():
    """Return each record as a tuple, in order; address and request left out."""
    return [
        (r.action, r.actor, r.partner_mpn_id, r.target_kind, r.target_id, r.facts)
        for r in AuditRecord.objects.select_related("actor").order_by("pk")
    ]
