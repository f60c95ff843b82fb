"""The staff card: what remains, until when, and why not, at one look, ready to read aloud."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from benefits import balances, entitlements, history, reading, speech, wording
from benefits.allotments import Scope
from benefits.calendar import utc_day
from benefits.entitlements import Entitlement
from benefits.models import Contract, IssuedId, LedgerEntry, Link, Membership
from benefits.models.contracts import LinkQuerySet
from benefits.presentation import Row, rows
from partners.models import Partner, User
from portal import languages
from portal.charts import Chart
from portal.paging import Page, page_of
from portal.sentences import day, grouped, in_a_row
from support.card_actions import Actions, actions_for
from support.models import SupportRequest
from support.past_day import PastDay, nothing_then
from support.services.lookup import Replaced
from support.would_it_work import Answer, Question, would_it_work

MOVEMENTS_SHOWN = 5
# As of a past day the entries prove the numbers: as many as the API answers with.
PROOF_SHOWN = 200
REQUESTS_SHOWN = 10
CHARTS_SHOWN = 4
LONGEST_KEY = 18


@dataclass(frozen=True)
class Asked:
    """What the address asks the card for, beside the partner."""

    language: str = languages.ENGLISH
    day: PastDay = field(default_factory=PastDay)
    account: str = ""
    after: str = ""
    question: Question = field(default_factory=Question)


NOTHING_ASKED = Asked()


@dataclass(frozen=True)
class Saying:
    """The line to read out: asked for in `wanted`, written in `language`."""

    text: str
    wanted: str
    language: str

    @property
    def is_translated(self) -> bool:
        """Whether it is in the language that was asked for."""
        return self.wanted == self.language


@dataclass(frozen=True)
class StaffCard:
    """Everything on the card of a partner, opened at a contract or not."""

    partner: Partner
    contract: Contract | None
    memberships: list[Membership]
    earlier_memberships: list[Membership]
    saying: Saying
    tiles: list[Row]
    other_tiles: list[Row]
    movements: list[LedgerEntry]
    open_requests: list[SupportRequest]
    links: Page[Link]
    charts: list[Chart]
    actions: Actions
    answer: Answer | None
    # The past instant that tiles, movements and charts are as of; None: they are of now.
    past_at: datetime | None = None
    past_problem: str = ""
    movements_left_out: int = 0
    # When the contract's IDs were last replaced; None: never, or no contract is asked for.
    replaced_at: datetime | None = None

    @property
    def say(self) -> str:
        """The line to read out."""
        return self.saying.text

    @property
    def charts_left_out(self) -> int:
        """How many plans on the card have no chart there."""
        return len(self.tiles) - len(self.charts)


def staff_card(
    *,
    partner: Partner,
    contract: Contract | None,
    reader: User,
    at: datetime,
    asked: Asked = NOTHING_ASKED,
) -> StaffCard:
    """Build the card, in a constant number of statements whatever the partner has."""
    plans = _plans(partner, contract, reader=reader, at=at, day=asked.day)
    plan_pks = [e.plan_pk for e in plans.shown]
    movements = _movements(plan_pks, until=plans.past_at)
    current, earlier = _memberships(partner, at=at)
    requests = _open_requests(plan_pks, without_plan=None if contract else partner)
    return StaffCard(
        partner=partner,
        contract=contract,
        memberships=current,
        earlier_memberships=earlier,
        saying=_say_in(asked.language, plans.shown),
        tiles=rows(plans.shown),
        other_tiles=rows(plans.others),
        movements=movements,
        movements_left_out=max(plans.booked - len(movements), 0),
        open_requests=requests,
        links=_links({e.contract_pk for e in plans.shown_now if e.contract_pk}, asked=asked),
        charts=history.charts(
            plans.shown[:CHARTS_SHOWN], at=plans.past_at or at, is_past=plans.past_at is not None
        ),
        actions=actions_for(reader, shown=plans.shown_now, open_requests=requests),
        answer=_answer(asked.question, partner, plans.shown_now, at=at),
        past_at=plans.past_at,
        past_problem=plans.problem,
        replaced_at=_last_replaced(contract) if contract else None,
    )


@dataclass(frozen=True)
class _Plans:
    """
    The partner's plans as they are shown: now, or as of a past instant.

    `shown_now` are those on top as they are now; `booked` is how many entries prove a past balance.
    """

    shown: list[Entitlement]
    others: list[Entitlement]
    shown_now: list[Entitlement]
    past_at: datetime | None
    problem: str
    booked: int = 0


def _plans(
    partner: Partner, contract: Contract | None, *, reader: User, at: datetime, day: PastDay
) -> _Plans:
    now = reading.held(partner, user=reader, at=at)
    held, past_at, problem = now, day.at, day.problem
    booked: dict[int, int] = {}
    if past_at is not None:
        held, booked = _as_of(now, at=past_at)
        if not held:
            held, past_at, problem = now, None, nothing_then(timezone.localdate(past_at))
    in_order = _for_phone(held)
    asked_for = {e.plan_pk for e in now if contract is not None and e.contract_pk == contract.pk}
    shown = [e for e in in_order if (e.plan_pk in asked_for if contract else not e.is_expired)]
    others = [e for e in in_order if e not in shown]
    if not shown:
        shown, others = others, []
    plan_pks = {e.plan_pk for e in shown}
    return _Plans(
        shown=shown,
        others=others,
        shown_now=[e for e in now if e.plan_pk in plan_pks],
        past_at=past_at,
        problem=problem,
        booked=sum(booked.get(pk, 0) for pk in plan_pks),
    )


def _as_of(now: Iterable[Entitlement], *, at: datetime) -> tuple[list[Entitlement], dict[int, int]]:
    """Return what had started by then as it stood, and how many entries prove each of it."""
    started = [e for e in now if e.starts_at <= at]
    moved = balances.each_moved_until([e.plan_pk for e in started], at=at)
    then = [balances.as_of(e, moved=moved[e.plan_pk], at=at) for e in started]
    # Who could activate is asked for now: it is not written down who could have.
    return entitlements.with_activators(then), {pk: one.entries for pk, one in moved.items()}


def _say_in(language: str, shown: Iterable[Entitlement]) -> Saying:
    written = language if languages.is_translated(language) else languages.ENGLISH
    with translation.override(written):
        return Saying(text=say(shown), wanted=language, language=written)


def _answer(
    question: Question, partner: Partner, shown: Iterable[Entitlement], *, at: datetime
) -> Answer | None:
    if not question.is_asked:
        return None
    return would_it_work(question, partner=partner, shown=shown, at=at)


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
    return in_a_row(
        _("%(package)s: %(sentence)s")
        % {"package": wording.package_name(plans[0]), "sentence": speech.say(plans)}
        for plans in packages.values()
    )


def _for_phone(held: Iterable[Entitlement]) -> list[Entitlement]:
    """Incidents before advice; what has not ended first; on-premises before cloud; by end."""
    scopes = [Scope.ON_PREMISES, Scope.ALL, Scope.CLOUD, None]
    return sorted(
        held,
        key=lambda e: (
            e.counts_hours,
            e.is_expired and e.activate_by <= e.at,
            scopes.index(e.scope),
            e.activate_by,
            e.package_id.int,
            e.plan_pk,
        ),
    )


def _memberships(partner: Partner, *, at: datetime) -> tuple[list[Membership], list[Membership]]:
    """Return the memberships that run or will, of none the latest, and the others, newest first."""
    found = Membership.objects.filter(partner=partner).prefetch_related("competencies")
    newest_first = list(found.order_by("-starts_on", "-pk"))
    today = utc_day(at)
    current = [m for m in newest_first if m.ended_on is None and m.anniversary_on > today]
    current = current or newest_first[:1]
    return current, [m for m in newest_first if m not in current]


def _last_replaced(contract: Contract) -> datetime | None:
    replaced = IssuedId.objects.filter(contract=contract, replaced_at__isnull=False)
    return replaced.aggregate(at=Max("replaced_at"))["at"]


def _movements(plan_pks: Sequence[int], *, until: datetime | None) -> list[LedgerEntry]:
    """Return the last movements; of a past instant those that prove the balances, the latest."""
    entries = LedgerEntry.objects.filter(plan_id__in=plan_pks).select_related("actor", "plan")
    newest_first = entries.order_by("-occurred_at", "-pk")
    if until is None:
        return list(newest_first[:MOVEMENTS_SHOWN])
    return list(newest_first.filter(occurred_at__lte=until)[:PROOF_SHOWN])


def _open_requests(plan_pks: list[int], *, without_plan: Partner | None) -> list[SupportRequest]:
    """Return what the plans paid and, on a partner's card, what was opened for it without one."""
    wanted = Q(plan_id__in=plan_pks)
    if without_plan is not None:
        wanted |= Q(plan__isnull=True, partner=without_plan)
    found = SupportRequest.objects.filter(wanted).not_ended()
    return list(
        found.select_related("author", "customer").order_by("-opened_at", "-pk")[:REQUESTS_SHOWN]
    )


def _links(contract_pks: set[int], *, asked: Asked) -> Page[Link]:
    """Return a page of the accounts that have linked the contracts, the first to do so first."""
    links = Link.objects.filter(contract_id__in=contract_pks, dropped_at__isnull=True)
    if asked.account.strip():
        links = links.account_begins_with(asked.account)
    sources = ("contract__package__membership", "contract__package__purchase")
    key = asked.after
    return page_of(
        links.select_related("user", *sources).order_by("linked_at", "pk"),
        key=key if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY else "",
        after=_linked_after,
        key_of=lambda link: str(link.pk),
    )


def _linked_after(query: LinkQuerySet, key: str) -> LinkQuerySet:
    last = Link.objects.filter(pk=int(key)).first()
    if last is None:
        return query
    return query.filter(
        Q(linked_at__gt=last.linked_at) | Q(linked_at=last.linked_at, pk__gt=last.pk)
    )
