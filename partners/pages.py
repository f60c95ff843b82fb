"""What pages about a partner's MPN or CSP side ask first."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from partners.acting import ActingRequest
from partners.models import Partner
from partners.permissions import NotAuthorized, refuse_without_csp, refuse_without_mpn
from portal.refusals import NextStep

View = Callable[..., HttpResponseBase]


def require_partner(request: ActingRequest) -> Partner:
    """
    Return the partner that the account acts for.

    :raises NotAuthorized: the account works for no partner
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
    return partner


def require_mpn(request: ActingRequest) -> Partner:
    """
    Return the partner that the account acts for in MPN.

    :raises NotAuthorized: the account works for no partner, or is associated with CSP only
    """
    partner = require_partner(request)
    if not request.acting.standing.in_mpn:
        raise refuse_without_mpn(partner=partner)
    return partner


def require_csp(request: ActingRequest) -> Partner:
    """
    Return the partner that the account acts for in CSP.

    :raises NotAuthorized: the account works for no partner, or is not associated with CSP there
    """
    partner = require_partner(request)
    if not request.acting.standing.in_csp:
        raise refuse_without_csp(partner=partner)
    return partner


def signed_in(view: View) -> View:
    """
    Ask an anonymous caller to sign in first.

    After it a page is shown again; a form is not sent again, but the page that it stands on opens.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return redirect_to_login(return_address(request))

    return guarded


def return_address(request: HttpRequest) -> str:
    """Return the address at which this page can be opened: of a form's answer, the form's page."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return urlsplit(page)._replace(scheme="", netloc="").geturl() if is_ours else "/"
