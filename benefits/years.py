"""
Where a membership year stands, and whether it can be renewed or upgraded now.

Source: "Renewal" and "Upgrade" under "Memberships and what they give".
"""

from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from benefits.allotments import Level, MembershipKind
from benefits.calendar import end_of_benefits, midnight, utc_day
from benefits.models import Membership
from portal.refusals import NextStep, Refusal
from portal.sentences import calendar_day, day, iso_day, last_day


class RenewalNotOpen(Refusal):
    """The membership year is not in the days in which it can be renewed."""

    code = "renewal_not_open"
    status = 409


class UpgradeNotPossible(Refusal):
    """The membership year is none that can become Gold now."""

    code = "upgrade_not_possible"
    status = 409


class YearState(StrEnum):
    """Where a membership year stands at an instant."""

    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    RENEWABLE = "RENEWABLE"
    RENEWED = "RENEWED"
    UPGRADED = "UPGRADED"
    ENDED = "ENDED"


def successor_of(year: Membership) -> Membership | None:
    """Return the year that renewed or upgraded this one, if any."""
    return getattr(year, "successor", None)


def was_upgraded(year: Membership) -> bool:
    """Whether Gold followed on Silver within the year."""
    after = successor_of(year)
    levels = (year.level, after.level if after else None)
    return year.ended_on is not None and levels == (Level.SILVER, Level.GOLD)


def state_of(year: Membership, *, at: datetime) -> YearState:
    """Return where the year stands; RENEWED and RENEWABLE are the days after the anniversary."""
    if year.ended_on is not None:
        return YearState.UPGRADED if was_upgraded(year) else YearState.ENDED
    if at < midnight(year.starts_on):
        return YearState.SCHEDULED
    if at < midnight(year.anniversary_on):
        return YearState.RUNNING
    if at >= end_of_benefits(year.anniversary_on):
        return YearState.ENDED
    return YearState.RENEWED if successor_of(year) else YearState.RENEWABLE


def is_current(year: Membership, *, at: datetime) -> bool:
    """Whether the year is neither over nor replaced by an upgrade."""
    return state_of(year, at=at) not in (YearState.UPGRADED, YearState.ENDED)


def renewal_refusal(year: Membership, *, at: datetime) -> RenewalNotOpen | None:
    """Return why the year cannot be renewed now; None in its window, renewed already or not."""
    state = state_of(year, at=at)
    opens_at, ends_at = midnight(year.anniversary_on), end_of_benefits(year.anniversary_on)
    facts = {"opensAt": opens_at.isoformat(), "endsAt": ends_at.isoformat()}
    if state == YearState.UPGRADED:
        return RenewalNotOpen(
            _("This membership was upgraded to Gold; the Gold membership is renewed instead."),
            facts=facts,
            next_step=NextStep(_("Look at the Gold membership under Offers.")),
        )
    if year.ended_on is not None:
        return RenewalNotOpen(
            _("This membership ended early, on %(day)s.") % {"day": calendar_day(year.ended_on)},
            facts=facts,
            next_step=NextStep(_("A new membership has to be taken out: ask support about it.")),
        )
    if state == YearState.ENDED:
        return RenewalNotOpen(
            _("The time to renew this membership ended on %(day)s.") % {"day": last_day(ends_at)},
            facts=facts,
            next_step=NextStep(_("A new membership has to be taken out: ask support about it.")),
        )
    if state in (YearState.RENEWABLE, YearState.RENEWED):
        return None
    return RenewalNotOpen(
        _("This membership can be renewed from %(first)s until %(last)s.")
        % {"first": day(opens_at), "last": last_day(ends_at)},
        facts=facts,
        next_step=NextStep(_("Until then nothing has to be done: its benefits stay usable.")),
    )


def renewed_already(year: Membership, successor: Membership) -> RenewalNotOpen:
    """Return the refusal to renew a year again."""
    return RenewalNotOpen(
        _("This membership is renewed already: the new year began on %(day)s.")
        % {"day": calendar_day(successor.starts_on)},
        facts={
            "startsOn": iso_day(successor.starts_on),
            "anniversaryOn": iso_day(successor.anniversary_on),
        },
        next_step=NextStep(_("Look at the new year under Offers.")),
    )


def upgrade_refusal(year: Membership, *, at: datetime) -> UpgradeNotPossible | None:
    """Return why the year cannot be upgraded to Gold now, or None."""
    facts = {"level": year.level or year.kind, "on": iso_day(utc_day(at))}
    if year.kind == MembershipKind.ACTION_PACK:
        message = _("An Action Pack has no level, so there is nothing to upgrade.")
        step = _(
            "A core membership, which can be held beside it, is Silver or Gold and "
            "comes with competencies."
        )
    elif year.level == Level.GOLD:
        message = _("Gold is the highest level.")
        step = _("Nothing has to be done.")
    else:
        return _silver_refusal(year, at=at, facts=facts)
    return UpgradeNotPossible(message, facts=facts, next_step=NextStep(step))


def _silver_refusal(
    year: Membership, *, at: datetime, facts: dict[str, str]
) -> UpgradeNotPossible | None:
    match state_of(year, at=at):
        case YearState.RUNNING:
            return None
        case YearState.SCHEDULED:
            message = _("This membership starts on %(day)s; from then on it can be upgraded.") % {
                "day": day(midnight(year.starts_on))
            }
            step = _("Upgrade it when it has started.")
        case YearState.UPGRADED:
            message = _("This membership was upgraded on %(day)s.") % {
                "day": calendar_day(year.ends_on)
            }
            step = _("Look at the Gold membership under Offers.")
        case YearState.RENEWABLE:
            message = _("The year of this membership is over.")
            step = _("Renew it, and choose Gold for the new year.")
        case YearState.RENEWED:
            message = _("The year of this membership is over, and it is renewed already.")
            step = _("Upgrade the new year instead.")
        case _:
            message = _("This membership has ended.")
            step = _("A new membership has to be taken out: ask support about it.")
    return UpgradeNotPossible(message, facts=facts, next_step=NextStep(step))
