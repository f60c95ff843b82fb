"""
What an entitlement says about itself, in one place for the benefits page, wizard and staff card.

One sentence pattern: number, unit, until when. "On-premises" and "cloud" come before brand names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from benefits.allotments import Level, MembershipKind, Scope
from benefits.entitlements import Entitlement, Status
from portal.sentences import (
    all_of,
    chained,
    day,
    day_and_time,
    in_a_row,
    last_day,
    last_instant,
    short_calendar_day,
    short_day,
    short_last_day,
    with_distance,
)


@dataclass(frozen=True)
class Badge:
    """A status in a word; `tone` picks icon and border, never colour alone."""

    tone: str
    label: str


@dataclass(frozen=True)
class Summary:
    """The large number, the small line under it, and the badges of one plan."""

    number: str
    line: str
    badges: tuple[Badge, ...]


def summary(entitlement: Entitlement) -> Summary:
    """Return what every page shows of a plan, whatever its status."""
    return Summary(
        number=_number(entitlement), line=_line(entitlement), badges=_badges(entitlement)
    )


def title(entitlement: Entitlement) -> str:
    """Return what the plan is for, in the words people use."""
    if entitlement.counts_hours:
        return _("Technical presales and deployment")
    return {
        Scope.ON_PREMISES: _("On-premises support incidents"),
        Scope.CLOUD: _("Cloud support incidents"),
        Scope.ALL: _("Support for all products"),
    }[entitlement.scope or Scope.ALL]


def source(entitlement: Entitlement) -> str:
    """Return where the plan comes from: Gold competency, Action Pack, bought."""
    if entitlement.kind is None:
        return _("Bought")
    return str(Level(entitlement.level).label if entitlement.level else entitlement.kind.label)


def package_name(entitlement: Entitlement) -> str:
    """Return the package in a word: Gold, Silver, Action Pack; what was bought has its name."""
    if entitlement.is_bought:
        return entitlement.plan_name
    return {Level.GOLD: _("Gold"), Level.SILVER: _("Silver"), None: _("Action Pack")}[
        entitlement.level
    ]


def _number(e: Entitlement) -> str:
    if e.is_expired:
        return "0"
    if e.is_unlimited:
        return _("Unlimited")
    shown = (e.total or 0) if e.remaining is None else e.remaining
    return formats.number_format(shown, force_grouping=True)


def _line(e: Entitlement) -> str:
    end = short_last_day(e.ends_at)
    match e.status:
        case Status.SCHEDULED:
            return _("from %(day)s") % {"day": short_day(e.starts_at)}
        case Status.NOT_ACTIVATED:
            return _("incidents after activation · activate by %(day)s") % {
                "day": short_last_day(e.activate_by)
            }
        case Status.PENDING:
            return _pending_line(e)
        case Status.EXHAUSTED:
            return _used_up_line(e, end=end)
        case Status.EXPIRED:
            return _ended_line(e, end=end)
    values = {
        "total": e.total,
        "used": e.used,
        "since": short_day(e.contract_starts_at or e.starts_at),
        "end": with_distance(last_instant(e.ends_at), now=e.at),
    }
    if e.is_unlimited:
        pattern = ngettext(
            "%(used)d used since %(since)s · ends %(end)s",
            "%(used)d used since %(since)s · ends %(end)s",
            e.used,
        )
        return pattern % values
    if e.counts_hours:
        return _("of %(total)d hours left · ends %(end)s") % values
    return _("of %(total)d left · ends %(end)s") % values


def _pending_line(e: Entitlement) -> str:
    assert e.requested_at is not None and e.contract_starts_at is not None
    return _("requested %(requested)s by %(name)s · ready by %(ready)s") % {
        "requested": short_day(e.requested_at),
        "name": e.requested_by,
        "ready": short_day(e.contract_starts_at),
    }


def _used_up_line(e: Entitlement, *, end: str) -> str:
    values = {
        "total": e.total,
        "since": short_day(e.last_moved_at) if e.last_moved_at else "",
        "request": e.last_request_number,
        "end": end,
    }
    if e.counts_hours:
        return _("of %(total)d hours left · since %(since)s · ends %(end)s") % values
    if e.last_request_number is None:
        return _("of %(total)d left · since %(since)s · ends %(end)s") % values
    return _("of %(total)d left · since %(since)s, request %(request)s · ends %(end)s") % values


def _ended_line(e: Entitlement, *, end: str) -> str:
    if e.is_replaced and not e.was_activated:
        assert e.upgraded_on is not None
        return _("replaced by Gold on %(day)s · never activated") % {
            "day": short_calendar_day(e.upgraded_on)
        }
    if not e.was_activated:
        return _("ended %(end)s · never activated") % {"end": end}
    if e.is_replaced:
        end = _("%(end)s, replaced by Gold") % {"end": end}
    if e.is_unlimited:
        pattern = ngettext(
            "ended %(end)s · %(used)d was used", "ended %(end)s · %(used)d were used", e.used
        )
        return pattern % {"end": end, "used": e.used}
    return ngettext(
        "ended %(end)s · %(unused)d of %(total)d was unused",
        "ended %(end)s · %(unused)d of %(total)d were unused",
        e.lapsed,
    ) % {"end": end, "unused": e.lapsed, "total": e.total}


def _badges(e: Entitlement) -> tuple[Badge, ...]:
    main = {
        Status.SCHEDULED: Badge("neutral", _("Starts later")),
        Status.NOT_ACTIVATED: Badge("waiting", _("Not activated")),
        Status.PENDING: Badge("waiting", _("Pending")),
        Status.ACTIVE: Badge("good", _("Active")),
        Status.EXHAUSTED: Badge("danger", _("Used up")),
        Status.EXPIRED: Badge("muted", _("Ended")),
    }[e.status]
    if e.is_few_left:
        main = Badge("warning", _("Few left"))
    if not e.is_ending_soon:
        return (main,)
    ends = ngettext("Ends in %(days)d day", "Ends in %(days)d days", e.days_left)
    if e.days_left == 0:
        return (main, Badge("warning", _("Ends today")))
    return (main, Badge("warning", ends % {"days": e.days_left}))


def used_of_total(e: Entitlement) -> str:
    """Return the words beside the bar: 3 used of 20."""
    if e.is_unlimited:
        return ngettext("%(used)d used", "%(used)d used", e.used) % {"used": e.used}
    return ngettext("%(used)d used of %(total)d", "%(used)d used of %(total)d", e.used) % {
        "used": e.used,
        "total": e.total,
    }


def share(e: Entitlement) -> str:
    """Return the words under the large number of a limited plan in use: of 20 · 3 used."""
    if e.is_unlimited:
        return ""
    return ngettext("of %(total)d · %(used)d used", "of %(total)d · %(used)d used", e.used) % {
        "total": e.total or 0,
        "used": e.used,
    }


def units_remaining(e: Entitlement) -> str:
    """Return the original's words for what is left, within a sentence: 17 incidents remaining."""
    if e.is_unlimited and not e.is_expired:
        return _("unlimited incidents")
    count = e.remaining if e.remaining is not None else (e.total or 0)
    if e.counts_hours:
        return ngettext("%(count)d hour remaining", "%(count)d hours remaining", count) % {
            "count": count
        }
    return ngettext("%(count)d incident remaining", "%(count)d incidents remaining", count) % {
        "count": count
    }


def amount(e: Entitlement) -> str:
    """Return number and unit with the scope: 17 on-premises incidents, unlimited cloud support."""
    count = e.remaining if e.remaining is not None else (e.total or 0)
    if e.counts_hours:
        return ngettext("%(count)d hour of advice", "%(count)d hours of advice", count) % {
            "count": count
        }
    if e.scope == Scope.CLOUD:
        if e.is_unlimited:
            return _("unlimited cloud support")
        return ngettext("%(count)d cloud incident", "%(count)d cloud incidents", count) % {
            "count": count
        }
    if e.is_unlimited:
        return _("unlimited support for all products")
    return ngettext("%(count)d on-premises incident", "%(count)d on-premises incidents", count) % {
        "count": count
    }


def headline(entitlements: Iterable[Entitlement]) -> str:
    """
    Return the one sentence on top of Technical benefits. Packages are never summed.

    It speaks of the usable plans; with none of them, of those that could become usable.
    """
    by_package = _by_package([e for e in entitlements if not e.counts_hours and not e.is_expired])
    usable = [(plans, [e for e in plans if e.is_active or e.is_exhausted]) for plans in by_package]
    running = [some for _plans, some in usable if some]
    sentences = [_headline_of(some, several=len(running) > 1) for some in running]
    if not sentences:
        sentences = [_headline_waiting(plans) for plans in by_package]
    # Translators: what is left of one package, then of the next.
    pattern = pgettext("two packages", "%(first)s; %(second)s")
    return capfirst(chained(sentences, pattern=pattern))


def _by_package(entitlements: Iterable[Entitlement]) -> list[list[Entitlement]]:
    packages: dict[object, list[Entitlement]] = {}
    for e in sorted(entitlements, key=lambda e: (e.ends_at, e.plan_pk)):
        packages.setdefault(e.package_id, []).append(e)
    return list(packages.values())


def _headline_of(plans: Sequence[Entitlement], *, several: bool) -> str:
    if not several and all(e.is_exhausted for e in plans):
        return _("No incidents left; the contract ends on %(end)s") % {
            "end": last_day(plans[0].ends_at)
        }
    values = {
        "amounts": all_of([amount(e) for e in plans]),
        "end": last_day(plans[0].ends_at),
        "package": package_name(plans[0]),
    }
    if several:
        return _("%(amounts)s from %(package)s until %(end)s") % values
    return _("%(amounts)s until %(end)s") % values


def _headline_waiting(plans: Sequence[Entitlement]) -> str:
    first = plans[0]
    values = {
        "amounts": all_of([amount(e) for e in plans]),
        "start": day(first.contract_starts_at or first.starts_at),
        "end": last_day(first.activate_by),
    }
    if first.is_scheduled:
        return _("%(amounts)s from %(start)s") % values
    if first.is_pending:
        return _("%(amounts)s, ready by %(start)s") % values
    return _("%(amounts)s, to be activated by %(end)s") % values


def good_for(e: Entitlement) -> str:
    """
    Return what a just linked plan is good for, in one sentence.

    Source: "A correct pair always links; the message says for each plan what it is good for".
    """
    values = {"amount": amount(e), "end": last_day(e.ends_at), "plan": e.plan_name}
    if e.is_expired:
        return (
            _(
                "%(plan)s ended on %(end)s. Ask its partner for the IDs of a current contract, or "
                "compare plans."
            )
            % values
        )
    if e.is_exhausted:
        return _("%(plan)s is used up; the contract ends on %(end)s.") % values
    if e.is_pending or e.is_scheduled:
        assert e.contract_starts_at is not None
        return _("%(plan)s can be used from %(start)s.") % {
            **values,
            "start": day_and_time(e.contract_starts_at),
        }
    if e.is_unlimited and e.scope == Scope.ALL:
        return _("Unlimited incidents for all products until %(end)s.") % values
    if e.is_unlimited:
        return _("Unlimited cloud incidents until %(end)s.") % values
    if e.scope == Scope.CLOUD:
        return ngettext(
            "%(left)d of %(total)d cloud incidents left until %(end)s.",
            "%(left)d of %(total)d cloud incidents left until %(end)s.",
            e.remaining or 0,
        ) % {**values, "left": e.remaining, "total": e.total}
    return ngettext(
        "%(left)d of %(total)d on-premises incidents left until %(end)s.",
        "%(left)d of %(total)d on-premises incidents left until %(end)s.",
        e.remaining or 0,
    ) % {**values, "left": e.remaining, "total": e.total}


def in_speaking_order(plans: Iterable[Entitlement]) -> list[Entitlement]:
    """Sort on-premises before cloud."""
    return sorted(plans, key=lambda e: (e.scope != Scope.ON_PREMISES, e.plan_pk))


def is_good_here(plans: Iterable[Entitlement], *, scope: Scope | None = None) -> bool:
    """Whether one of the plans can be used, where a scope is given for products of it."""
    return any(e.is_active and (scope is None or e.scope in (Scope.ALL, scope)) for e in plans)


def linked(plans: Sequence[Entitlement], *, is_new: bool, scope: Scope | None = None) -> str:
    """
    Return what a contract that was just entered is good for, plan by plan.

    :param scope: what the portal is for, if for one kind of product only
    """
    first = plans[0]
    good = in_a_row(good_for(e) for e in in_speaking_order(plans))
    if first.kind == MembershipKind.ACTION_PACK and not first.is_expired:
        good = _("%(good)s Action Pack has no cloud support.") % {"good": good}
    if is_new:
        return _("%(partner)s's contract is linked to your account. %(good)s") % {
            "partner": first.partner_name,
            "good": good,
        }
    values = {"since": day(first.link.linked_at) if first.link else "", "good": good}
    if is_good_here(plans, scope=scope):
        return (
            _(
                "This contract is already linked, since %(since)s; you can create a request now. "
                "%(good)s"
            )
            % values
        )
    return _("This contract is already linked, since %(since)s. %(good)s") % values
