"""Support for Business: creating a request in three steps."""

import uuid
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from benefits import outcomes
from benefits.ids import ACCESS_FIELD, CONTRACT_FIELD
from benefits.services.links import Linked
from partners.acting import ActingRequest
from partners.pages import signed_in
from portal import edge
from portal.refusals import Refusal
from support import coverage, drafts, products
from support.drafts import Draft
from support.forms import ContactForm, IssueForm, ProductForm
from support.models import SupportRequest
from support.products import Product
from support.services.requests import submit_request, submitted_before
from support.views import drafting
from support.views.add_contract import AddContract, add_contract

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@get_or_post
def product(request: ActingRequest, draft_id: uuid.UUID | None = None) -> HttpResponse:
    """Step 1: product and support type; contracts are added in place, nothing typed is lost."""
    if request.user.is_staff_member:
        return redirect("home")
    draft = drafts.load(request, draft_id) if draft_id else None
    if draft is None:
        if draft_id and request.method != "POST":
            return redirect("support:create")
        earlier = submitted_before(by=request.user, key=str(draft_id))
        if earlier is not None:
            return redirect("support:request", earlier.number)
        draft = Draft(id=draft_id) if draft_id else drafts.new_draft()
    if draft.submitted:
        return redirect("support:request", draft.submitted)
    if request.method == "POST":
        return _product_posted(request, draft)
    return _product_page(request, draft)


def _product_posted(request: ActingRequest, draft: Draft) -> HttpResponse:
    draft.product = drafting.typed(request.POST, ProductForm)
    draft.product_done = False
    drafts.save(request, draft)
    action = request.POST.get("action", "")
    has_ids = bool(request.POST.get(ACCESS_FIELD) or request.POST.get(CONTRACT_FIELD))
    if action == "add" or (has_ids and action in ("enter", "continue")):
        return _contract_added(request, draft)
    if action.startswith(drafting.LINK_ACTION):
        return _own_contract_linked(request, draft, action.removeprefix(drafting.LINK_ACTION))
    if action in ("show", "enter"):
        return redirect("support:create-product", draft.id)
    form = _product_form(request, draft, data=request.POST)
    if not form.is_valid():
        return _product_page(request, draft, form=form, status=400)
    draft.product = form.cleaned_data
    draft.product_done = True
    drafts.save(request, draft)
    return redirect("support:create-issue", draft.id)


def _contract_added(request: ActingRequest, draft: Draft) -> HttpResponse:
    added = add_contract(request)
    if added.linked is None:
        return _product_page(request, draft, added=added, status=added.status)
    return _linked(request, draft, added.linked)


def _own_contract_linked(request: ActingRequest, draft: Draft, contract: str) -> HttpResponse:
    return _linked(request, draft, drafting.link_own(request, contract))


def _linked(request: ActingRequest, draft: Draft, linked: Linked) -> HttpResponse:
    messages.success(request, outcomes.linked(linked.plans, is_new=linked.is_new))
    return redirect("support:create-product", draft.id)


def _product_page(
    request: ActingRequest,
    draft: Draft,
    *,
    form: ProductForm | None = None,
    added: AddContract | None = None,
    status: int = 200,
) -> HttpResponse:
    added = added or AddContract()
    chosen = _chosen_product(draft, on=drafting.today(request))
    choice = None
    if chosen is not None:
        choice = coverage.choice(
            user=request.user, partner=request.acting.partner, product=chosen, at=request.now
        )
    context = {
        "draft": draft,
        "form": form or _product_form(request, draft),
        "product": chosen,
        **drafting.plans_to_choose(draft, choice, added),
        "step": 1,
        "step_titles": _step_titles(),
    }
    return TemplateResponse(
        request, "support/wizard/product.html", context, status=status, headers=added.headers
    )


@signed_in
@get_or_post
def issue(request: ActingRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Step 2: what doesn't work."""
    draft = drafts.load(request, draft_id)
    if draft is None:
        return redirect("support:create")
    if draft.submitted:
        return redirect("support:request", draft.submitted)
    if not draft.product_done:
        return redirect("support:create-product", draft.id)
    form = IssueForm(request.POST or None, initial=draft.issue)
    if request.method == "POST":
        draft.issue_done = form.is_valid()
        draft.issue = (
            form.cleaned_data if draft.issue_done else drafting.typed(request.POST, IssueForm)
        )
        drafts.save(request, draft)
        if request.POST.get("action") == "back":
            return redirect("support:create-product", draft.id)
        if draft.issue_done:
            return redirect("support:create-review", draft.id)
    return _step_page(request, draft, form, step=2, status=400 if form.errors else 200)


@signed_in
@get_or_post
def review(request: ActingRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Step 3: whom to answer, everything chosen, and Submit."""
    draft = drafts.load(request, draft_id)
    if draft is None or draft.submitted:
        start_url = reverse("support:create")
        return drafting.after_submission(request, draft, draft_id, start_url=start_url)
    if not (draft.product_done and draft.issue_done):
        return redirect("support:create-issue", draft.id)
    needs_phone = draft.product["contact_method"] == SupportRequest.ContactMethod.PHONE
    form = ContactForm(
        request.POST or None, initial=drafting.contact(request, draft), needs_phone=needs_phone
    )
    if request.method != "POST":
        return _step_page(request, draft, form, step=3)
    draft.contact = drafting.typed(request.POST, ContactForm)
    drafts.save(request, draft)
    if request.POST.get("action") == "back":
        return redirect("support:create-issue", draft.id)
    if not form.is_valid():
        return _step_page(request, draft, form, step=3, status=400)
    return _submit(request, draft, form)


def _submit(request: ActingRequest, draft: Draft, form: ContactForm) -> HttpResponse:
    chosen = _chosen_product(draft, on=drafting.today(request))
    if chosen is None:
        return redirect("support:create-product", draft.id)
    try:
        submitted = submit_request(
            by=request.user,
            partner=request.acting.partner,
            product=chosen,
            plan_id=uuid.UUID(draft.product["plan"]),
            text=drafting.text_of(draft, contact=form.cleaned_data),
            portal=SupportRequest.Portal.SUPPORT_FOR_BUSINESS,
            key=draft.key,
            at=request.now,
        )
    except Refusal as refusal:
        edge.refused(request, refusal)
        return _step_page(request, draft, form, step=3, refusal=refusal, status=refusal.status)
    return drafting.show_submitted(request, draft, submitted)


def _step_page(
    request: ActingRequest,
    draft: Draft,
    form: IssueForm | ContactForm,
    *,
    step: int,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = _chosen_product(draft, on=drafting.today(request))
    if chosen is None:
        return redirect("support:create-product", draft.id)
    choice = coverage.choice(
        user=request.user, partner=request.acting.partner, product=chosen, at=request.now
    )
    context = {
        "draft": draft,
        "form": form,
        "product": chosen,
        **drafting.chosen_plan(draft, choice, refusal=refusal),
        "plan_url": reverse("support:create-product", args=[draft.id]),
        "new_url": reverse("support:create"),
        "chosen": drafting.chosen_words(draft),
        "step": step,
        "step_titles": _step_titles(),
    }
    template = {2: "support/wizard/issue.html", 3: "support/wizard/review.html"}[step]
    return TemplateResponse(request, template, context, status=status)


def _product_form(
    request: ActingRequest, draft: Draft, *, data: QueryDict | None = None
) -> ProductForm:
    today = drafting.today(request)
    chosen = _chosen_product(draft, on=today)
    usable = []
    if chosen is not None and data is not None:
        usable = coverage.choice(
            user=request.user, partner=request.acting.partner, product=chosen, at=request.now
        ).usable
    return ProductForm(data, initial=drafting.terms(request, draft), usable=usable, on=today)


def _chosen_product(draft: Draft, *, on: date) -> Product | None:
    return products.find(draft.product.get("family", ""), draft.product.get("version", ""), on=on)


def _step_titles() -> list[str]:
    return [
        _("Product and support type"),
        _("Issue description"),
        _("Contact details and review"),
    ]
