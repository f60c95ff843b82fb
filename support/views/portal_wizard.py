"""Cloud portals: + New support request, in three steps."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from benefits.ids import ACCESS_FIELD, CONTRACT_FIELD
from partners.acting import ActingRequest
from partners.models import Customer
from partners.pages import signed_in
from portal import edge
from portal.refusals import Refusal
from support import coverage, drafts
from support.coverage import Choice
from support.customers import CSP_PLAN, is_under_csp_in
from support.drafts import Draft
from support.forms import ContactForm, IssueForm, TermsForm
from support.models import SupportRequest
from support.portal_forms import DetailsForm, ProblemForm
from support.portals import CloudPortal
from support.products import Product
from support.services.customer_requests import Issue, submit_for_customer
from support.services.requests import (
    Submitted,
    submit_request,
    submit_without_incident,
    submitted_before,
)
from support.views import drafting
from support.views.add_contract import AddContract, add_contract
from support.views.portals import tell_linked

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
Kind = SupportRequest.Kind


@signed_in
@get_or_post
def problem(
    request: ActingRequest, portal: CloudPortal, draft_id: uuid.UUID | None = None
) -> HttpResponse:
    """Step 1: issue type, service, what doesn't work."""
    if request.user.is_staff_member:
        return redirect("home")
    draft = drafts.load(request, draft_id, portal=portal.slug) if draft_id else None
    if draft is None:
        if draft_id and request.method != "POST":
            return redirect("support:portal-create", portal)
        earlier = submitted_before(by=request.user, key=str(draft_id))
        if earlier is not None:
            return redirect("support:request", earlier.number)
        draft = drafting.new_draft(request, draft_id, portal=portal.slug)
    if draft.submitted:
        return redirect("support:request", draft.submitted)
    drafting.require_customer(request, draft)
    if request.method == "POST":
        return _problem_posted(request, portal, draft)
    typed = {**draft.product, **draft.issue}
    form = ProblemForm(initial=typed, portal=portal, for_customer=bool(draft.customer))
    return _page(request, portal, draft, "problem", step=1, form=form)


def _problem_posted(request: ActingRequest, portal: CloudPortal, draft: Draft) -> HttpResponse:
    form = ProblemForm(request.POST, portal=portal, for_customer=bool(draft.customer))
    draft.product_done = form.is_valid()
    typed = form.cleaned_data if form.is_valid() else drafting.typed(request.POST, ProblemForm)
    draft.product |= {name: typed[name] for name in ("kind", "service")}
    draft.issue = {name: typed[name] for name in IssueForm.base_fields}
    # Another issue type asks for other details.
    draft.issue_done = False
    drafts.save(request, draft)
    if not draft.product_done:
        return _page(request, portal, draft, "problem", step=1, form=form, status=400)
    return redirect("support:portal-details", portal, draft.id)


@signed_in
@get_or_post
def details(request: ActingRequest, portal: CloudPortal, draft_id: uuid.UUID) -> HttpResponse:
    """Step 2: problem type and plan, severity, contact; contracts are added in place."""
    draft = drafts.load(request, draft_id, portal=portal.slug)
    if draft is None:
        return redirect("support:portal-create", portal)
    if draft.submitted:
        return redirect("support:request", draft.submitted)
    drafting.require_customer(request, draft)
    if not (draft.product_done and _service(portal, draft)):
        return redirect("support:portal-problem", portal, draft.id)
    if request.method == "POST":
        return _details_posted(request, portal, draft)
    return _details_page(request, portal, draft)


def _details_posted(request: ActingRequest, portal: CloudPortal, draft: Draft) -> HttpResponse:
    draft.product |= drafting.typed(request.POST, TermsForm)
    draft.contact = drafting.typed(request.POST, ContactForm)
    draft.issue_done = False
    drafts.save(request, draft)
    action = request.POST.get("action", "")
    has_ids = bool(request.POST.get(ACCESS_FIELD) or request.POST.get(CONTRACT_FIELD))
    if action == "add" or (has_ids and action in ("enter", "continue")):
        return _contract_added(request, portal, draft)
    if action.startswith(drafting.LINK_ACTION):
        tell_linked(request, drafting.link_own(request, action.removeprefix(drafting.LINK_ACTION)))
        return redirect("support:portal-details", portal, draft.id)
    if action == "back":
        return redirect("support:portal-problem", portal, draft.id)
    choice = _choice(request, portal, draft)
    form = _details_form(request, portal, draft, choice, data=request.POST)
    if not form.is_valid():
        return _details_page(request, portal, draft, form=form, status=400)
    chosen = {n: v for n, v in form.cleaned_data.items() if n in TermsForm.base_fields}
    draft.product |= {"category": SupportRequest.Category.OTHER.value, **chosen}
    draft.contact = {name: form.cleaned_data[name] for name in ContactForm.base_fields}
    draft.issue_done = True
    drafts.save(request, draft)
    return redirect("support:portal-review", portal, draft.id)


def _contract_added(request: ActingRequest, portal: CloudPortal, draft: Draft) -> HttpResponse:
    added = add_contract(request)
    if added.linked is None:
        return _details_page(request, portal, draft, added=added, status=added.status)
    tell_linked(request, added.linked)
    return redirect("support:portal-details", portal, draft.id)


def _details_page(
    request: ActingRequest,
    portal: CloudPortal,
    draft: Draft,
    *,
    form: DetailsForm | None = None,
    added: AddContract | None = None,
    status: int = 200,
) -> HttpResponse:
    added = added or AddContract()
    choice = _choice(request, portal, draft)
    return _page(
        request,
        portal,
        draft,
        "details",
        step=2,
        status=status,
        headers=added.headers,
        form=form or _details_form(request, portal, draft, choice),
        **drafting.plans_to_choose(
            draft, choice, added, offers_csp=_offers_csp(portal, draft, choice)
        ),
    )


def _details_form(
    request: ActingRequest,
    portal: CloudPortal,
    draft: Draft,
    choice: Choice | None,
    *,
    data: Any = None,
) -> DetailsForm:
    initial = {**drafting.terms(request, draft), **drafting.contact(request, draft)}
    return DetailsForm(
        data,
        initial=initial,
        usable=choice.usable if choice else [],
        on=drafting.today(request),
        is_technical=choice is not None,
        offers_csp=_offers_csp(portal, draft, choice),
    )


def _offers_csp(portal: CloudPortal, draft: Draft, choice: Choice | None) -> bool:
    """Whether the plan without contract stands beside those that the account has linked."""
    return choice is not None and bool(draft.customer) and is_under_csp_in(portal.portal)


@signed_in
@get_or_post
def review(request: ActingRequest, portal: CloudPortal, draft_id: uuid.UUID) -> HttpResponse:
    """Step 3: everything chosen, what it costs, and Submit."""
    draft = drafts.load(request, draft_id, portal=portal.slug)
    if draft is None or draft.submitted:
        start_url = reverse("support:portal-create", args=[portal])
        return drafting.after_submission(request, draft, draft_id, start_url=start_url)
    if not (draft.product_done and draft.issue_done and _service(portal, draft)):
        return redirect("support:portal-details", portal, draft.id)
    if request.method != "POST":
        drafting.require_customer(request, draft)
        return _review_page(request, portal, draft)
    if request.POST.get("action") == "back":
        return redirect("support:portal-details", portal, draft.id)
    try:
        submitted = _submit(request, portal, draft)
    except Customer.DoesNotExist:
        raise Http404 from None
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _review_page(request, portal, draft, refusal=refusal)
    return drafting.show_submitted(request, draft, submitted)


def _submit(request: ActingRequest, portal: CloudPortal, draft: Draft) -> Submitted:
    """Submit the draft by the service of its issue type, or by that for customers."""
    kind = Kind(draft.product["kind"])
    plan = draft.product["plan"] if kind == Kind.TECHNICAL else ""
    plan_id = uuid.UUID(plan) if plan not in ("", CSP_PLAN) else None
    call: dict[str, Any] = {
        "by": request.user,
        "partner": request.acting.partner,
        "product": _service(portal, draft),
        "text": drafting.text_of(draft, contact=draft.contact),
        "key": draft.key,
        "at": request.now,
    }
    if draft.customer:
        about = Issue(kind=kind, plan_id=plan_id)
        return submit_for_customer(customer_id=uuid.UUID(draft.customer), issue=about, **call)
    if kind == Kind.TECHNICAL:
        return submit_request(plan_id=plan_id, portal=portal.portal, **call)
    return submit_without_incident(kind=kind, portal=portal.portal, **call)


def _review_page(
    request: ActingRequest, portal: CloudPortal, draft: Draft, *, refusal: Refusal | None = None
) -> HttpResponse:
    choice = _choice(request, portal, draft)
    payer = drafting.chosen_plan(draft, choice, refusal=refusal) if choice else {}
    return _page(
        request,
        portal,
        draft,
        "review",
        step=3,
        status=refusal.status if refusal else 200,
        chosen={"kind": Kind(draft.product["kind"]).label, **drafting.chosen_words(draft)},
        **{"refusal": refusal.explanation if refusal else None, **payer},
    )


def _page(
    request: ActingRequest,
    portal: CloudPortal,
    draft: Draft,
    name: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> TemplateResponse:
    customer = drafting.customer_of(request, draft)
    new_url = reverse("support:portal-create", args=[portal])
    if customer is not None:
        new_url = reverse("support:customer", args=[customer.public_id])
    everything = {
        "portal": portal,
        "draft": draft,
        "customer": customer,
        "product": _service(portal, draft),
        "plan_url": reverse("support:portal-details", args=[portal, draft.id]),
        "new_url": new_url,
        "step_titles": [_("Problem"), _("Details and contact"), _("Review")],
        **context,
    }
    template = f"portals/wizard/{name}.html"
    return TemplateResponse(request, template, everything, status=status, headers=headers)


def _service(portal: CloudPortal, draft: Draft) -> Product | None:
    return portal.service(draft.product.get("service", ""))


def _choice(request: ActingRequest, portal: CloudPortal, draft: Draft) -> Choice | None:
    """Return the plans for the draft's service; None where no plan pays."""
    product = _service(portal, draft)
    if draft.product.get("kind") != Kind.TECHNICAL or product is None:
        return None
    return coverage.choice(
        user=request.user, partner=request.acting.partner, product=product, at=request.now
    )
