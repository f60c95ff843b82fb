"""
Why a plan cannot be used, or a package not activated: the refusals of this app's rules.

A refusal is raised by a service or only shown beside the plan; either way it says the same.
Source: "One explanation for every refusal" and "Order of reasons when several apply".
"""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.allotments import Scope
from benefits.entitlements import Entitlement, Status
from partners.permissions import ask_somebody
from portal.refusals import NextStep, Refusal
from portal.sentences import calendar_day, day, iso_day, last_day


class BenefitNotStarted(Refusal):
    """The membership starts later."""

    code = "benefit_not_started"
    status = 409


class BenefitNotActivated(Refusal):
    """Nobody has activated the package yet."""

    code = "benefit_not_activated"
    status = 409


class ActivationPending(Refusal):
    """Activation was requested; the contract starts later."""

    code = "activation_pending"
    status = 409


class OfferNotActive(Refusal):
    """The package has ended and can no longer be activated."""

    code = "offer_not_active"
    status = 409


class ContractExpired(Refusal):
    """The plan has ended."""

    code = "contract_expired"
    status = 409


class ContractNotLinked(Refusal):
    """The account may see the contract and has not linked it."""

    code = "contract_not_linked"
    status = 409


class LinkRevoked(Refusal):
    """The partner took the contract away from the account."""

    code = "link_revoked"
    status = 403


class NoIncidentsRemaining(Refusal):
    """Everything the plan gave has been used."""

    code = "no_incidents_remaining"
    status = 409


def standing_reason(entitlement: Entitlement, *, needs_link: bool) -> Refusal | None:
    """
    Return the first reason that lies in the plan's dates and the account's link, or None.

    :param needs_link: whether the account uses the contract by its own link
    """
    # A partner's API client may use that partner's contracts without a link.
    needs_link = needs_link and not entitlement.is_own_client
    if needs_link and _is_revoked(entitlement):
        return link_revoked(entitlement)
    build = {
        Status.SCHEDULED: not_started,
        Status.NOT_ACTIVATED: not_activated,
        Status.PENDING: pending,
        Status.EXPIRED: expired,
    }.get(entitlement.status)
    if build is not None:
        return build(entitlement)
    if needs_link and not entitlement.is_linked:
        return not_linked(entitlement)
    return None


def balance_reason(entitlement: Entitlement) -> Refusal | None:
    """Return why nothing is left to use, or None."""
    return used_up(entitlement) if entitlement.is_exhausted else None


def reason(entitlement: Entitlement, *, needs_link: bool = False) -> Refusal | None:
    """Return the first reason, product aside, why the plan cannot be used; None when it can."""
    return standing_reason(entitlement, needs_link=needs_link) or balance_reason(entitlement)


def reason_for_reader(entitlement: Entitlement) -> Refusal | None:
    """
    Return the first reason, product aside, why this reader cannot use the plan.

    A link that was taken away is one; a link that was never made is none: it can still be made.
    """
    if _is_revoked(entitlement) and not entitlement.is_own_client:
        return link_revoked(entitlement)
    return reason(entitlement)


def _is_revoked(entitlement: Entitlement) -> bool:
    return entitlement.link is not None and entitlement.link.revoked_at is not None


def link_revoked(entitlement: Entitlement) -> LinkRevoked:
    """Return the refusal for an account from which the contract was taken away."""
    assert entitlement.link is not None and entitlement.link.revoked_at is not None
    return LinkRevoked(
        _("%(partner)s took this contract away from your account on %(day)s.")
        % {
            "partner": entitlement.partner_name,
            "day": day(entitlement.link.revoked_at),
        },
        facts={
            "partner": entitlement.mpn_id,
            "revokedAt": entitlement.link.revoked_at.isoformat(),
        },
        next_step=NextStep(
            _("Ask an admin of %(partner)s to give it back.")
            % {"partner": entitlement.partner_name}
        ),
    )


def not_started(entitlement: Entitlement) -> BenefitNotStarted:
    """Return the refusal for a membership that starts later."""
    start = day(entitlement.starts_at)
    can_be = _("It can be activated from that day on.")
    if entitlement.counts_hours:
        can_be = _("It needs no activation: it can be used from that day on.")
    elif entitlement.is_bought:
        can_be = _("Nothing has to be done: it can be used from that day on.")
    return BenefitNotStarted(
        _("This benefit starts on %(day)s.") % {"day": start},
        facts={"startsAt": entitlement.starts_at.isoformat()},
        next_step=NextStep(can_be),
    )


def not_activated(entitlement: Entitlement) -> BenefitNotActivated:
    """Return the refusal for a package that nobody has activated yet, with who can."""
    return BenefitNotActivated(
        _("%(partner)s has not activated this benefit yet. It can be activated until %(day)s.")
        % {"partner": entitlement.partner_name, "day": last_day(entitlement.activate_by)},
        facts={
            "activateBy": entitlement.activate_by.isoformat(),
            "people": list(entitlement.activators),
        },
        next_step=NextStep(ask_somebody(entitlement.activators), people=entitlement.activators),
    )


def pending(entitlement: Entitlement) -> ActivationPending:
    """Return the refusal for a package whose activation was requested and is not ready."""
    assert entitlement.requested_at is not None and entitlement.contract_starts_at is not None
    return ActivationPending(
        _("Activation was requested on %(requested)s by %(name)s and is ready by %(ready)s.")
        % {
            "requested": day(entitlement.requested_at),
            "name": entitlement.requested_by,
            "ready": day(entitlement.contract_starts_at),
        },
        facts={
            "requestedAt": entitlement.requested_at.isoformat(),
            "requestedBy": entitlement.requested_by,
            "readyAt": entitlement.contract_starts_at.isoformat(),
        },
        next_step=NextStep(_("Nothing has to be done: it becomes active by itself.")),
    )


def expired(entitlement: Entitlement) -> ContractExpired:
    """Return the refusal for a plan that has ended, activated or not."""
    if entitlement.is_replaced:
        return _replaced(entitlement)
    step = compare_plans(_("Use a newer contract, or compare the partner support plans."))
    if entitlement.counts_hours:
        message = _("These advisory hours ended on %(day)s.") % {
            "day": last_day(entitlement.ends_at)
        }
        step = NextStep(_("New hours come with the next membership year."))
    elif entitlement.was_activated:
        message = _("This plan ended on %(day)s.") % {"day": last_day(entitlement.ends_at)}
    else:
        message = _("This benefit was never activated; the time for it ended on %(day)s.") % {
            "day": last_day(entitlement.ends_at)
        }
    return ContractExpired(
        message,
        facts={"endedAt": entitlement.ends_at.isoformat(), "unused": entitlement.lapsed},
        next_step=step,
    )


def _replaced(entitlement: Entitlement) -> ContractExpired:
    assert entitlement.upgraded_on is not None
    values = {
        "upgraded": calendar_day(entitlement.upgraded_on),
        "ended": last_day(entitlement.ends_at),
    }
    if not entitlement.was_activated:
        message = _("This benefit was replaced by Gold on %(upgraded)s, before it was activated.")
    elif entitlement.counts_hours:
        message = _("This plan was replaced by Gold's hours on %(upgraded)s.")
    else:
        message = _("This plan was replaced by Gold: its contract ended on %(ended)s.")
    return ContractExpired(
        message % values,
        facts={
            "endedAt": entitlement.ends_at.isoformat(),
            "unused": entitlement.lapsed,
            "upgradedOn": iso_day(entitlement.upgraded_on),
        },
        next_step=NextStep(_("Use the benefits of the Gold membership.")),
    )


def not_linked(entitlement: Entitlement) -> ContractNotLinked:
    """Return the refusal for an account of the partner that has not linked the contract."""
    return ContractNotLinked(
        _("%(partner)s's contract is not linked to this account.")
        % {"partner": entitlement.partner_name},
        facts={"contractId": str(entitlement.contract_id)},
        next_step=NextStep(_("Link it now, with one click.")),
    )


def used_up(entitlement: Entitlement) -> NoIncidentsRemaining:
    """Return the refusal for a plan with nothing left, with what the scope leaves to do."""
    total = entitlement.total or 0
    since = entitlement.last_moved_at
    if entitlement.counts_hours:
        message = ngettext(
            "The %(total)d hour has been used.", "All %(total)d hours have been used.", total
        ) % {"total": total}
    else:
        message = ngettext(
            "The %(total)d incident has been used since %(day)s.",
            "All %(total)d incidents have been used since %(day)s.",
            total,
        ) % {"total": total, "day": day(since) if since else ""}
    return NoIncidentsRemaining(
        message,
        facts={
            "total": total,
            "since": since.isoformat() if since else None,
            "lastRequest": entitlement.last_request_number,
            "endsAt": entitlement.ends_at.isoformat(),
        },
        next_step=_after_used_up(entitlement),
    )


def _after_used_up(entitlement: Entitlement) -> NextStep:
    if entitlement.counts_hours:
        return NextStep(_after_the_last_hour(entitlement))
    if entitlement.scope == Scope.CLOUD:
        return compare_plans(
            _("Cloud support now needs a paid plan: compare the partner support plans.")
        )
    return compare_plans()


def compare_plans(text: str = "") -> NextStep:
    """Return the step to the partner support plans, in its usual words or others."""
    return NextStep(
        text or _("Compare the partner support plans."), url=reverse("benefits:partner-support")
    )


def _after_the_last_hour(entitlement: Entitlement) -> str:
    if entitlement.is_in_renewal_window:
        new = _("New hours come with the renewal of the membership.")
    else:
        new = _("New hours come with the next membership year, from %(day)s on.") % {
            "day": day(entitlement.anniversary_at)
        }
    if not entitlement.has_unlimited_presales:
        return new
    return _("Presales requests are unlimited and stay possible. %(new)s") % {"new": new}


def too_late_to_activate(entitlement: Entitlement, *, ready_at: datetime) -> OfferNotActive:
    """Return the refusal to activate a package that ends before the contract could start."""
    return OfferNotActive(
        _("Activation would be ready on %(ready)s, but this offer ends on %(day)s.")
        % {"ready": day(ready_at), "day": last_day(entitlement.activate_by)},
        facts={
            "endsAt": entitlement.activate_by.isoformat(),
            "readyAt": ready_at.isoformat(),
        },
        next_step=NextStep(_("Renew the membership, and activate the package of the new year.")),
    )


def offer_not_active(entitlement: Entitlement) -> OfferNotActive:
    """Return the refusal to activate a package that has ended, or that an upgrade replaced."""
    if entitlement.is_replaced and entitlement.upgraded_on is not None:
        return OfferNotActive(
            _("This offer was replaced by Gold on %(day)s and can no longer be activated.")
            % {"day": calendar_day(entitlement.upgraded_on)},
            facts={
                "endedAt": entitlement.activate_by.isoformat(),
                "upgradedOn": iso_day(entitlement.upgraded_on),
            },
            next_step=NextStep(_("Activate the package of the Gold membership.")),
        )
    return OfferNotActive(
        _("This offer ended on %(day)s and can no longer be activated.")
        % {"day": last_day(entitlement.activate_by)},
        facts={"endedAt": entitlement.activate_by.isoformat()},
        next_step=NextStep(_("Activate the package of your current membership.")),
    )
