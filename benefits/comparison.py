"""The partner support plans side by side: what each is, and what of it a partner has now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from benefits.entitlements import Entitlement
from benefits.presentation import Row, rows
from benefits.support_plans import SUPPORT_PLANS, SupportPlan
from partners.acting import Acting
from partners.models import Partner
from portal.sentences import all_of, listed


@dataclass(frozen=True)
class Line:
    """One support plan, the partner's own plans of that kind, and what is said without any."""

    plan: SupportPlan
    audience: str
    remarks: str
    held: Sequence[Row]
    otherwise: str


def lines(held: Iterable[Entitlement], *, acting: Acting) -> list[Line]:
    """
    Return every support plan in the order of the table.

    :param held: the plans of the partner acted for that the account sees
    """
    current = [e for e in held if not e.is_expired]
    return [line(plan, current, acting=acting) for plan in SUPPORT_PLANS]


def line(plan: SupportPlan, held: Iterable[Entitlement], *, acting: Acting) -> Line:
    """Return one support plan, with those of the partner's that are of its kind."""
    return Line(
        plan=plan,
        audience=all_of([str(audience.label) for audience in plan.audience]),
        remarks=listed(remark.label for remark in (plan.price, *plan.remarks)),
        held=rows(e for e in held if _is_of(plan, e)),
        otherwise=_otherwise(plan, acting.partner, in_mpn=acting.standing.in_mpn),
    )


def _is_of(plan: SupportPlan, e: Entitlement) -> bool:
    if plan.offer is not None:
        return e.is_bought and e.plan_name == plan.name
    return not e.is_bought and e.benefit == plan.benefit


def _otherwise(plan: SupportPlan, partner: Partner | None, *, in_mpn: bool) -> str:
    if partner is None:
        return ""
    if plan.is_for_customers:
        if partner.in_csp:
            return _("enrolled in CSP")
        return _("not enrolled in CSP")
    if plan.offer is None and partner.in_mpn and not in_mpn:
        return _("not shown to accounts of CSP only")
    return _("none now")
