"""A partner's audit trail as its admins read it: filtered, by page, in words."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from partners.models import Affiliation, Partner, User
from portal import audit_words
from portal.audit_pages import DONE, OUTCOMES, DaysForm, on_days, request_id_of
from portal.audit_words import Group
from portal.fields import fold
from portal.models import AuditRecord, AuditRecordQuerySet

LONGEST_NAME = 120
AT_ONCE = 500


class FilterForm(DaysForm):
    """Which records of the partner are shown."""

    about = forms.ChoiceField(
        label=gettext_lazy("About"),
        required=False,
        choices=[("", gettext_lazy("All")), *Group.choices],
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        required=False,
        choices=OUTCOMES,
    )
    person = forms.CharField(
        label=gettext_lazy("Person begins with"), required=False, max_length=LONGEST_NAME
    )
    field_order = ("about", "outcome", "person", "since", "until")


@dataclass(frozen=True)
class Line:
    """One record in words."""

    record: AuditRecord
    who: str
    what: str
    detail: str
    target_kind: str
    target: str
    outcome: str
    request_id: str


def records_of(partner: Partner, *, chosen: dict[str, Any]) -> AuditRecordQuerySet:
    """Return the partner's records that were asked for, newest first."""
    records = AuditRecord.objects.of_partner(partner.mpn_id)
    if "about" in chosen:
        records = records.of_group(Group(chosen["about"]))
    if "outcome" in chosen:
        records = records.done() if chosen["outcome"] == DONE else records.refused()
    if "person" in chosen:
        records = records.filter(actor__in=_people(chosen["person"]))
    return on_days(records, chosen).select_related("actor").newest_first()


def lines(records: Iterable[AuditRecord], *, partner: Partner) -> Iterator[Line]:
    """Yield the records in words; the accounts that they name take one statement for hundreds."""
    waiting = iter(records)
    while chunk := list(islice(waiting, AT_ONCE)):
        names = _names_of_accounts(chunk, partner=partner)
        for record in chunk:
            yield _line(record, names)


def _line(record: AuditRecord, names: dict[str, tuple[str, bool]]) -> Line:
    is_done = not record.refusal_code
    return Line(
        record=record,
        who=_who(record.actor),
        what=audit_words.text_of(record.action),
        detail=audit_words.detail_of(record.action, record.facts) if is_done else "",
        target_kind=audit_words.target_of(record.target_kind),
        target=_target(record, names),
        outcome=audit_words.outcome_of(record.refusal_code),
        request_id=request_id_of(record),
    )


def _who(actor: User | None) -> str:
    """Return who did it; of the portal's staff a partner learns no names."""
    if actor is None:
        return _("The portal")
    return pgettext("actor", "Support") if actor.is_staff_member else actor.name


def _target(record: AuditRecord, names: dict[str, tuple[str, bool]]) -> str:
    """
    Return what it was done to, by its public id; accounts by their address.

    What was only tried names accounts of the partner's own: anybody may try any id.
    """
    name, is_ours = names.get(record.target_id, (record.target_id, True))
    return record.target_id if record.refusal_code and not is_ours else name


def _names_of_accounts(
    records: Sequence[AuditRecord], *, partner: Partner
) -> dict[str, tuple[str, bool]]:
    """Return for each account among the targets how it is named, and whether it works here."""
    ids = {r.target_id for r in records if r.target_kind.startswith("account")}
    ids = {public_id for public_id in ids if is_uuid(public_id)}
    if not ids:
        return {}
    here = Affiliation.objects.filter(user=OuterRef("pk"), partner=partner)
    found = User.objects.filter(public_id__in=ids).annotate(is_ours=Exists(here))
    return {
        str(user.public_id): (
            pgettext("actor", "Support") if user.is_staff_member else user.email or user.name,
            bool(user.is_ours),
        )
        for user in found
    }


def is_uuid(text: str) -> bool:
    """Whether the text is a public id."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _people(begins_with: str) -> Any:
    """Return the accounts whose name begins so; staff are found by the word that names them."""
    found = Q(name_folded__begins_with=begins_with, staff_kind__isnull=True)
    if fold(pgettext("actor", "Support")).startswith(fold(begins_with)):
        found |= Q(staff_kind__isnull=False)
    return User.objects.filter(found).values("pk")
