"""Benefits: a partner's packages with their state, and their activation."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework.response import Response

from benefits import entitlements, reasons
from benefits.api import access, examples, shapes
from benefits.api.access import caller
from benefits.entitlements import Entitlement, Status
from benefits.models import Package, Plan
from benefits.reasons import BenefitNotStarted, OfferNotActive
from benefits.services.activation import activate_package
from partners.permissions import NotAuthorized
from partners.scopes import ClientScope
from portal.rest.inputs import PageQuery
from portal.rest.paging import collection_of
from portal.rest.views import ApiView, operation


class Benefits(ApiView):
    """The packages of the caller's partner; for staff, of all."""

    tag = "Benefits"

    @operation(
        name="listBenefits",
        summary="List the benefits packages of my partner, each with its state",
        scope=ClientScope.ENTITLEMENTS_READ,
        query=PageQuery,
        answers={200: collection_of(shapes.BenefitShape)},
        refusals=(NotAuthorized,),
        examples={"200": examples.collection(examples.BENEFIT)},
    )
    def get(self, request: Any) -> Response:
        """Ended packages stay listed."""
        access.require_mpn_of_own(request, mpn_id=caller(request).acting.mpn_id)
        return self.page(
            access.readable_packages(request), shapes=lambda rows: packages(request, rows)
        )


class OneBenefit(ApiView):
    """One package."""

    tag = "Benefits"

    @operation(
        name="getBenefit",
        summary="Read one benefits package",
        scope=ClientScope.ENTITLEMENTS_READ,
        answers={200: shapes.BenefitShape},
        refusals=(NotAuthorized,),
        examples={"200": examples.BENEFIT},
    )
    def get(self, request: Any, benefit_id: UUID) -> Response:
        """Its entitlements come along."""
        package = access.readable_package(request, benefit_id)
        return Response(packages(request, [package])[0])


class Activation(ApiView):
    """Activation of one package."""

    tag = "Benefits"

    @operation(
        name="activateBenefit",
        summary="Activate all plans of a benefits package",
        scope=ClientScope.BENEFITS_ACTIVATE,
        answers={
            200: shapes.BenefitShape,
            201: shapes.BenefitShape,
            202: shapes.BenefitShape,
        },
        refusals=(NotAuthorized, BenefitNotStarted, OfferNotActive),
        examples={"200": examples.BENEFIT, "201": examples.BENEFIT},
    )
    def post(self, request: Any, benefit_id: UUID) -> Response:
        """
        201 the first time, 200 after, 202 while it is pending. Repeating it is harmless: there is
        one contract and one pair, whoever asks how often.
        """
        package = access.readable_package(request, benefit_id)
        now = caller(request).now
        activation = activate_package(package_id=package.public_id, by=request.user, at=now)
        package = access.readable_package(request, benefit_id)
        status = 202 if activation.contract.starts_at > now else 201 if activation.is_new else 200
        return Response(packages(request, [package])[0], status=status)


def packages(request: Any, rows: Sequence[Package]) -> list[shapes.BenefitShape]:
    """Return packages with their entitlements, in two statements whatever their number."""
    plans = Plan.objects.filter(package_id__in=[row.pk for row in rows])
    found = entitlements.read(plans, user=request.user, at=caller(request).now)
    by_package: dict[UUID, list[Entitlement]] = {}
    for e in found:
        by_package.setdefault(e.package_id, []).append(e)
    return [_package(row, by_package[row.public_id]) for row in rows]


def _package(package: Package, held: list[Entitlement]) -> shapes.BenefitShape:
    first = next(e for e in held if not e.counts_hours)
    refusal = reasons.standing_reason(first, needs_link=False)
    # How much is left is no state of the package.
    status = Status.ACTIVE if first.status == Status.EXHAUSTED else first.status
    return {
        "id": package.public_id,
        "mpnId": package.partner.mpn_id,
        "partnerName": package.partner.name,
        "level": shapes.level(first),
        "status": status.value,  # type: ignore[typeddict-item]
        "startsAt": package.starts_at,
        "activateBy": package.ends_at,
        "activationRequestedAt": first.requested_at,
        "contractId": first.contract_id,
        "entitlements": [shapes.entitlement(e) for e in held],
        "explanation": shapes.explanation(refusal.explanation if refusal else None),
        "links": {"self": {"uri": reverse("api:benefit", args=[package.public_id])}},
    }
