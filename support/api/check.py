"""The check: up to 100 questions whether a plan would pay, in a constant number of statements."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from benefits import entitlements
from benefits.api.access import caller
from benefits.api.shapes import explanation
from benefits.entitlements import Entitlement
from benefits.models import Contract, Plan
from partners.models import Partner
from partners.permissions import refuse_without_mpn
from partners.scopes import ClientScope
from portal.refusals import Refusal
from portal.rest.inputs import PatternField, UuidTextField, refuse_fields
from portal.rest.problems import not_found
from portal.rest.views import ApiView, operation
from support import coverage
from support.api import shapes
from support.api.products import ProductFields, named
from support.products import Product

MOST_QUESTIONS = 100
EXAMPLE_ANSWER = {
    "allowed": True,
    "planName": "Partner support Gold 20pack",
    "entitlementId": "0190d5e2-6f0a-7c31-9a44-5a1f2b7c9d01",
    "remainingBefore": 17,
    "remainingAfter": 16,
    "explanation": None,
}


class Question(ProductFields):
    """Would it work, with this contract, with this partner's, or with any that I may use?"""

    contractId = UuidTextField(
        required=False, allow_null=True, help_text="The contract's UUID, never its Contract ID."
    )
    mpnId = PatternField(
        r"^[0-9]{7}$", required=False, allow_null=True, help_text="A partner's contracts."
    )


class Questions(serializers.Serializer):
    """Up to 100 questions."""

    questions = Question(many=True, allow_empty=False, max_length=MOST_QUESTIONS)


class Check(ApiView):
    """Questions whether a plan would pay."""

    tag = "Entitlements"

    @operation(
        name="checkEntitlements",
        summary="Ask whether a plan would pay for a product, up to 100 questions at once",
        scope=ClientScope.ENTITLEMENTS_READ,
        body=Questions,
        answers={200: shapes.Verdicts},
        examples={
            "request": {"questions": [{"productFamily": "Windows", "productVersion": "11"}]},
            "200": {"answers": [EXAMPLE_ANSWER]},
        },
    )
    def post(self, request: Any) -> Response:
        """
        The rules are those of submitting; nothing is used. Without contractId and mpnId all plans
        count that the caller may use.
        """
        at = caller(request).now
        asked = self.body["questions"]
        products = named_in(asked, at=at)
        found = _plans_for(request, asked, at=at)
        nothing_found = _nothing_found(request, asked)
        answers = [
            _answer(
                question,
                product,
                found,
                nothing_found=nothing_found,
                needs_link=not request.user.is_staff_member,
            )
            for question, product in zip(asked, products, strict=True)
        ]
        return Response({"answers": answers})


def named_in(asked: Sequence[dict[str, Any]], *, at: datetime) -> list[Product]:
    """
    Return the products of the questions.

    :raises InvalidInput: one is not in the catalogue, each named by its place
    """
    found = [named(q["productFamily"], q["productVersion"], at=at) for q in asked]
    refuse_fields(
        [f"questions.{number}.productVersion" for number, p in enumerate(found) if p is None]
    )
    return [product for product in found if product is not None]


def verdict_shape(verdict: coverage.Verdict) -> shapes.Verdict:
    """Return a verdict as the API answers it: here, and for a dry run."""
    e = verdict.payer
    if e is None:
        assert verdict.refusal is not None
        return refused(verdict.refusal)
    return {
        "allowed": True,
        "planName": e.plan_name,
        "entitlementId": e.id,
        "remainingBefore": e.remaining,
        "remainingAfter": None if e.remaining is None else e.remaining - 1,
        "explanation": None,
    }


def refused(refusal: Refusal) -> shapes.Verdict:
    """Return the verdict that nothing pays."""
    return {
        "allowed": False,
        "planName": None,
        "entitlementId": None,
        "remainingBefore": None,
        "remainingAfter": None,
        "explanation": explanation(refusal.explanation),
    }


def _plans_for(request: Any, asked: Sequence[dict[str, Any]], *, at: datetime) -> list[Entitlement]:
    if not request.user.is_staff_member:
        partner = caller(request).acting.partner
        return coverage.plans_of(user=request.user, partner=partner, at=at)
    # Staff use nothing themselves: they ask about the partners and contracts that they name.
    mpn_ids = {q["mpnId"] for q in asked if q.get("mpnId")}
    contracts = {q["contractId"] for q in asked if q.get("contractId")}
    named_packages = (
        Contract.objects.filter(public_id__in=contracts)
        .values_list("package_id", flat=True)
        .union(
            Partner.objects.filter(mpn_id__in=mpn_ids, packages__isnull=False).values_list(
                "packages", flat=True
            )
        )
    )
    plans = Plan.objects.filter(package_id__in=named_packages).that_count_incidents()
    return entitlements.read(plans, user=request.user, at=at)


def _nothing_found(
    request: Any, asked: Sequence[dict[str, Any]]
) -> Callable[[dict[str, Any]], Refusal]:
    """
    Return what says why nothing was found for a question.

    What is the own partner's is known to an account that is associated with CSP only, and not
    permitted; everything else is not there.
    """
    acting = caller(request).acting
    if acting.partner is None or acting.standing.in_mpn:
        return lambda question: not_found()
    contracts = {q["contractId"] for q in asked if q.get("contractId")}
    of_partner = Contract.objects.filter(package__partner=acting.partner, public_id__in=contracts)
    own = {None, *of_partner.values_list("public_id", flat=True)}
    refusal = refuse_without_mpn(partner=acting.partner)

    def why(question: dict[str, Any]) -> Refusal:
        names_own = question.get("mpnId") in (None, acting.mpn_id)
        return refusal if names_own and question.get("contractId") in own else not_found()

    return why


def _answer(
    question: dict[str, Any],
    product: Product,
    found: list[Entitlement],
    *,
    nothing_found: Callable[[dict[str, Any]], Refusal],
    needs_link: bool,
) -> shapes.Verdict:
    contract_id, mpn_id = question.get("contractId"), question.get("mpnId")
    if contract_id is None and mpn_id is None and not needs_link:
        found = []
    asked_about = [
        e for e in found if contract_id in (None, e.contract_id) and mpn_id in (None, e.mpn_id)
    ]
    if (contract_id or mpn_id) and not asked_about:
        return refused(nothing_found(question))
    in_order = coverage.candidates(asked_about, product=product, needs_link=needs_link)
    return verdict_shape(coverage.verdict(in_order, product=product, needs_link=needs_link))
