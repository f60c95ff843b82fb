"""What staff read of writing, correcting and ending memberships: before it is done, and after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.allotments import Benefit, Scope, Unit
from benefits.calendar import midnight
from benefits.entitlements import Entitlement
from benefits.membership_wording import name_of_year
from benefits.models import Membership
from benefits.services.competencies import Competence
from benefits.services.corrections import Changed, Preview
from benefits.services.endings import Ended
from benefits.services.memberships import Written
from portal.sentences import all_of, calendar_day, last_day


@dataclass(frozen=True)
class Line:
    """What a plan gives now and would give, in words, and whether that differs."""

    title: str
    before: str
    after: str
    is_changed: bool


def lines(preview: Preview) -> list[Line]:
    """Return the plans of a correction, on-premises first."""
    return [
        Line(
            title={
                Benefit.MICROSOFT_PRODUCT_SUPPORT: _("On-premises support incidents"),
                Benefit.SIGNATURE_CLOUD_SUPPORT: _("Cloud support incidents"),
            }.get(plan.benefit, _("Technical presales and deployment")),
            before=_amount(plan.before, plan.unit),
            after=_amount(plan.after, plan.unit),
            is_changed=plan.before != plan.after,
        )
        for plan in preview.plans
    ]


def written(done: Written) -> str:
    """Say what is new after writing a year."""
    year = done.membership
    values = {
        "membership": name_of_year(year),
        "start": calendar_day(year.starts_on),
        "anniversary": calendar_day(year.anniversary_on),
    }
    if not done.is_new:
        return _("%(membership)s from %(start)s was added before: nothing more changed.") % values
    return _("%(membership)s runs from %(start)s to its anniversary on %(anniversary)s.") % values


def changed(done: Changed) -> str:
    """Say how the year is after correcting it."""
    values = {
        "membership": name_of_year(done.membership),
        "start": calendar_day(done.membership.starts_on),
    }
    if not done.is_changed:
        return (
            _("The membership already was %(membership)s from %(start)s: nothing changed.") % values
        )
    return _("The membership is %(membership)s from %(start)s now.") % values


def effects_of_ending(
    year: Membership, lapsing: Sequence[Entitlement], *, at: datetime
) -> list[str]:
    """Return what ending the year today does, in the order in which it matters."""
    if at < midnight(year.starts_on):
        said = [_("It has not begun: it is called off before its first day.")]
    else:
        said = [
            _("The membership ends today instead of on %(day)s.")
            % {"day": calendar_day(year.anniversary_on)}
        ]
    lost = _lost((e.balance or 0, e) for e in lapsing)
    said.append(lost or _("Nothing that was granted is left, so nothing lapses."))
    waiting = [e for e in lapsing if not e.was_activated]
    if waiting:
        said.append(_("Its benefits were never activated, and no longer can be."))
    elif any(e.is_unlimited for e in lapsing):
        said.append(_("Unlimited cloud support ends at once."))
    if not waiting:
        said.append(_("Its contract ends at once: linked accounts can no longer use it."))
    said.append(_("What was used stays in the ledger. This cannot be undone."))
    return said


def ended(done: Ended) -> str:
    """Say what is so after ending a year, and what lapsed."""
    year = done.membership
    values = {"membership": name_of_year(year), "day": calendar_day(year.ends_on)}
    if not done.is_new:
        return _("%(membership)s ended on %(day)s already: nothing more changed.") % values
    said = _("%(membership)s has ended.") % values
    lost = _lost((e.lapsed, e) for e in done.lapsed)
    return f"{said} {lost}" if lost else said


def gained(done: Competence, *, name: str) -> str:
    """Say what a competency that was gained changes."""
    if not done.is_changed:
        return _("%(name)s was attained already: nothing more changed.") % {"name": name}
    return _("%(name)s is attained. %(effect)s") % {"name": name, "effect": _effect(done)}


def lost(done: Competence, *, name: str) -> str:
    """Say what a competency that was lost changes."""
    if not done.is_changed:
        return _("%(name)s is not attained: there is nothing to take away.") % {"name": name}
    return _("%(name)s is taken away. %(effect)s") % {"name": name, "effect": _effect(done)}


def _effect(done: Competence) -> str:
    package = done.membership.package
    if hasattr(package, "contract"):
        return _(
            "The package is activated and stays as it is: this counts from the next package on."
        )
    return _(
        "The package changes with the membership until it is activated, or ends on %(day)s."
    ) % {"day": last_day(package.ends_at)}


def _lost(lapsing: Iterable[tuple[int, Entitlement]]) -> str:
    """Return what is unused and lapses, plan by plan; "" when nothing does."""
    counted = [(count, e) for count, e in lapsing if count]
    if not counted:
        return ""
    what = all_of([_unused(count, e) for count, e in counted])
    return _("Lapses unused: %(what)s.") % {"what": what}


def _unused(count: int, e: Entitlement) -> str:
    if e.counts_hours:
        return _amount(count, e.unit)
    if e.scope == Scope.CLOUD:
        pattern = ngettext("%(count)d cloud incident", "%(count)d cloud incidents", count)
    else:
        pattern = ngettext(
            "%(count)d on-premises incident", "%(count)d on-premises incidents", count
        )
    return pattern % {"count": count}


def _amount(count: int | None, unit: Unit) -> str:
    if count is None:
        return _("unlimited incidents")
    if unit == Unit.HOUR:
        return ngettext("%(count)d hour of advice", "%(count)d hours of advice", count) % {
            "count": count
        }
    return ngettext("%(count)d incident", "%(count)d incidents", count) % {"count": count}
