"""
Acting for a customer: who may, who learns of it, and what "Cloud Solution Provider" is good for.

Source: "Support requests and incidents" (its last rule) and "Who may do what".
"""

import uuid

from django.utils.translation import gettext as _

from partners import permissions
from partners.acting import Acting
from partners.models import Customer, Partner, User
from partners.roles import Permission
from portal.refusals import NextStep
from support.coverage import PlanNotIncluded
from support.models import SupportRequest

# How the plan without contract and incidents is named among the plans that have ids.
CSP_PLAN = "CSP"


def acted_for(
    *, by: User, partner: Partner | None, customer_id: uuid.UUID, at_repeat: bool = False
) -> Customer:
    """
    Return the partner's customer for whom the account may open requests.

    :param at_repeat: whether the request is there already; its customer may have left since
    :raises NotAuthorized: not in CSP, or without the right; with who may
    :raises Customer.DoesNotExist: another partner's, or none that the partner serves
    """
    if partner is None:
        raise Customer.DoesNotExist
    permissions.require(Permission.CUSTOMER_REQUEST, by=by, partner=partner)
    found = Customer.objects.of(partner)
    return (found if at_repeat else found.still_served()).get(public_id=customer_id)


def is_under_csp_in(portal: SupportRequest.Portal) -> bool:
    """Whether technical requests for customers need no contract there: in Azure alone."""
    return portal == SupportRequest.Portal.AZURE


def require_csp_plan(*, portal: SupportRequest.Portal) -> None:
    """
    Make sure that a customer's technical request may go under the plan "Cloud Solution Provider".

    :raises PlanNotIncluded: it is in another portal than Azure
    """
    if is_under_csp_in(portal):
        return
    raise PlanNotIncluded(
        _("The plan Cloud Solution Provider covers customers' requests in Azure only."),
        facts={"portal": portal.value},
        next_step=NextStep(
            _("Choose a linked contract instead; the request then uses one incident.")
        ),
    )


def name_for(reader: User, *, acting: Acting, request: SupportRequest) -> str | None:
    """
    Return for whom a request is, to those who may know: its author, staff, its partner in CSP.

    Whoever sees it only because a contract of theirs paid learns nothing of other companies.
    """
    customer = request.customer
    if customer is None:
        return None
    is_of_theirs = (
        acting.standing.in_csp
        and acting.partner is not None
        and acting.partner.pk == customer.partner_id
    )
    is_involved = reader.is_staff_member or request.author_id == reader.pk
    return customer.name if is_of_theirs or is_involved else None
