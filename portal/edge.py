"""
The edge: where a refusal leaves the services and becomes an answer.

`refused` records the attempt after the rollback, in the words of the service that refused: pages
and API call it; commands call audit.record_refused, which it stands on.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from portal import audit, clock, throttle
from portal.refusals import Attempt, Refusal
from portal.rest.problems import InsufficientScope

READING = ("GET", "HEAD", "OPTIONS")
TURNED_AWAY = throttle.Limit(scope="turned-away", hits=1, window=timedelta(hours=1))


def refused(request: HttpRequest, refusal: Refusal) -> Refusal:
    """
    Record the refused attempt of a page or API request, once, and return the refusal.

    Reading something that is unusable is no attempt; being turned away for lack of a right is. The
    same account that is turned away again at the same place within an hour has not tried anew: a
    program may do so every second.
    """
    is_attempt = request.method not in READING or refusal.status == 403
    if is_attempt and not getattr(request, "refusal_recorded", False):
        request.refusal_recorded = True  # type: ignore[attr-defined]
        attempt = refusal.attempt or Attempt(action=_action(request), target=_target(request))
        # A scope is missing before anybody looks at what was sent.
        at_the_door = request.method in READING or isinstance(refusal, InsufficientScope)
        if at_the_door and request.user.is_authenticated:
            _record_unless_just_done(request, refusal, attempt)
        else:
            _record(request, refusal, attempt)
    return refusal


def _record_unless_just_done(request: HttpRequest, refusal: Refusal, attempt: Attempt) -> None:
    key = f"{request.user.pk}:{refusal.code}:{attempt.action}"[:100]
    # A look first: whoever asks every second takes no lock and writes nothing.
    if throttle.is_full(limit=TURNED_AWAY, key=key):
        return
    try:
        with transaction.atomic():
            throttle.count_all([(TURNED_AWAY, key)])
            _record(request, refusal, attempt)
    except throttle.TooManyAttempts:
        # Another call of the same account has recorded it in between.
        return


def _record(request: HttpRequest, refusal: Refusal, attempt: Attempt) -> None:
    acting: Any = getattr(request, "acting", None)
    audit.record_refused(
        attempt.action,
        refusal=refusal,
        by=request.user if request.user.is_authenticated else None,
        at=getattr(request, "now", None) or clock.now(),
        partner=acting.mpn_id if acting else "",
        target=attempt.target,
    )


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page that shows the refusal: its sentence, its next step, its status."""
    template = f"errors/{_template(refusal.status)}.html"
    return _with_status_of(refusal, request, template, {"explanation": refusal.explanation})


def page(
    request: HttpRequest,
    template: str,
    shown: dict[str, Any],
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """
    Return a page with what was refused on it, and the refusal's status.

    :param status: of the page where nothing was refused: 400 for a form that is not filled in well
    """
    context = {**shown, "refusal": refusal.explanation if refusal else None}
    if refusal is None:
        return TemplateResponse(request, template, context, status=status)
    return _with_status_of(refusal, request, template, context)


def _with_status_of(
    refusal: Refusal, request: HttpRequest, template: str, context: dict[str, Any]
) -> HttpResponse:
    return TemplateResponse(
        request, template, context, status=refusal.status, headers=refusal.headers
    )


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
