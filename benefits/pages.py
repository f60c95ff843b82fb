"""What pages about one plan ask first."""

import uuid

from django.http import Http404
from django.shortcuts import get_object_or_404

from benefits.models import Plan
from partners.acting import ActingRequest
from partners.pages import require_mpn


def plan_or_404(request: ActingRequest, plan_id: uuid.UUID) -> Plan:
    """
    Return the plan of the partner acted for; another partner's is as absent as none.

    :raises NotAuthorized: the account is not of the partner in MPN
    """
    partner = require_mpn(request)
    mine = Plan.objects.visible_to(request.user).held_by(partner)
    return get_object_or_404(mine.select_related("package__contract"), public_id=plan_id)


def open_contract_or_404(request: ActingRequest, plan_id: uuid.UUID) -> uuid.UUID:
    """
    Return the id of the contract whose pair the account sees; before its start there is none.

    :raises NotAuthorized: the account is not of the partner in MPN
    """
    plan = plan_or_404(request, plan_id)
    contract = getattr(plan.package, "contract", None)
    if contract is None or request.now < contract.starts_at:
        raise Http404
    return contract.public_id
