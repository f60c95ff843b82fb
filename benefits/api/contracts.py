"""Contracts: those the caller may see, the pair of its own partner's, and links."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.response import Response

from benefits import entitlements, reasons, wording
from benefits.api import access, examples, shapes
from benefits.api.access import caller
from benefits.entitlements import Entitlement
from benefits.ids import MalformedId
from benefits.models import Contract, Package, Plan
from benefits.reasons import ActivationPending, LinkRevoked
from benefits.services.links import PairNotFound, drop_link, link_contract
from benefits.services.pairs import show_pair
from partners.permissions import NotAuthorized, pair_is_hidden
from partners.scopes import ClientScope
from portal.rest.inputs import PageQuery, TextField
from portal.rest.paging import collection_of
from portal.rest.problems import not_found
from portal.rest.views import ApiView, operation
from portal.throttle import TooManyAttempts


class PairBody(serializers.Serializer):
    """The two IDs as they were given; spaces and hyphens don't matter."""

    accessId = TextField(max_length=200, help_text="Nine digits.")
    contractId = TextField(max_length=200, help_text="Nine digits.")


class Contracts(ApiView):
    """The contracts that the caller may see."""

    tag = "Contracts"

    @operation(
        name="listContracts",
        summary="List the contracts of my partner and those I have linked",
        scope=ClientScope.ENTITLEMENTS_READ,
        query=PageQuery,
        answers={200: collection_of(shapes.ContractShape)},
        examples={"200": examples.collection(examples.CONTRACT_EXAMPLE)},
    )
    def get(self, request: Any) -> Response:
        """Never with the pair of IDs."""
        return self.page(
            _readable(request),
            prepare=lambda query: query.select_related("package__partner"),
            shapes=lambda rows: contracts(request, rows),
        )


class OneContract(ApiView):
    """One contract."""

    tag = "Contracts"

    @operation(
        name="getContract",
        summary="Read one contract, without the pair of IDs",
        scope=ClientScope.ENTITLEMENTS_READ,
        answers={200: shapes.ContractShape},
        refusals=(NotAuthorized,),
        examples={"200": examples.CONTRACT_EXAMPLE},
    )
    def get(self, request: Any, contract_id: UUID) -> Response:
        """Its entitlements come along."""
        contract = _readable_one(request, contract_id)
        return Response(contracts(request, [contract])[0])


class Pair(ApiView):
    """The pair of IDs of a contract."""

    tag = "Contracts"

    @operation(
        name="getContractIds",
        summary="Read Access ID and Contract ID of my partner's contract; it is recorded",
        scope=ClientScope.CONTRACTS_IDS,
        answers={200: shapes.PairShape},
        refusals=(NotAuthorized, ActivationPending),
        examples={"200": {"accessId": "123456786", "contractId": "987654324"}},
    )
    def get(self, request: Any, contract_id: UUID) -> Response:
        """Only for the owning partner, from the contract's start on. Each call is recorded."""
        contract = _readable_one(request, contract_id)
        partner = contract.package.partner
        own = access.own_packages(request).filter(pk=contract.package_id)
        if not own.exists():
            raise pair_is_hidden(partner=partner)
        now = caller(request).now
        if now < contract.starts_at:
            raise reasons.pending(_first_of(request, contract))
        pair = show_pair(contract_id=contract_id, by=request.user, at=now)
        answer: shapes.PairShape = {
            "accessId": str(pair.access),
            "contractId": str(pair.contract),
        }
        return Response(answer, headers={"Cache-Control": "no-store"})


class Linking(ApiView):
    """Linking a contract by its pair."""

    tag = "Contracts"

    @operation(
        name="linkContract",
        summary="Link a contract by its Access ID and Contract ID",
        scope=ClientScope.CONTRACTS_LINK,
        body=PairBody,
        answers={200: shapes.LinkShape, 201: shapes.LinkShape},
        refusals=(MalformedId, PairNotFound, TooManyAttempts, LinkRevoked, NotAuthorized),
        examples={
            "request": {"accessId": "123 456 786", "contractId": "987 654 324"},
            "200": {**examples.LINK, "alreadyLinked": True},
            "201": examples.LINK,
        },
    )
    def post(self, request: Any) -> Response:
        """A correct pair always links; the message says what each plan is good for."""
        linked = link_contract(
            access_text=self.body["accessId"],
            contract_text=self.body["contractId"],
            by=request.user,
            at=caller(request).now,
        )
        answer: shapes.LinkShape = {
            "contract": shapes.linked_contract(linked.contract),
            "alreadyLinked": not linked.is_new,
            "linkedAt": linked.linked_at,
            "entitlements": [shapes.entitlement(e) for e in linked.plans],
            "message": wording.linked(linked.plans, is_new=linked.is_new),
        }
        return Response(answer, status=201 if linked.is_new else 200)


class OwnLink(ApiView):
    """The caller's own link to a contract."""

    tag = "Contracts"

    @operation(
        name="unlinkContract",
        summary="Give up my own link to a contract",
        scope=ClientScope.CONTRACTS_LINK,
        answers={204: None},
        refusals=(LinkRevoked,),
    )
    def delete(self, request: Any, contract_id: UUID) -> Response:
        """The pair links it again. Repeating it is harmless."""
        if not request.user.links.filter(contract__public_id=contract_id).exists():
            raise not_found()
        drop_link(contract_id=contract_id, by=request.user, at=caller(request).now)
        return Response(status=204)


def contracts(request: Any, rows: Sequence[Contract]) -> list[shapes.ContractShape]:
    """Return contracts with their incident plans, in two statements whatever their number."""
    plans = Plan.objects.that_count_incidents().filter(
        package_id__in=[row.package_id for row in rows]
    )
    found = entitlements.read(plans, user=request.user, at=caller(request).now)
    by_contract: dict[int | None, list[Entitlement]] = {}
    for e in found:
        by_contract.setdefault(e.contract_pk, []).append(e)
    return [_contract(row, by_contract[row.pk]) for row in rows]


def _contract(contract: Contract, held: list[Entitlement]) -> shapes.ContractShape:
    link = held[0].link
    return {
        "id": contract.public_id,
        "mpnId": contract.package.partner.mpn_id,
        "partnerName": contract.package.partner.name,
        "startsAt": contract.starts_at,
        "endsAt": contract.ends_at,
        "linked": held[0].is_linked,
        "linkedAt": link.linked_at if link is not None and link.is_in_force else None,
        "entitlements": [shapes.entitlement(e) for e in held],
        "links": {"self": {"uri": reverse("api:contract", args=[contract.public_id])}},
    }


def _readable(request: Any) -> Any:
    if request.user.is_staff_member:
        return Contract.objects.all()
    partner = caller(request).acting.partner
    return Contract.objects.filter(
        package_id__in=Package.objects.used_by(request.user, acting_for=partner)
    )


def _readable_one(request: Any, contract_id: UUID) -> Contract:
    found: Contract | None = (
        _readable(request).select_related("package__partner").filter(public_id=contract_id).first()
    )
    if found is not None:
        return found
    access.refuse_known(request, Package.objects.filter(contract__public_id=contract_id))
    raise not_found()


def _first_of(request: Any, contract: Contract) -> Entitlement:
    plans = Plan.objects.that_count_incidents().filter(package_id=contract.package_id)
    return entitlements.read(plans, user=request.user, at=caller(request).now)[0]
