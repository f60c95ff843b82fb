"""
Technical presales and deployment: which plan a consultation is asked from, and what it costs.

Submitting takes nothing; staff deduct whole hours after the consultation. Presales requests are
unlimited with Silver and Gold, and deducted from the advisory hours of an Action Pack.
Source: "Memberships and what they give" and the table of incident events.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from benefits import entitlements, reasons
from benefits.entitlements import Entitlement, in_order_of_use
from benefits.models import Plan
from partners.models import Partner, User
from partners.permissions import people_with
from partners.roles import Permission
from portal.refusals import NextStep, Refusal
from support.models import ABOUT_HOURS, SupportRequest

Kind = SupportRequest.Kind
KINDS = tuple(Kind(value) for value in ABOUT_HOURS)


class NoConsultations(Refusal):
    """The partner has no membership, and never had one that gave hours."""

    code = "plan_not_included"
    status = 409


@dataclass(frozen=True)
class Offer:
    """
    What a partner can ask for now: the plans that something can be asked from, in order of use.

    `refusals` has, for each kind that no plan allows, the reason.
    """

    plans: Sequence[Entitlement]
    refusals: dict[SupportRequest.Kind, Refusal]

    @property
    def kinds(self) -> tuple[SupportRequest.Kind, ...]:
        """The kinds that can be asked for."""
        return tuple(kind for kind in KINDS if kind not in self.refusals)


def offer_of(*, user: User, partner: Partner, at: datetime) -> Offer:
    """Read what the partner can ask for now, and why not the rest."""
    found = plans_of(user=user, partner=partner, at=at)
    refusals = {
        kind: refusal
        for kind in KINDS
        if (refusal := choose(found, kind=kind, partner=partner)[1]) is not None
    }
    return Offer(plans=[e for e in found if e.takes_consultations], refusals=refusals)


def plans_of(*, user: User, partner: Partner, at: datetime) -> list[Entitlement]:
    """Read the partner's advisory hours of all years, in order of use."""
    held = Plan.objects.held_by(partner).that_count_hours()
    return in_order_of_use(entitlements.read(held, user=user, at=at, names_people=False))


def is_deducted(kind: SupportRequest.Kind, e: Entitlement) -> bool:
    """Whether a consultation of this kind takes hours from the plan."""
    return kind == Kind.ADVISORY or not e.has_unlimited_presales


def refusal_for(kind: SupportRequest.Kind, e: Entitlement) -> Refusal | None:
    """Return why this can't be asked for from the plan now, or None when it can."""
    standing = reasons.standing_reason(e, needs_link=False)
    if standing is not None or not is_deducted(kind, e):
        return standing
    return reasons.balance_reason(e)


def choose(
    found: Iterable[Entitlement], *, kind: SupportRequest.Kind, partner: Partner
) -> tuple[Entitlement | None, Refusal | None]:
    """
    Return the first plan that allows it, or the reason why none does.

    With several reasons the one of the plan that is nearest to use is told: of this year's before
    next year's, of the last that ended when all have.

    :param found: a chosen plan alone, which never falls through, or all in order of use
    """
    plans = list(found)
    for e in plans:
        if refusal_for(kind, e) is None:
            return e, None
    if not plans:
        return None, _no_consultations(partner)
    # min and max keep the first of equals: the plans are in order of use.
    latest = max(plans, key=lambda e: e.ends_at)
    nearest = min(plans, key=lambda e: (e.is_expired, e.is_scheduled))
    return None, refusal_for(kind, latest if nearest.is_expired else nearest)


def _no_consultations(partner: Partner) -> NoConsultations:
    people = people_with(Permission.RENEW_OR_UPGRADE, partner_ids=[partner.pk])[partner.pk]
    return NoConsultations(
        _("%(partner)s has no membership, and so no presales requests and no hours of advice.")
        % {"partner": partner.name},
        facts={"partner": partner.mpn_id, "people": list(people)},
        next_step=NextStep(
            _("They come with a Silver or Gold membership, or an Action Pack. Ask an admin:"),
            people=people,
        )
        if people
        else NextStep(_("They come with a Silver or Gold membership, or an Action Pack.")),
    )
