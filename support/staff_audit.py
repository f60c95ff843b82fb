"""
The audit as staff read it: who did what, for whom, on what, and what was refused.

Whatever is asked for, the database walks one index, newest first: that of the narrowest thing asked
for (WALKS). The rest only looks at the records it meets there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import CharField, IntegerField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits import ids
from partners.models import ApiClient, Partner, User
from partners.trail import is_uuid
from portal import audit_words
from portal.audit_pages import (
    DONE,
    NEWEST,
    OUTCOMES,
    REFUSED,
    DaysForm,
    Position,
    behind,
    on_days,
    position_from,
    position_of,
)
from portal.audit_words import Group
from portal.models import AuditRecord, AuditRecordQuerySet
from portal.paging import PAGE_SIZE, Page, page_of

AT_ONCE = 500
MOST_PARTNERS = 20
LONGEST = 254
# What leads, the narrowest first; each has an index that ends in the order of the newest first.
WALKS = ("request_id", "target_id", "partner_mpn_id", "actor_id")


def _whats() -> list[Any]:
    """Return what can be asked for: each group as a whole, and below it its actions."""
    words = audit_words.registered()
    groups = [
        (
            group.label,
            [
                (group.value, _("All: %(group)s") % {"group": group.label}),
                *((action, words[action].text) for action in audit_words.actions_of(group)),
            ],
        )
        for group in Group
    ]
    return [("", _("All")), *groups]


def _outcomes() -> list[Any]:
    """Return done, refused, and refused for which reason."""
    reasons = sorted(audit_words.CODES.items(), key=lambda item: str(item[1]).casefold())
    return [*OUTCOMES, (_("Refused because"), reasons)]


class AuditForm(DaysForm):
    """Which records staff ask for, through the address."""

    who = forms.CharField(
        label=gettext_lazy("Who"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("E-mail address, or the ID of an API client"),
    )
    partner = forms.CharField(
        label=gettext_lazy("Partner"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("MPN ID, or how the name begins"),
    )
    about = forms.ChoiceField(label=gettext_lazy("What"), required=False, choices=_whats)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), required=False, choices=_outcomes)
    target = forms.CharField(
        label=gettext_lazy("On what"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("Request number, e-mail address, MPN ID, or the ID in an address"),
    )
    request_id = forms.CharField(label=gettext_lazy("Request ID"), required=False, max_length=64)
    field_order = ("who", "partner", "about", "outcome", "target", "request_id", "since", "until")

    def clean_target(self) -> str:
        """Refuse what may be a Contract ID: neither ID belongs into an address."""
        return self._without_ids("target")

    def clean_partner(self) -> str:
        """Refuse what may be a Contract ID."""
        return self._without_ids("partner")

    def _without_ids(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if not _may_hold_ids(text):
            return text
        # Not shown again either.
        self.data = {**self.data, name: ""}
        raise forms.ValidationError(
            _("This may be an Access ID or a Contract ID. Look it up on the staff desk instead.")
        )


@dataclass(frozen=True)
class Asked:
    """What is asked for, as the tables name it; `problem` says what of it there is not."""

    chosen: dict[str, Any]
    exact: dict[str, Any]
    partners: tuple[Partner, ...] = ()
    problem: str = ""


def asked_by(form: AuditForm) -> Asked:
    """
    Find the accounts and partners that the filter names, in two statements at most.

    Several partners whose names begin so are `partners` to choose from: records are of one.
    """
    chosen = form.chosen
    exact: dict[str, Any] = {}
    problem = _find_accounts(chosen, exact)
    if "request_id" in chosen:
        exact["request_id"] = chosen["request_id"]
    partners = _partners(chosen.get("partner", ""))
    if len(partners) == 1:
        exact["partner_mpn_id"] = partners[0].mpn_id
    elif "partner" in chosen and not problem:
        problem = _which(partners)
    return Asked(chosen, exact, partners if len(partners) > 1 else (), problem)


def page_asked(asked: Asked, *, key: str) -> Page[AuditRecord]:
    """
    Return one page of what is asked for, newest first, in one statement.

    :param key: where the page before ended; "" or none of these begins at the newest
    """
    return page_of(
        _records(asked, behind_=NEWEST, most=PAGE_SIZE + 1),
        key=key if position_from(key) != NEWEST else "",
        after=lambda _query, key: _records(asked, behind_=position_from(key), most=PAGE_SIZE + 1),
        key_of=lambda record: position_of(record).key,
    )


def all_asked(asked: Asked) -> Iterator[AuditRecord]:
    """Yield everything that is asked for, newest first, some hundreds in each statement."""
    position = NEWEST
    while True:
        found = list(_records(asked, behind_=position, most=AT_ONCE)[:AT_ONCE])
        yield from found
        if len(found) < AT_ONCE:
            return
        position = position_of(found[-1])


def _records(asked: Asked, *, behind_: Position, most: int) -> AuditRecordQuerySet:
    """Return what is asked for behind a position; of it the `most` newest can be read."""
    records = AuditRecord.objects.all()
    if asked.problem:
        return records.none()
    within = behind(on_days(records, asked.chosen), behind_)
    leading = [name for name in WALKS if name in asked.exact]
    if leading:
        first, *met = leading
        found = _met(within.filter(**{first: asked.exact[first]}), asked, met)
    else:
        found = _by_what(within, asked.chosen, most=most)
    return found.select_related("actor").newest_first()


def _met(records: AuditRecordQuerySet, asked: Asked, names: list[str]) -> AuditRecordQuerySet:
    """
    Keep what else is asked for, without leading to it by an index.

    A cast is all that it takes: to a database without statistics, all indexes are alike.
    """
    casts = {
        "met_partner_mpn_id": Cast("partner_mpn_id", CharField()),
        "met_target_id": Cast("target_id", CharField()),
        "met_actor_id": Cast("actor_id", IntegerField()),
        "met_action": Cast("action", CharField()),
        "met_code": Cast("refusal_code", CharField()),
    }
    wanted = Q(**{f"met_{name}": asked.exact[name] for name in names})
    about, outcome = asked.chosen.get("about"), asked.chosen.get("outcome")
    if about:
        wanted &= _is_about(about, "met_action")
    if outcome == DONE:
        wanted &= Q(met_code="")
    elif outcome == REFUSED:
        wanted &= ~Q(met_code="")
    elif outcome:
        wanted &= Q(met_code=outcome)
    return records.alias(**casts).filter(wanted)


def _by_what(
    records: AuditRecordQuerySet, chosen: dict[str, Any], *, most: int
) -> AuditRecordQuerySet:
    """Keep what was done, or refused, whoever did it: refused ones are few, and lead."""
    about, outcome = chosen.get("about"), chosen.get("outcome")
    if outcome == DONE:
        records = records.alias(met_code=Cast("refusal_code", CharField())).filter(met_code="")
    elif outcome:
        refused = records.refused() if outcome == REFUSED else records.refused_for(outcome)
        return _only_about(refused, about) if about else refused
    if not about:
        return records
    if about == Group.OTHER:
        # What no service names was turned away at an address.
        return _only_about(records.refused(), about)
    return _of_actions(records, _actions(about), most=most)


def _of_actions(
    records: AuditRecordQuerySet, actions: list[str], *, most: int
) -> AuditRecordQuerySet:
    """Keep the newest of each action, each by a walk of its own; the page is among them."""
    # One level more than it takes on PostgreSQL: SQLite limits no part of a union.
    everything = AuditRecord.objects.values("pk")
    first, *others = [
        everything.filter(pk__in=records.filter(action=action).newest_first()[:most].values("pk"))
        for action in actions
    ]
    return AuditRecord.objects.filter(pk__in=first.union(*others, all=True))


def _only_about(records: AuditRecordQuerySet, about: str) -> AuditRecordQuerySet:
    met = records.alias(met_action=Cast("action", CharField()))
    return met.filter(_is_about(about, "met_action"))


def _is_about(about: str, name: str) -> Q:
    if about == Group.OTHER:
        return ~Q(**{f"{name}__in": list(audit_words.registered())})
    return Q(**{f"{name}__in": _actions(about)})


def _actions(about: str) -> list[str]:
    """Return the actions that are asked for: one, or a whole group."""
    return audit_words.actions_of(Group(about)) if about in Group.values else [about]


def _find_accounts(chosen: dict[str, Any], exact: dict[str, Any]) -> str:
    """Put who did it, and on what, into `exact`; return what of both there is not."""
    who, target = chosen.get("who", ""), chosen.get("target", "")
    addresses = {text.casefold() for text in (who, target) if "@" in text}
    accounts = {user.email: user for user in User.objects.filter(email__in=addresses)}
    if who:
        found = accounts.get(who.casefold()) if "@" in who else _account_of_client(who)
        if found is None:
            return _("No account has this e-mail address, and no API client this ID.")
        exact["actor_id"] = found.pk
    if target:
        account = accounts.get(target.casefold())
        if "@" in target and account is None:
            return _("No account has this e-mail address.")
        exact["target_id"] = str(account.public_id) if account else target
    return ""


def _account_of_client(client_id: str) -> User | None:
    client = ApiClient.objects.filter(client_id=client_id).select_related("user").first()
    return client.user if client else None


def _partners(text: str) -> tuple[Partner, ...]:
    """Return the partners of this MPN ID or whose name begins so, one more than are named."""
    if not text:
        return ()
    if text.isascii() and text.isdigit():
        return tuple(Partner.objects.filter(mpn_id=text))
    found = Partner.objects.name_begins_with(text).by_name()
    return tuple(found[: MOST_PARTNERS + 1])


def _which(partners: tuple[Partner, ...]) -> str:
    if not partners:
        return _("No partner has this MPN ID or a name that begins like this.")
    if len(partners) > MOST_PARTNERS:
        return _("More than %(count)d partners begin like this. Type more of the name.") % {
            "count": MOST_PARTNERS
        }
    return _("Several partners begin like this. Choose one.")


def _may_hold_ids(text: str) -> bool:
    is_number = any(ids.is_well_formed(number) for number in ids.numbers_in(text))
    return is_number and not is_uuid(text)
