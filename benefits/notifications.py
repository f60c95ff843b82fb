"""
What the bell tells of benefits: of the contracts that the account has linked, and of what the
partner it acts for holds, if it is associated with MPN there.

The words and conditions are those of the one notice on top of a page (presentation.py); here every
state that needs attention is told, and what happened in the last days. Source: "Reminders".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DateTimeField, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits import presentation, reading, wording
from benefits.calendar import FIRST_REMINDER, SECOND_REMINDER
from benefits.entitlements import ENDING_SOON, Entitlement, of_plan
from benefits.models import Link, Package, Plan
from benefits.models.plans import PlanQuerySet
from benefits.presentation import Notice
from partners.acting import Acting
from partners.models import User
from partners.roles import Permission
from portal.notifications import Notification, is_unread, read_until
from portal.prepared import Given, Prepared
from portal.sentences import last_day

NEWS_FOR = timedelta(days=14)
PLAN, OFFERS = "benefits:plan", "memberships:offers"
# As the badges of plans have them.
TONES = {
    "not_activated": "waiting",
    "ready": "good",
    "few_left": "warning",
    "used_up": "danger",
    "ending": "warning",
    "first_reminder": "warning",
    "second_reminder": "warning",
    "linked": "neutral",
}


@dataclass(frozen=True)
class NewLinks:
    """The accounts that linked a contract in the last days: how many, the latest, and when."""

    count: int
    latest_by: str
    latest_at: datetime


@dataclass(frozen=True)
class Held:
    """The plans of one package, as the account stands to them."""

    plans: list[Entitlement]
    is_own: bool
    is_followed: bool
    may_renew: bool
    new_links: NewLinks | None

    @property
    def first(self) -> Entitlement:
        """The plan that speaks for the package."""
        return self.plans[0]


@dataclass(frozen=True)
class Told:
    """A notice, what it is about, since when it holds, and what is done about it."""

    kind: str
    notice: Notice
    e: Entitlement
    since: datetime
    action: str
    route: str = PLAN

    @property
    def key(self) -> str:
        """The name of this notice, for as long as it holds."""
        return f"{self.kind}.{self.e.id}"

    @property
    def url(self) -> str:
        """Where the partner's own accounts go on."""
        if self.route == OFFERS:
            return reverse(OFFERS)
        if self.route == PLAN and self.e.is_bought:
            # Among the plans to compare; accounts outside MPN see them there too.
            return f"{reverse('benefits:partner-support')}#plan-{self.e.id}"
        return reverse(self.route, args=[self.e.id])


def of_benefits(*, user: User, acting: Acting, at: datetime, plans_url: str) -> list[Notification]:
    """
    Return what the account should know of benefits at `at`, in one statement.

    :param plans_url: where the account sees the plans of contracts that aren't its partner's
    """
    rows = _PLANS.rows(
        reading.shape_of(user),
        acting.partner is not None,
        acting.may(Permission.SEE_LINKED_ACCOUNTS),
        partner=acting.partner.pk if acting.partner else None,
        user=user.pk,
        at=at,
        news=at - NEWS_FOR,
    )
    if not rows:
        return []
    read_at = rows[0].__dict__["read_at"]
    return [
        Notification(
            key=told.key,
            tone=TONES[told.kind],
            title=told.notice.title,
            text=told.notice.text,
            about=f"{told.e.partner_name} · {told.e.plan_name}",
            since=told.since,
            is_unread=is_unread(told.since, read_at=read_at),
            url=told.url if held.is_own else plans_url,
            action=told.action if held.is_own else _("My plans"),
        )
        for held in _packages(rows, acting, at=at)
        for told in _told(held, at=at)
    ]


# --- reading ---------------------------------------------------------------------------------


def _plans(
    who: reading.Shape,
    at_partner: bool,  # noqa: FBT001 - a shape
    sees_links: bool,  # noqa: FBT001 - a shape
    *,
    partner: Given,
    user: Given,
    at: Given,
    news: Given,
) -> PlanQuerySet:
    """Return the incident plans that have not ended, with what the bell asks for beside them."""
    account = reading.somebody(who, user)
    acting_for = reading.partner_of(partner, is_any=at_partner)
    packages = Package.objects.used_by(account, acting_for=acting_for)
    running = Q(package__ends_at__gt=at) | Q(package__contract__ends_at__gt=at)
    plans = Plan.objects.filter(running, package__in_keys_of=packages).that_count_incidents()
    plans = plans.as_entitlements(user=account).annotate(read_at=read_until(account))
    if sees_links:
        plans = _with_new_links(plans, user=user, since=news)
    return plans.order_by("package_id", "pk")


def _with_new_links(plans: PlanQuerySet, *, user: Given, since: Given) -> PlanQuerySet:
    links = Link.objects.in_force().filter(
        contract__package_id=OuterRef("package_id"), linked_at__gt=since
    )
    # What activation copies to a successor's contract is no news.
    new = links.exclude(Q(user_id=user) | Q(method=Link.Method.COPIED))
    latest = new.order_by("-linked_at", "-pk")
    counted = new.order_by().values("contract_id").annotate(count=Count("pk"))
    return plans.annotate(
        new_links=Subquery(counted.values("count")),
        new_link_by=Subquery(latest.values("user__name")[:1]),
        new_link_at=Subquery(latest.values("linked_at")[:1]),
    )


_PLANS = Prepared(
    _plans, partner=reading.KEY, user=reading.KEY, at=DateTimeField(), news=DateTimeField()
)


def _packages(rows: list[Plan], acting: Acting, *, at: datetime) -> Iterator[Held]:
    read = [(of_plan(row, at=at), row) for row in rows]
    plans_of: dict[object, list[Entitlement]] = {}
    for e, _row in read:
        plans_of.setdefault(e.package_id, []).append(e)
    for e, row in read:
        if plans_of[e.package_id][0] is not e:
            continue
        is_own = e.mpn_id == acting.mpn_id and (acting.standing.in_mpn or e.is_bought)
        if not is_own and not e.is_linked:
            # Taken away from the account: it may not use what is told here.
            continue
        yield Held(
            plans=plans_of[e.package_id],
            is_own=is_own,
            is_followed=any(_follows(other, e) for other, _row in read),
            may_renew=is_own and acting.may(Permission.RENEW_OR_UPGRADE),
            new_links=_new_links(row) if is_own else None,
        )


def _follows(later: Entitlement, e: Entitlement) -> bool:
    """Whether the one is of a later membership of the same kind, or a further year of a plan."""
    same = later.partner_pk == e.partner_pk and later.kind == e.kind
    if e.is_bought:
        same = same and later.plan_name == e.plan_name
    return same and later.starts_at > e.starts_at


def _new_links(row: Plan) -> NewLinks | None:
    found = row.__dict__
    if not found.get("new_links"):
        return None
    return NewLinks(
        count=found["new_links"], latest_by=found["new_link_by"], latest_at=found["new_link_at"]
    )


# --- what is told ----------------------------------------------------------------------------


def _told(held: Held, *, at: datetime) -> Iterator[Told]:
    e = held.first
    yield from _of_activation(e, plans=held.plans, at=at)
    for plan in held.plans:
        yield from _of_balance(plan)
    if e.is_ending_soon and not (e.is_bought and held.is_followed):
        yield _of_end(e)
    is_renewable = not e.is_bought and not e.is_succeeded and not held.is_followed
    if held.may_renew and is_renewable:
        yield from _of_anniversary(e, at=at)
    if held.new_links is not None:
        yield _of_links(e, held.new_links)


def _of_activation(e: Entitlement, *, plans: list[Entitlement], at: datetime) -> Iterator[Told]:
    if e.is_not_activated:
        yield Told(
            "not_activated",
            presentation.not_activated_notice(e),
            e,
            e.starts_at,
            _("Activate"),
        )
    began = e.contract_starts_at
    if began is not None and began <= at < began + NEWS_FOR and not e.is_expired:
        text = _("%(headline)s. Link the contract, and tell your team.") % {
            "headline": wording.headline(plans)
        }
        title = _("Plan bought") if e.is_bought else _("Activation ready")
        notice = Notice("success", title, text)
        yield Told("ready", notice, e, began, _("See the IDs"))


def _of_balance(e: Entitlement) -> Iterator[Told]:
    moved = e.last_moved_at or e.starts_at
    if e.is_exhausted:
        notice = presentation.used_up_notice(e)
        yield Told("used_up", notice, e, moved, _("What used them"))
    if e.is_few_left:
        notice = presentation.few_left_notice(e)
        yield Told("few_left", notice, e, moved, _("What used them"))


def _of_end(e: Entitlement) -> Told:
    notice, since = presentation.ending_notice(e), e.ends_at - ENDING_SOON
    action = _("Compare plans") if e.is_bought else _("See what remains")
    return Told("ending", notice, e, since, action)


def _of_anniversary(e: Entitlement, *, at: datetime) -> Iterator[Told]:
    """Remind of renewal, the second time in place of the first."""
    reminders = {
        "second_reminder": e.anniversary_at + SECOND_REMINDER,
        "first_reminder": e.anniversary_at - FIRST_REMINDER,
    }
    kind = next((kind for kind, moment in reminders.items() if moment <= at), None)
    if kind is None or at >= e.activate_by:
        return
    values = {
        "package": wording.package_name(e),
        "day": last_day(e.anniversary_at),
        "end": last_day(e.activate_by),
    }
    text = _("The year of %(package)s ends with %(day)s; renew it then, until %(end)s.")
    if e.is_in_renewal_window:
        text = _("%(package)s can be renewed until %(end)s; its benefits end with that day.")
    notice = Notice("warning", _("Renewal"), text % values)
    yield Told(
        kind,
        notice,
        e,
        reminders[kind],
        _("Renew") if e.is_in_renewal_window else _("Membership offers"),
        route=OFFERS,
    )


def _of_links(e: Entitlement, new: NewLinks) -> Told:
    text = ngettext(
        "%(name)s linked the contract.",
        "%(count)d accounts linked the contract in the last %(days)d days, the latest %(name)s.",
        new.count,
    ) % {"name": new.latest_by, "count": new.count, "days": NEWS_FOR.days}
    notice = Notice("info", _("New link"), text)
    return Told("linked", notice, e, new.latest_at, _("Linked accounts"), route="benefits:accounts")
