"""What pages say of membership years, and of what renewing or upgrading changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from benefits import years
from benefits.allotments import Benefit, Level, Unit
from benefits.calendar import end_of_benefits, midnight
from benefits.changes import Change, Fate, PlanChange, Share
from benefits.models import Membership
from benefits.wording import Badge
from benefits.years import YearState
from portal.sentences import (
    all_of,
    calendar_day,
    last_day,
    last_instant,
    listed,
    short_calendar_day,
    short_last_day,
    with_distance,
)


@dataclass(frozen=True)
class YearRow:
    """One membership year as the offers page lists it."""

    membership: Membership
    title: str
    competencies: str
    badge: Badge
    line: str
    package: str
    is_current: bool
    can_be_renewed: bool
    can_be_upgraded: bool


def rows(found: Iterable[Membership], *, at: datetime) -> list[YearRow]:
    """Build the rows of years `with_succession`, in the given order."""
    return [_row(year, at=at) for year in found]


def _row(year: Membership, *, at: datetime) -> YearRow:
    state = years.state_of(year, at=at)
    return YearRow(
        membership=year,
        title=name_of(Level(year.level) if year.level else None),
        competencies=listed(row.name for row in year.competencies.all()),
        badge=_BADGES[state](),
        line=_line(year, state, at=at),
        package=_package(year, state),
        is_current=years.is_current(year, at=at),
        can_be_renewed=state == YearState.RENEWABLE,
        can_be_upgraded=years.upgrade_refusal(year, at=at) is None,
    )


def _package(year: Membership, state: YearState) -> str:
    """Return whether the benefits of a year that can be used were activated."""
    if state in (YearState.SCHEDULED, YearState.ENDED):
        return ""
    if hasattr(year.package, "contract"):
        return _("Benefits activated")
    return "" if state == YearState.UPGRADED else _("Benefits not activated yet")


def name_of(level: Level | None) -> str:
    """Return a membership in a word: Gold, Silver, Action Pack."""
    return {Level.GOLD: _("Gold"), Level.SILVER: _("Silver"), None: _("Action Pack")}[level]


def name_of_year(year: Membership) -> str:
    """Return a membership year in a word: Gold, Silver, Action Pack."""
    return name_of(Level(year.level) if year.level else None)


_BADGES = {
    YearState.SCHEDULED: lambda: Badge("neutral", _("Starts later")),
    YearState.RUNNING: lambda: Badge("good", _("Running")),
    YearState.RENEWABLE: lambda: Badge("warning", _("To be renewed")),
    YearState.RENEWED: lambda: Badge("good", _("Renewed")),
    YearState.UPGRADED: lambda: Badge("muted", _("Upgraded")),
    YearState.ENDED: lambda: Badge("muted", pgettext("membership", "Ended")),
}


def _line(year: Membership, state: YearState, *, at: datetime) -> str:
    end = last_instant(end_of_benefits(year.anniversary_on))
    match state:
        case YearState.SCHEDULED:
            start = with_distance(midnight(year.starts_on), now=at)
            return _("starts %(day)s") % {"day": start}
        case YearState.RUNNING:
            opens = with_distance(midnight(year.anniversary_on), now=at)
            return _("can be renewed from %(day)s") % {"day": opens}
        case YearState.RENEWABLE:
            return _("can be renewed until %(day)s") % {"day": with_distance(end, now=at)}
        case YearState.RENEWED:
            return _("its benefits stay usable until %(day)s") % {"day": with_distance(end, now=at)}
        case YearState.UPGRADED:
            return _("replaced by Gold on %(day)s") % {"day": short_calendar_day(year.ends_on)}
    if year.ended_on is None:
        return _("its benefits ended %(day)s") % {"day": with_distance(end, now=at)}
    if year.is_called_off:
        return _("called off on %(day)s") % {"day": short_calendar_day(year.ended_on)}
    return _("ended early, on %(day)s") % {"day": short_calendar_day(year.ended_on)}


@dataclass(frozen=True)
class ChangeRow:
    """One benefit in a preview: what there is now, what of it stays or goes, what is new."""

    title: str
    now: str
    kept: str
    lost: str
    new: str


def change_rows(change: Change) -> list[ChangeRow]:
    """Return the lines of a preview, on-premises first."""
    return [_change_row(plan) for plan in change.plans]


def _change_row(plan: PlanChange) -> ChangeRow:
    return ChangeRow(
        title={
            Benefit.MICROSOFT_PRODUCT_SUPPORT: _("On-premises support incidents"),
            Benefit.SIGNATURE_CLOUD_SUPPORT: _("Cloud support incidents"),
        }.get(plan.benefit, _("Technical presales and deployment")),
        now=_share(plan.before, plan.unit),
        kept=_kept(plan),
        lost=_amount(plan.lost, plan.unit) if plan.lost else _("nothing"),
        new=_share(plan.after, plan.unit),
    )


def _kept(plan: PlanChange) -> str:
    if plan.kept is None:
        return _("nothing")
    if plan.fate == Fate.KEPT_UNTIL_NEW_STARTS:
        return _("%(amount)s until the Gold contract starts, at most until %(end)s") % {
            "amount": _amount(plan.kept, plan.unit),
            "end": short_last_day(plan.kept.until),
        }
    return _share(plan.kept, plan.unit)


def _share(share: Share, unit: Unit) -> str:
    days = ngettext("%(count)d day", "%(count)d days", share.days) % {"count": share.days}
    return _("%(amount)s until %(end)s (%(days)s)") % {
        "amount": _amount(share, unit),
        "end": short_last_day(share.until),
        "days": days,
    }


def _amount(share: Share, unit: Unit) -> str:
    if share.amount is None:
        amount = _("unlimited incidents")
    elif unit == Unit.HOUR:
        amount = ngettext("%(count)d hour", "%(count)d hours", share.amount)
    else:
        amount = ngettext("%(count)d incident", "%(count)d incidents", share.amount)
    amount %= {"count": share.amount}
    return _("%(amount)s to activate") % {"amount": amount} if share.needs_activation else amount


def effects(change: Change, *, is_upgrade: bool) -> list[str]:
    """Return what happens, in sentences, in the order in which it matters."""
    own = _effects_of_upgrade(change) if is_upgrade else _effects_of_renewal(change)
    if not change.competencies:
        return own
    carried = ngettext(
        "The competency comes along: %(names)s.",
        "All %(count)d competencies come along: %(names)s.",
        len(change.competencies),
    ) % {"count": len(change.competencies), "names": all_of(change.competencies)}
    return [*own, carried]


def _effects_of_renewal(change: Change) -> list[str]:
    start, old_end = calendar_day(change.starts_on), last_day(change.plans[0].before.until)
    sentences = [
        _(
            "The new year begins on %(day)s, the anniversary of the old one: no day is lost, and "
            "none counts twice."
        )
        % {"day": start},
        _("The old package keeps its end: until %(day)s both can be used.") % {"day": old_end},
        _("What is unused on the old package then lapses; nothing rolls over."),
        _("The new package is activated once more. Accounts that are linked need no IDs for that."),
    ]
    if change.is_downgrade:
        sentences.append(_("Silver gives less than Gold does now. Silver can be upgraded later."))
    return sentences


def _effects_of_upgrade(change: Change) -> list[str]:
    days = ngettext(
        "The Silver membership ends today. Its last %(before)d day is replaced by %(after)d days "
        "of Gold.",
        "The Silver membership ends today. Its last %(before)d days are replaced by %(after)d "
        "days of Gold.",
        change.days_before,
    ) % {"before": change.days_before, "after": change.days_after}
    if not change.has_contract_until_start:
        kept = _("The Silver package was not activated; it ends with the membership.")
        return [days, kept, _("Activate the Gold package to get its IDs.")]
    return [
        days,
        _("The Silver contract stays usable until the Gold contract starts: there is no gap."),
        _("Activate the Gold package when you are ready. What is unused on Silver then lapses."),
        _("Accounts linked to the Silver contract are linked to the Gold one then, without IDs."),
    ]


def done(membership: Membership, *, is_new: bool) -> str:
    """Return what is new after renewing or upgrading, and the next step."""
    level = name_of(Level(membership.level) if membership.level else None)
    values = {"level": level, "day": calendar_day(membership.anniversary_on)}
    if not is_new:
        return _("This was done before: the membership is %(level)s up to %(day)s.") % values
    return _("The membership is %(level)s up to %(day)s. Next: activate the new package.") % values
