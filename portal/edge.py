"""
The edge: where a refusal leaves the services and becomes an answer.

One function records refused attempts for pages, API and commands alike, after the rollback.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from portal import audit, clock
from portal.refusals import Refusal

READING = ("GET", "HEAD", "OPTIONS")


def record_refused_attempt(
    refusal: Refusal,
    *,
    action: str,
    by: AbstractBaseUser | None,
    at: datetime,
    partner: str = "",
    target: tuple[str, object] | None = None,
) -> None:
    """Write down that `by` tried `action` and was refused."""
    audit.record_refused(action, refusal=refusal, by=by, at=at, partner=partner, target=target)


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
        record_refused_attempt(
            refusal,
            action=_action(request),
            by=user,
            at=getattr(request, "now", None) or clock.now(),
            partner=acting.mpn_id if acting else "",
            target=_target(request),
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


def _target(request: HttpRequest) -> tuple[str, object] | None:
    match = request.resolver_match
    if match is None or not match.kwargs:
        return None
    kind, value = next(iter(match.kwargs.items()))
    return (kind, value)
