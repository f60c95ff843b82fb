"""A support request, its notes and its contact, as the API answers them."""

from collections.abc import Sequence

from django.urls import reverse

from benefits.models import LedgerEntry
from support.api import shapes
from support.models import Note, SupportRequest
from support.services.requests import Submitted


def entries_of(rows: Sequence[SupportRequest]) -> dict[str, dict[str, LedgerEntry]]:
    """Return the ledger entries of each request by kind."""
    entries: dict[str, dict[str, LedgerEntry]] = {row.number: {} for row in rows}
    for entry in LedgerEntry.objects.filter(request_number__in=entries):
        entries[entry.request_number or ""][entry.kind] = entry
    return entries


def whole_shape(
    row: SupportRequest,
    *,
    entries: dict[str, LedgerEntry],
    notes: list[Note] | None,
    customer_name: str | None = None,
) -> shapes.WholeRequestShape:
    """
    Return a request as the API answers it alone: with its notes.

    :param notes: None where the reader may not see its text
    """
    note_count = None if notes is None else len(notes)
    return {
        **request_shape(row, entries=entries, note_count=note_count, customer_name=customer_name),
        "notes": None if notes is None else [note_shape(note) for note in notes],
    }


def request_shape(
    row: SupportRequest,
    *,
    entries: dict[str, LedgerEntry],
    note_count: int | None,
    customer_name: str | None = None,
) -> shapes.RequestShape:
    """
    Return a request as lists of the API have it.

    :param entries: its ledger entries by kind
    :param note_count: None where the reader may not see its text
    :param customer_name: for whom it is, where the reader may know
    """
    consumed = entries.get("CONSUME")
    has_text = note_count is not None
    plan = row.plan
    plan_uri = reverse("api:entitlement", args=[plan.public_id]) if plan else None
    return {
        "number": row.number,
        "kind": SupportRequest.Kind(row.kind),
        "portal": SupportRequest.Portal(row.portal),
        "status": row.state,  # type: ignore[typeddict-item]
        "entitlementId": plan.public_id if plan else None,
        "planName": plan.name if plan else None,
        "consumed": consumed is not None and "RETURN" not in entries,
        "remainingAfter": consumed.remaining_after if consumed else None,
        "openedAt": row.opened_at,
        "dueAt": row.due_at,
        "closedAt": row.closed_at,
        "closeReason": row.close_reason,  # type: ignore[typeddict-item]
        "author": row.author.name,
        "customerName": customer_name,
        "productFamily": row.product_family,
        "productVersion": row.product_version,
        "category": shapes.NAME_OF_CATEGORY[row.category],
        "severity": row.severity,  # type: ignore[typeddict-item]
        "require24x7": row.require_24x7,
        "topic": (row.topic or None) if has_text else None,
        "title": row.title if has_text else None,
        "description": row.description if has_text else None,
        "contact": contact_shape(row) if has_text else None,
        "noteCount": note_count,
        "links": {
            "self": {"uri": reverse("api:request", args=[row.number])},
            "entitlement": {"uri": plan_uri} if plan_uri else None,
        },
    }


def as_created(submitted: Submitted) -> shapes.WholeRequestShape:
    """
    Return the answer to the submission, whatever became of the request since.

    Everything in it never changes, so whoever repeats the call gets the same answer again.
    """
    row = submitted.request
    answer = whole_shape(row, entries={}, notes=[])
    return {
        **answer,
        "status": "OPEN",
        "consumed": True,
        "remainingAfter": submitted.remaining_after,
        "closedAt": None,
        "closeReason": None,
    }


def contact_shape(row: SupportRequest) -> shapes.ContactShape:
    """Return whom to answer."""
    return {
        "name": row.contact_name,
        "email": row.contact_email,
        "phone": row.contact_phone,
        "country": row.country,
        "timeZone": row.time_zone,
        "preferredContactMethod": row.contact_method,  # type: ignore[typeddict-item]
        "language": row.contact_language,
    }


def note_shape(note: Note) -> shapes.NoteShape:
    """Return a note as the API answers it."""
    return {"author": note.author.name, "text": note.text, "writtenAt": note.written_at}
