"""The help pages: open to everybody; what needs an account, or a right, says so."""

from typing import Any

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partnercenter.help.codes import CODES, GROUPS, status_of
from partnercenter.help.figures import figures
from partnercenter.help.places import places
from partnercenter.help.topics import TOPICS
from portal.clock import PortalRequest


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List the topics."""
    return _page(request, "help/index.html", _("All topics"), at_index=True)


@require_safe
def topic(request: PortalRequest, topic: str) -> HttpResponse:
    """Show one topic."""
    found = TOPICS.get(topic)
    if found is None:
        raise Http404
    return _page(request, found.template, str(found.title), topic=found)


@require_safe
def codes(request: PortalRequest) -> HttpResponse:
    """List the codes that a refusal can carry."""
    return _page(request, "help/codes.html", _("What a refusal means"), groups=GROUPS)


@require_safe
def code(request: PortalRequest, code: str) -> HttpResponse:
    """Say what one code means, why it comes, what to do, and who can."""
    entry = CODES.get(code)
    if entry is None:
        raise Http404
    return _page(
        request,
        entry.template,
        str(entry.title),
        entry=entry,
        status=status_of(code),
        topic=TOPICS[entry.topic],
    )


def _page(request: PortalRequest, template: str, title: str, **context: Any) -> HttpResponse:
    trail = [(_("Help"), "" if "at_index" in context else reverse("help"))]
    if "entry" in context:
        trail.append((_("What a refusal means"), reverse("help-codes")))
    if "at_index" not in context:
        trail.append((title, ""))
    is_signed_in = request.user.is_authenticated
    return TemplateResponse(
        request,
        template,
        {
            **figures(request.now),
            "title": title,
            "trail": trail,
            "topics": TOPICS.values(),
            "places": places(request),
            # Signed out there is no navigation that the dashboard could show.
            "help_frame": "frames/dashboard.html" if is_signed_in else "frames/plain.html",
            **context,
        },
    )
