"""Switching the partner one acts for, the account, and the language of the pages."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.acting import SESSION_KEY, ActingRequest
from partners.pages import signed_in
from partners.services.languages import choose_language
from portal import languages


@signed_in
@require_POST
def switch(request: ActingRequest) -> HttpResponse:
    """Act for another partner of the account; one that is not the account's is not there."""
    wanted = request.POST.get("mpn_id", "")
    partner = next((p for p in request.acting.others if p.mpn_id == wanted), None)
    if partner is None and wanted != request.acting.mpn_id:
        raise Http404
    if partner is not None:
        request.session[SESSION_KEY] = partner.mpn_id
        messages.info(request, _("You now act for %(partner)s.") % {"partner": partner.name})
    return redirect("home")


@require_POST
def sign_in_other(request: HttpRequest) -> HttpResponse:
    """Sign out and show the sign-in page."""
    logout(request)
    return redirect("account_login")


@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    """
    Show the page again in the language that was chosen; one that is not spoken changes nothing.

    The account keeps it, and so does the browser for when nobody is signed in.
    """
    response = redirect(_page_of(request))
    language = request.POST.get("language", "")
    if language not in languages.NAMES:
        return response
    if request.user.is_authenticated:
        choose_language(language=language, by=request.user)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def _page_of(request: HttpRequest) -> str:
    """Return the address that the form names, its query included; of another site: the start."""
    page = request.POST.get("page", "")
    # A path only: also on this host, no other scheme may come back.
    is_ours = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_ours else "/"
