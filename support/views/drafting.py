"""What the wizards of all portals read out of a draft, and how a submission is told."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from benefits.models import Contract
from benefits.presentation import row
from benefits.services.links import Linked, link_own_contract
from partners.acting import ActingRequest
from partners.models import Customer
from partners.permissions import NotAuthorized
from portal import places
from portal.idempotency import IdempotencyKeyReused
from portal.refusals import Refusal
from support import coverage, customers, drafts
from support.customers import CSP_PLAN
from support.drafts import Draft
from support.forms import ALWAYS, BUSINESS
from support.models import SupportRequest
from support.services.requests import RequestText, Submitted, submitted_before
from support.severities import Severity
from support.views.add_contract import AddContract

Context = dict[str, Any]
# A button of this name and the contract's id links it from within a form.
LINK_ACTION = "link:"


def today(request: ActingRequest) -> date:
    """Return the UTC day of the request, by which products are judged."""
    moment: datetime = request.now
    return moment.astimezone(UTC).date()


def typed(data: QueryDict, form: type[Form]) -> dict[str, str]:
    """Return what was typed into the form's fields, right or wrong."""
    return {name: data.get(name, "")[:10_000] for name in form.base_fields}


def preselected(draft: Draft, usable: list[str]) -> str:
    """Return the plan whose radio is on: the one chosen before, else the first in order."""
    chosen = draft.product.get("plan", "")
    return chosen if chosen in usable else next(iter(usable), "")


def unavailable(choice: coverage.Choice | None) -> list[dict[str, object]]:
    """Return what does not pay, each with its reason; what one click would link has its card."""
    if choice is None:
        return []
    to_link = {e.contract_id for e in choice.to_link}
    return [
        {"row": row(u.entitlement), "explanation": u.refusal.explanation}
        for u in choice.unavailable
        if u.entitlement.contract_id is None or u.entitlement.contract_id not in to_link
    ]


def plans_to_choose(
    draft: Draft, choice: coverage.Choice | None, added: AddContract, *, offers_csp: bool = False
) -> Context:
    """Return what a step shows where a plan is chosen, or a contract added in place."""
    usable = choice.usable if choice else []
    without_contract = [CSP_PLAN] if offers_csp else []
    return {
        "choice": choice,
        "csp_plan": CSP_PLAN if offers_csp else "",
        "chosen_plan": preselected(draft, [*without_contract, *(str(e.id) for e in usable)]),
        "usable": [row(e) for e in usable],
        "unavailable": unavailable(choice),
        "add_form": added.form,
        "add_refusal": added.refusal.explanation if added.refusal else None,
    }


def chosen_plan(draft: Draft, choice: coverage.Choice, *, refusal: Refusal | None) -> Context:
    """
    Return what the steps show once a plan is chosen: before and after, or why it fails, what then.

    :param refusal: with which the submission came back
    """
    everything = [*choice.usable, *(u.entitlement for u in choice.unavailable)]
    plan = next((e for e in everything if str(e.id) == draft.product["plan"]), None)
    reason = refusal or next((u.refusal for u in choice.unavailable if u.entitlement is plan), None)
    # Another plan helps neither who sends another form nor who may not act for the customer.
    plan_failed = reason is not None and not isinstance(
        reason, IdempotencyKeyReused | NotAuthorized
    )
    return {
        "under_csp": draft.product["plan"] == CSP_PLAN,
        "plan": row(plan) if plan else None,
        "left_after": plan.remaining - 1 if plan and plan.remaining else None,
        "refusal": reason.explanation if reason else None,
        "next_usable": row(choice.usable[0]) if plan_failed and choice.usable else None,
        "plan_failed": plan_failed,
    }


def new_draft(request: ActingRequest, draft_id: uuid.UUID | None, *, portal: str) -> Draft:
    """
    Return the draft of a form that is opened, or of one that is sent when its draft is gone.

    The form says for which customer it was, so that it never becomes one's own company's.

    :raises Http404: that is no customer's id
    """
    customer = request.POST.get("customer", "") if draft_id else ""
    if customer:
        try:
            uuid.UUID(customer)
        except ValueError:
            raise Http404 from None
    new = drafts.new_draft(portal=portal, customer=customer)
    return replace(new, id=draft_id) if draft_id else new


def require_customer(request: ActingRequest, draft: Draft) -> None:
    """
    Make sure that the account still may act for the draft's customer, if it is for one.

    :raises NotAuthorized: it may not
    :raises Http404: the partner acted for serves no such customer
    """
    if not draft.customer:
        return
    try:
        customers.acted_for(
            by=request.user,
            partner=request.acting.partner,
            customer_id=uuid.UUID(draft.customer),
        )
    except Customer.DoesNotExist:
        raise Http404 from None


def customer_of(request: ActingRequest, draft: Draft) -> Customer | None:
    """Return whom the draft's steps name, among the customers of the partner acted for."""
    if not draft.customer:
        return None
    served = Customer.objects.of(request.acting.partner)
    return served.filter(public_id=uuid.UUID(draft.customer)).first()


def link_own(request: ActingRequest, contract: str) -> Linked:
    """
    Link a contract of one's own company, from within a form.

    :raises Http404: no such contract of theirs
    """
    try:
        contract_id = uuid.UUID(contract)
        return link_own_contract(contract_id=contract_id, by=request.user, at=request.now)
    except (ValueError, Contract.DoesNotExist):
        raise Http404 from None


def terms(request: ActingRequest, draft: Draft) -> dict[str, str]:
    """Return hours and place as they stand in a form that opens: as chosen, else the likely."""
    partner = request.acting.partner
    return {
        "hours": BUSINESS,
        "country": partner.country if partner else "",
        "time_zone": places.listed_zone(timezone.get_current_timezone_name()),
        **{name: value for name, value in draft.product.items() if value},
    }


def contact(request: ActingRequest, draft: Draft) -> dict[str, str]:
    """Return whom to answer: as typed, else the account."""
    return {
        "contact_name": request.user.name,
        "contact_email": request.user.email or "",
        **{name: value for name, value in draft.contact.items() if value},
    }


def chosen_words(draft: Draft) -> dict[str, str]:
    """Return what was chosen in words, for the review."""
    fields = draft.product
    return {
        "category": SupportRequest.Category(fields["category"]).label,
        "severity": Severity(fields["severity"]).label,
        "hours": _("24x7") if fields["hours"] == ALWAYS else _("Business hours"),
        "country": places.country_name(fields["country"]),
        "time_zone": fields["time_zone"],
        "contact_method": SupportRequest.ContactMethod(fields["contact_method"]).label,
    }


def text_of(draft: Draft, *, contact: Mapping[str, str]) -> RequestText:
    """Return the draft as the services take it."""
    return RequestText(
        category=draft.product["category"],
        severity=Severity(draft.product["severity"]),
        require_24x7=draft.product["hours"] == ALWAYS,
        contact_method=draft.product["contact_method"],
        country=draft.product["country"],
        time_zone=draft.product["time_zone"],
        title=draft.issue["title"],
        description=draft.issue["description"],
        tried=draft.issue["tried"],
        **contact,
    )


def after_submission(
    request: ActingRequest, draft: Draft | None, draft_id: uuid.UUID, *, start_url: str
) -> HttpResponse:
    """Send the same form again: the same request, also when the session forgot the draft."""
    if draft is not None:
        number: str = draft.submitted
    else:
        earlier = submitted_before(by=request.user, key=str(draft_id))
        if earlier is None:
            messages.info(request, _("This form is no longer open. Nothing was used."))
            return redirect(start_url)
        number = earlier.number
    messages.info(request, _("This form was submitted already. Nothing more was used."))
    return redirect("support:request", number)


def show_submitted(request: ActingRequest, draft: Draft, submitted: Submitted) -> HttpResponse:
    """Finish the draft and lead to the request that it became."""
    drafts.finish(request, draft, number=submitted.request.number)
    if submitted.is_replay:
        messages.info(request, _("This form was submitted already. Nothing more was used."))
    else:
        messages.success(request, _("Your request is open. Its number is below."))
    return redirect("support:request", submitted.request.number)
