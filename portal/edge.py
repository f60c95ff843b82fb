"""
The edge: where a refusal leaves the services and becomes an answer.

`refused` records the attempt after the rollback, in the words of the service that refused: pages
and API call it; commands call audit.record_refused, which it stands on.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from portal import audit, clock
from portal.refusals import Attempt, Refusal

READING = ("GET", "HEAD", "OPTIONS")


def refused(request: HttpRequest, refusal: Refusal) -> Refusal:
    """
    Record the refused attempt of a page or API request, once, and return the refusal.

    Reading something that is unusable is no attempt; being turned away for lack of a right is.
    """
    is_attempt = request.method not in READING or refusal.status == 403
    if is_attempt and not getattr(request, "refusal_recorded", False):
        request.refusal_recorded = True  # type: ignore[attr-defined]
        user = request.user if request.user.is_authenticated else None
        acting: Any = getattr(request, "acting", None)
        attempt = refusal.attempt or Attempt(action=_action(request), target=_target(request))
        audit.record_refused(
            attempt.action,
            refusal=refusal,
            by=user,
            at=getattr(request, "now", None) or clock.now(),
            partner=acting.mpn_id if acting else "",
            target=attempt.target,
        )
    return refusal


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page that shows the refusal: its sentence, its next step, its status."""
    response = TemplateResponse(
        request,
        f"errors/{_template(refusal.status)}.html",
        {"explanation": refusal.explanation},
        status=refusal.status,
    )
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _template(status: int) -> str:
    return str(status) if status in (403, 404, 503) else "400"


def _action(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name if match else request.path)[:80]


def _target(request: HttpRequest) -> tuple[str, str] | None:
    match = request.resolver_match
    if match is None or not match.kwargs:
        return None
    kind, value = next(iter(match.kwargs.items()))
    return (kind, str(value)[:64])
