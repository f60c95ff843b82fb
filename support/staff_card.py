"""The staff card: what remains, until when, and why not, at one look, ready to read aloud."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from benefits import entitlements, speech, wording
from benefits.entitlements import Entitlement
from benefits.models import Contract, IssuedId, LedgerEntry, Link, Membership, Plan
from benefits.presentation import Row, rows
from partners.models import Partner, User
from partners.permissions import staff_may
from partners.roles import StaffPermission
from portal.sentences import day, grouped
from support.models import SupportRequest
from support.services.lookup import Replaced

MOVEMENTS_SHOWN = 5
REQUESTS_SHOWN = 10
LINKS_SHOWN = 25


@dataclass(frozen=True)
class StaffCard:
    """Everything on the card of a partner, opened at a contract or not."""

    partner: Partner
    contract: Contract | None
    memberships: list[Membership]
    say: str
    tiles: list[Row]
    other_tiles: list[Row]
    movements: list[LedgerEntry]
    open_requests: list[SupportRequest]
    links: list[Link]
    may_adjust: bool
    # When the contract's IDs were last replaced; None: never, or no contract is asked for.
    replaced_at: datetime | None = None


def staff_card(
    *,
    partner: Partner,
    contract: Contract | None,
    reader: User,
    at: datetime,
    account: str = "",
) -> StaffCard:
    """
    Build the card.

    :param account: keeps only linked accounts whose name or address begins so
    """
    held = entitlements.read(Plan.objects.held_by(partner), user=reader, at=at)
    in_order = _for_phone(held)
    shown = [e for e in in_order if _is_shown(e, contract)]
    others = [e for e in in_order if e not in shown]
    if not shown:
        shown, others = others, []
    plan_pks = [e.plan_pk for e in shown]
    return StaffCard(
        partner=partner,
        contract=contract,
        memberships=_memberships(partner),
        say=say(shown),
        tiles=rows(shown),
        other_tiles=rows(others),
        movements=_movements(plan_pks),
        open_requests=_open_requests(plan_pks, without_plan=None if contract else partner),
        may_adjust=staff_may(reader, StaffPermission.ADJUST_PLANS),
        links=_links({e.contract_pk for e in shown if e.contract_pk}, account=account),
        replaced_at=_last_replaced(contract) if contract else None,
    )


def replaced_id(replaced: Replaced) -> str:
    """Return what staff tell a caller who reads out an Access ID that was replaced."""
    pattern = (
        _(
            "The Access ID you looked up was replaced on %(day)s by %(name)s and no longer links; "
            "the current one is %(current)s. Accounts that are linked stay linked; for the new "
            "IDs the caller asks the partner."
        )
        if replaced.by
        else _(
            "The Access ID you looked up was replaced on %(day)s and no longer links; the current "
            "one is %(current)s. Accounts that are linked stay linked; for the new IDs the caller "
            "asks the partner."
        )
    )
    current = grouped(replaced.current)
    return pattern % {"day": day(replaced.at), "name": replaced.by, "current": current}


def say(shown: Iterable[Entitlement]) -> str:
    """Return the line to read out: a sentence for each package, its incident plans only."""
    packages: dict[object, list[Entitlement]] = {}
    for e in shown:
        if not e.counts_hours:
            packages.setdefault(e.package_id, []).append(e)
    if len(packages) < 2:
        return speech.say([e for plans in packages.values() for e in plans])
    return " ".join(
        _("%(package)s: %(sentence)s")
        % {"package": wording.package_name(plans[0]), "sentence": speech.say(plans)}
        for plans in packages.values()
    )


def _for_phone(held: Iterable[Entitlement]) -> list[Entitlement]:
    """Incidents before advice; open packages first, by end; on-premises before cloud."""
    return sorted(
        held,
        key=lambda e: (
            e.counts_hours,
            e.is_expired and e.activate_by <= e.at,
            e.activate_by,
            e.package_id.int,
            e.plan_pk,
        ),
    )


def _is_shown(e: Entitlement, contract: Contract | None) -> bool:
    if contract is None:
        return not e.is_expired
    return e.contract_pk == contract.pk


def _memberships(partner: Partner) -> list[Membership]:
    found = Membership.objects.filter(partner=partner).prefetch_related("competencies")
    return list(found.order_by("-starts_on", "-pk"))


def _last_replaced(contract: Contract) -> datetime | None:
    replaced = IssuedId.objects.filter(contract=contract, replaced_at__isnull=False)
    return replaced.aggregate(at=Max("replaced_at"))["at"]


def _movements(plan_pks: list[int]) -> list[LedgerEntry]:
    entries = LedgerEntry.objects.filter(plan_id__in=plan_pks).select_related("actor", "plan")
    return list(entries.order_by("-occurred_at", "-pk")[:MOVEMENTS_SHOWN])


def _open_requests(plan_pks: list[int], *, without_plan: Partner | None) -> list[SupportRequest]:
    """Return what the plans paid and, on a partner's card, what was opened for it without one."""
    wanted = Q(plan_id__in=plan_pks)
    if without_plan is not None:
        wanted |= Q(plan__isnull=True, partner=without_plan)
    found = SupportRequest.objects.filter(wanted).still_open()
    return list(
        found.select_related("author", "customer").order_by("-opened_at", "-pk")[:REQUESTS_SHOWN]
    )


def _links(contract_pks: set[int], *, account: str) -> list[Link]:
    links = Link.objects.filter(contract_id__in=contract_pks, dropped_at__isnull=True)
    if account.strip():
        links = links.account_begins_with(account)
    sources = ("contract__package__membership", "contract__package__purchase")
    shown = links.select_related("user", *sources)
    return list(shown.order_by("linked_at", "pk")[:LINKS_SHOWN])
