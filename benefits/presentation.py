"""What pages show of entitlements: rows with their summary and explanation, and the one notice."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits import reasons, wording
from benefits.entitlements import Entitlement
from benefits.reasons import ContractNotLinked
from benefits.wording import Summary
from portal.refusals import Explanation, NextStep
from portal.sentences import labelled, last_day


@dataclass(frozen=True)
class Row:
    """One entitlement as benefits page, home page, plan list and staff card show it."""

    entitlement: Entitlement
    title: str
    source: str
    summary: Summary
    used: str
    share: str
    explanation: Explanation | None

    @property
    def origin(self) -> str:
        """Where it comes from, and its name where the title is not the name already."""
        e = self.entitlement
        return self.source if e.counts_hours else f"{self.source} · {e.plan_name}"

    @property
    def is_low(self) -> bool:
        """Whether little is left, or nothing."""
        return self.entitlement.is_few_left or self.entitlement.is_exhausted

    @property
    def can_be_linked(self) -> bool:
        """Whether one click would make it usable for this account."""
        return self.explanation is not None and self.explanation.code == ContractNotLinked.code

    @property
    def has_bar(self) -> bool:
        """Whether a bar says more than the number: limited, and in use."""
        e = self.entitlement
        return not e.is_unlimited and (e.is_active or e.is_exhausted)


def row(entitlement: Entitlement, *, needs_link: bool = False) -> Row:
    """Build the row; the explanation says why the plan cannot be used, if so."""
    refusal = reasons.reason(entitlement, needs_link=needs_link)
    return Row(
        entitlement=entitlement,
        title=wording.title(entitlement),
        source=wording.source(entitlement),
        summary=wording.summary(entitlement),
        used=wording.used_of_total(entitlement),
        share=wording.share(entitlement),
        explanation=refusal.explanation if refusal else None,
    )


def rows(found: Iterable[Entitlement], *, needs_link: bool = False) -> list[Row]:
    """Build the rows in the given order."""
    return [row(entitlement, needs_link=needs_link) for entitlement in found]


@dataclass(frozen=True)
class Notice:
    """The one thing on top of a page that needs attention."""

    level: str
    title: str
    text: str
    next_step: NextStep | None = None


def headline_notice(found: Iterable[Entitlement]) -> Notice | None:
    """
    Return at most one notice, by rank: not activated, pending, ends within 30 days, used up, few
    left.
    """
    plans = [e for e in found if not e.counts_hours and not e.is_expired]
    followed = {e.plan_name for e in plans if e.is_bought and e.is_scheduled}
    ranked = (
        (lambda e: e.is_not_activated, not_activated_notice),
        (lambda e: e.is_pending, pending_notice),
        (lambda e: e.is_ending_soon and e.plan_name not in followed, ending_notice),
        (lambda e: e.is_exhausted, used_up_notice),
        (lambda e: e.is_few_left, few_left_notice),
    )
    for applies, build in ranked:
        for e in plans:
            if applies(e):
                return build(e)
    return None


def not_activated_notice(e: Entitlement) -> Notice:
    """Say that nobody has activated the package, and until when it can be."""
    return Notice("warning", _("Not activated"), reasons.not_activated(e).message)


def pending_notice(e: Entitlement) -> Notice:
    """Say who requested activation, and by when it is ready."""
    return Notice("info", _("Activation pending"), reasons.pending(e).message)


def ending_notice(e: Entitlement) -> Notice:
    """Say in how many days the package ends."""
    if e.is_bought:
        return _bought_ending(e)
    text = ngettext(
        "The benefits of %(package)s end in %(days)d day. What is unused then lapses.",
        "The benefits of %(package)s end in %(days)d days. What is unused then lapses.",
        e.days_left,
    )
    if e.days_left == 0:
        text = _("The benefits of %(package)s end today. What is unused then lapses.")
    return Notice(
        "warning",
        _("Ends soon"),
        text % {"package": wording.package_name(e), "days": e.days_left},
        next_step=_renewal_step(e) if e.waits_for_renewal else None,
    )


def _bought_ending(e: Entitlement) -> Notice:
    text = ngettext(
        "%(plan)s ends in %(days)d day. Its next year can be bought now, and "
        "follows on from this one.",
        "%(plan)s ends in %(days)d days. Its next year can be bought now, and "
        "follows on from this one.",
        e.days_left,
    )
    if e.days_left == 0:
        text = _(
            "%(plan)s ends today. Its next year can be bought now, and follows on from this one."
        )
    return Notice(
        "warning",
        _("Ends soon"),
        text % {"plan": e.plan_name, "days": e.days_left},
        next_step=reasons.compare_plans(),
    )


def _renewal_step(e: Entitlement) -> NextStep:
    text = _("The membership can be renewed until %(day)s; the new year has a new package.")
    return NextStep(text % {"day": last_day(e.activate_by)}, url=reverse("memberships:offers"))


def used_up_notice(e: Entitlement) -> Notice:
    """Say that nothing is left on the plan, and since when."""
    step = reasons.used_up(e).explanation
    text = labelled(wording.title(e), step.message)
    return Notice("warning", _("Used up"), text, next_step=step.next_step)


def few_left_notice(e: Entitlement) -> Notice:
    """Say how little is left on the plan, and until when."""
    return Notice("info", _("Few left"), wording.good_for(e))
