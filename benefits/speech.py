"""The line that staff read out to a caller: what is left, until when, or what to do."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.allotments import Scope
from benefits.calendar import midnight
from benefits.entitlements import Entitlement
from benefits.wording import amount, in_speaking_order
from portal.sentences import all_of, last_instant, one_of, spoken_day


def say(entitlements: Iterable[Entitlement]) -> str:
    """Return the line that staff read out to a caller, for the incident plans of one contract."""
    plans = [e for e in entitlements if not e.counts_hours]
    if not plans:
        return _("There is no support plan.")
    first = plans[0]
    if first.is_not_activated:
        return _say_not_activated(plans)
    if first.is_scheduled:
        return _("%(amounts)s. It starts on %(day)s.") % {
            "amounts": _capital(all_of([amount(e) for e in plans])),
            "day": spoken_day(first.starts_at, now=first.at),
        }
    if first.is_pending:
        return _say_pending(first)
    return " ".join(_say_one(e) for e in in_speaking_order(plans))


def _say_not_activated(plans: Sequence[Entitlement]) -> str:
    first = plans[0]
    amounts = all_of([amount(e) for e in in_speaking_order(plans)])
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
    return _("Activation was requested on %(requested)s and is ready by %(ready)s.") % {
        "requested": spoken_day(e.requested_at, now=e.at),
        "ready": spoken_day(e.contract_starts_at, now=e.at),
    }


def _say_one(e: Entitlement) -> str:
    values = {
        "left": e.remaining,
        "total": e.total,
        "until": spoken_day(last_instant(e.ends_at), now=e.at),
        "since": spoken_day(e.last_moved_at, now=e.at) if e.last_moved_at else "",
    }
    if e.is_expired:
        return _say_ended(e, until=values["until"])
    if e.is_exhausted and e.scope == Scope.CLOUD:
        return _("No cloud incidents left since %(since)s; cloud needs a paid plan.") % values
    if e.is_exhausted:
        return _("No on-premises incidents left since %(since)s.") % values
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


def _say_ended(e: Entitlement, *, until: object) -> str:
    which = {
        Scope.ON_PREMISES: _("On-premises support"),
        Scope.CLOUD: _("Cloud support"),
        Scope.ALL: _("Support for all products"),
    }[e.scope or Scope.ALL]
    if e.is_replaced and not e.was_activated:
        return _("%(which)s was replaced by Gold on %(day)s, before it was activated.") % {
            "which": which,
            "day": spoken_day(midnight(e.upgraded_on), now=e.at) if e.upgraded_on else "",
        }
    if not e.was_activated:
        return _("%(which)s was never activated; the time for it ended on %(until)s.") % {
            "which": which,
            "until": until,
        }
    if e.is_unlimited or e.lapsed == 0:
        return _("%(which)s ended on %(until)s.") % {"which": which, "until": until}
    return ngettext(
        "%(which)s ended on %(until)s; %(count)d unused incident lapsed.",
        "%(which)s ended on %(until)s; %(count)d unused incidents lapsed.",
        e.lapsed,
    ) % {"which": which, "until": until, "count": e.lapsed}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
