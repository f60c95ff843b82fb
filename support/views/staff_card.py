"""The staff card: of a partner, or opened at one of its contracts."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from benefits.models import Contract
from partners import permissions
from partners.acting import ActingRequest
from partners.models import Partner
from partners.pages import signed_in
from partners.roles import StaffPermission
from portal import edge, languages
from portal.browser_values import is_readable
from portal.refusals import Refusal
from support import would_it_work
from support.forms import AddContractForm
from support.past_day import read_day
from support.services.pair_check import Checked, check_pair
from support.staff_card import Asked, StaffCard, staff_card
from support.views.add_contract import shown_again
from support.views.staff import LAST_QUERY
from support.wording import checked_pair
from support.would_it_work import Question

# What the card is asked by its address; each form keeps what the others asked.
LONGEST = {"language": 10, "day": 20, "account": 120, "after": 18, "version": 120, "email": 254}


@dataclass
class PairCheck:
    """What comparing the caller's pair came to, or the form as it may be shown again."""

    form: AddContractForm = field(default_factory=AddContractForm)
    checked: Checked | None = None
    refusal: Refusal | None = None


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def partner(request: ActingRequest, mpn_id: str) -> HttpResponse:
    """Show the card of a partner; what is posted is the pair that its caller reads out."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    found = get_object_or_404(Partner, mpn_id=mpn_id)
    return _card(request, partner=found, contract=None)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contract(request: ActingRequest, contract_id: uuid.UUID) -> HttpResponse:
    """Show the card of a partner, opened at one of its contracts."""
    permissions.require_staff(StaffPermission.LOOK_UP, by=request.user)
    contracts = Contract.objects.select_related("package__partner")
    found = get_object_or_404(contracts, public_id=contract_id)
    return _card(request, partner=found.package.partner, contract=found)


def _card(request: ActingRequest, *, partner: Partner, contract: Contract | None) -> HttpResponse:
    check = _check(request) if request.method == "POST" else PairCheck()
    typed = {name: request.GET.get(name, "")[:most] for name, most in LONGEST.items()}
    card = staff_card(
        partner=partner,
        contract=contract,
        reader=request.user,
        at=request.now,
        asked=_asked(request, typed),
    )
    context = {
        "card": card,
        "query": request.session.get(LAST_QUERY, ""),
        "typed": typed,
        "kept": [(name, value) for name, value in typed.items() if value],
        "languages": languages.NAMES.items(),
        "products": would_it_work.choices(at=request.now),
        "day_problems": _problems_of_day(card),
        "readable_day": typed["day"] if is_readable("date", typed["day"]) else "",
        "today": timezone.localdate(request.now).isoformat(),
        "pair": check,
        "pair_words": checked_pair(check.checked, partner=partner, contract=contract),
    }
    headers = check.refusal.headers if check.refusal else {}
    return TemplateResponse(
        request, "staff/card.html", context, status=_status(check), headers=headers
    )


def _problems_of_day(card: StaffCard) -> list[dict[str, str]]:
    """Return what is wrong with the day, for an error summary."""
    if not card.past_problem:
        return []
    return [{"label": _("Day"), "text": card.past_problem, "target": "id_day"}]


def _asked(request: ActingRequest, typed: dict[str, Any]) -> Asked:
    return Asked(
        language=languages.known(typed["language"]),
        day=read_day(typed["day"], now=request.now),
        account=typed["account"],
        after=typed["after"],
        question=Question(product=typed["version"], email=typed["email"]),
    )


def _check(request: ActingRequest) -> PairCheck:
    """Compare the posted pair; the Contract ID is never shown again."""
    typed = AddContractForm(request.POST)
    try:
        return PairCheck(checked=check_pair(**typed.texts, by=request.user, at=request.now))
    except Refusal as refusal:
        edge.refused(request, refusal)
        return PairCheck(form=shown_again(typed, refusal), refusal=refusal)


def _status(check: PairCheck) -> int:
    return check.refusal.status if check.refusal else 200
