"""Partners: the caller's own; for staff, all."""

from typing import Annotated, Any, Literal, TypedDict

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework.response import Response

from partners.models import Partner, User
from partners.scopes import ClientScope
from portal.rest.inputs import PageQuery
from portal.rest.paging import Uri, collection_of
from portal.rest.problems import not_found
from portal.rest.shapes import Says
from portal.rest.views import ApiView, operation

EXAMPLE = {
    "mpnId": "5123456",
    "name": "Contoso",
    "country": "SE",
    "programs": ["MPN", "CSP"],
    "links": {
        "self": {"uri": "/api/v1/partners/5123456"},
        "memberships": {"uri": "/api/v1/partners/5123456/memberships"},
    },
}


class PartnerLinks(TypedDict):
    """Where more of it is."""

    self: Uri
    memberships: Uri


class PartnerShape(TypedDict):
    """A company in the partner network, and the programs it is enrolled in."""

    mpnId: Annotated[str, Says(pattern="^[0-9]{7}$")]
    name: str
    country: str
    programs: list[Literal["MPN", "CSP"]]
    links: PartnerLinks


class Partners(ApiView):
    """The caller's partners."""

    tag = "Partners"

    @operation(
        name="listPartners",
        summary="List the partners that I work for",
        scope=ClientScope.ENTITLEMENTS_READ,
        query=PageQuery,
        answers={200: collection_of(PartnerShape)},
        examples={
            "200": {
                "totalCount": 1,
                "items": [EXAMPLE],
                "links": {"self": {"uri": "/api/v1/partners", "method": "GET"}, "next": None},
                "attributes": {"objectType": "Collection"},
            }
        },
    )
    def get(self, request: Any) -> Response:
        """Staff see all partners."""
        return self.page(partners_of(request.user), shapes=lambda rows: [shape(r) for r in rows])


class OnePartner(ApiView):
    """One of the caller's partners."""

    tag = "Partners"

    @operation(
        name="getPartner",
        summary="Read a partner that I work for",
        scope=ClientScope.ENTITLEMENTS_READ,
        answers={200: PartnerShape},
        examples={"200": EXAMPLE},
    )
    def get(self, request: Any, mpn_id: str) -> Response:
        """Another's is not found, as an absent one."""
        return Response(shape(one_partner(request.user, mpn_id)))


def partners_of(user: User) -> QuerySet[Partner, Partner]:
    """Return the partners that the account works for; for staff, all."""
    if user.is_staff_member:
        return Partner.objects.all()
    return Partner.objects.filter(is_active=True, affiliations__user_id=user.pk)


def one_partner(user: User, mpn_id: str) -> Partner:
    """
    Return one of the account's partners.

    :raises NotFound: absent, or not one of them
    """
    found = partners_of(user).filter(mpn_id=mpn_id).first()
    if found is None:
        raise not_found()
    return found


def shape(partner: Partner) -> PartnerShape:
    """Return a partner as the API answers it."""
    uri = reverse("api:partner", args=[partner.mpn_id])
    programs: list[Literal["MPN", "CSP"]] = []
    if partner.in_mpn:
        programs.append("MPN")
    if partner.in_csp:
        programs.append("CSP")
    return {
        "mpnId": partner.mpn_id,
        "name": partner.name,
        "country": partner.country,
        "programs": programs,
        "links": {"self": {"uri": uri}, "memberships": {"uri": f"{uri}/memberships"}},
    }
