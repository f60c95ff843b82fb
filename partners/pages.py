"""What pages about a partner's MPN side ask first."""

from django.utils.translation import gettext as _

from partners.acting import ActingRequest
from partners.models import Partner
from partners.permissions import NotAuthorized, refuse_without_mpn
from portal.refusals import NextStep


def require_mpn(request: ActingRequest) -> Partner:
    """
    Return the partner that the account acts for in MPN.

    :raises NotAuthorized: the account works for no partner, or is associated with CSP only
    """
    partner = request.acting.partner
    if partner is None:
        raise NotAuthorized(
            _("You are not authorized for this action"),
            facts={"reason": "no_partner"},
            next_step=NextStep(
                _("This account works for no partner. Sign in with an account that does.")
            ),
        )
    if not request.acting.standing.in_mpn:
        raise refuse_without_mpn(partner=partner)
    return partner
