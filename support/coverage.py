"""
Which plan fits a product, and which of them pays.

Source: "A plan fits a product when", "Which plan pays" and "Order of reasons when several apply".
Wizard, staff card and API ask here, and show the same refusal.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from benefits import reading, reasons
from benefits.allotments import Benefit, MembershipKind, Scope
from benefits.entitlements import Entitlement, in_order_of_use
from benefits.wording import units_remaining
from partners.models import Partner, User
from portal.refusals import NextStep, Refusal
from support.portals import CLOUD_PORTALS
from support.products import Product, version_refusal


class PlanWrongScope(Refusal):
    """A cloud product on an on-premises plan, or the reverse."""

    code = "plan_wrong_scope"
    status = 409


class NoUsablePlan(Refusal):
    """The account has no plan at all that could pay, or not the one that it chose."""

    code = "plan_not_included"
    status = 409


class PlanNotIncluded(Refusal):
    """The membership gives nothing for this kind of product: Action Pack has no cloud support."""

    code = "plan_not_included"
    status = 409


@dataclass(frozen=True)
class Unavailable:
    """A plan that does not pay, with the first reason in order."""

    entitlement: Entitlement
    refusal: Refusal


@dataclass(frozen=True)
class Choice:
    """The plans of one account for one product: usable in order of use, and all others."""

    usable: list[Entitlement]
    unavailable: list[Unavailable]

    @property
    def to_link(self) -> list[Entitlement]:
        """One entitlement for each contract that one click would make usable."""
        waiting = {
            row.entitlement.contract_id: row.entitlement
            for row in self.unavailable
            if isinstance(row.refusal, reasons.ContractNotLinked)
        }
        return list(waiting.values())


def refusal_for(
    entitlement: Entitlement, product: Product, *, needs_link: bool = True
) -> Refusal | None:
    """Return the first reason why the plan does not pay for the product, or None when it does."""
    return (
        reasons.standing_reason(entitlement, needs_link=needs_link)
        or fit_refusal(entitlement, product, at=entitlement.at)
        or reasons.balance_reason(entitlement)
    )


def is_in_scope(entitlement: Entitlement, product: Product) -> bool:
    """Whether the plan is for products of this kind, on-premises or cloud."""
    return entitlement.scope in (Scope.ALL, product.scope)


def fit_refusal(entitlement: Entitlement, product: Product, *, at: datetime) -> Refusal | None:
    """Return why the plan's terms don't cover the product, whatever is left on it."""
    if not is_in_scope(entitlement, product):
        return _scope_refusal(entitlement, product)
    if entitlement.benefit == Benefit.MICROSOFT_PRODUCT_SUPPORT:
        return version_refusal(product, on=at.astimezone(UTC).date())
    return None


def choice(*, user: User, partner: Partner | None, product: Product, at: datetime) -> Choice:
    """
    Sort the account's plans for a product: linked contracts, and those of the partner acted for.

    Nothing vanishes: what does not pay stays listed with its reason.
    """
    return sort_out(plans_of(user=user, partner=partner, at=at), product=product)


def sort_out(found: Iterable[Entitlement], *, product: Product, needs_link: bool = True) -> Choice:
    """Sort plans that were read already into those that pay for the product and the others."""
    verdicts = [(e, refusal_for(e, product, needs_link=needs_link)) for e in in_order_of_use(found)]
    return Choice(
        usable=[e for e, refusal in verdicts if refusal is None],
        unavailable=[Unavailable(e, refusal) for e, refusal in verdicts if refusal is not None],
    )


def plans_of(
    *, user: User, partner: Partner | None, at: datetime, names_people: bool = True
) -> list[Entitlement]:
    """Read the incident plans that the account has linked or sees at the partner it acts for."""
    return reading.used(user, partner=partner, at=at, names_people=names_people)


def candidates(
    found: Iterable[Entitlement], *, product: Product, needs_link: bool = True
) -> list[Entitlement]:
    """
    Return the plans that may pay by default, in order of use.

    Of plans that all cannot pay it is the one whose reason is told; none without plans.
    """
    choice = sort_out(found, product=product, needs_link=needs_link)
    if choice.usable:
        return choice.usable
    nearest_first = sorted(
        (row.entitlement for row in choice.unavailable),
        key=lambda e: (not is_in_scope(e, product), e.is_expired),
    )
    return nearest_first[:1]


@dataclass(frozen=True)
class Verdict:
    """The plan that pays (`payer`), or the reason why none does, and which plan it is about."""

    payer: Entitlement | None
    refusal: Refusal | None = None
    about: Entitlement | None = None


def verdict(
    in_order: Iterable[Entitlement],
    *,
    product: Product,
    needs_link: bool = True,
    look: Callable[[Entitlement], Entitlement] = lambda e: e,
) -> Verdict:
    """
    Return which of the candidates pays: the first, or the next while they are just used up.

    Submitting, dry run and check all decide here.

    :param look: reads a candidate anew; submitting locks it first
    """
    refusal: Refusal | None = None
    about: Entitlement | None = None
    for candidate in in_order:
        e = look(candidate)
        reason = refusal_for(e, product, needs_link=needs_link)
        if reason is None:
            return Verdict(payer=e)
        # The default plan's reason is told, not that of the last one that was tried instead.
        if refusal is None:
            refusal, about = reason, e
        if not isinstance(reason, reasons.NoIncidentsRemaining):
            break
    return Verdict(payer=None, refusal=refusal or no_usable_plan(), about=about)


def no_usable_plan() -> NoUsablePlan:
    """Return the refusal for an account without any plan."""
    return NoUsablePlan(
        _("We found no usable support plan for this account."),
        next_step=NextStep(_("Add a contract with its Access ID and Contract ID.")),
    )


def not_yours(plan_id: UUID) -> NoUsablePlan:
    """Return the refusal of a chosen plan that the account may not use; absent is the same."""
    return NoUsablePlan(
        _("The chosen plan is not among those that this account may use."),
        facts={"entitlementId": str(plan_id)},
        next_step=NextStep(
            _("Choose another one, or add its contract with its Access ID and Contract ID.")
        ),
    )


def _scope_refusal(entitlement: Entitlement, product: Product) -> Refusal:
    facts = {
        "planScope": entitlement.scope,
        "productScope": product.scope,
        "remaining": entitlement.remaining,
    }
    if entitlement.kind == MembershipKind.ACTION_PACK and product.is_cloud:
        return PlanNotIncluded(
            _("Action Pack has no cloud support: its incidents are for on-premises products."),
            facts=facts,
            next_step=reasons.compare_plans(
                _("For cloud products, compare the partner support plans.")
            ),
        )
    pattern = (
        _("%(left)s, for on-premises products only.")
        if product.is_cloud
        else _("%(left)s, for cloud products only.")
    )
    return PlanWrongScope(
        capfirst(pattern % {"left": units_remaining(entitlement)}),
        facts=facts,
        next_step=_where_to_use(entitlement, product),
    )


def _where_to_use(entitlement: Entitlement, product: Product) -> NextStep:
    """Return where the incidents of a plan can be used that is not for this product, if any are."""
    if entitlement.is_exhausted:
        return reasons.compare_plans(_("They are used up: compare the partner support plans."))
    if product.is_cloud:
        return NextStep(
            _("Use them in Support for Business, for an on-premises product."),
            url=reverse("support:create"),
        )
    return NextStep(
        _("Use them for a cloud product, such as Azure."),
        url=reverse("support:portal-help", args=[CLOUD_PORTALS["azure"]]),
    )
