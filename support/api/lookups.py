"""The staff look-up: what an ID, number, e-mail or name is, and its entitlements."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from benefits import entitlements
from benefits.api import shapes as benefit_shapes
from benefits.api.access import caller
from benefits.ids import LONGEST_TEXT
from benefits.models import Contract, Plan
from partners.models import Partner
from partners.permissions import NotAuthorized
from partners.scopes import ClientScope
from portal.rest.inputs import TextField
from portal.rest.views import ApiView, operation
from support.api import examples, shapes
from support.services.lookup import Finding, look_up


class LookupBody(serializers.Serializer):
    """What the caller reads out."""

    query = TextField(
        max_length=LONGEST_TEXT,
        help_text="An e-mail, MPN ID, Access ID, request number, or the beginning of a name.",
    )


class Lookups(ApiView):
    """The look-up. It is a POST, for what is looked up never stands in an address."""

    tag = "Staff"

    @operation(
        name="lookUp",
        summary="Find what an ID, number, e-mail or name is, and its entitlements",
        scope=ClientScope.STAFF,
        body=LookupBody,
        answers={200: shapes.FindingShape},
        refusals=(NotAuthorized,),
        examples={"request": {"query": "123 456 786"}, "200": examples.FINDING},
    )
    def post(self, request: Any) -> Response:
        """Each look-up is recorded. Typing errors and what is not there are told in `problem`."""
        finding = look_up(query=self.body["query"], by=request.user, at=caller(request).now)
        return Response(_shape(request, finding))


def _shape(request: Any, finding: Finding) -> shapes.FindingShape:
    partners = [*finding.partners, *([finding.partner] if finding.partner else [])]
    contracts = [*finding.contracts, *([finding.contract] if finding.contract else [])]
    return {
        "kind": finding.kind,
        "problem": finding.problem or None,
        "partners": [_partner(p) for p in partners],
        "contracts": [_contract(c) for c in contracts],
        "entitlements": [
            benefit_shapes.entitlement(e)
            for e in entitlements.read(
                _plans(partners, contracts), user=request.user, at=caller(request).now
            )
        ],
    }


def _plans(partners: list[Partner], contracts: list[Contract]) -> Any:
    """Return the plans of the one finding; a list of several is there to choose from."""
    if len(contracts) == 1 and not partners:
        return Plan.objects.filter(package_id=contracts[0].package_id)
    if len(partners) == 1 and not contracts:
        return Plan.objects.held_by(partners[0])
    return Plan.objects.none()


def _partner(partner: Partner) -> shapes.FoundPartner:
    return {"mpnId": partner.mpn_id, "name": partner.name}


def _contract(contract: Contract) -> shapes.FoundContract:
    return {
        "id": contract.public_id,
        "mpnId": contract.package.partner.mpn_id,
        "partnerName": contract.package.partner.name,
    }
