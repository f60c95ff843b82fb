"""What a caller of the API may reach: through the caller, as on the pages."""

from typing import Any, cast
from uuid import UUID

from benefits import reading
from benefits.entitlements import Entitlement
from benefits.models import Package
from benefits.models.plans import PlanQuerySet
from partners.acting import Acting, ActingRequest
from partners.permissions import refuse_without_mpn
from portal.rest.problems import not_found


def caller(request: Any) -> ActingRequest:
    """Return the request as the portal's middleware and authentication leave it."""
    return cast(ActingRequest, request._request)


def require_mpn_of_own(request: Any, *, mpn_id: str) -> None:
    """
    Refuse an account that asks for its own partner's benefits and is associated with CSP only.

    What its partner bought it may see: where there is any, it is answered, and nothing else.

    :raises NotAuthorized: with who can help, as on every page about MPN benefits
    """
    acting = caller(request).acting
    if acting.partner is None or acting.mpn_id != mpn_id or acting.standing.in_mpn:
        return
    if not own_packages(request).exists():
        raise refuse_without_mpn(partner=acting.partner)


def readable_plans(request: Any) -> PlanQuerySet:
    """Return the plans that the caller may read."""
    return reading.all_readable(request.user, acting_for=caller(request).acting.partner)


def readable_entitlement(request: Any, entitlement_id: UUID) -> Entitlement:
    """
    Return one entitlement that the caller may read.

    :raises NotFound: absent, or nothing of the caller's
    :raises NotAuthorized: it is the own partner's, and the account is associated with CSP only
    """
    partner, at = caller(request).acting.partner, caller(request).now
    found = reading.readable(entitlement_id, user=request.user, acting_for=partner, at=at)
    if found is not None:
        return found
    refuse_known(request, Package.objects.filter(plans__public_id=entitlement_id))
    raise not_found()


def readable_package(request: Any, benefit_id: UUID) -> Package:
    """
    Return a package of the caller's partner (for staff: of any).

    :raises NotFound: absent, or another partner's
    :raises NotAuthorized: it is the own partner's, and the account is associated with CSP only
    """
    found = readable_packages(request).filter(public_id=benefit_id).first()
    if found is not None:
        return found
    refuse_known(request, Package.objects.filter(public_id=benefit_id))
    raise not_found()


def readable_packages(request: Any) -> Any:
    """Return the packages of the caller's partner; links alone show plans, not packages."""
    mine = Package.objects.all() if request.user.is_staff_member else own_packages(request)
    return mine.select_related("partner", "membership", "contract")


def own_packages(request: Any) -> Any:
    """Return the packages that the caller sees at the partner it acts for; staff have none."""
    return Package.objects.visible_at(caller(request).acting.partner, user=request.user)


def acting_at(request: Any, mpn_id: str) -> Acting:
    """Return the caller's standing, if it is at this partner; elsewhere it has none."""
    acting = caller(request).acting
    return acting if acting.mpn_id == mpn_id else Acting()


def refuse_known(request: Any, packages: Any) -> None:
    """
    Refuse an account that asks for a package of its own partner and is associated with CSP only.

    :raises NotAuthorized: one of the packages is the own partner's
    """
    acting = caller(request).acting
    if acting.partner is None or acting.standing.in_mpn:
        return
    if packages.filter(partner=acting.partner).exists():
        raise refuse_without_mpn(partner=acting.partner)
