"""Records of the audit in words for staff, with the way to what they are about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import CharField, F, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from benefits import ids
from benefits.allotments import Level, MembershipKind
from benefits.models import Contract, Package, Plan
from benefits.support_plans import Offer
from partners.models import Partner, User
from partners.trail import is_uuid
from portal import audit_words
from portal.audit_pages import request_id_of
from portal.models import AuditRecord
from support.staff_audit import AT_ONCE

HIDDEN = "\u2022" * 9
# Kinds of targets, and the parameters of addresses, which end in _id.
REQUESTS, PARTNERS = ("request", "number"), ("mpn",)
THINGS = ("plan", "contract", "package")


@dataclass(frozen=True)
class StaffLine:
    """One record in words; addresses are "" where there is no page."""

    record: AuditRecord
    who: str
    who_is: str
    partner: str
    partner_url: str
    action: str
    what: str
    detail: str
    target_kind: str
    target_id: str
    target: str
    target_url: str
    outcome: str
    request_id: str


@dataclass(frozen=True)
class _Thing:
    """A plan, contract or package: what it is called, whose it is, where staff see it."""

    name: str
    partner: str
    url: str


@dataclass(frozen=True)
class _Names:
    """What the ids in some records stand for."""

    accounts: dict[str, User]
    partners: dict[str, Partner]
    things: dict[str, _Thing]


def lines(records: Iterable[AuditRecord]) -> Iterator[StaffLine]:
    """Yield the records in words; what they name takes three statements for hundreds."""
    waiting = iter(records)
    while chunk := list(islice(waiting, AT_ONCE)):
        names = _names_in(chunk)
        for record in chunk:
            yield _line(record, names)


def _line(record: AuditRecord, names: _Names) -> StaffLine:
    target, target_url = _target(record, names)
    partner = names.partners.get(record.partner_mpn_id)
    return StaffLine(
        record=record,
        who=record.actor.name if record.actor else _("The portal"),
        who_is=_who_is(record.actor),
        partner=partner.name if partner else record.partner_mpn_id,
        partner_url=_card(partner),
        action=_shown(record.action),
        what=audit_words.text_of(_shown(record.action)),
        detail="" if record.refusal_code else audit_words.detail_of(record.action, record.facts),
        target_kind=audit_words.target_of(record.target_kind),
        target_id=_shown(record.target_id),
        target=target,
        target_url=target_url,
        outcome=audit_words.outcome_of(record.refusal_code),
        request_id=_shown(request_id_of(record)),
    )


def _who_is(actor: User | None) -> str:
    """Return what tells the account from others of its name."""
    if actor is None:
        return ""
    if actor.is_staff_member:
        return f"{actor.email or actor.get_kind_display()} · {actor.get_staff_kind_display()}"
    return actor.email or str(actor.get_kind_display())


def _target(record: AuditRecord, names: _Names) -> tuple[str, str]:
    """Return what it was done to, in words where it is known, and the page of it."""
    kind, named = record.target_kind.removesuffix("_id"), record.target_id
    if named in names.things and kind in THINGS:
        thing = names.things[named]
        words = _("%(name)s of %(partner)s") % {"name": thing.name, "partner": thing.partner}
        return words, thing.url
    if named in names.accounts:
        account = names.accounts[named]
        return account.email or account.name, ""
    if kind in PARTNERS and named in names.partners:
        return names.partners[named].name, _card(names.partners[named])
    if kind in REQUESTS and named.isdigit() and len(named) == 15:
        return named, reverse("support:request", args=[named])
    return _shown(named), ""


def _shown(text: str) -> str:
    """Return what somebody may have put into an address, without a number that may be an ID."""
    may_be_an_id = any(ids.is_well_formed(number) for number in ids.numbers_in(text))
    return HIDDEN if may_be_an_id and not is_uuid(text) else text


def _card(partner: Partner | None) -> str:
    return reverse("support:staff-partner", args=[partner.mpn_id]) if partner else ""


def _names_in(records: Sequence[AuditRecord]) -> _Names:
    """Read what the ids of the records stand for, in three statements."""
    targets: dict[str, set[str]] = {}
    for record in records:
        targets.setdefault(record.target_kind.removesuffix("_id"), set()).add(record.target_id)
    accounts = User.objects.filter(public_id__in=_uuids(targets.get("account")))
    mpn_ids = {r.partner_mpn_id for r in records}.union(*(targets.get(k, ()) for k in PARTNERS))
    partners = Partner.objects.filter(mpn_id__in=mpn_ids)
    return _Names(
        accounts={str(user.public_id): user for user in accounts},
        partners={partner.mpn_id: partner for partner in partners},
        things=_things({kind: _uuids(targets.get(kind)) for kind in THINGS}),
    )


def _uuids(texts: set[str] | None) -> set[str]:
    return {text for text in texts or () if is_uuid(text)}


def _things(wanted: dict[str, set[str]]) -> dict[str, _Thing]:
    """Return plans, contracts and packages by public id, in one statement for all three."""
    nameless = Value("", output_field=CharField())
    plans = _rows(Plan.objects.filter(public_id__in=wanted["plan"]), "package__", name=F("name"))
    contracts = _rows(
        Contract.objects.filter(public_id__in=wanted["contract"]), "package__", name=nameless
    )
    packages = _rows(Package.objects.filter(public_id__in=wanted["package"]), "", name=nameless)
    return {str(row[0]): _thing(*row) for row in plans.union(contracts, packages, all=True)}


def _rows(query: Any, package: str, *, name: Any) -> Any:
    """Return what a thing says of itself and of the package that it belongs to."""
    is_contract = query.model is Contract
    return query.order_by().values_list(
        "public_id",
        name,
        F(f"{package}partner__name"),
        F(f"{package}partner__mpn_id"),
        F("public_id" if is_contract else f"{package}contract__public_id"),
        F(f"{package}membership__kind"),
        F(f"{package}membership__level"),
        F(f"{package}purchase__offer"),
    )


def _thing(
    _id: object, name: str, partner: str, mpn_id: str, contract: object, *source: Any
) -> _Thing:
    if contract:
        url = reverse("support:staff-contract", args=[contract])
    else:
        url = reverse("support:staff-partner", args=[mpn_id])
    return _Thing(name=name or _source(*source), partner=partner, url=url)


def _source(kind: str, level: str | None, offer: str | None) -> str:
    """Return where a package comes from, as Package.source says it."""
    if offer:
        return str(Offer(offer).label)
    return str(Level(level).label if level else MembershipKind(kind).label)
