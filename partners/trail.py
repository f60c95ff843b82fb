"""A partner's audit trail as its admins read it: filtered, by page, in words."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.models import Affiliation, Partner, User
from portal import audit_words
from portal.audit_words import Group
from portal.fields import fold
from portal.models import AuditRecord, AuditRecordQuerySet
from portal.paging import Page, page_of

DONE, REFUSED = "DONE", "REFUSED"
LONGEST_KEY, LONGEST_NAME = 18, 120
AT_ONCE = 500
NO_REQUEST = "-"
# Far enough for any trail, and for the arithmetic of days and zones.
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
        error_messages={"invalid": gettext_lazy("Write the day as 2026-11-20.")},
    )


class FilterForm(forms.Form):
    """Which records are shown, through the address; what is not valid filters nothing."""

    about = forms.ChoiceField(
        label=gettext_lazy("About"),
        required=False,
        choices=[("", gettext_lazy("All")), *Group.choices],
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            (DONE, gettext_lazy("Done")),
            (REFUSED, gettext_lazy("Refused")),
        ],
    )
    person = forms.CharField(
        label=gettext_lazy("Person begins with"), required=False, max_length=LONGEST_NAME
    )
    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("To"))

    def clean_until(self) -> date | None:
        """Refuse days that end before they begin."""
        until: date | None = self.cleaned_data["until"]
        since = self.cleaned_data.get("since")
        if since and until and until < since:
            raise forms.ValidationError(_("The last day is before the first one."))
        return until

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for and is valid, by name."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def query(self, **more: str) -> str:
        """Return the part of an address that asks for the same again, with what more it says."""
        return urlencode({**self.chosen, **more})


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
    if "since" in chosen:
        records = records.filter(occurred_at__gte=_midnight(chosen["since"]))
    if "until" in chosen:
        records = records.filter(occurred_at__lt=_midnight(chosen["until"] + timedelta(days=1)))
    return records.select_related("actor").newest_first()


def page_of_records(records: AuditRecordQuerySet, *, key: str) -> Page[AuditRecord]:
    """
    Return one page of the records, in one statement, and one more for the key.

    :param key: the record where the page before ended; "" or none of these begins at the newest
    """
    return page_of(
        records,
        key=key if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY else "",
        after=_after,
        key_of=lambda record: str(record.pk),
    )


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
        # What a command did belongs to no request.
        request_id="" if record.request_id == NO_REQUEST else record.request_id,
    )


def _who(actor: User | None) -> str:
    """Return who did it; of the portal's staff a partner learns no names."""
    if actor is None:
        return _("The portal")
    return _("Support") if actor.is_staff_member else actor.name


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
    ids = {public_id for public_id in ids if _is_uuid(public_id)}
    if not ids:
        return {}
    here = Affiliation.objects.filter(user=OuterRef("pk"), partner=partner)
    found = User.objects.filter(public_id__in=ids).annotate(is_ours=Exists(here))
    return {
        str(user.public_id): (
            _("Support") if user.is_staff_member else user.email or user.name,
            bool(user.is_ours),
        )
        for user in found
    }


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _people(begins_with: str) -> Any:
    """Return the accounts whose name begins so; staff are found by the word that names them."""
    found = Q(name_folded__begins_with=begins_with, staff_kind__isnull=True)
    if fold(_("Support")).startswith(fold(begins_with)):
        found |= Q(staff_kind__isnull=False)
    return User.objects.filter(found).values("pk")


def _midnight(day: date) -> datetime:
    """Return when the day begins where the reader is."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _after(records: AuditRecordQuerySet, key: str) -> AuditRecordQuerySet:
    last = records.filter(pk=int(key)).first()
    if last is None:
        return records
    return records.older_than(occurred_at=last.occurred_at, pk=last.pk)
