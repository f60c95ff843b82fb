"""What pages about one plan ask first."""

import uuid

from django.http import Http404
from django.shortcuts import get_object_or_404

from benefits import entitlements
from benefits.models import Contract, Plan
from benefits.presentation import Row, row
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


def contract_or_404(request: ActingRequest, plan_id: uuid.UUID) -> Contract:
    """
    Return the contract that the plan is a part of, started or not.

    :raises NotAuthorized: the account is not of the partner in MPN
    """
    contract = getattr(plan_or_404(request, plan_id).package, "contract", None)
    if contract is None:
        raise Http404
    return contract


def open_contract_or_404(request: ActingRequest, plan_id: uuid.UUID) -> uuid.UUID:
    """
    Return the id of the contract whose pair the account sees; before its start there is none.

    :raises NotAuthorized: the account is not of the partner in MPN
    """
    contract = contract_or_404(request, plan_id)
    if request.now < contract.starts_at:
        raise Http404
    return contract.public_id


def contract_row(request: ActingRequest, plan_id: uuid.UUID) -> Row:
    """Return the contract's first incident plan: whose it is, its Access ID, its end."""
    plans = Plan.objects.that_count_incidents().filter(package__plans__public_id=plan_id)
    return row(entitlements.read(plans, user=request.user, at=request.now)[0])
