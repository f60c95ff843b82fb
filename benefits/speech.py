"""The line that staff read out to a caller: what is left, until when, or what to do."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.allotments import Scope
from benefits.calendar import midnight
from benefits.entitlements import Entitlement
from benefits.wording import amount, in_speaking_order
from portal.sentences import (
    all_of,
    in_a_row,
    last_instant,
    one_of,
    spoken_day,
    spoken_near_day,
    spoken_since,
)


def say(entitlements: Iterable[Entitlement]) -> str:
    """Return the line that staff read out to a caller, for the incident plans of one contract."""
    plans = in_speaking_order(e for e in entitlements if not e.counts_hours)
    if not plans:
        return _("There is no support plan.")
    first = plans[0]
    if first.is_not_activated:
        return _say_not_activated(plans)
    if first.is_scheduled:
        return _("Starts on %(day)s.") % {"day": spoken_day(first.starts_at, now=first.at)}
    if first.is_pending:
        return _say_pending(first)
    if first.is_expired:
        return _say_ended(plans)
    if plans[-1].is_exhausted and plans[-1].scope == Scope.CLOUD:
        return _say_cloud_used_up(plans)
    return in_a_row(_say_one(e) for e in plans)


def _say_not_activated(plans: Sequence[Entitlement]) -> str:
    first = plans[0]
    amounts = all_of([amount(e) for e in plans])
    if not first.activators:
        return _(
            "Your company has %(amounts)s but hasn't activated them, and nobody there can yet: a "
            "Global admin has to give somebody the role."
        ) % {"amounts": amounts}
    return _("Your company has %(amounts)s but hasn't activated them. %(names)s can.") % {
        "amounts": amounts,
        "names": one_of(first.activators),
    }


def _say_pending(e: Entitlement) -> str:
    assert e.requested_at is not None and e.contract_starts_at is not None
    return _("Requested on %(requested)s, ready by %(ready)s.") % {
        "requested": spoken_near_day(e.requested_at, now=e.at),
        "ready": spoken_near_day(e.contract_starts_at, now=e.at),
    }


def _say_cloud_used_up(plans: Sequence[Entitlement]) -> str:
    """Say what is left besides: the caller is about to ask for it."""
    used_up = _("None left since %(since)s; cloud needs a paid plan.") % {
        "since": _since(plans[-1])
    }
    others = [_say_on_premises_besides(e) for e in plans[:-1]]
    return in_a_row([used_up, *others])


def _say_on_premises_besides(e: Entitlement) -> str:
    if e.is_exhausted:
        return _("On-premises none left since %(since)s.") % {"since": _since(e)}
    return ngettext(
        "On-premises %(left)d left.", "On-premises %(left)d left.", e.remaining or 0
    ) % {"left": e.remaining}


def _since(e: Entitlement) -> str:
    return spoken_since(e.last_moved_at, now=e.at) if e.last_moved_at else ""


def _say_one(e: Entitlement) -> str:
    values = {
        "left": e.remaining,
        "total": e.total,
        "until": spoken_day(last_instant(e.ends_at), now=e.at),
    }
    if e.is_exhausted:
        return _("No on-premises incidents left since %(since)s.") % {"since": _since(e)}
    if e.is_unlimited and e.scope == Scope.CLOUD:
        return _("Cloud is unlimited until %(until)s.") % values
    if e.is_unlimited:
        return _("Support for all products is unlimited until %(until)s.") % values
    return _say_left(e) % values


def _say_left(e: Entitlement) -> str:
    left = e.remaining or 0
    if e.scope == Scope.CLOUD and e.is_few_left:
        return ngettext(
            "Only %(left)d of %(total)d cloud incidents left until %(until)s.",
            "Only %(left)d of %(total)d cloud incidents left until %(until)s.",
            left,
        )
    if e.scope == Scope.CLOUD:
        return ngettext(
            "%(left)d of %(total)d cloud incidents left until %(until)s.",
            "%(left)d of %(total)d cloud incidents left until %(until)s.",
            left,
        )
    if e.is_few_left:
        return ngettext(
            "Only %(left)d of %(total)d on-premises incidents left until %(until)s.",
            "Only %(left)d of %(total)d on-premises incidents left until %(until)s.",
            left,
        )
    return ngettext(
        "%(left)d of %(total)d on-premises incidents left until %(until)s.",
        "%(left)d of %(total)d on-premises incidents left until %(until)s.",
        left,
    )


def _say_ended(plans: Sequence[Entitlement]) -> str:
    first = plans[0]
    until = spoken_day(last_instant(first.ends_at), now=first.at)
    if first.is_replaced and not first.was_activated:
        assert first.upgraded_on is not None
        return _("Replaced by Gold on %(day)s, before it was activated.") % {
            "day": spoken_day(midnight(first.upgraded_on), now=first.at)
        }
    if not first.was_activated:
        return _("Never activated; the time for it ended on %(until)s.") % {"until": until}
    lapsed = [e for e in plans if not e.is_unlimited and e.lapsed]
    if not lapsed:
        return _("Ended on %(until)s.") % {"until": until}
    if len(lapsed) == 1:
        return ngettext(
            "Ended on %(until)s; %(count)d unused incident lapsed.",
            "Ended on %(until)s; %(count)d unused incidents lapsed.",
            lapsed[0].lapsed,
        ) % {"until": until, "count": lapsed[0].lapsed}
    amounts = all_of([_unused(e) for e in lapsed])
    return _("Ended on %(until)s; %(amounts)s lapsed.") % {"until": until, "amounts": amounts}


def _unused(e: Entitlement) -> str:
    if e.scope == Scope.CLOUD:
        pattern = ngettext("%(count)d cloud incident", "%(count)d cloud incidents", e.lapsed)
    else:
        pattern = ngettext(
            "%(count)d unused on-premises incident",
            "%(count)d unused on-premises incidents",
            e.lapsed,
        )
    return pattern % {"count": e.lapsed}
