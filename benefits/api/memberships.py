"""Memberships of one partner."""

from typing import Any

from django.db.models import Prefetch
from rest_framework.response import Response

from benefits.allotments import Level, MembershipKind
from benefits.api import examples, shapes
from benefits.models import Competency, Membership
from benefits.models.memberships import mpn_partners_of
from partners.api.partners import one_partner
from partners.permissions import NotAuthorized, refuse_without_mpn
from partners.scopes import ClientScope
from portal.rest.inputs import PageQuery
from portal.rest.paging import collection_of
from portal.rest.views import ApiView, operation


class Memberships(ApiView):
    """The membership years of a partner."""

    tag = "Partners"

    @operation(
        name="listMemberships",
        summary="List the membership years of a partner that I work for",
        scope=ClientScope.ENTITLEMENTS_READ,
        query=PageQuery,
        answers={200: collection_of(shapes.MembershipShape)},
        refusals=(NotAuthorized,),
        examples={"200": examples.collection(examples.MEMBERSHIP)},
    )
    def get(self, request: Any, mpn_id: str) -> Response:
        """Ended years stay listed, each with the benefits package that it gave."""
        partner = one_partner(request.user, mpn_id)
        is_known = mpn_partners_of(request.user).filter(partner=partner).exists()
        if not request.user.is_staff_member and not is_known:
            raise refuse_without_mpn(partner=partner)
        years = Membership.objects.filter(partner=partner)
        attained = Prefetch("competencies", queryset=Competency.objects.order_by("name", "pk"))
        return self.page(
            years,
            prepare=lambda query: query.select_related(
                "package", "predecessor__package"
            ).prefetch_related(attained),
            shapes=lambda rows: [_membership(row) for row in rows],
        )


def _membership(membership: Membership) -> shapes.MembershipShape:
    before = membership.predecessor
    return {
        "kind": MembershipKind(membership.kind),
        "level": Level(membership.level) if membership.level else None,
        "startsOn": membership.starts_on,
        "anniversaryOn": membership.anniversary_on,
        "endedOn": membership.ended_on,
        "competencies": [row.name for row in membership.competencies.all()],
        "benefitId": membership.package.public_id,
        "succeedsBenefitId": before.package.public_id if before else None,
    }
